"""The timeline of responses: what was done about each incident, and when."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Left

from cases.drawing import MOST_DRAWN
from ledger.filters import RecordFilterSet
from ledger.pages import RecordList, RecordPage
from policy.choices import ResponseKind
from policy.filters import countries_of_actors, incidents_of
from policy.models import AnsweredIncident, PolicyResponse, ResponseCitation
from policy.timeline import drawing_of, rows_of
from policy.workflow import Status

NOT_TAKEN = (Status.WITHDRAWN, Status.DECLINED)


def takers_and_years() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Who took the responses that may be read, and in which years; the latest year first."""
    told = set(PolicyResponse.objects.annotate(year=Left("measure_date", 4)).values_list("taken_by", "year").distinct())
    names, years = ({each[part] for each in told if each[part]} for part in (0, 1))
    return [(name, name) for name in sorted(names)], [(year, year) for year in sorted(years, reverse=True)]


class TimelineFilter(RecordFilterSet):
    shown_last = ("q", "workspace", "marking")

    kind = django_filters.MultipleChoiceFilter(choices=ResponseKind.choices, field_name="response_kind", label="Kind")
    country = django_filters.ChoiceFilter(method="answering_actors_of", label="Answers actors of")
    taken_by = django_filters.ChoiceFilter(label="Taken by")
    year = django_filters.ChoiceFilter(field_name="measure_date", lookup_expr="startswith", label="Year")

    class Meta:
        model = PolicyResponse
        fields: list[str] = []

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["country"].extra["choices"] = countries_of_actors()
        self.filters["taken_by"].extra["choices"], self.filters["year"].extra["choices"] = takers_and_years()

    def answering_actors_of(self, queryset: QuerySet, name: str, code: str) -> QuerySet:
        """Responses to incidents in which an actor of a country has a part."""
        answered = AnsweredIncident.objects.filter(status="active", incident__in=incidents_of(code))
        return queryset.filter(pk__in=answered.values("response"))


class ResponseTimeline(RecordList):
    template_name = "policy/timeline.html"
    filterset_class = TimelineFilter
    queryset = PolicyResponse.objects.exclude(status__in=NOT_TAKEN)

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        filterset, shown = self._filtered()
        found = list(_answered(shown, country=self.request.GET.get("country", ""))[: MOST_DRAWN + 1])
        rows = rows_of(found[:MOST_DRAWN])
        undated = sum(not answer.date for row in rows for answer in row.answers)
        return RecordPage.get_context_data(
            self,
            filter=filterset,
            is_filtered=self.is_filtered(),
            rows=rows,
            drawing=drawing_of(rows),
            undated=undated,
            most=MOST_DRAWN if len(found) > MOST_DRAWN else None,
            **kwargs,
        )


def _answered(responses: QuerySet, *, country: str) -> QuerySet:
    """The incidents that these responses answer; with a country, only those in which an actor of it has a part."""
    found = AnsweredIncident.objects.filter(status="active", response__in=responses.order_by())
    if country:
        found = found.filter(incident__in=incidents_of(country))
    citations = Prefetch("response__citations", ResponseCitation.objects.filter(status="active"))
    return found.select_related("incident", "response").prefetch_related(citations).order_by("-incident__began", "-pk")
