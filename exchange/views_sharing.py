"""Pages on which a product is shared with partners, and shown again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from accounts.choices import Marking
from accounts.errors import IllegalStep
from accounts.second_factor import ask_for_second_factor, has_recent_second_factor
from exchange.agreed import OF_THE_KIND, SharedProduct, agreed_of, preview_of, why_not_shared
from exchange.forms import SharingForm
from exchange.handing import hand_over_sharing
from exchange.held import told_counts
from exchange.models import Sharing
from ledger.kinds import kinds, name_of, title_of
from ledger.pages import RecordDetail, RecordPage, RecordVerb
from policy.abilities import is_worker
from policy.models import IntelligenceCooperation, PolicyResponse

SHARED = Sharing.objects.select_related("workspace", "created_by", "response")


class ProductShare(RecordVerb):
    """The product as it would leave, what stays at home, and the button that shares it."""

    queryset = PolicyResponse.objects.filter(response_kind=OF_THE_KIND).select_related("workspace")
    form_class = SharingForm
    template_name = "exchange/share.html"
    title, button, done = "Share with a partner", "Share", "Shared. What left is kept, byte for byte."

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated and not is_worker(self.record, request.user):
            raise PermissionDenied("Only its author, its owner or a supervisor shares it.")
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, *args, **kwargs) -> HttpResponse:
        if not has_recent_second_factor(request):
            return ask_for_second_factor(request)
        return super().post(request, *args, **kwargs)

    @cached_property
    def agreed(self) -> IntelligenceCooperation | None:
        try:
            return agreed_of(self.record)
        except IllegalStep:
            return None

    @property
    def under(self) -> str:
        """The marking that is looked at: one that was agreed, by default the strictest."""
        asked, highest = self.request.GET.get("under", ""), self.agreed.highest_marking
        is_agreed = asked in Marking.values and Marking(asked).level <= Marking(highest).level
        return asked if is_agreed else highest

    @cached_property
    def product(self) -> SharedProduct | None:
        return preview_of(self.record, under=self.under, reader=self.request.user) if self.agreed else None

    def get_form_kwargs(self) -> dict[str, Any]:
        agreed = self.agreed
        told = {"partners": agreed.partners, "highest_marking": agreed.highest_marking} if agreed else {}
        return super().get_form_kwargs() | {"partners": [], "highest_marking": Marking.CLEAR, **told}

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | ({"under": self.under} if self.agreed else {})

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(
            agreed=self.agreed,
            product=self.product,
            shown=self.product.dossier.as_json() if self.product else None,
            under=self.under if self.agreed else "",
            markings=_at_most(self.agreed.highest_marking) if self.agreed else [],
            why_not=why_not_shared(self.record),
            sharings=Sharing.objects.filter(response=self.record).select_related("created_by"),
            **kwargs,
        )

    def act(self, form) -> Sharing:
        return Sharing.share(by=self.request.user, response=self.record, **form.cleaned_data)


class SharingDetail(RecordDetail):
    template_name = "exchange/sharing.html"
    queryset = SHARED

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        sharing = self.record
        return super().get_context_data(
            included=_named(sharing.included),
            held_back=told_counts(sharing.held_back),
            may_recall=sharing.status == "shared" and is_worker(sharing.response, self.request.user),
            **kwargs,
        )


class SharingDownload(RecordPage):
    """The bytes that left."""

    def get(self, request, pk) -> HttpResponse:
        return hand_over_sharing(get_object_or_404(Sharing.objects.all(), pk=pk))


class SharingRecall(RecordVerb):
    queryset = SHARED
    title, button, done = "Recall what was shared", "Recall", "Recalled. Ask the partner to destroy it."

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated and not is_worker(self.record.response, request.user):
            raise PermissionDenied("Only its author, its owner or a supervisor recalls it.")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        about = "It says here that the partner is asked to destroy it. What was shared stays on record."
        return super().get_context_data(about=about, **kwargs)

    def act(self, form) -> None:
        self.record.recall(by=self.request.user, **form.cleaned_data)


SHOWN_BY_THEIR_PASSAGE = {"citation", "response_citation"}


def _named(included: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was in it, by kind: each with its name as its reader may know it, and the version that was shared."""
    by_kind: dict[str, dict[str, int]] = {}
    for each in included:
        if each["kind"] not in SHOWN_BY_THEIR_PASSAGE:
            by_kind.setdefault(each["kind"], {})[each["id"]] = each["version"]
    return [
        {
            "kind_label": title_of(kind),
            "record": record,
            "name": name_of(record),
            "version": versions[str(record.pk)],
        }
        for kind, versions in by_kind.items()
        for record in _of_kind(kind).filter(pk__in=versions).order_by("pk")
    ]


def _of_kind(kind: str) -> QuerySet:
    """Records of a kind, each with the one that it is a part of: that is where it is opened."""
    model = kinds()[kind]
    found = model._default_manager.all()
    return found.select_related(model.scoped_by) if model.scoped_by else found


def _at_most(highest: str) -> list[tuple[str, str]]:
    """The markings up to one, the strictest first."""
    return [(each.value, each.label) for each in reversed(Marking) if each.level <= Marking(highest).level]
