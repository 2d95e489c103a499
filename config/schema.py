"""What OpenAPI says of every endpoint: its words, its problems, its limits, and how one signs in."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from accounts.choices import Scope
from config.schema_problems import NAMES, PROBLEM_SCHEMAS, by_status, kinds_of, response_of
from ledger.api import RecordViewSet, document_serializer
from ledger.kinds import kinds, title_of

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
HEADERS = {
    "RateLimit-Policy": 'How many requests a token may make: `"token";q=600;w=60`. On every answer to a token.',
    "RateLimit": "What is left of them (`r`), and in how many seconds all are (`t`). On every answer to a token.",
    "Retry-After": "Seconds to wait.",
    "ETag": "The version of the record, for `If-Match` and `If-None-Match`.",
    "Idempotent-Replayed": "`true` on an answer that was given before to the same `Idempotency-Key`.",
}
LIMITS = ("RateLimit-Policy", "RateLimit")

SHARED = {
    "list": ("List {many}", "What you may read of them, the newest first."),
    "retrieve": ("Read {one}", "Its document as it stands. `ETag` is its version."),
    "create": (
        "Add {one}",
        "You may choose the `id` (a UUID): the same content again is answered with 200, other content with 409.",
    ),
    "partial_update": ("Change {one}", "Fields that are left out stay as they are."),
}
"""Summary and description of what the endpoints of all kinds share."""


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


class TellingSchema(AutoSchema):
    """Adds what goes for every endpoint."""

    def get_operation(self, *args, **kwargs):
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        self._register("headers", {name: _header(told) for name, told in HEADERS.items()})
        self._register("schemas", PROBLEM_SCHEMAS)
        if getattr(self.view, "model", None) in kinds().values():
            self.resolve_serializer(document_serializer(self.view.model), "response")
        if self.method == "POST" and self._signed_in:
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        for status, answer in operation["responses"].items():
            answer["headers"] = {**answer.get("headers", {}), **self._headers(status, answer)}
        operation["responses"] |= self._problems(operation)
        return operation

    def _is_list_view(self, serializer=None) -> bool:
        """A list is answered as a page, which is an object."""
        return serializer is None and super()._is_list_view()

    @property
    def _signed_in(self) -> bool:
        return bool(self.view.authentication_classes)

    def _register(self, sort: str, components: dict[str, Any]) -> None:
        for name, schema in components.items():
            component = ResolvedComponent(name=name, type=sort, schema=schema, object=name)
            self.registry.register_on_missing(component)

    # --- Words -------------------------------------------------------------------------------------

    def get_summary(self) -> str:
        return self._words[0]

    def get_description(self) -> str:
        return self._words[1]

    @property
    def _words(self) -> tuple[str, str]:
        """The first sentence of what the method says of itself, and all of it."""
        action = getattr(self.view, "action", None)
        own = getattr(getattr(self.view, action or self.method.lower()), "__doc__", None) or ""
        if isinstance(self.view, RecordViewSet) and action in SHARED and not own:
            return self._shared(action)
        told = " ".join(own.split())
        return told.partition(". ")[0].removesuffix("."), told

    def _shared(self, action: str) -> tuple[str, str]:
        title = title_of(getattr(self.view.model, "kind", "") or "notification").lower()
        summary, description = SHARED[action]
        about = " ".join((self.view.__class__.__doc__ or "").split()) if _says_its_own(self.view) else ""
        named = summary.format(one=f"{_article(title)} {title}", many=self.view.model._meta.verbose_name_plural)
        return named, f"{description} {about}".strip()

    # --- Answers -----------------------------------------------------------------------------------

    def _headers(self, status: str, answer: dict[str, Any]) -> dict[str, Any]:
        names = [*LIMITS] if self._signed_in else []
        schema = next(iter(answer.get("content", {}).values()), {}).get("schema", {})
        told = schema.get("allOf", [schema])[0].get("$ref", "")
        if status == "304" or told.rpartition("/")[2] in DOCUMENTS:
            names.append("ETag")
        if self.method == "POST" and self._signed_in:
            names.append("Idempotent-Replayed")
        return {name: _ref("headers", name) for name in names}

    def _problems(self, operation: dict[str, Any]) -> dict[str, Any]:
        """The answers for problems; those that the endpoint describes by itself stay."""
        kinds = kinds_of(
            operation,
            method=self.method,
            path=self.path,
            signed_in=self._signed_in,
            decides=getattr(self.view, "action", "") == "approve",
        )
        kinds = [*kinds, *getattr(self.view, "more_problems", ())]
        told = {}
        for status, sharing in by_status(kinds).items():
            if str(status) in operation["responses"]:
                continue
            name = "Or".join(NAMES[kind] for kind in sharing)
            limits = [*(LIMITS if self._signed_in else ()), *(["Retry-After"] if status == 429 else [])]
            answer = response_of(sharing, {each: _ref("headers", each) for each in limits})
            self._register("responses", {name: answer})
            told[str(status)] = _ref("responses", name)
        return told

    def get_auth(self) -> list[dict[str, list]]:
        """Each way to sign in by itself: any of them will do."""
        return [{name: scopes} for each in super().get_auth() for name, scopes in each.items()]


DOCUMENTS = {f"{model.__name__}Document" for model in kinds().values()}
"""The answers that carry a version."""


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _article(title: str) -> str:
    return "an" if title[0] in "aeio" else "a"


def _says_its_own(view) -> bool:
    """Whether a class says what it is by itself, and not only what it inherits from."""
    return "__doc__" in vars(view.__class__) and bool(view.__class__.__doc__)


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
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "A person signed in."}
