"""The replica: a standby that PostgreSQL keeps in step, and that answers some of what only reads.

Inside `on_replica` everything of this thread that asks the default database asks the replica instead: the ORM, raw
SQL and transactions alike, because the connection itself is exchanged under its name. PostgreSQL refuses it any write.

A replica is a little behind. It serves a person only if it has replayed what they wrote last, knows their rights as
the primary has them, and is not older than `REPLICA_SECONDS`. So nobody misses their own act, and a right that ended
has ended there too. Both sides are asked by one statement each. Positions are those of the write-ahead log, in bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

REPLICA = "replica"
POSITION = re.compile(r"([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})", re.ASCII)

RIGHTS = """(SELECT coalesce(string_agg(concat_ws(' ', m.workspace_id, m.role, m.clearance), ',' ORDER BY m.id), '')
    FROM accounts_membership m WHERE m.user_id = %(person)s AND m.ended_at IS NULL)"""

NOW = "pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"

# What was noted beyond the end of this log was noted in another one: before a restore.
OF_PRIMARY = f"""
    SELECT clock_timestamp(), {NOW}, coalesce((SELECT w.position FROM ledger_lastwrite w
        WHERE w.person_id = %(person)s AND w.position <= {NOW}), 0), {RIGHTS}
"""  # noqa: S608 - queries of ours

OF_REPLICA = f"""
    SELECT pg_is_in_recovery(), coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, 0),
        coalesce(extract(epoch FROM %(at)s - pg_last_xact_replay_timestamp())::float, 'infinity'), {RIGHTS}
"""  # noqa: S608 - queries of ours

HAS_WRITTEN = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"

NOTE = f"""
    INSERT INTO ledger_lastwrite AS w (person_id, position) VALUES (%s, {NOW})
    ON CONFLICT (person_id) DO UPDATE SET position = greatest(excluded.position, least(w.position, {NOW}))
    RETURNING position
"""  # noqa: S608 - queries of ours

_away: ContextVar[Any] = ContextVar("away", default=None)
"""The connection to the primary, while the replica is asked under its name."""


class Expected(NamedTuple):
    """What a person may expect, as the primary has it."""

    person: UUID | None
    at: datetime
    end: int
    """Of the primary's log, at that time."""

    wrote: int
    """How far the replica must have come to show what this person wrote last."""

    rights: str


class Seen(NamedTuple):
    """How the replica stands."""

    follows: bool
    """False once it was promoted, or if the address leads to a primary."""

    replayed: int
    seconds: float
    """Since the last commit that it has replayed."""

    rights: str

    def is_recent(self, expected: Expected) -> bool:
        """A primary at rest commits nothing: having replayed all of its log is as good as a recent commit."""
        return self.follows and (self.replayed >= expected.end or self.seconds <= settings.REPLICA_SECONDS)

    def fits(self, expected: Expected) -> bool:
        return self.is_recent(expected) and self.replayed >= expected.wrote and self.rights == expected.rights


def there_is_one() -> bool:
    return REPLICA in settings.DATABASES


def is_asked() -> bool:
    """Whether this thread asks the replica now."""
    return _away.get() is not None


@contextmanager
def on_replica() -> Iterator[None]:
    """Ask the replica whatever asks the default database inside. Not within a transaction."""
    with _instead(connections[REPLICA]):
        yield


@contextmanager
def on_primary() -> Iterator[None]:
    """Ask the primary, also inside `on_replica`; for what must hold at this moment."""
    with _instead(_primary()):
        yield


def expected_of(person: UUID | None) -> Expected:
    """Asks the primary."""
    with on_primary(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(OF_PRIMARY, {"person": person})
        return Expected(person, *cursor.fetchone())


def seen_for(expected: Expected) -> Seen:
    """Asks the replica."""
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(OF_REPLICA, {"person": expected.person, "at": expected.at})
        return Seen(*cursor.fetchone())


def still_serves(person: UUID) -> bool:
    """Whether a request that has waited may go on where it is."""
    if not is_asked():
        return True
    expected = expected_of(person)
    return seen_for(expected).fits(expected)


def has_written() -> bool:
    """Whether this transaction has written anything that will stay; asked only where there is a replica."""
    here = connections[DEFAULT_DB_ALIAS]
    if not there_is_one() or is_asked() or here.needs_rollback:
        return False
    with here.cursor() as cursor:
        cursor.execute(HAS_WRITTEN)
        return cursor.fetchone()[0]


def note_write(person: UUID) -> int:
    """Remember that this person has just written, now that it is committed; returns the position to wait for."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(NOTE, [person])
        return cursor.fetchone()[0]


def position_told(position: int) -> str:
    """As PostgreSQL writes it: `0/16B3748`."""
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def position_from(text: str) -> int | None:
    """The position that a text stands for, if it is one."""
    told = POSITION.fullmatch(text.strip())
    return (int(told[1], 16) << 32) + int(told[2], 16) if told else None


def _primary() -> Any:
    return _away.get() or connections[DEFAULT_DB_ALIAS]


@contextmanager
def _instead(other: Any) -> Iterator[None]:
    """Put another connection under the default name, for this thread."""
    before, primary = connections[DEFAULT_DB_ALIAS], _primary()
    remembered = _away.set(primary if other is not primary else None)
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before
        _away.reset(remembered)
