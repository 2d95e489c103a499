"""The door: every request runs in one transaction, in the name of who sent it."""

from collections.abc import Callable
from functools import cached_property

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from config.authentication import token_of
from ledger.acting import acting_as

OPEN_THEIR_OWN = ("api-changes",)
"""Names of endpoints that may wait: they act as the person themselves, in short transactions."""


class DoorMiddleware:
    """Open the transaction, act as the signed-in person (or nobody), and let go.

    The view runs and its response is rendered inside. An answer of 400 or above takes back
    whatever was written. The body of an upload is read before the transaction opens, so that a
    slow sender holds no connection to the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    @cached_property
    def patient(self) -> frozenset[str]:
        return frozenset(reverse(name) for name in OPEN_THEIR_OWN)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.content_type == "multipart/form-data":
            request.POST  # noqa: B018 - parses the body
        request.token = token_of(request)
        if request.token:
            request.user = request.token.membership.user
        if request.path_info in self.patient:
            return self.get_response(request)
        with acting_as(request.user if request.user.is_authenticated else None, token=request.token):
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response
