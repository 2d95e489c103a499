"""What OpenAPI says of every endpoint: its problems, and how one signs in."""

from django.urls import reverse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from accounts.choices import Scope

PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
    "required": ["type", "title", "status"],
}


IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 257},
    "description": (
        "A string of your choice, in quotes, for this one request. Sent again within 24 hours it is answered as it "
        "was the first time, with `Idempotent-Replayed: true`, and not done again. 422 with another path, version or "
        "body, 409 while the first is under way. An answer of 400 or above is not kept: the key may be used again."
    ),
}
LIMITS = {
    name: {"description": description, "schema": {"type": "string"}}
    for name, description in [
        ("RateLimit-Policy", 'How many requests a token may make: `"token";q=600;w=60`. On every answer to a token.'),
        ("RateLimit", "What is left of them (`r`), and in how many seconds all are (`t`). On every answer to a token."),
        ("Retry-After", "With 429: seconds to wait."),
    ]
}


class ProblemAwareSchema(AutoSchema):
    """Adds what goes for every endpoint: its problems (RFC 9457), its limits, and how a POST is sent again."""

    def get_operation(self, *args, **kwargs):
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            if self.method == "POST" and self.view.authentication_classes:
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            operation["responses"]["default"] = {
                "description": "A problem",
                "headers": LIMITS,
                "content": {"application/problem+json": {"schema": PROBLEM}},
            }
        return operation


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "config.authentication.TokenAuthentication"
    name = ["token", "oauth"]

    def get_security_definition(self, auto_schema):
        scopes = {value: f"{label}, within what the member may." for value, label in Scope.choices}
        flow = {"tokenUrl": reverse("api-oauth-token"), "scopes": scopes}
        return [
            {"type": "http", "scheme": "bearer", "description": "An API token of one member in one workspace."},
            {
                "type": "oauth2",
                "description": "An OAuth client of one member in one workspace. The access token goes as a bearer.",
                "flows": {"clientCredentials": flow},
            },
        ]


class BrowserScheme(OpenApiAuthenticationExtension):
    target_class = "config.authentication.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
