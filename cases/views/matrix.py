"""Pages of the matrix: fill it row by row, read what it comes to, and how that moved."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property

from cases import ranking
from cases.choices import Consistency
from cases.forms_matrix import HypothesisForm, MatrixRowForm
from cases.gathering import ranking_entries_of
from cases.matrix import shown
from cases.models import Hypothesis, Incident, MatrixRow, rate_row
from cases.weighing import SeenRow, Weighing, weighing_of
from evidence.models import EvidenceItem
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordWithdraw

OFFERED = 25
"""Items offered at once to choose from."""

KEYS = [(str(number), each) for number, each in enumerate(Consistency, 1)]
"""A key for each rating, from very consistent to not applicable."""


class MatrixPage(RecordDetail):
    """Competing hypotheses of an incident against its evidence."""

    template_name = "cases/matrix.html"
    queryset = Incident.objects.select_related("workspace")

    @cached_property
    def weighing(self) -> Weighing:
        return weighing_of(self.record, self.request.user)

    def get_context_data(self, **kwargs):
        by_diagnosticity = self.request.GET.get("order") == "diagnosticity"
        return super().get_context_data(
            weighing=self.weighing,
            rows=self.weighing.by_diagnosticity() if by_diagnosticity else self.weighing.rows,
            by_diagnosticity=by_diagnosticity,
            keys=KEYS,
            choices=Consistency,
            **kwargs,
        )


class MatrixResult(MatrixPage):
    """What the ratings come to, asked for again when a row was rated."""

    template_name = "cases/_matrix_result.html"


class RowRate(MatrixPage):
    """Rate one item against every hypothesis; with script the row alone comes back."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: UUID, item: UUID) -> HttpResponse:
        self.require_writer(self.record.workspace_id)
        found = get_object_or_404(EvidenceItem.objects.all(), pk=item, workspace=self.record.workspace_id)
        typed = _typed(request)
        try:
            with transaction.atomic():
                rate_row(self.record, by=request.user, item=found, ratings=typed)
        except ValidationError as refusal:
            return self._refused(found, typed, refusal)
        if request.htmx:
            return self._row(found)
        return redirect(f"{reverse('matrix', args=[pk])}#row-{found.pk}")

    def _row(self, item: EvidenceItem) -> HttpResponse:
        context = {"row": self._of(item), "record": self.record, "choices": Consistency, "may_write": True}
        return render(self.request, "cases/_matrix_row.html", context)

    def _refused(self, item: EvidenceItem, typed: dict[str, str], refusal: ValidationError) -> HttpResponse:
        """The page again with what was typed, or with script the sentences alone."""
        told = list(dict.fromkeys(refusal.messages))
        if self.request.htmx:
            return HttpResponse(" ".join(told), status=422, content_type="text/plain; charset=utf-8")
        row = self._of(item)
        row.refused, row.typed = told, {UUID(key): value for key, value in typed.items()}
        return self.render_to_response(self.get_context_data(), status=422)

    def _of(self, item: EvidenceItem) -> SeenRow:
        found = next((each for each in self.weighing.rows if each.item.pk == item.pk), None)
        if found is None:
            raise Http404
        return found


def _typed(request: HttpRequest) -> dict[str, str]:
    """Hypothesis to rating, of the cells that were filled."""
    found = {}
    for key, value in request.POST.items():
        try:
            hypothesis = str(UUID(key))
        except ValueError:
            continue
        if value:
            found[hypothesis] = value
    return found


class RankingHistory(MatrixPage):
    """How the ranking moved over time, under the same blindness as the ranking itself."""

    template_name = "cases/ranking_history.html"

    def get_context_data(self, **kwargs):
        history = ranking.rankings(ranking_entries_of(self.record.pk)) if self.weighing.is_open else []
        known = list(self.record.hypotheses.all())
        weighed = [each for each in known if any(str(each.pk) in one.scores for one in history)]
        return super().get_context_data(
            hypotheses=weighed,
            days=[_day(one, weighed) for one in reversed(history)],
            lines=[(each.name, ranking.steps(history, str(each.pk))) for each in weighed] if len(history) > 1 else [],
            first=history[0].on if history else None,
            last=history[-1].on if history else None,
            size=(ranking.WIDE, ranking.HIGH),
            **kwargs,
        )


def _day(one: ranking.Ranking, hypotheses: list[Hypothesis]) -> dict:
    keys = [str(each.pk) for each in hypotheses]
    cells = [
        {
            "score": shown(one.scores[key]) if key in one.scores else "",
            "is_leader": key in one.leaders,
            "is_untested": key in one.untested,
        }
        for key in keys
    ]
    return {"on": one.on, "cells": cells, "evaluators": one.evaluators, "moved_by": moved_by(one.moved_by)}


MOVED_BY = {
    "rating": ("rating", "ratings"),
    "evidence_item": ("item changed", "items changed"),
    "source": ("source graded anew", "sources graded anew"),
    "hypothesis": ("hypothesis added or withdrawn", "hypotheses added or withdrawn"),
}


def moved_by(counts: dict[str, int]) -> str:
    """What moved a ranking on a day, in words."""
    return ", ".join(f"{counts[kind]} {names[counts[kind] > 1]}" for kind, names in MOVED_BY.items() if kind in counts)


class _ToMatrix:
    """A form page that leads back to the matrix."""

    def back_url(self) -> str:
        incident = self.parent if hasattr(self, "parent") else self.record.incident
        return reverse("matrix", args=[incident.pk])

    def success_url_for(self, record) -> str:
        return record.get_absolute_url()


class HypothesisAdd(_ToMatrix, RecordCreate):
    form_class = HypothesisForm
    parent_queryset, parent_name = Incident.objects.all(), "incident"
    title, button, done = "Add a hypothesis", "Add", "Added. Every row has a new cell to fill."


class HypothesisEdit(_ToMatrix, RecordEdit):
    form_class = HypothesisForm
    queryset = Hypothesis.objects.select_related("incident")
    title = "Edit the hypothesis"


class HypothesisWithdraw(_ToMatrix, RecordWithdraw):
    queryset = Hypothesis.objects.select_related("incident")
    title = "Withdraw this hypothesis"


class MatrixRowAdd(_ToMatrix, RecordCreate):
    """Weigh an item that nothing cites: found by its words, or among the newest."""

    template_name = "cases/weigh.html"
    form_class = MatrixRowForm
    parent_queryset, parent_name = Incident.objects.all(), "incident"
    title, button, done = "Weigh another item", "Add the row", "Added. Rate it against each hypothesis."

    def offered(self) -> list[EvidenceItem]:
        of_room = EvidenceItem.objects.filter(workspace=self.parent.workspace_id, status="active")
        if words := self.request.GET.get("words", "").strip():
            of_room = of_room.filter(pk__in=RawSQL("SELECT anchor_id FROM search_matches(%s)", [words]))
        return list(of_room.order_by("-pk")[:OFFERED])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"offered": self.offered()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(words=self.request.GET.get("words", ""), **kwargs)


class MatrixRowWithdraw(_ToMatrix, RecordWithdraw):
    queryset = MatrixRow.objects.select_related("incident", "item")
    title = "Withdraw this row"
