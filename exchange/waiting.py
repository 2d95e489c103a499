"""Waiting for changes without holding anything: no transaction, no snapshot, no listening connection.

Something new can be there only once the oldest running transaction is another one, so that is what is looked at, a
few times a second, by whoever waits (docs/decisions/0049).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings
from django.db import connection

LOOKS_EVERY = 0.2
"""Seconds."""

HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

_places = BoundedSemaphore(settings.MOST_WAITING)


@contextmanager
def a_place() -> Iterator[bool]:
    """A place to wait in this process; false at once where all are taken."""
    taken = _places.acquire(blocking=False)
    try:
        yield taken
    finally:
        if taken:
            _places.release()


def rises_above(horizon: int, *, until: float) -> bool:
    """Wait until everything below a higher transaction has ended; false if it has not by `until` (monotonic)."""
    with connection.cursor() as database:
        while True:
            database.execute(HORIZON)
            if database.fetchone()[0] > horizon:
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(LOOKS_EVERY, left))
