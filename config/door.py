"""The door: every request runs in one transaction, in the name of who sent it."""

from collections.abc import Callable
from functools import cached_property

from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from config import replica
from config.authentication import token_of
from config.limits import tell, too_many
from ledger.acting import acting_as
from ledger.replica import has_written, is_asked, on_replica

OPEN_THEIR_OWN = ("api-changes",)
"""Names of endpoints that may wait: they act as the person themselves, in short transactions."""

STREAMS = "api-uploads-list"
"""Under this endpoint a PATCH brings bytes for as long as its sender takes."""


class DoorMiddleware:
    """Open the transaction, act as the signed-in person (or nobody), and let go.

    The view runs and its response is rendered inside. An answer of 400 or above takes back
    whatever was written. The body of an upload is read before the transaction opens, so that a
    slow sender holds no connection to the database. So is who asks, and what a token's request
    counts: that commits by itself, cannot be taken back, and leaves a reading request a reading
    transaction, which holds nothing back that waits for writers to end.

    Where there is a replica, it may serve what only reads (`config/replica.py`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    @cached_property
    def patient(self) -> frozenset[str]:
        return frozenset(reverse(name) for name in OPEN_THEIR_OWN)

    @cached_property
    def streams(self) -> str:
        return reverse(STREAMS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.token = token_of(request)
        if request.token is None:
            return self._inside(request)
        if request.token.allowance.is_spent:
            return too_many(request, request.token.allowance)
        request.user = request.token.membership.user
        return tell(self._inside(request), request.token.allowance)

    def _inside(self, request: HttpRequest) -> HttpResponse:
        if request.content_type == "multipart/form-data":
            request.POST  # noqa: B018 - parses the body
        if replica.serves(request):
            with on_replica():
                response = self._in_its_name_there(request)
            if response.status_code not in replica.ASKED_AGAIN:
                return response
        return self._in_its_name(request)

    def _in_its_name_there(self, request: HttpRequest) -> HttpResponse:
        """As below, on the replica, which may also break off before the view begins or after it."""
        try:
            return self._in_its_name(request)
        except Error as error:
            return replica.broken_off(request, error)

    def _in_its_name(self, request: HttpRequest) -> HttpResponse:
        if self._opens_its_own(request):
            return self.get_response(request)
        with acting_as(request.user if request.user.is_authenticated else None, token=request.token):
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            wrote = has_written()
        if wrote:
            replica.note(request, response)
        return response

    def _opens_its_own(self, request: HttpRequest) -> bool:
        path = request.path_info
        return path in self.patient or (request.method == "PATCH" and path.startswith(self.streams))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return replica.broken_off(request, exception) if is_asked() and isinstance(exception, Error) else None
