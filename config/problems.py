"""Errors as problems (RFC 9457): one place turns every refusal into HTTP."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from psycopg.errors import InsufficientPrivilege
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.errors import IllegalStep, NotYours, StaleVersion
from exchange.bulk import LinesRefused
from ledger.api import PreconditionRequired

MEDIA_TYPE = "application/problem+json"

TITLES = {
    "malformed": "The request cannot be understood",
    "not-so": "The input breaks a rule",
    "not-now": "The record is not in a state that allows this",
    "gate-not-passed": "The gate does not let this pass yet",
    "not-you": "Another person must do this",
    "not-signed-in": "Say who you are",
    "not-visible": "Nothing here that you may read",
    "stale-version": "Someone changed the record since you read it",
    "version-required": "Say which version you read",
    "not-supported": "This is not offered here",
    "too-large": "More than is taken at once",
    "throttled": "Too many requests",
    "under-way": "The first request with this key is still under way",
    "key-used": "This key went with another request",
    "answer-not-kept": "This was done already, and its answer held a secret",
    "another-protocol": "Uploads speak tus 1.0.0",
    "being-written": "Another request is sending to this upload",
    "other-bytes": "The bytes do not have the checksum that came with them",
    "broken": "Something broke on our side",
}

KINDS = {
    400: "malformed",
    401: "not-signed-in",
    403: "not-you",
    404: "not-visible",
    412: "another-protocol",
    413: "too-large",
    423: "being-written",
    429: "throttled",
    460: "other-bytes",
}
"""The kind of a problem that the framework finds, by status."""


def problem(kind: str, status: int, detail: str = "", **more: Any) -> dict[str, Any]:
    """The body of a problem. `type` leads to its description in the API pages."""
    return {"type": f"/api/docs/#problem-{kind}", "title": TITLES[kind], "status": status, "detail": detail, **more}


def problem_handler(error: Exception, context: dict) -> Response | None:
    """DRF's exception handler. Unknown errors are left to Django, which logs them."""
    body = _problem_of(error)
    if body is None:
        return None
    set_rollback()
    headers = {"WWW-Authenticate": error.auth_header} if getattr(error, "auth_header", "") else {}
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _problem_of(error: Exception) -> dict[str, Any] | None:
    match error:
        case StaleVersion():
            return problem("stale-version", 412, error.sentence, current_version=error.current_version)
        case IllegalStep() if error.checks:
            checks = [vars(check) for check in error.checks]
            return problem("gate-not-passed", 409, error.sentence, checks=checks)
        case LinesRefused():
            return problem("not-so", 422, str(error), results=error.results)
        case IllegalStep():
            return problem("not-now", 409, error.sentence)
        case NotYours():
            return problem("not-you", 403, error.sentence)
        case PreconditionRequired():
            return problem("version-required", 428, str(error.detail))
        case ValidationError():
            return problem("not-so", 422, "See errors.", errors=_errors_of(error))
        case Http404():
            return problem("not-visible", 404, "It does not exist, or your memberships do not cover it.")
        case PermissionDenied():
            return problem("not-you", 403, str(error) or "Your role does not allow this.")
        case exceptions.ValidationError():
            return problem("malformed", 400, "See errors.", errors=list(_flat(error.detail, "")))
        case exceptions.APIException():
            return _problem_of_framework(error)
        case IntegrityError():
            return problem("not-so", 422, _first_line(error))
        case ProgrammingError() if isinstance(error.__cause__, InsufficientPrivilege):
            return problem("not-you", 403, "Your role or clearance does not allow this.")
    return None


def _problem_of_framework(error: exceptions.APIException) -> dict[str, Any]:
    return problem(KINDS.get(error.status_code, "not-supported"), error.status_code, str(error.detail))


def _errors_of(error: ValidationError) -> list[dict[str, str]]:
    told = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
    return [
        {
            "pointer": "" if name == "__all__" else f"/{name}",
            "code": each.code or "invalid",
            "detail": " ".join(each.messages),
        }
        for name, errors in told.items()
        for each in errors
    ]


def _flat(detail: Any, pointer: str):
    """DRF's nested details as (pointer, code, detail) rows."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            yield from _flat(inner, pointer if isinstance(inner, str) else f"{pointer}/{number}")
    else:
        yield {"pointer": pointer, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def api_problem(request: HttpRequest, kind: str, status: int, detail: str = "", **more: Any) -> HttpResponse | None:
    """The answer to a request of the API that no view took; None for any other path."""
    if not request.path.startswith("/api/"):
        return None
    return JsonResponse(problem(kind, status, detail, **more), status=status, content_type=MEDIA_TYPE)
