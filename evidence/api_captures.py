"""Endpoints of addresses that are fetched."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from evidence.filters import CaptureFilter
from evidence.models import Capture
from ledger.api import IF_MATCH, EmptySerializer, RecordViewSet, described, document_serializer


@described
class CaptureViewSet(RecordViewSet):
    """Adding one has its address fetched in the background: `status` and `note` say what became of it."""

    model = Capture
    filterset_class = CaptureFilter
    fields = ("item", "requested_url")
    http_method_names = ("get", "post", "head", "options")

    def add(self, **fields) -> Capture:
        return Capture.ask(by=self.request.user, **fields)

    @extend_schema(request=EmptySerializer, responses=document_serializer(Capture), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="ask-again")
    def ask_again(self, request, pk=None) -> HttpResponse:
        """Try once more what could not be fetched."""
        return self.step(EmptySerializer, lambda capture, given: capture.ask_again(by=request.user))
