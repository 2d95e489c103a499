"""Endpoints of the parts of responses."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from cases.api import AnswerSerializer
from ledger.api import (
    IF_MATCH,
    RecordViewSet,
    described,
    document_serializer,
    withdrawable,
)
from policy.filters import part_filter
from policy.models import (
    AnsweredIncident,
    BorderEnforcement,
    DiplomaticProtest,
    IntelligenceCooperation,
    Outcome,
    Prosecution,
    ProvisionTestAnswer,
    ReliedProvision,
    ResponseCitation,
    ResponseGround,
    ResponseReview,
    RightsAnswer,
    Sanctions,
    SanctionTarget,
    SealedResponse,
)


def part(viewset: type[RecordViewSet]) -> type[RecordViewSet]:
    """A part of responses: filtered by its response, withdrawn with a reason, never moved to another response."""
    viewset.filterset_class = part_filter(viewset.model)
    return described(withdrawable(viewset))


def own_fields(viewset: type[RecordViewSet]) -> type[RecordViewSet]:
    """The fields of a kind: one row for each response, changed but never taken away."""
    viewset.filterset_class = part_filter(viewset.model)
    return described(viewset)


# --- The own fields of each kind ---------------------------------------------------------------


@own_fields
class DiplomaticProtestViewSet(RecordViewSet):
    model = DiplomaticProtest
    fields = ("response", "form", "partners")
    fixed = ("response",)


@own_fields
class SanctionsViewSet(RecordViewSet):
    model = Sanctions
    fields = ("response", "programme", "measures", "listing_grounds")
    fixed = ("response",)


@own_fields
class BorderEnforcementViewSet(RecordViewSet):
    model = BorderEnforcement
    fields = ("response", "section", "measure", "starts", "ends", "derogations", "necessity")
    fixed = ("response",)


@own_fields
class IntelligenceCooperationViewSet(RecordViewSet):
    model = IntelligenceCooperation
    fields = ("response", "partners", "product", "highest_marking", "agreement")
    fixed = ("response",)


@own_fields
class ProsecutionViewSet(RecordViewSet):
    model = Prosecution
    fields = ("response", "jurisdiction", "offence", "statute", "stage", "defendants")
    fixed = ("response",)


# --- What it answers, rests on, relies on and cites ----------------------------------------------


@part
class SanctionTargetViewSet(RecordViewSet):
    model = SanctionTarget
    fields = ("response", "actor", "grounds")
    fixed = ("response", "actor")


@part
class AnsweredIncidentViewSet(RecordViewSet):
    model = AnsweredIncident
    fields = ("response", "incident")
    http_method_names = ("get", "post", "head", "options")


@part
class ResponseGroundViewSet(RecordViewSet):
    """One of `attribution_id`, `claim_id` and `actor_id`."""

    model = ResponseGround
    fields = ("response", "attribution", "claim", "actor", "note")
    fixed = ("response", "attribution", "claim", "actor")


@part
class ReliedProvisionViewSet(RecordViewSet):
    model = ReliedProvision
    fields = ("response", "provision", "note")
    fixed = ("response", "provision")


@part
class ResponseCitationViewSet(RecordViewSet):
    model = ResponseCitation
    fields = ("response", "passage", "supports", "note")
    fixed = ("response", "passage")


@part
class RightsAnswerViewSet(RecordViewSet):
    model = RightsAnswer
    fields = ("response", "question", "answer", "passage")
    fixed = ("response", "question")


@part
class ProvisionTestAnswerViewSet(RecordViewSet):
    """`test` in the very words of the provision, on which the response must rely."""

    model = ProvisionTestAnswer
    fields = ("response", "provision", "test", "answer", "text", "passage")
    fixed = ("response", "provision", "test")


@part
class OutcomeViewSet(RecordViewSet):
    model = Outcome
    fields = ("response", "observed", "observed_on", "passage", "note")
    fixed = ("response",)


# --- What was concluded and sealed ----------------------------------------------------------------


@described
class ResponseReviewViewSet(RecordViewSet):
    """Concluded reviews. A person signed in concludes; a token does not."""

    model = ResponseReview
    filterset_class = part_filter(ResponseReview)
    fields = ("response", "conclusion", "reasons", "interests")
    http_method_names = ("get", "post", "head", "options")

    def add(self, **fields) -> ResponseReview:
        return ResponseReview.conclude(by=self.request.user, **fields)

    @extend_schema(request=AnswerSerializer, responses=document_serializer(ResponseReview), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def answer(self, request, pk=None) -> Response:
        """Answer the dissent, as one who may decide."""
        return self.step(AnswerSerializer, lambda review, given: review.give_answer(by=request.user, **given))


@described
class SealedResponseViewSet(RecordViewSet):
    model = SealedResponse
    filterset_class = part_filter(SealedResponse)
    http_method_names = ("get", "head", "options")
