"""Endpoints of expungings. People ask and decide; a token only reads."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.errors import NotYours
from accounts.second_factor import has_recent_second_factor
from evidence.filters import ExpungingFilter
from evidence.models import Expunging
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

WORDS = serializers.CharField(
    required=False, allow_blank=True, help_text="The exact words, where only these go. Kept until it is decided."
)


class ReachedRecord(serializers.Serializer):
    kind = serializers.CharField()
    id = serializers.UUIDField()
    is_copy = serializers.BooleanField(help_text="It quotes what is expunged: only these words go from it.")


class StillHolding(serializers.Serializer):
    label = serializers.CharField()
    url = serializers.CharField()
    why = serializers.CharField()


class Reach(serializers.Serializer):
    results = ReachedRecord(many=True)
    still_holding = StillHolding(many=True, help_text="What holds words of it afterwards.")


@described
@withdrawable
class ExpungingViewSet(RecordViewSet):
    """Personal data that goes for good. A steward asks, and a second person in charge decides."""

    model = Expunging
    filterset_class = ExpungingFilter
    fields = ("about_kind", "about_id", "extent", "ground", "reason")
    http_method_names = ("get", "post", "head", "options")

    @classmethod
    def input_for(cls, method: str) -> type[serializers.Serializer]:
        return input_serializer(Expunging, *cls.fields, words=WORDS)

    def add(self, **fields: Any) -> Expunging:
        return Expunging.ask(by=self.request.user, **fields)

    def require_same(self, known, fields) -> None:
        super().require_same(known, {name: value for name, value in fields.items() if name != "words"})

    @extend_schema(responses=Reach)
    @action(detail=True)
    def reach(self, request, pk=None) -> Response:
        """What it concerns, or concerned, and what remains. Before the act told to those in charge alone."""
        expunging = self.get_object()
        concerned = expunging.concerned()
        told = [each._asdict() for each in concerned]
        return Response({"results": told, "still_holding": expunging.still_holding(concerned)})

    @extend_schema(request=EmptySerializer, responses=document_serializer(Expunging), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="carry-out")
    def carry_out(self, request, pk=None) -> Response:
        """Remove it for good. A second person, in person."""
        return self.step(EmptySerializer, lambda expunging, given: self._carry_out(expunging))

    def _carry_out(self, expunging: Expunging) -> None:
        if not self.request.auth and not has_recent_second_factor(self.request._request):
            raise NotYours("Expunging wants your second factor, shown in the last minutes.")
        expunging.carry_out(by=self.request.user)

    @extend_schema(request=ReasonSerializer, responses=document_serializer(Expunging), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def refuse(self, request, pk=None) -> Response:
        """Leave everything as it is, with a reason. A second person, in person."""
        return self.step(ReasonSerializer, lambda expunging, given: expunging.refuse(by=request.user, **given))
