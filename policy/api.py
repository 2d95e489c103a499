"""Endpoints of responses and the legal library. The verbs are the models' own; a token never decides."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.errors import NotYours
from accounts.second_factor import has_recent_second_factor
from cases.api import Note
from cases.api_answers import GateDocument
from cases.models import Incident
from evidence.models import Passage
from ledger.api import (
    IF_MATCH,
    EmptySerializer,
    ReasonSerializer,
    RecordViewSet,
    described,
    document_serializer,
    input_serializer,
    withdrawable,
)
from policy.filters import ProvisionFilter, ResponseFilter
from policy.models import LegalProvision, PolicyResponse
from policy.workflow import TAKEN, Status

WORK = ("owner", "due", "package", "place")
"""Fields of a response that may be changed after submission."""


class OnRecordSerializer(
    input_serializer(
        PolicyResponse,
        *("workspace", "marking", "title", "response_kind", "taken_by", "measure_date", "remarks", "package", "place"),
        status=serializers.ChoiceField(choices=[(each.value, each.label) for each in Status if each in TAKEN]),
        incident_ids=serializers.PrimaryKeyRelatedField(queryset=Incident.objects.all(), many=True, source="incidents"),
        passage_ids=serializers.PrimaryKeyRelatedField(
            queryset=Passage.objects.all(), many=True, source="passages", required=False
        ),
    )
):
    """A measure that others took, with what it answers and where it can be read."""


def step_of(serializer, **options):
    """Describe a verb of responses, and route it."""

    def wrap(method):
        document = document_serializer(PolicyResponse)
        routed = action(detail=True, methods=["post"], **options)(method)
        return extend_schema(request=serializer, responses=document, parameters=[IF_MATCH])(routed)

    return wrap


@described
@withdrawable
class PolicyResponseViewSet(RecordViewSet):
    model = PolicyResponse
    filterset_class = ResponseFilter
    fields = (
        "workspace",
        "marking",
        "title",
        "response_kind",
        "objective",
        "addressee",
        "measure_date",
        "taken_by",
        "remarks",
        *WORK,
    )
    fixed = ("workspace", "response_kind")

    @extend_schema(request=OnRecordSerializer, responses={201: document_serializer(PolicyResponse)})
    @action(detail=False, methods=["post"], url_path="on-record")
    def on_record(self, request) -> Response:
        """Put a measure on record that others took, with the incidents that it answers and where it can be read."""
        fields = self._input(OnRecordSerializer)
        with transaction.atomic():
            if "id" in fields and (known := self.get_queryset().filter(pk=fields["id"]).first()):
                parts = {"incidents", "passages"}
                return self._same_again(known, {name: told for name, told in fields.items() if name not in parts})
            measure = PolicyResponse.put_on_record(by=request.user, **fields)
        return self._answer(measure, status.HTTP_201_CREATED)

    @extend_schema(responses=GateDocument)
    @action(detail=True)
    def gate(self, request, pk=None) -> Response:
        """Every check of the gate as it stands."""
        return Response(self.get_object().gate().as_json())

    @step_of(EmptySerializer)
    def submit(self, request, pk=None) -> Response:
        """Ask for review. From then on nothing in it moves."""
        return self.step(EmptySerializer, lambda response, given: response.submit(by=request.user))

    @step_of(Note)
    def approve(self, request, pk=None) -> Response:
        """Accept and seal. A supervisor in person, with a recent second factor, who did not propose it."""
        return self.step(Note, self._approve)

    def _approve(self, response: PolicyResponse, given: dict) -> None:
        if not self.request.auth and not has_recent_second_factor(self.request._request):
            raise NotYours("Approving wants your second factor, shown in the last minutes.")
        response.approve(by=self.request.user, **given)

    @step_of(ReasonSerializer, url_path="return")
    def return_(self, request, pk=None) -> Response:
        """Send it back to its author with what is to be mended."""
        return self.step(ReasonSerializer, lambda response, given: response.return_(by=request.user, **given))

    @step_of(ReasonSerializer)
    def decline(self, request, pk=None) -> Response:
        """Decide against it, with a reason."""
        return self.step(ReasonSerializer, lambda response, given: response.decline(by=request.user, **given))

    @step_of(Note, url_path="put-in-force")
    def put_in_force(self, request, pk=None) -> Response:
        """Say that the measure is taken."""
        return self.step(Note, lambda response, given: response.put_in_force(by=request.user, **given))

    @step_of(Note)
    def complete(self, request, pk=None) -> Response:
        """Say that the measure has run its course."""
        return self.step(Note, lambda response, given: response.complete(by=request.user, **given))

    @step_of(ReasonSerializer)
    def lift(self, request, pk=None) -> Response:
        """End the measure before its course, with a reason."""
        return self.step(ReasonSerializer, lambda response, given: response.lift(by=request.user, **given))

    @step_of(ReasonSerializer, url_path="confirm-basis")
    def confirm_basis(self, request, pk=None) -> Response:
        """Say why it stands although something under it moved. A supervisor in person who did not propose it."""
        return self.step(ReasonSerializer, lambda response, given: response.confirm_basis(by=request.user, **given))


@described
@withdrawable
class LegalProvisionViewSet(RecordViewSet):
    model = LegalProvision
    filterset_class = ProvisionFilter
    fields = (
        "workspace",
        "marking",
        "instrument",
        "article",
        "jurisdiction",
        "permits",
        "safeguards",
        "url",
        "kinds",
        "is_safeguard_only",
        "in_force_from",
        "in_force_to",
        "tests",
    )
    fixed = ("workspace",)
