"""The endpoint of the figures of responses: the numbers of the page."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asking import KnownParameters
from ledger.describing import filter_parameters
from policy.choices import ResponseKind
from policy.figures import First, Span, Timed, Times
from policy.filters import FiguresFilter
from policy.gathering import figures_of
from policy.models import PolicyResponse
from policy.workflow import Status


class CountsDocument(serializers.Serializer):
    response_kind = serializers.ChoiceField(ResponseKind.choices)
    status = serializers.ChoiceField(Status.choices)
    number = serializers.IntegerField()


class SpanDocument(serializers.Serializer):
    """Days: exact where both are the same, otherwise a range, because dates are known to the month or year only."""

    least = serializers.FloatField()
    most = serializers.FloatField()


class FirstDocument(serializers.Serializer):
    incident_id = serializers.UUIDField()
    began = serializers.CharField(help_text="A partial date.")
    response_id = serializers.UUIDField(help_text="The measure that can have been the earliest.")
    taken_on = serializers.CharField(help_text="A partial date.")
    days = SpanDocument()


class TimesDocument(serializers.Serializer):
    measure = serializers.ChoiceField(Timed.choices)
    number = serializers.IntegerField(help_text="Incidents that the median is of.")
    median_days = SpanDocument(allow_null=True)
    left_out_without_beginning = serializers.IntegerField(help_text="Incidents of which no beginning is recorded.")
    left_out_without_date = serializers.IntegerField(help_text="Incidents of which no such measure has a date.")
    without_such_a_measure = serializers.IntegerField(help_text="Incidents that only other measures answered.")
    incidents = FirstDocument(many=True)


class FiguresDocument(serializers.Serializer):
    counts = CountsDocument(many=True)
    times = TimesDocument(many=True)


class FiguresView(KnownParameters, APIView):
    parameters = frozenset(FiguresFilter.base_filters)

    @extend_schema(
        parameters=filter_parameters(FiguresFilter),
        responses=FiguresDocument,
    )
    def get(self, request) -> Response:
        """Responses by kind and status, and days from the beginning of incidents to the first measure taken.

        Over what one may read. Numbers that are 0 are left out of the counts.
        """
        filterset = FiguresFilter(request.query_params, queryset=PolicyResponse.objects.all(), request=request)
        if not filterset.is_valid():
            raise Malformed(filterset.errors)
        figures = figures_of(filterset.qs, filterset.incidents, filterset.form.cleaned_data["kind"])
        counts = [
            {"response_kind": each.kind, "status": status.value, "number": number}
            for each in figures.counts
            for status, number in zip(Status, each.by_status, strict=True)
            if number
        ]
        return Response({"counts": counts, "times": [_told(each) for each in figures.times]})


def _told(times: Times) -> dict[str, Any]:
    return {
        "measure": times.timed.value,
        "number": len(times.firsts),
        "median_days": _days(times.median) if times.median else None,
        "left_out_without_beginning": times.no_beginning,
        "left_out_without_date": times.no_date,
        "without_such_a_measure": times.without,
        "incidents": [_first(each) for each in times.firsts],
    }


def _first(first: First) -> dict[str, Any]:
    measure = first.measure
    return {
        "incident_id": measure.incident_id,
        "began": measure.began,
        "response_id": measure.response_id,
        "taken_on": measure.on,
        "days": _days(first.days),
    }


def _days(span: Span) -> dict[str, float]:
    return {"least": span.least, "most": span.most}
