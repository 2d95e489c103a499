"""Endpoints of one's tokens. A person rotates and revokes their own, a token itself; none is made here."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.asking import KnownParameters
from accounts.errors import NotYours
from accounts.models import ApiToken
from accounts.models.tokens import MOST_GRACE_DAYS
from accounts.serializers import EmptySerializer, StrictSerializer

NO_STORE = {"Cache-Control": "no-store"}


class TokenDocument(serializers.ModelSerializer):
    """A token without its secret."""

    workspace_id = serializers.UUIDField(source="membership.workspace_id")
    requests_per_minute = serializers.IntegerField(source="limit")

    class Meta:
        model = ApiToken
        fields = (
            "id",
            "workspace_id",
            "name",
            "sort",
            "scope",
            "beginning",
            "created_at",
            "expires_at",
            "last_used_at",
            "requests_per_minute",
            "previous_until",
            "revoked_at",
        )
        read_only_fields = fields


class TokenPage(serializers.Serializer):
    results = TokenDocument(many=True)


class Rotated(TokenDocument):
    """A token with its new secret, told only now."""

    secret = serializers.CharField()

    class Meta(TokenDocument.Meta):
        fields = (*TokenDocument.Meta.fields, "secret")
        read_only_fields = fields


class Rotate(StrictSerializer):
    grace_days = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=MOST_GRACE_DAYS,
        help_text="Days for which the old secret opens as well.",
    )


class TokenViewSet(KnownParameters, GenericViewSet):
    """One's own tokens; asked by a token, that one alone."""

    serializer_class = TokenDocument
    queryset = ApiToken.objects.none()

    def get_queryset(self):
        own = ApiToken.objects.filter(membership__user=self.request.user).select_related("membership__workspace")
        return own.filter(pk=self.request.auth.pk) if self.request.auth else own

    @extend_schema(responses=TokenPage)
    def list(self, request) -> Response:
        """Tokens and OAuth clients, newest first, revoked ones too."""
        return Response({"results": TokenDocument(self.get_queryset(), many=True).data})

    @extend_schema(request=Rotate, responses=Rotated)
    @action(detail=True, methods=["post"])
    def rotate(self, request, pk=None) -> Response:
        """Give it a new secret, told only now; as the person it acts for."""
        return self._rotate(self._in_person())

    @extend_schema(request=EmptySerializer, responses=TokenDocument)
    @action(detail=True, methods=["post"])
    def revoke(self, request, pk=None) -> Response:
        """Stop it; as the person it acts for."""
        return self._revoke(self._in_person())

    @extend_schema(request=Rotate, responses=Rotated)
    @action(detail=False, methods=["post"], url_path="self/rotate")
    def rotate_self(self, request) -> Response:
        """Give the token that asks a new secret. Wants its current one, and no access token."""
        token = self._itself()
        if not token.is_itself:
            raise NotYours("Only the current secret of a token rotates it.")
        return self._rotate(token)

    @extend_schema(request=EmptySerializer, responses=TokenDocument)
    @action(detail=False, methods=["post"], url_path="self/revoke")
    def revoke_self(self, request) -> Response:
        """Stop the token that asks; with an access token, its OAuth client."""
        return self._revoke(self._itself())

    def _in_person(self) -> ApiToken:
        if self.request.auth:
            raise NotYours("A token rotates and revokes only itself, at /tokens/self/.")
        return self.get_object()

    def _itself(self) -> ApiToken:
        if not self.request.auth:
            raise NotYours("Only a token does this by itself.")
        return self.request.auth

    def _rotate(self, token: ApiToken) -> Response:
        given = self._input(Rotate)
        secret = token.rotate(by=self.request.user, by_itself=bool(self.request.auth), **given)
        return Response({**TokenDocument(token).data, "secret": secret}, headers=NO_STORE)

    def _revoke(self, token: ApiToken) -> Response:
        self._input(EmptySerializer)
        token.revoke(by=self.request.user, by_itself=bool(self.request.auth))
        return Response(TokenDocument(token).data)

    def _input(self, serializer_class: type[serializers.Serializer]) -> dict:
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)
