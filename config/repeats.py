"""Requests sent again: a POST with an Idempotency-Key is done once, and answered as often as it comes.

After draft-ietf-httpapi-idempotency-key-header. The answer is kept in the transaction that did the
work, so that there are both or neither; whoever comes while it is under way finds its lock taken.
An answer of 400 or above took everything back and is not kept: the key may be used again.
"""

import hashlib
import json
import re
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse

from config.problems import api_problem
from ledger.models import KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_HEADERS = ("Content-Type", "ETag", "Location")

KEY = re.compile(r'"(?P<string>[\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|(?P<bare>[\w.~:/+=-]{1,255})', re.ASCII)
"""A structured field's string (RFC 9651), or the same without its quotes, as many clients send it."""

TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


class RepeatsMiddleware:
    """Stands inside the door: it looks and keeps in the name, and within the transaction, of who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.headers.get(HEADER)
        if told is None or not _is_asked_by_somebody(request):
            return self.get_response(request)
        if not (key := KEY.fullmatch(told)):
            return _malformed(request)
        try:
            asked = fingerprint(request)
        except RequestDataTooBig:
            return api_problem(request, "malformed", 413, "The body is too large.")
        return self._once(request, asked, key["string"] or key["bare"])

    def _once(self, request: HttpRequest, asked: str, key: str) -> HttpResponse:
        client = request.token.pk if request.token else None
        whose = {"person": request.user, "client_id": client, "key": key}
        if not _is_first(f"repeat {request.user.pk} {client} {key}"):
            return api_problem(request, "under-way", 409, "Send it again when the first has its answer.")
        KeptAnswer.objects.filter(**whose).old().delete()
        if kept := KeptAnswer.objects.filter(**whose).first():
            return _again(request, kept, asked)
        response = self.get_response(request)
        if response.status_code >= 400 or response.streaming:
            return response
        return response if _keep(response, asked, whose) else api_problem(request, "key-used", 409)


def _is_asked_by_somebody(request: HttpRequest) -> bool:
    return request.method == "POST" and request.path.startswith("/api/") and request.user.is_authenticated


def _malformed(request: HttpRequest) -> HttpResponse:
    error = {"pointer": f"/{HEADER}", "code": "invalid", "detail": "One to 255 printable characters, in quotes."}
    return api_problem(request, "malformed", 400, f"{HEADER} is malformed.", errors=[error])


def fingerprint(request: HttpRequest) -> str:
    """The SHA-256 of what is asked: where, of which version, and with what body."""
    digest = hashlib.sha256()
    for part in (request.get_full_path(), request.headers.get("If-Match", ""), request.content_type):
        digest.update(part.encode() + b"\n")
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    digest.update(json.dumps(sorted(request.POST.lists())).encode())
    for name, file in sorted(request.FILES.items()):  # the boundary between parts differs each time
        digest.update(f"\n{name} {file.name} {file.size}\n".encode())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


def _is_first(name: str) -> bool:
    """Hold the key until this transaction ends; False at once where another request holds it."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, [name])
        return cursor.fetchone()[0]


def _again(request: HttpRequest, kept: KeptAnswer, asked: str) -> HttpResponse:
    if kept.fingerprint != asked:
        return api_problem(request, "key-used", 422, "Another path, version or body came with it within a day.")
    if kept.body is None:
        return api_problem(request, "answer-not-kept", 409, "A secret is shown once only.")
    return HttpResponse(bytes(kept.body), status=kept.status, headers={**kept.headers, REPLAYED: "true"})


def _keep(response: HttpResponse, asked: str, whose: dict) -> bool:
    """Keep an answer; False where one is kept already, hidden from who asks."""
    holds_secret = "no-store" in response.headers.get("Cache-Control", "")
    document = {} if holds_secret else _document(response)
    try:
        with transaction.atomic():
            KeptAnswer.objects.create(
                **whose,
                fingerprint=asked,
                status=response.status_code,
                headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
                body=None if holds_secret else response.content,
                workspace_id=document.get("workspace_id"),
                marking=document.get("marking"),
            )
    except IntegrityError:
        return False
    return True


def _document(response: HttpResponse) -> dict:
    """The record's document that an answer holds, if it does."""
    told = json.loads(response.content) if response.content else None
    return told if isinstance(told, dict) and {"workspace_id", "marking"} <= set(told) else {}
