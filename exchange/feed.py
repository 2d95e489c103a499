"""The change feed: every change that the reader may read, each record's in their order, none left out.

Only entries below the oldest transaction that still runs are told: nothing can appear among them later. One
statement reads how far that is, what may be read, and the changes, so that all three fit each other; row-level
security decides what is seen. `cursors` says why a client ends with the right copy.

Where somebody evaluates, they are told of no ratings but their own: others' come and go for them without an entry
(`Rating.shown_if`), and a feed that followed would tell what blindness withholds. A submitted version holds them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from psycopg import ClientCursor

from accounts.choices import WRITERS
from cases.models import Rating
from exchange.cursors import Cursor, Position, Rights, Span, Standing

MOST_STORED = 4 * 1024 * 1024
"""Bytes of stored documents, compressed as they lie, after which a page ends early."""

LINE = """concat('{"sequence":', sequence, ',"op":"', operation, '","kind":"', kind, '","id":"', object_id,
    '","version":', version, ',"at":', to_json(at), ',"user_id":', coalesce(to_json(user_id), 'null'),
    ',"workspace_id":"', workspace_id, '","marking":"', marking, '","step":', to_json(step),
    ',"reason":', to_json(reason), ',"document":', coalesce(document::text, 'null'), '}')"""

EVALUATES = """EXISTS (SELECT 1 FROM accounts_membership m WHERE m.user_id = attest_user() AND m.ended_at IS NULL
    AND m.workspace_id = r.workspace_id AND m.role = ANY (%(evaluators)s))"""

# One workspace's entries in feed order, straight from an index: the comparisons begin with the workspace so that no
# other index will do. A version without its document was expunged, which is told by itself.
OF_A_ROOM = """(SELECT * FROM ledger_entry e
    WHERE e.workspace_id = %(room{n})s
    AND (e.workspace_id, e.epoch, e.transaction, e.sequence) > (%(room{n})s, %(epoch)s, %(transaction)s, %(sequence)s)
    AND {conditions}
    ORDER BY e.epoch, e.transaction, e.sequence LIMIT %(limit)s)"""

ONWARD = """(e.workspace_id, e.epoch, e.transaction)
        < (%(room{n})s, (SELECT epoch FROM here), (SELECT horizon FROM here))
    AND (e.operation IN ('moved', 'expunged') OR e.document IS NOT NULL)"""

# The latest entry is looked up rather than joined: one step in an index for each, whatever there is.
REPLAYED = """(e.workspace_id, e.epoch, e.transaction, e.sequence)
        <= (%(room{n})s, %(to_epoch)s, %(to_transaction)s, %(to_sequence)s)
    AND e.marking = ANY (%(markings{n})s) AND e.document IS NOT NULL
    AND e.sequence = (SELECT l.sequence FROM ledger_entry l WHERE l.object_id = e.object_id AND l.kind = e.kind
                      AND (l.epoch, l.transaction) < ((SELECT epoch FROM here), (SELECT horizon FROM here))
                      ORDER BY l.sequence DESC LIMIT 1)"""

OWN_RATINGS = "(e.kind <> %(rating)s OR e.document IS NULL OR e.document ->> 'analyst_id' = attest_user()::text)"

OF_KINDS = "e.kind = ANY (%(kinds)s)"

NOTHING = "SELECT * FROM ledger_entry WHERE false"


def _statement(rooms: list[str]) -> str:
    """Where things stand, and the first page of what these queries give. Always one row."""
    return f"""
        WITH here AS MATERIALIZED (
            SELECT number AS epoch, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon FROM ledger_epoch
        ), rights AS (
            SELECT r.workspace_id, max(marking_level(r.marking)) AS upto, {EVALUATES} AS evaluates
            FROM readable() r GROUP BY r.workspace_id
        ), page AS (
            SELECT * FROM ({" UNION ALL ".join(rooms) or NOTHING}) entries
            ORDER BY epoch, transaction, sequence LIMIT %(limit)s
        ), weighed AS (
            SELECT *, row_number() OVER in_order AS place, sum(pg_column_size(document)) OVER before AS stored
            FROM page WINDOW in_order AS (ORDER BY epoch, transaction, sequence),
                             before AS (in_order ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ), told AS (
            SELECT epoch, transaction, sequence, place, {LINE} AS line FROM weighed
            WHERE coalesce(stored, 0) < %(most)s
        )
        SELECT here.epoch, here.horizon,
            (SELECT json_agg(json_build_array(workspace_id, upto, evaluates))::text FROM rights),
            (SELECT count(*) FROM page), (SELECT count(*) FROM told),
            (SELECT string_agg(line, ',' ORDER BY place) FROM told),
            (SELECT ARRAY[epoch, transaction, sequence] FROM told ORDER BY place DESC LIMIT 1)
        FROM here
    """  # noqa: S608 - conditions of ours


@dataclass(frozen=True)
class Page:
    """What one statement found: the changes as JSON with commas between, and how things stood with them."""

    here: Position
    rights: Rights
    changes: str
    last: Position | None
    """Where the page ends, if it may have left something."""


@dataclass(frozen=True)
class Answer:
    changes: str
    next: Cursor
    more: bool
    horizon: int
    """Below which transaction everything has been looked at: nothing new can be there until it rises."""

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.more

    def as_json(self) -> bytes:
        """The answer as it is sent. The documents are PostgreSQL's own text."""
        more = "true" if self.more else "false"
        return f'{{"changes":[{self.changes}],"next":"{self.next}","more":{more}}}'.encode()


def changes(cursor: Cursor, limit: int) -> Answer:
    """What comes after a cursor, as far as it is settled. Run inside `acting_as` the reader.

    Reads on the assumption that rights are as the cursor has them, and again if they turn out not to be.
    """
    closed: list[Span] = []
    while True:
        page = _read(cursor, limit)
        if page.here < cursor.at:  # a copy of the database that has not come so far yet
            return Answer("", cursor, False, page.here.transaction)
        if page.here.epoch == cursor.at.epoch and page.rights == cursor.held:
            break
        cursor, lost = cursor.settled(page.rights, page.here)
        closed += lost
    onward = cursor.past(page.last, page.here)
    more = bool(page.last or onward.behind or onward.at < page.here)
    told = ",".join(filter(None, (_closed(closed), page.changes)))
    return Answer(told, onward, more, page.here.transaction)


def _closed(spans: list[Span]) -> str:
    """Every scope that may no longer be read, as a change of its own."""
    told = [
        {"op": "closed", "workspace_id": span.workspace, "marking": marking}
        for span in spans
        for marking in span.markings
    ]
    return orjson.dumps(told).decode()[1:-1]


def _read(cursor: Cursor, limit: int) -> Page:
    after, spans = cursor.ahead
    given: dict[str, Any] = {
        "kinds": list(cursor.kinds),
        "evaluators": [role.value for role in WRITERS],
        "rating": Rating.kind,
        "limit": limit,
        "most": MOST_STORED,
        **after._asdict(),
        **{f"to_{name}": number for name, number in cursor.at._asdict().items()},
        **{f"room{n}": span.workspace for n, span in enumerate(spans)},
        **{f"markings{n}": span.markings for n, span in enumerate(spans)},
    }
    rooms = [_of_a_room(cursor, n, span) for n, span in enumerate(spans)]
    with connection.cursor() as database:
        # Planned with its values: a plan for any cursor, workspace and limit reads far more of the ledger.
        database.execute(ClientCursor(database.connection).mogrify(_statement(rooms), given))
        epoch, horizon, rights, found, told, lines, last = database.fetchone()
    whole = found < limit and told == found
    return Page(Position(epoch, horizon, 0), _rights(rights), lines or "", None if whole else Position(*last))


def _of_a_room(cursor: Cursor, n: int, span: Span) -> str:
    conditions = [REPLAYED if cursor.behind else ONWARD]
    conditions += [OWN_RATINGS] * cursor.held[span.workspace].evaluates
    conditions += [OF_KINDS] * bool(cursor.kinds)
    return OF_A_ROOM.format(n=n, conditions=" AND ".join(conditions).format(n=n))


def _rights(told: str | None) -> Rights:
    rows = orjson.loads(told or "[]")
    return {UUID(room): Standing(upto, evaluates) for room, upto, evaluates in rows}
