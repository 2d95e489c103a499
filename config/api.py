"""The API door: `/api/v1/`, its schema, and pages that explain it."""

from uuid import UUID

from django.db import connection
from django.shortcuts import render
from django.urls import URLResolver, include, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.negotiation import DefaultContentNegotiation as ByAccept
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from accounts.api import TokenViewSet
from accounts.asking import KnownParameters
from accounts.oauth import TokenEndpoint
from cases import api as cases
from cases import api_matrix as weighing
from cases import api_monitoring as monitoring
from cases import api_review as review
from cases import api_watches as watches
from cases.api_falling import WhatFallsView
from config import schema  # noqa: F401 - tells the schema how one signs in
from config.api_answers import Entries, Hits, MeDocument
from config.api_shown import operations_shown
from config.problems import TITLES
from evidence import api as evidence
from evidence import api_expunging as expunging
from evidence import api_files as evidence_files
from evidence.api_captures import CaptureViewSet
from evidence.api_uploads import UploadViewSet
from exchange import api as exchange
from exchange import api_sharing as sharing
from exchange.api_bulk import BulkView
from exchange.api_feed import ChangesView
from ledger import endpoints as ledger
from ledger.kinds import kinds
from ledger.models import LedgerEntry
from policy import api as policy
from policy import api_parts as parts
from policy.api_figures import FiguresView

MOST_HITS = 100
MOST_ENTRIES = 200

router = SimpleRouter()
for prefix, viewset in [
    ("sources", evidence.SourceViewSet),
    ("evidence-items", evidence.EvidenceItemViewSet),
    ("derivations", evidence.DerivationViewSet),
    ("near-copies", evidence.NearCopyViewSet),
    ("confirmations", evidence.ConfirmationViewSet),
    ("gradings", evidence.GradingViewSet),
    ("stored-files", evidence_files.StoredFileViewSet),
    ("container-parts", evidence_files.ContainerPartViewSet),
    ("text-pages", evidence_files.TextPageViewSet),
    ("custody-events", evidence_files.CustodyEventViewSet),
    ("time-stamps", evidence_files.TimeStampViewSet),
    ("captures", CaptureViewSet),
    ("passages", evidence.PassageViewSet),
    ("expungings", expunging.ExpungingViewSet),
    ("incidents", cases.IncidentViewSet),
    ("actors", cases.ActorViewSet),
    ("involvements", cases.InvolvementViewSet),
    ("public-claims", cases.PublicClaimViewSet),
    ("element-findings", cases.ElementFindingViewSet),
    ("finding-citations", cases.FindingCitationViewSet),
    ("corridors", monitoring.CorridorViewSet),
    ("corridor-presences", monitoring.CorridorPresenceViewSet),
    ("actor-relations", monitoring.ActorRelationViewSet),
    ("flow-observations", monitoring.FlowObservationViewSet),
    ("hypotheses", weighing.HypothesisViewSet),
    ("matrix-rows", weighing.MatrixRowViewSet),
    ("ratings", weighing.RatingViewSet),
    ("gate-policies", weighing.GatePolicyViewSet),
    ("attributions", cases.AttributionViewSet),
    ("co-authors", cases.CoAuthorViewSet),
    ("citations", cases.CitationViewSet),
    ("reviews", cases.ReviewViewSet),
    ("dissents", cases.DissentViewSet),
    ("submitted-versions", weighing.SubmittedVersionViewSet),
    ("sealed-packets", cases.SealedPacketViewSet),
    ("comments", ledger.CommentViewSet),
    ("tasks", ledger.TaskViewSet),
    ("watches", watches.WatchViewSet),
    ("review-claims", review.ReviewClaimViewSet),
    ("return-items", review.ReturnItemViewSet),
    ("releases", exchange.ReleaseViewSet),
    ("sharings", sharing.SharingViewSet),
    ("policy-responses", policy.PolicyResponseViewSet),
    ("diplomatic-protests", parts.DiplomaticProtestViewSet),
    ("sanctions", parts.SanctionsViewSet),
    ("border-enforcements", parts.BorderEnforcementViewSet),
    ("intelligence-cooperations", parts.IntelligenceCooperationViewSet),
    ("prosecutions", parts.ProsecutionViewSet),
    ("sanction-targets", parts.SanctionTargetViewSet),
    ("answered-incidents", parts.AnsweredIncidentViewSet),
    ("response-grounds", parts.ResponseGroundViewSet),
    ("relied-provisions", parts.ReliedProvisionViewSet),
    ("response-citations", parts.ResponseCitationViewSet),
    ("rights-answers", parts.RightsAnswerViewSet),
    ("response-reviews", parts.ResponseReviewViewSet),
    ("provision-test-answers", parts.ProvisionTestAnswerViewSet),
    ("outcomes", parts.OutcomeViewSet),
    ("sealed-responses", parts.SealedResponseViewSet),
    ("legal-provisions", policy.LegalProvisionViewSet),
]:
    router.register(prefix, viewset, basename=f"api-{prefix}")

own = SimpleRouter()
own.register("notifications", ledger.NotificationViewSet, basename="api-notifications")
own.register("tokens", TokenViewSet, basename="api-tokens")
own.register("uploads", UploadViewSet, basename="api-uploads")


class Me(KnownParameters, APIView):
    @extend_schema(responses=MeDocument)
    def get(self, request) -> Response:
        """Who asks, what they are a member of, and by which token."""
        memberships = request.user.memberships.current().select_related("workspace")
        return Response(
            {
                "id": request.user.pk,
                "name": request.user.name,
                "email": request.user.email,
                "token": {"name": request.auth.name, "scope": request.auth.scope} if request.auth else None,
                "memberships": [
                    {
                        "workspace_id": each.workspace_id,
                        "workspace": each.workspace.name,
                        "role": each.role,
                        "clearance": each.clearance,
                    }
                    for each in memberships
                    if not request.auth or request.auth.membership_id == each.pk
                ],
            }
        )


class SearchView(KnownParameters, APIView):
    parameters = frozenset({"q", "kind"})

    @extend_schema(
        parameters=[
            OpenApiParameter("q", {"type": "string", "minLength": 1}, required=True, description="Words."),
            OpenApiParameter("kind", OpenApiTypes.STR, enum=list(kinds()), description="Only this kind."),
        ],
        responses=Hits,
    )
    def get(self, request) -> Response:
        """The best hundred hits for some words, over everything that one may read."""
        words, kind = request.query_params.get("q", ""), request.query_params.get("kind")
        if not words.strip() or "\x00" in words:
            raise Malformed({"q": "Give some words."})
        if kind and kind not in kinds():
            raise Malformed({"kind": "There is no such kind."})
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record_id, kind, anchor_id, title, marking, rank FROM search_matches(%s, %s)"
                " ORDER BY rank DESC, record_id LIMIT %s",
                [words, [kind] if kind else None, MOST_HITS],
            )
            names = [column.name for column in cursor.description]
            return Response({"results": [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]})


class LedgerView(KnownParameters, APIView):
    parameters = frozenset({"object_id"})

    @extend_schema(
        parameters=[OpenApiParameter("object_id", OpenApiTypes.UUID, required=True, description="The id of a record.")],
        responses=Entries,
    )
    def get(self, request) -> Response:
        """The versions of a record, oldest first, with their hashes."""
        try:
            wanted = UUID(request.query_params.get("object_id", ""))
        except ValueError as error:
            raise Malformed({"object_id": "The id of a record."}) from error
        rows = LedgerEntry.objects.filter(object_id=wanted).order_by("sequence")[:MOST_ENTRIES]
        return Response({"results": [self._told(each) for each in rows]})

    def _told(self, entry: LedgerEntry) -> dict:
        told = {field.name: getattr(entry, field.name) for field in entry._meta.concrete_fields}
        for name in ("document_sha256", "previous_hash", "entry_hash"):
            told[name] = bytes(told[name]).hex() if told[name] is not None else None
        return told


class Schema(SpectacularAPIView):
    """OpenAPI in YAML, or in JSON where that is accepted: the one address whose form is chosen so."""

    permission_classes = ()
    content_negotiation_class = ByAccept


def docs(request):
    """The API on one page, made from its schema."""
    return render(request, "api_docs.html", {"groups": operations_shown(), "problems": TITLES.items()})


def _of_a_kind(prefix: str, viewset: type, basename: str) -> URLResolver:
    """The addresses of one kind under its own prefix, so that finding one does not go through those of all."""
    within = SimpleRouter()
    within.register("", viewset, basename=basename)
    return path(f"v1/{prefix}/", include(within.urls))


urlpatterns = [
    path("v1/me/", Me.as_view(), name="api-me"),
    path("v1/search/", SearchView.as_view(), name="api-search"),
    path("v1/changes/", ChangesView.as_view(), name="api-changes"),
    path("v1/what-falls/", WhatFallsView.as_view(), name="api-what-falls"),
    path("v1/bulk/", BulkView.as_view(), name="api-bulk"),
    path("v1/oauth/token", TokenEndpoint.as_view(), name="api-oauth-token"),
    path("v1/ledger/", LedgerView.as_view(), name="api-ledger"),
    path(
        "v1/evidence-items/<uuid:pk>/custody-report/", exchange.CustodyReportView.as_view(), name="api-custody-report"
    ),
    path("v1/attributions/<uuid:pk>/dossier/", exchange.DossierView.as_view(), name="api-dossier"),
    path("v1/policy-responses/<uuid:pk>/text/", exchange.ResponseTextView.as_view(), name="api-response-text"),
    path("v1/calendar/", exchange.CalendarView.as_view(), name="api-calendar"),
    path("v1/policy-responses/figures/", FiguresView.as_view(), name="api-response-figures"),
    path(
        "v1/policy-responses/<uuid:pk>/shared-product/", sharing.SharedProductView.as_view(), name="api-shared-product"
    ),
    *(_of_a_kind(*each) for each in (*router.registry, *own.registry)),
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
]
