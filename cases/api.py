"""Endpoints of cases. The verbs are the models' own; a token never decides."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.errors import NotYours
from accounts.second_factor import has_recent_second_factor
from cases.api_answers import LabelledGateDocument, ProofDocument
from cases.api_matrix import WeighedIncident
from cases.api_review import AroundReview, ReturnSerializer, SubmitSerializer
from cases.blindness import gate_told_to
from cases.filters import ActorFilter, AttributionFilter, IncidentFilter
from cases.models import (
    Actor,
    Attribution,
    Citation,
    CoAuthor,
    Dissent,
    ElementFinding,
    FindingCitation,
    Incident,
    Involvement,
    PublicClaim,
    Review,
    SealedPacket,
)
from cases.models.attributions import CLAIM_FIELDS
from cases.proofs import bundle_of
from ledger.api import (
    IF_MATCH,
    EmptySerializer,
    RecordViewSet,
    StrictSerializer,
    described,
    document_serializer,
    withdrawable,
)


class Note(StrictSerializer):
    note = serializers.CharField(required=False, allow_blank=True)


class AnswerSerializer(StrictSerializer):
    answer = serializers.CharField()


@described
@withdrawable
class IncidentViewSet(WeighedIncident, RecordViewSet):
    model = Incident
    filterset_class = IncidentFilter
    fields = (
        "workspace",
        "marking",
        "title",
        "summary",
        "began",
        "ended",
        "target_countries",
        "transit_countries",
        "origin_countries",
        "border_section",
        "along",
        "corridor",
        "latitude",
        "longitude",
        "vectors",
        "engineered_type",
        "severity",
        "status",
        "lead",
        "mobility_class",
    )
    fixed = ("workspace",)


@described
@withdrawable
class ActorViewSet(RecordViewSet):
    model = Actor
    filterset_class = ActorFilter
    fields = ("workspace", "marking", "name", "actor_kind", "aliases", "country", "description")
    fixed = ("workspace",)


@described
@withdrawable
class InvolvementViewSet(RecordViewSet):
    model = Involvement
    fields = ("incident", "actor", "role", "note")
    fixed = ("incident", "actor", "role")


@described
@withdrawable
class PublicClaimViewSet(RecordViewSet):
    model = PublicClaim
    fields = ("incident", "actor", "claimant", "source", "made", "form", "what", "item", "passage")
    fixed = ("incident",)


@described
class ElementFindingViewSet(RecordViewSet):
    model = ElementFinding
    fields = ("incident", "element", "finding", "rationale")
    fixed = ("incident", "element")


@described
@withdrawable
class FindingCitationViewSet(RecordViewSet):
    model = FindingCitation
    fields = ("finding", "passage", "bearing", "note")
    fixed = ("finding", "passage")


@described
@withdrawable
class AttributionViewSet(AroundReview, RecordViewSet):
    model = Attribution
    filterset_class = AttributionFilter
    fields = ("workspace", "marking", *CLAIM_FIELDS)
    fixed = ("workspace", "incident", "actor")

    def _filtered(self, records):
        return super()._filtered(records.with_label())

    @extend_schema(responses=LabelledGateDocument)
    @action(detail=True)
    def gate(self, request, pk=None) -> Response:
        """Every check of the gate as it stands, and the label that the judgement amounts to."""
        attribution = self.get_object()
        return Response({"label": attribution.label.value, **gate_told_to(request.user, attribution).as_json()})

    @extend_schema(request=SubmitSerializer, responses=document_serializer(Attribution), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def submit(self, request, pk=None) -> Response:
        """Freeze this version and ask for review. What was to be mended wants its answers."""
        return self.step(SubmitSerializer, lambda attribution, given: attribution.submit(by=request.user, **given))

    @extend_schema(request=Note, responses=document_serializer(Attribution), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None) -> Response:
        """Accept and seal. A supervisor in person, with a recent second factor, and never an author."""
        return self.step(Note, self._approve)

    def _approve(self, attribution: Attribution, given: dict) -> None:
        if not self.request.auth and not has_recent_second_factor(self.request._request):
            raise NotYours("Approving wants your second factor, shown in the last minutes.")
        attribution.approve(by=self.request.user, **given)

    @extend_schema(request=ReturnSerializer, responses=document_serializer(Attribution), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="return")
    def return_(self, request, pk=None) -> Response:
        """Send it back to its author with what is to be mended, as a whole and thing by thing."""
        return self.step(ReturnSerializer, lambda attribution, given: attribution.return_(by=request.user, **given))

    @extend_schema(request=EmptySerializer, responses=document_serializer(Attribution), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def revise(self, request, pk=None) -> Response:
        """Begin a later version; answers with the new draft."""
        return self.step(EmptySerializer, lambda attribution, given: attribution.revise(by=request.user))


@described
class CoAuthorViewSet(RecordViewSet):
    model = CoAuthor
    fields = ("attribution", "person")
    http_method_names = ("get", "post", "head", "options")

    def add(self, *, attribution: Attribution, person, **chosen) -> CoAuthor:
        return attribution.add_co_author(by=self.request.user, person=person, **chosen)


@described
@withdrawable
class CitationViewSet(RecordViewSet):
    model = Citation
    fields = ("attribution", "passage", "supports", "intent_basis", "note")
    fixed = ("attribution", "passage")

    def add(self, *, attribution: Attribution, **fields) -> Citation:
        return attribution.cite(by=self.request.user, **fields)


@described
class ReviewViewSet(RecordViewSet):
    """Concluded reviews. A person signed in concludes; a token does not."""

    model = Review
    fields = ("attribution", "conclusion", "reasons", "interests")
    http_method_names = ("get", "post", "head", "options")

    def add(self, **fields) -> Review:
        return Review.conclude(by=self.request.user, **fields)


@described
class DissentViewSet(RecordViewSet):
    model = Dissent
    http_method_names = ("get", "post", "head", "options")

    @extend_schema(exclude=True)
    def create(self, request, *args, **kwargs) -> Response:
        """A dissent is given by concluding a review."""
        return self.http_method_not_allowed(request)

    @extend_schema(request=AnswerSerializer, responses=document_serializer(Dissent), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def answer(self, request, pk=None) -> Response:
        """Answer the dissent, as one who may decide."""
        return self.step(AnswerSerializer, lambda dissent, given: dissent.give_answer(by=request.user, **given))


@described
class SealedPacketViewSet(RecordViewSet):
    model = SealedPacket
    http_method_names = ("get", "head", "options")

    @extend_schema(responses=ProofDocument)
    @action(detail=True)
    def proof(self, request, pk=None) -> Response:
        """The packet with its ledger entry, audit path and signed checkpoint, for `verify_packet.py`."""
        return Response(bundle_of(self.get_object()))
