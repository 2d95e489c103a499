"""Endpoints of the review room. A person signed in claims, decides and hands over; a token does not."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import User
from cases.choices import Mended
from cases.filters import ReturnItemFilter, ReviewClaimFilter
from cases.models import Attribution, Citation, ReturnItem, ReviewClaim
from ledger.api import (
    IF_MATCH,
    EmptySerializer,
    ReasonSerializer,
    RecordViewSet,
    StrictSerializer,
    described,
    document_serializer,
)


class ReturnItemSerializer(StrictSerializer):
    """What to mend, about at most one of the others."""

    what = serializers.CharField()
    check_key = serializers.CharField(required=False)
    claim_field = serializers.CharField(required=False)
    citation_id = serializers.PrimaryKeyRelatedField(
        queryset=Citation.objects.all(), source="citation", required=False, allow_null=True
    )


class ReturnSerializer(ReasonSerializer):
    items = ReturnItemSerializer(many=True, required=False)


class MendedSerializer(StrictSerializer):
    outcome = serializers.ChoiceField(choices=Mended.choices)
    word = serializers.CharField(required=False, allow_blank=True)


class ItemMendedSerializer(MendedSerializer):
    item_id = serializers.UUIDField()


class SubmitSerializer(StrictSerializer):
    answers = ItemMendedSerializer(many=True, required=False)

    def validate_answers(self, told: list[dict[str, Any]]) -> dict:
        """As the verb takes them: by item."""
        return {each.pop("item_id"): each for each in told}


class ReleaseSerializer(StrictSerializer):
    reason = serializers.CharField(required=False, allow_blank=True)


class ToSomebody(ReasonSerializer):
    to_id = serializers.PrimaryKeyRelatedField(queryset=User.objects.all(), source="to")


class DueSerializer(ReasonSerializer):
    due_on = serializers.DateField()


class AroundReview:
    """Verbs of attributions around their review. Those of the claim answer with the claim."""

    @extend_schema(request=EmptySerializer, responses=document_serializer(ReviewClaim), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="claim-review")
    def claim_review(self, request, pk=None) -> Response:
        """Take the review on. While the claim is open nobody else concludes."""
        return self.step(EmptySerializer, lambda attribution, given: self._claim(attribution))

    def _claim(self, attribution: Attribution) -> ReviewClaim:
        return ReviewClaim.claim(by=self.request.user, attribution=attribution)

    @extend_schema(request=ReleaseSerializer, responses=document_serializer(ReviewClaim), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="release-review")
    def release_review(self, request, pk=None) -> Response:
        """Give the review back. Another's claim is released by one who may decide, with a reason."""
        return self.step(ReleaseSerializer, self._release)

    def _release(self, attribution: Attribution, given: dict) -> ReviewClaim:
        held = ReviewClaim.held_on(attribution)
        held.release(by=self.request.user, **given)
        return held

    @extend_schema(request=ToSomebody, responses=document_serializer(ReviewClaim), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="reassign-review")
    def reassign_review(self, request, pk=None) -> Response:
        """Give the review to another, with a reason."""
        return self.step(ToSomebody, self._reassign)

    def _reassign(self, attribution: Attribution, given: dict) -> ReviewClaim:
        return ReviewClaim.reassign(by=self.request.user, attribution=attribution, **given)

    @extend_schema(request=ToSomebody, responses=document_serializer(Attribution), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request, pk=None) -> Response:
        """Name another member co-author, so that somebody can carry it on."""
        return self.step(ToSomebody, self._hand_over)

    def _hand_over(self, attribution: Attribution, given: dict) -> None:
        attribution.hand_over(by=self.request.user, **given)


@described
class ReviewClaimViewSet(RecordViewSet):
    """Claims, open and ended. They are made and released by verbs of the attribution."""

    model = ReviewClaim
    filterset_class = ReviewClaimFilter
    http_method_names = ("get", "post", "head", "options")

    @extend_schema(exclude=True)
    def create(self, request, *args, **kwargs) -> Response:
        """A review is claimed at its attribution."""
        return self.http_method_not_allowed(request)

    @extend_schema(request=DueSerializer, responses=document_serializer(ReviewClaim), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="set-due")
    def set_due(self, request, pk=None) -> Response:
        """Set another date, with a reason; as one who may decide."""
        return self.step(DueSerializer, lambda claim, given: claim.set_due(by=request.user, **given))


@described
class ReturnItemViewSet(RecordViewSet):
    """What was to be mended, and what its authors say became of it."""

    model = ReturnItem
    filterset_class = ReturnItemFilter
    http_method_names = ("get", "post", "head", "options")

    @extend_schema(exclude=True)
    def create(self, request, *args, **kwargs) -> Response:
        """What is to be mended is said when an attribution is returned."""
        return self.http_method_not_allowed(request)

    @extend_schema(request=MendedSerializer, responses=document_serializer(ReturnItem), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def answer(self, request, pk=None) -> Response:
        """Say what became of it, as an author, until it is submitted again."""
        return self.step(MendedSerializer, lambda item, given: item.give_answer(by=request.user, **given))
