"""Endpoints of watches."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from cases.filters_watches import WatchFilter
from cases.models import Watch
from cases.watching import canonical
from ledger.api import IF_MATCH, EmptySerializer, described, document_serializer, withdrawable
from ledger.endpoints import AboutViewSet
from ledger.models import Record


@described
@withdrawable
class WatchViewSet(AboutViewSet):
    """What people want to be told of later. A watch looks in its own workspace and tells its owner alone."""

    model = Watch
    filterset_class = WatchFilter
    fields = (
        "workspace",
        "marking",
        "sort",
        "title",
        "over",
        "query",
        "about_kind",
        "about_id",
        "look_on",
        "note",
        "unit",
        "at_least",
        "counted_from",
        "counted_to",
    )
    fixed = ("workspace", "sort", "over", "about_kind", "about_id")

    def require_same(self, known: Record, fields: dict[str, Any]) -> None:
        if "query" in fields:
            fields["query"] = canonical(fields["query"])
        super().require_same(known, fields)

    @extend_schema(request=EmptySerializer, responses=document_serializer(Watch), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def pause(self, request, pk=None) -> Response:
        """Look no more for the time being."""
        return self.step(EmptySerializer, lambda watch, given: watch.pause(by=request.user))

    @extend_schema(request=EmptySerializer, responses=document_serializer(Watch), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def resume(self, request, pk=None) -> Response:
        """Look again."""
        return self.step(EmptySerializer, lambda watch, given: watch.resume(by=request.user))
