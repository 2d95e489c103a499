"""OAuth 2.0 client credentials (RFC 6749 section 4.4): a client's secret against a short-lived access token."""

import base64
import binascii
from urllib.parse import unquote_plus
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.choices import Scope
from accounts.models import ApiToken

GRANT = "client_credentials"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Attest", charset="UTF-8"'}
ONCE = ("grant_type", "scope", "client_id", "client_secret")


class OAuthError(Exception):
    """A refusal of RFC 6749 section 5.2, with the status and headers that go with it."""

    def __init__(self, code: str, description: str, status: int = 400, **headers: str) -> None:
        super().__init__(description)
        self.status, self.headers = status, headers
        self.body = {"error": code, "error_description": description}


class TokenRequest(serializers.Serializer):
    grant_type = serializers.ChoiceField(choices=[GRANT])
    scope = serializers.CharField(required=False, help_text="read or write; by default the client's own.")
    client_id = serializers.CharField(required=False, help_text="Or HTTP Basic, with the id as user, which is better.")
    client_secret = serializers.CharField(required=False)


class TokenAnswer(serializers.Serializer):
    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    scope = serializers.CharField()


class Refused(serializers.Serializer):
    """RFC 6749, section 5.2."""

    error = serializers.CharField()
    error_description = serializers.CharField()


class TokenEndpoint(APIView):
    authentication_classes = ()
    permission_classes = ()
    parser_classes = (FormParser,)

    @extend_schema(request=TokenRequest, responses={200: TokenAnswer, 400: Refused, 401: Refused, 429: Refused})
    def post(self, request) -> Response:
        """Exchange an OAuth client's id and secret for an access token that acts for its member."""
        try:
            return Response(self._given(request), headers=NO_STORE)
        except OAuthError as refusal:
            return Response(refusal.body, status=refusal.status, headers={**NO_STORE, **refusal.headers})

    def _given(self, request) -> dict:
        if any(len(request.data.getlist(name)) > 1 for name in ONCE):
            raise OAuthError("invalid_request", "A parameter is given twice.")
        client = self._client(request)
        grant = request.data.get("grant_type")
        if not grant:
            raise OAuthError("invalid_request", "grant_type is missing.")
        if grant != GRANT:
            raise OAuthError("unsupported_grant_type", f"Only {GRANT} is offered.")
        access, secret = client.give_access(scope=granted(client, request.data.get("scope", "")))
        lasts = int((access.expires_at - access.given_at).total_seconds())
        return {"access_token": secret, "token_type": "Bearer", "expires_in": lasts, "scope": access.scope}

    def _client(self, request) -> ApiToken:
        client_id, secret = credentials(request)
        try:
            client = ApiToken.find_client(UUID(client_id), secret)
        except ValueError:
            client = None
        if client is None:
            raise OAuthError("invalid_client", "The client is unknown, expired or revoked.", 401, **CHALLENGE)
        if client.allowance.is_spent:
            wait = {"Retry-After": str(client.allowance.wait)}
            raise OAuthError("temporarily_unavailable", "Too many requests.", 429, **wait)
        return client


def credentials(request) -> tuple[str, str]:
    """Id and secret of a client: by HTTP Basic, each form-encoded, or in the body; never both."""
    header = request.headers.get("Authorization", "")
    in_body = "client_secret" in request.data
    if not header:
        return request.data.get("client_id", ""), request.data.get("client_secret", "")
    if in_body:
        raise OAuthError("invalid_request", "Authenticate in one way only.")
    scheme, _, told = header.partition(" ")
    try:
        client_id, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client_id, secret = "", ""
    if scheme.lower() != "basic":
        client_id, secret = "", ""
    return unquote_plus(client_id), unquote_plus(secret)


def granted(client: ApiToken, asked: str) -> str:
    """The scope that is given: what was asked for, within what the client may; without a word, all of it."""
    wanted = set(asked.split())
    allowed = {Scope.READ, Scope(client.scope)}
    if not wanted <= allowed:
        raise OAuthError("invalid_scope", f"This client may ask for: {' '.join(sorted(allowed))}.")
    if not wanted:
        return client.scope
    return Scope.WRITE if Scope.WRITE in wanted else Scope.READ


def metadata(request: HttpRequest) -> HttpResponse:
    """What this authorization server offers (RFC 8414)."""
    return JsonResponse(
        {
            "issuer": settings.BASE_URL,
            "token_endpoint": settings.BASE_URL + reverse("api-oauth-token"),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "grant_types_supported": [GRANT],
            "response_types_supported": [],
            "scopes_supported": Scope.values,
            "service_documentation": settings.BASE_URL + reverse("api-docs"),
        }
    )
