"""The endpoint of the change feed. It opens its own transactions: see `config/door.py`."""

import time

from django.db import Error
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.views import APIView

from accounts.choices import Marking
from exchange import waiting
from exchange.cursors import LONGEST, BadCursor, Cursor, cursor_from
from exchange.feed import Answer, changes
from ledger.acting import acting_as
from ledger.api import StrictSerializer
from ledger.kinds import kinds
from ledger.replica import is_asked, on_primary, still_serves

USUAL, MOST = 200, 1000
"""Changes of a page: as a rule, and at most."""

LONGEST_WAIT = 30
"""Seconds."""

OPERATIONS = ("created", "updated", "moved", "withdrawn", "expunged", "closed")


class FeedQuery(StrictSerializer):
    cursor = serializers.CharField(
        required=False, max_length=LONGEST, help_text="`next` of the answer before. Without it, all is told."
    )
    kind = serializers.ListField(
        child=serializers.ChoiceField(list(kinds())),
        required=False,
        help_text="Only this kind; may repeat. The cursor remembers it.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=USUAL)
    wait = serializers.IntegerField(
        min_value=0, max_value=LONGEST_WAIT, default=0, help_text="Seconds to wait for a change if there is none."
    )


class ChangeDocument(serializers.Serializer):
    sequence = serializers.IntegerField(required=False)
    op = serializers.ChoiceField(OPERATIONS)
    kind = serializers.ChoiceField(list(kinds()), required=False)
    id = serializers.UUIDField(required=False)
    version = serializers.IntegerField(required=False)
    at = serializers.DateTimeField(required=False)
    user_id = serializers.UUIDField(required=False, allow_null=True)
    workspace_id = serializers.UUIDField()
    marking = serializers.ChoiceField(Marking.choices)
    step = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)
    document = serializers.DictField(required=False, allow_null=True, help_text="As GET answers; null when it is gone.")


class ChangesPage(serializers.Serializer):
    changes = ChangeDocument(many=True)
    next = serializers.CharField(help_text="The cursor to send next. It never expires.")
    more = serializers.BooleanField(help_text="Whether to ask again at once.")


ROOM = "0199f6a0-0000-7000-8000-000000000001"
RECORD = "0199f6a0-0000-7000-8000-0000000000aa"
CHANGE = {
    "sequence": 4711,
    "kind": "source",
    "id": RECORD,
    "version": 2,
    "at": "2026-11-24T14:03:00.123456+00:00",
    "user_id": "0199f6a0-0000-7000-8000-000000000007",
    "workspace_id": ROOM,
    "marking": "amber",
}
EXAMPLES = [
    OpenApiExample(
        "A record was changed",
        value={
            "changes": [
                {
                    **CHANGE,
                    "op": "updated",
                    "step": "regrade",
                    "reason": "Caught inventing.",
                    "document": {"id": RECORD, "version": 2, "workspace_id": ROOM, "marking": "amber", "name": "Daily"},
                }
            ],
            "next": "eyJ2IjoxfQ",
            "more": False,
        },
        response_only=True,
    ),
    OpenApiExample(
        "A record left, and a scope may no longer be read",
        value={
            "changes": [
                {"op": "closed", "workspace_id": ROOM, "marking": "red"},
                {**CHANGE, "op": "moved", "step": "change", "reason": "", "document": None},
            ],
            "next": "eyJ2IjoxfQ",
            "more": True,
        },
        response_only=True,
    ),
]


class ChangesView(APIView):
    @extend_schema(
        parameters=[FeedQuery],
        responses={200: OpenApiResponse(ChangesPage, description="Changes in order. See docs/sync.md.")},
        examples=EXAMPLES,
    )
    def get(self, request) -> HttpResponse:
        """Every change that one may read, each record's in their order, none left out; from nothing, the full state."""
        query = FeedQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        until = time.monotonic() + asked["wait"]
        answer = self._look(self._cursor(**asked), asked["limit"])
        if answer.is_empty and asked["wait"]:
            answer = self._waited(answer, asked["limit"], until)
        return HttpResponse(answer.as_json(), content_type="application/json")

    def _cursor(self, *, cursor: str = "", kind: list[str] | None = None, **asked) -> Cursor:
        reader = self.request.user.pk
        if not cursor:
            return Cursor.at_the_start(reader, kind or ())
        try:
            told = cursor_from(cursor, reader=reader)
        except BadCursor as error:
            raise Malformed({"cursor": str(error)}) from error
        if kind and set(kind) != set(told.kinds):
            raise Malformed({"kind": "This cursor was made for other kinds: begin without one."})
        return told

    def _look(self, cursor: Cursor, limit: int) -> Answer:
        with acting_as(self.request.user, token=self.request.auth):
            return changes(cursor, limit)

    def _waited(self, answer: Answer, limit: int, until: float) -> Answer:
        """The answer once there is something, or as it is when the time is up or no place is free.

        So it is as well when a replica breaks off meanwhile, or may no longer tell this person anything.
        """
        with waiting.a_place() as taken:
            try:
                while taken and answer.is_empty and waiting.rises_above(answer.horizon, until=until):
                    self._refuse_if_revoked()
                    if not still_serves(self.request.user.pk):
                        break
                    answer = self._look(answer.next, limit)
            except Error:
                if not is_asked():
                    raise
        return answer

    def _refuse_if_revoked(self) -> None:
        with on_primary():
            if self.request.auth and not self.request.auth.still_opens():
                raise AuthenticationFailed("This token is unknown, expired or revoked.")
