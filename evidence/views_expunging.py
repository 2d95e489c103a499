"""Pages of expungings: a steward asks, a second person looks at what it concerns and decides."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property

from accounts.choices import STEWARDS
from accounts.second_factor import SecondFactorRequired
from evidence.choices import Extent
from evidence.filters import ExpungingFilter
from evidence.forms_expunging import AskForm, CarryOutForm
from evidence.models import Expunging
from evidence.models.expungings import WHOLE_KINDS, Reached
from ledger.kinds import kinds, name_of, title_of
from ledger.models import Record
from ledger.models.about import attach
from ledger.pages import RecordDetail, RecordList, RecordVerb
from ledger.views.records import record_of

NAMED = 20
"""Records of each kind that a page names; the others are counted."""

ASK = (
    "Nothing happens yet: another steward or a supervisor looks at what it concerns, and carries it out or refuses it. "
    "What is expunged cannot be brought back."
)


class Concerned(NamedTuple):
    """The records of one kind that an expunging concerns."""

    title: str
    count: int
    named: list[tuple[str, str]]
    """Name and address, of those that the reader may see."""


def by_kind(concerned: Iterable[Reached]) -> list[Concerned]:
    """What is concerned, by kind; one query for each."""
    ordered = sorted(concerned, key=lambda each: each.kind)
    groups = [(kind, [each.id for each in found]) for kind, found in groupby(ordered, key=lambda each: each.kind)]
    return [Concerned(title_of(kind), len(ids), _named(kind, ids)) for kind, ids in groups]


def _named(kind: str, ids: list) -> list[tuple[str, str]]:
    found = kinds()[kind]._default_manager.filter(pk__in=ids[:NAMED])
    return [(name_of(each), each.get_absolute_url()) for each in found]


class ExpungingList(RecordList):
    template_name = "evidence/expunging_list.html"
    filterset_class = ExpungingFilter
    queryset = Expunging.objects.select_related("workspace", "created_by", "decided_by")

    def _page(self, shown, after: str) -> list:
        rows = super()._page(shown, after)
        attach(rows)
        return rows


class ExpungingDetail(RecordDetail):
    """What is asked or was done, what it concerns, and what remains."""

    template_name = "evidence/expunging.html"
    queryset = Expunging.objects.select_related("workspace", "created_by", "decided_by")

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        expunging, person = self.record, self.request.user
        concerned = expunging.concerned()
        return super().get_context_data(
            sought=expunging.words,
            concerned=by_kind(concerned),
            still_holding=expunging.still_holding(concerned),
            may_decide=expunging.is_for(person),
            may_withdraw=expunging.is_withdrawn_by(person),
            **kwargs,
        )


class ExpungingAsk(RecordVerb):
    """Ask that a record, or words that stand in it, be expunged. For stewards."""

    form_class = AskForm
    title, button, done = "Ask to expunge", "Ask", "Asked. Whoever else is in charge was told."

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.role_in(self.record.workspace_id) not in STEWARDS:
            raise PermissionDenied("A steward asks for an expunging.")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def record(self) -> Record:
        return record_of(self.kwargs["kind"], self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_whole_possible": self.record.kind in WHOLE_KINDS}

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(about=ASK, **kwargs)

    def act(self, form) -> Expunging:
        return Expunging.ask(by=self.request.user, about=self.record, **form.cleaned_data)


class ExpungingCarryOut(SecondFactorRequired, RecordVerb):
    form_class = CarryOutForm
    queryset = Expunging.objects.all()
    title, button = "Carry this expunging out", "Expunge for good"
    done = "Expunged. Approvals that rested on it were looked at again."

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        many = len(self.record.concerned())
        what = Extent(self.record.extent).label.lower()
        about = f"{what.capitalize()}. It concerns {many} record{'' if many == 1 else 's'}, and cannot be undone."
        return super().get_context_data(about=about, **kwargs)

    def act(self, form) -> None:
        self.record.carry_out(by=self.request.user)


class ExpungingRefuse(RecordVerb):
    queryset = Expunging.objects.all()
    title, button, done = "Refuse this expunging", "Refuse", "Refused. Everything is as it was."

    def act(self, form) -> None:
        self.record.refuse(by=self.request.user, **form.cleaned_data)


class ExpungingWithdraw(RecordVerb):
    queryset = Expunging.objects.all()
    title, button, done = "Withdraw this expunging", "Withdraw", "Withdrawn. Everything is as it was."

    def act(self, form) -> None:
        self.record.withdraw(by=self.request.user, **form.cleaned_data)
