"""How an API client shows who it is: a token in the header, or a browser's session."""

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import ApiToken

SCHEME = "Bearer "


def secret_of(request: HttpRequest) -> str | None:
    """What stands as a token in the Authorization header of an API request (RFC 6750)."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not header.startswith(SCHEME) or not request.path.startswith("/api/"):
        return None
    return header.removeprefix(SCHEME).strip()


def token_of(request: HttpRequest) -> ApiToken | None:
    """The live token that an API request shows."""
    secret = secret_of(request)
    return None if secret is None else ApiToken.find(secret)


class TokenAuthentication(BaseAuthentication):
    """Answers for the token that the door found."""

    def authenticate(self, request):
        if not request.headers.get("Authorization"):
            return None
        token = request._request.token
        if token is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked.")
        return token.membership.user, token

    def authenticate_header(self, request) -> str:
        return 'Bearer realm="Attest"'


class BrowserAuthentication(SessionAuthentication):
    """A signed-in person's session; unsafe methods carry the CSRF token."""

    def authenticate_header(self, request) -> str:
        return 'Bearer realm="Attest"'
