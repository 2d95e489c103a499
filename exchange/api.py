"""Endpoints of exchange. A token reads; what leaves under a lower marking a person decides."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asking import KnownParameters
from accounts.choices import Marking
from accounts.errors import NotYours
from accounts.second_factor import has_recent_second_factor
from cases.models import Attribution
from cases.workflow import Status
from evidence.models import EvidenceItem
from exchange.calendar import feed_for
from exchange.choices import Form
from exchange.filters import ReleaseFilter
from exchange.handing import (
    ATTRIBUTIONS,
    REPORTED,
    hand_over,
    hand_over_calendar,
    hand_over_release,
    hand_over_report,
    hand_over_text,
)
from exchange.models import Release
from ledger.api import RecordViewSet, described, input_serializer, withdrawable
from policy.models import PolicyResponse

BYTES = {(200, form.media_type.split(";")[0]): OpenApiTypes.BINARY for form in Form}


class DossierView(KnownParameters, APIView):
    parameters = frozenset({"as", "marking"})

    @extend_schema(
        parameters=[
            OpenApiParameter("as", OpenApiTypes.STR, enum=Form.values, description="pdf by default."),
            OpenApiParameter(
                "marking",
                OpenApiTypes.STR,
                enum=Marking.values,
                description="Below the attribution's own: what was last released under it.",
            ),
        ],
        responses=BYTES,
    )
    def get(self, request, pk) -> Response:
        """The dossier of an attribution: of what was approved, or a preview that says it is none."""
        asked = request.query_params
        allowed = {"as": Form.values, "marking": Marking.values}
        if wrong := {n: f"One of {', '.join(v)}." for n, v in allowed.items() if n in asked and asked[n] not in v}:
            raise Malformed(wrong)
        attribution: Attribution = get_object_or_404(ATTRIBUTIONS.all(), pk=pk)
        form = asked.get("as", Form.PDF)
        return hand_over(attribution, reader=request.user, form=form, marking=asked.get("marking", ""))


class CustodyReportView(KnownParameters, APIView):
    parameters = frozenset({"as"})

    @extend_schema(
        parameters=[OpenApiParameter("as", OpenApiTypes.STR, enum=Form.values, description="pdf by default.")],
        responses=BYTES,
    )
    def get(self, request, pk) -> HttpResponse:
        """The custody report of an evidence item: its bytes, who did what to them and when, and how to verify it."""
        form = request.query_params.get("as", Form.PDF)
        if form not in Form.values:
            raise Malformed({"as": f"One of {', '.join(Form.values)}."})
        item: EvidenceItem = get_object_or_404(REPORTED.all(), pk=pk)
        return hand_over_report(item, form=form)


class ResponseTextView(KnownParameters, APIView):
    parameters = frozenset({"format"})

    @extend_schema(
        parameters=[OpenApiParameter("format", OpenApiTypes.STR, enum=Form.values, description="pdf by default.")],
        responses=BYTES,
    )
    def get(self, request, pk) -> HttpResponse:
        """The text that a response's kind needs: note, listing grounds, memorandum of reasons or referral.

        Of what was approved as it was sealed, or a draft that says it is one. An intelligence cooperation has
        none (409): its text is the product that it shares.
        """
        form = request.query_params.get("format", Form.PDF)
        if form not in Form.values:
            raise Malformed({"format": f"One of {', '.join(Form.values)}."})
        response: PolicyResponse = get_object_or_404(PolicyResponse.objects.all(), pk=pk)
        return hand_over_text(response, form=form)


class StandingDocument(serializers.Serializer):
    attribution_status = serializers.ChoiceField(Status.choices)


@described
@withdrawable
class ReleaseViewSet(RecordViewSet):
    """Dossiers released under a lower marking. A supervisor in person releases; a token does not."""

    model = Release
    filterset_class = ReleaseFilter
    fields = ("attribution", "marking", "form", "reason", "texts")
    http_method_names = ("get", "post", "head", "options")

    @classmethod
    def input_for(cls, method: str) -> type[serializers.Serializer]:
        """The marking has no default here: it is what the release is about."""
        others = (name for name in cls.fields if name != "marking")
        return input_serializer(Release, *others, marking=serializers.ChoiceField(choices=Marking.choices))

    def add(self, **fields) -> Release:
        if not self.request.auth and not has_recent_second_factor(self.request._request):
            raise NotYours("Releasing wants your second factor, shown in the last minutes.")
        return Release.release(by=self.request.user, **fields)

    @extend_schema(responses=BYTES)
    @action(detail=True)
    def content(self, request, pk=None) -> Response:
        """The bytes that left, as a download."""
        return hand_over_release(self.get_object())

    @extend_schema(responses=StandingDocument)
    @action(detail=True)
    def standing(self, request, pk=None) -> Response:
        """Where the attribution stands now that this was made from."""
        return Response({"attribution_status": self.get_object().standing()})


class CalendarView(KnownParameters, APIView):
    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR, 304: None})
    def get(self, request) -> HttpResponse:
        """One's own dates as an iCalendar feed (RFC 5545): what is due, and when measures begin and end.

        A token is told of its own room only. Send `If-None-Match` with the `ETag` of the answer before.
        """
        return hand_over_calendar(request._request, feed_for(request.user))
