"""Which requests a replica may serve, and when it does. `ledger/replica.py` says what it must hold for that.

Only reads that are named here. Whatever the replica cannot do, because it is down, too far behind, has not replayed
yet what this person wrote, or breaks off, the primary does in the same request.
"""

from __future__ import annotations

import logging
import time
from threading import Lock

from django.db import Error, connections
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from ledger.replica import (
    REPLICA,
    Expected,
    Seen,
    expected_of,
    note_write,
    position_from,
    position_told,
    seen_for,
    there_is_one,
)

READ_AFTER, WROTE = "Attest-Read-After", "Attest-Wrote"
"""Headers: what the answer must hold, and how far a replica must have come to hold what this request wrote."""

WAITS = 0.2
"""Seconds that a request waits for the replica before the primary serves it."""

LOOKS_EVERY = 0.01
SHUNNED = 5.0
"""Seconds for which a replica that failed is not asked."""

RECORDS = ("incidents", "actors", "corridors", "attributions", "sources", "evidence_items", "responses")
PAGES = frozenset({*RECORDS, "legal_provisions", "releases", "search"})
FEED = "api-changes"
OF_KINDS = ("-list", "-detail")
NOT_THERE = frozenset({"api-tokens-list", "api-tokens-detail", "api-uploads-list", "api-uploads-detail"})
"""What opens and what no longer does, and how far an upload is this moment, is told by the primary."""

ASKED_AGAIN = (404, 503)
"""The primary answers instead: what is not there may be younger than the replica, and what broke off is no answer."""

logger = logging.getLogger("attest.replica")


def may_be_served_there(name: str | None) -> bool:
    """Lists and single records of the API, the feed, and pages with lists: what reads and writes nothing."""
    if not name or name in NOT_THERE:
        return False
    return name in PAGES or name == FEED or (name.startswith("api-") and name.endswith(OF_KINDS))


def serves(request: HttpRequest) -> bool:
    """Whether the replica serves this request. Waits a little for what the person wrote last."""
    if not there_is_one() or request.method not in ("GET", "HEAD") or not request.user.is_authenticated:
        return False
    return may_be_served_there(_name_of(request)) and trust.is_given() and _comes_up_to(_expected(request))


def note(request: HttpRequest, response: HttpResponse) -> None:
    """Remember that this request wrote, so that what its person reads next holds it; and tell how far that is."""
    if request.user.is_authenticated:
        response[WROTE] = position_told(note_write(request.user.pk))


def broken_off(request: HttpRequest, error: Error) -> HttpResponse:
    """What becomes of an error of the replica, a conflict with what it replays or its end. Nobody is sent this."""
    logger.warning("The replica could not serve %s: %s", _name_of(request), _first_line(error))
    return HttpResponse(status=503)


class Trust:
    """Whether the replica is asked at all, in this process. The log tells of each change once."""

    def __init__(self) -> None:
        self.reason, self.until, self.lock = "", 0.0, Lock()

    def is_given(self) -> bool:
        return not self.reason or time.monotonic() >= self.until

    def withdraw(self, reason: str) -> None:
        with self.lock:
            before, self.reason, self.until = self.reason, reason, time.monotonic() + SHUNNED
        if not before:
            logger.warning("The primary serves what the replica did: %s", reason)

    def restore(self) -> None:
        if self.reason:
            with self.lock:
                before, self.reason = self.reason, ""
            if before:
                logger.warning("The replica serves again.")


trust = Trust()


def state() -> str:
    """In one line, for the health page."""
    if trust.is_given():
        _comes_up_to(expected_of(None))
    return f"replica: not used ({trust.reason})" if trust.reason else "replica: serving"


def _expected(request: HttpRequest) -> Expected:
    """What its person may expect, and what the request itself asks for, as far as the primary has come."""
    expected = expected_of(request.user.pk)
    asked = position_from(request.headers.get(READ_AFTER, "0/0"))
    return expected._replace(wrote=max(expected.wrote, expected.end if asked is None else min(asked, expected.end)))


def _comes_up_to(expected: Expected) -> bool:
    """Whether the replica holds what is expected, now or within a moment."""
    until = time.monotonic() + WAITS
    try:
        while not (seen := _seen(expected)).fits(expected) and seen.follows and time.monotonic() < until:
            time.sleep(LOOKS_EVERY)
    except Error as error:
        trust.withdraw(_first_line(error))
        return False
    if seen.is_recent(expected):
        trust.restore()
    else:
        trust.withdraw(f"it is {seen.seconds:.0f} s behind" if seen.follows else "it follows no primary")
    return seen.fits(expected)


def _seen(expected: Expected) -> Seen:
    """Once more on a new connection where one that was open has broken off meanwhile."""
    was_open = connections[REPLICA].connection is not None
    try:
        return seen_for(expected)
    except Error:
        connections[REPLICA].close()
        if not was_open:
            raise
        return seen_for(expected)


def _name_of(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
