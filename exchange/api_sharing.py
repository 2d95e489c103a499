"""Endpoints of sharing. A token reads; what leaves a person decides."""

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
from exchange.agreed import OF_THE_KIND, agreed_of, preview_of, why_not_shared
from exchange.api import BYTES
from exchange.filters import SharingFilter
from exchange.handing import hand_over_sharing
from exchange.models import Sharing
from ledger.api import IF_MATCH, ReasonSerializer, RecordViewSet, described, document_serializer
from ledger.kinds import kinds
from policy.abilities import is_worker
from policy.models import PolicyResponse


class IncludedRecord(serializers.Serializer):
    kind = serializers.ChoiceField(list(kinds()))
    id = serializers.UUIDField()
    version = serializers.IntegerField()


class HeldRecord(serializers.Serializer):
    kind = serializers.CharField(help_text="A kind of record, or `text` for one field of a record.")
    id = serializers.CharField()
    title = serializers.CharField()
    marking = serializers.CharField()
    why = serializers.CharField()
    url = serializers.CharField()


class HeldBackDocument(serializers.Serializer):
    listed = HeldRecord(many=True)
    unseen = serializers.DictField(child=serializers.IntegerField(), help_text="Numbers by kind.")


class SharedProduct(serializers.Serializer):
    may_be_shared = serializers.BooleanField()
    why_not = serializers.CharField()
    under = serializers.ChoiceField(Marking.choices)
    product = serializers.DictField(help_text="As its renderers draw it: facts, and sections of blocks.")
    included = IncludedRecord(many=True)
    held_back = HeldBackDocument()


class SharedProductView(KnownParameters, APIView):
    parameters = frozenset({"under"})

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "under", OpenApiTypes.STR, enum=Marking.values, description="By default the strictest that was agreed."
            )
        ],
        responses=SharedProduct,
    )
    def get(self, request, pk) -> Response:
        """The product of an intelligence cooperation as it would leave, and what is held back, for who may share."""
        response = get_object_or_404(PolicyResponse.objects.filter(response_kind=OF_THE_KIND), pk=pk)
        if not is_worker(response, request.user):
            raise NotYours("Only its author, its owner or a supervisor sees what it would share.")
        under = request.query_params.get("under", "") or agreed_of(response).highest_marking
        if under not in Marking.values:
            raise Malformed({"under": f"One of {', '.join(Marking.values)}."})
        product = preview_of(response, under=under, reader=request.user)
        why_not = why_not_shared(response)
        return Response(
            {
                "may_be_shared": not why_not,
                "why_not": why_not,
                "under": product.under,
                "product": product.dossier.as_json(),
                "included": product.included(),
                "held_back": product.material.held.as_json(),
            }
        )


@described
class SharingViewSet(RecordViewSet):
    """What was shared with partners. Its author, its owner or a supervisor shares and recalls, in person."""

    model = Sharing
    filterset_class = SharingFilter
    fields = ("response", "partner", "under", "form")
    http_method_names = ("get", "post", "head", "options")

    def add(self, **fields) -> Sharing:
        if not self.request.auth and not has_recent_second_factor(self.request._request):
            raise NotYours("Sharing wants your second factor, shown in the last minutes.")
        return Sharing.share(by=self.request.user, **fields)

    @extend_schema(request=ReasonSerializer, responses=document_serializer(Sharing), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def recall(self, request, pk=None) -> Response:
        """Note that the partner is asked to destroy it, with a reason. It stays on record."""
        return self.step(ReasonSerializer, lambda sharing, given: sharing.recall(by=request.user, **given))

    @extend_schema(responses=BYTES)
    @action(detail=True)
    def content(self, request, pk=None) -> Response:
        """The bytes that the partner was given, as a download."""
        return hand_over_sharing(self.get_object())
