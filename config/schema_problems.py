"""What OpenAPI says of problems (RFC 9457): which an endpoint may answer with, and an example of each."""

from __future__ import annotations

from typing import Any

from config.problems import MEDIA_TYPE, TITLES, problem

STATUSES = {
    "malformed": 400,
    "not-signed-in": 401,
    "not-you": 403,
    "not-visible": 404,
    "not-now": 409,
    "gate-not-passed": 409,
    "under-way": 409,
    "answer-not-kept": 409,
    "stale-version": 412,
    "another-protocol": 412,
    "too-large": 413,
    "not-supported": 415,
    "not-so": 422,
    "lines-refused": 422,
    "key-used": 422,
    "being-written": 423,
    "version-required": 428,
    "throttled": 429,
    "other-bytes": 460,
    "broken": 500,
}

MORE: dict[str, dict[str, Any]] = {
    "malformed": {
        "detail": "See errors.",
        "errors": [{"pointer": "/title", "code": "required", "detail": "This field is required."}],
    },
    "not-signed-in": {"detail": "Authentication credentials were not provided."},
    "not-you": {"detail": "A token never decides: a person must sign in."},
    "not-visible": {"detail": "It does not exist, or your memberships do not cover it."},
    "not-now": {"detail": "This is withdrawn already."},
    "gate-not-passed": {
        "detail": "The gate does not let this pass yet.",
        "checks": [
            {
                "key": "people",
                "title": "Reviewed by others",
                "outcome": "failed",
                "sentence": "Nobody who did not write it has reviewed it.",
                "remedy": "Ask a reviewer to conclude.",
                "link": "/attributions/0199f6a0-0000-7000-8000-0000000000aa/#reviews",
            }
        ],
    },
    "under-way": {"detail": "Send it again when the first has its answer."},
    "answer-not-kept": {"detail": "A secret is shown once only."},
    "stale-version": {"detail": "Someone changed this record since you read it.", "current_version": 3},
    "too-large": {"detail": "At most 20 MB go at once: send the rest in another request."},
    "not-supported": {"detail": 'Unsupported media type "text/plain" in request.'},
    "not-so": {
        "detail": "See errors.",
        "errors": [{"pointer": "/ended", "code": "invalid", "detail": "It ended before it began."}],
    },
    "lines-refused": {
        "detail": "Nothing was written: 1 lines were refused.",
        "results": [
            {
                "line": 2,
                "status": 409,
                "problem": problem("not-now", 409, "This is withdrawn already."),
            }
        ],
    },
    "key-used": {"detail": "Another path, version or body came with it within a day."},
    "version-required": {"detail": "Send If-Match with the version that you read."},
    "throttled": {"detail": "600 requests per minute. Come again in 1 s."},
    "another-protocol": {"detail": "Send Tus-Resumable: 1.0.0."},
    "being-written": {"detail": "Another request is sending bytes to this upload: ask again in a moment."},
    "other-bytes": {"detail": "None of these bytes were kept: send them again."},
    "broken": {},
}
"""What a problem says beside its type, title and status."""

NAMES = {kind: "".join(word.capitalize() for word in kind.split("-")) for kind in STATUSES}
SCHEMAS = {"gate-not-passed": "GateProblem", "stale-version": "StaleProblem", "lines-refused": "LinesProblem"}
"""Problems that say more than others."""

TEXT = {"type": "string"}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


def _more(**properties: Any) -> dict[str, Any]:
    """A problem that always says more."""
    return {"allOf": [{"$ref": "#/components/schemas/Problem"}, _object(list(properties), **properties)]}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


CHECK = _object(
    ["key", "title", "outcome", "sentence", "remedy", "link"],
    key=TEXT,
    title=TEXT,
    outcome={"type": "string", "enum": ["passed", "failed", "warned", "not_applicable"]},
    sentence=TEXT,
    remedy=TEXT,
    link={**TEXT, "description": "Where to mend it."},
)
PROBLEM_SCHEMAS: dict[str, Any] = {
    "Problem": _object(
        ["type", "title", "status", "detail"],
        type={**TEXT, "format": "uri-reference", "description": "Its kind, where the API pages describe it."},
        title=TEXT,
        status={"type": "integer"},
        detail=TEXT,
        errors=_list(_object(["pointer", "code", "detail"], pointer=TEXT, code=TEXT, detail=TEXT)),
    ),
    "SomeFields": {"type": "object", "minProperties": 1, "description": "Of a document, what `fields` named."},
    "GateProblem": _more(checks=_list(CHECK)),
    "StaleProblem": _more(current_version={"type": "integer"}),
    "LinesProblem": _more(
        results=_list(
            _object(
                ["line", "status", "problem"],
                line={"type": "integer"},
                status={"type": "integer"},
                problem={"$ref": "#/components/schemas/Problem"},
            )
        )
    ),
}


def example_of(kind: str) -> dict[str, Any]:
    """A problem of this kind as it is answered."""
    named = kind if kind in TITLES else "not-so"
    return problem(named, STATUSES[kind], **MORE[kind])


def response_of(kinds: list[str], headers: dict[str, Any]) -> dict[str, Any]:
    """The answer for problems that share one status."""
    refs = dict.fromkeys(f"#/components/schemas/{SCHEMAS.get(kind, 'Problem')}" for kind in kinds)
    options = [{"$ref": ref} for ref in refs]
    titles = dict.fromkeys(example_of(kind)["title"] for kind in kinds)
    return {
        "description": ". ".join(titles) + ".",
        "headers": headers,
        "content": {
            MEDIA_TYPE: {
                "schema": options[0] if len(options) == 1 else {"anyOf": options},
                "examples": {kind: {"value": example_of(kind)} for kind in kinds},
            }
        },
    }


def kinds_of(operation: dict[str, Any], *, method: str, path: str, signed_in: bool, decides: bool) -> list[str]:
    """The problems that an operation may answer with."""
    headers = {each.get("name") for each in operation.get("parameters", ())}
    found = ["malformed", "broken"]
    if signed_in:
        found += ["not-signed-in", "not-you", "throttled"]
    if "{" in path:
        found += ["not-visible", "not-now"]
    if "requestBody" in operation:
        found += ["too-large", "not-supported"]
    if method in ("POST", "PATCH"):
        found += ["not-now", "not-so"]
    if "Idempotency-Key" in headers:
        found += ["under-way", "answer-not-kept", "key-used"]
    if "If-Match" in headers:
        found += ["stale-version", "version-required"]
    if decides:
        found.append("gate-not-passed")
    return list(dict.fromkeys(found))


def by_status(kinds: list[str]) -> dict[int, list[str]]:
    grouped: dict[int, list[str]] = {}
    for kind in kinds:
        grouped.setdefault(STATUSES[kind], []).append(kind)
    return dict(sorted(grouped.items()))
