"""Responses in numbers, as charts and as the tables that say the same."""

from __future__ import annotations

from typing import Any

from ledger.pages import RecordList, RecordPage
from policy.figures import drawing_of_counts, drawing_of_times
from policy.filters import FiguresFilter
from policy.gathering import figures_of
from policy.models import PolicyResponse
from policy.workflow import Status


class ResponseFigures(RecordList):
    template_name = "policy/figures.html"
    filterset_class = FiguresFilter
    queryset = PolicyResponse.objects.all()
    offers_all = True

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        filterset, shown = self._filtered()
        figures = figures_of(shown, filterset.incidents, filterset.form.cleaned_data.get("kind") or ())
        return RecordPage.get_context_data(
            self,
            filter=filterset,
            is_filtered=self.is_filtered(),
            figures=figures,
            statuses=list(Status),
            drawn_counts=drawing_of_counts(figures),
            drawn_times=drawing_of_times(figures),
            **kwargs,
        )
