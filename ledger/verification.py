"""Recompute the ledger, and name the first entry that does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from ledger.acting import as_owner
from ledger.checkpoints import first_broken_checkpoint
from ledger.kinds import kinds
from ledger.models import Record

CHAIN = """
SELECT sequence, kind, object_id, version, fault FROM (
    SELECT e.sequence, e.kind, e.object_id, e.version, CASE
        WHEN e.document_sha256 IS DISTINCT FROM sha256(convert_to(e.document::text, 'UTF8'))
             AND NOT (e.document IS NULL AND expunged.at IS NOT NULL)
            THEN 'its document was changed'
        WHEN e.entry_hash IS DISTINCT FROM sha256(convert_to(ledger_canonical(e), 'UTF8'))
            THEN 'its hash does not fit what it says'
        WHEN e.previous_hash IS DISTINCT FROM lag(e.entry_hash) OVER chain
            THEN 'it does not follow the entry before it'
        WHEN e.version <> coalesce(lag(e.version) OVER chain, 0)
             + CASE WHEN lag(e.operation) OVER chain IN ('moved', 'expunged') THEN 0 ELSE 1 END
            THEN 'an entry before it is missing'
        END AS fault
    FROM ledger_entry e
    LEFT JOIN LATERAL (SELECT at FROM ledger_entry x WHERE x.object_id = e.object_id
                       AND x.operation = 'expunged' AND x.sequence > e.sequence LIMIT 1) expunged ON e.document IS NULL
    WINDOW chain AS (PARTITION BY e.object_id ORDER BY e.sequence)
) examined WHERE fault IS NOT NULL ORDER BY sequence LIMIT 1
"""

# A column that came with a later version of the product is no fault as long as nothing stands in it, or what stands in
# every row that was there already: its default.
ROWS = """
SELECT latest.sequence, t.id, t.version, CASE
    WHEN latest.sequence IS NULL THEN 'the ledger knows nothing of it'
    WHEN latest.document IS DISTINCT FROM to_jsonb(t) THEN 'the record differs from its last entry' END
FROM {table} t
LEFT JOIN LATERAL (SELECT sequence, document FROM ledger_entry e WHERE e.object_id = t.id
                   ORDER BY sequence DESC LIMIT 1) latest ON true
WHERE latest.document IS DISTINCT FROM to_jsonb(t)
  AND (latest.document IS NULL OR latest.document IS DISTINCT FROM to_jsonb(t) - ARRAY(
      SELECT held.key FROM jsonb_each(to_jsonb(t)) held
      WHERE NOT latest.document ? held.key
        AND (held.value IN ('null', '""', '[]', '{{}}', 'false') OR held.value = %s::jsonb -> held.key)))
ORDER BY latest.sequence NULLS FIRST LIMIT 1
"""

LOST = """
SELECT e.sequence, e.object_id, e.version FROM ledger_entry e
WHERE e.kind = %s AND e.operation = 'created' AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = e.object_id)
ORDER BY e.sequence LIMIT 1
"""


@dataclass(frozen=True)
class Fault:
    """The first thing that does not fit."""

    sequence: int | None
    kind: str
    object_id: str
    version: int
    what: str

    def __str__(self) -> str:
        place = f"Entry {self.sequence}" if self.sequence else "No entry"
        return f"{place} ({self.kind} {self.object_id}, version {self.version}): {self.what}."


@dataclass(frozen=True)
class Report:
    """How many entries were examined, and the first fault, if any."""

    entries: int
    fault: Fault | None


def verify() -> Report:
    """Examine every entry, every record against its last entry, and every checkpoint.

    Reads everything once, as the owner. Faults are sought in that order; the first one is named.
    """
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        cursor.execute("SELECT count(*) FROM ledger_entry")
        entries = cursor.fetchone()[0]
        fault = _broken_chain(cursor) or _strayed_record(cursor) or _broken_checkpoint()
    return Report(entries, fault)


def _broken_chain(cursor) -> Fault | None:
    cursor.execute(CHAIN)
    row = cursor.fetchone()
    return Fault(*row) if row else None


def _strayed_record(cursor) -> Fault | None:
    """A row that was changed, added or removed behind the ledger's back."""
    for kind, model in kinds().items():
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(ROWS.format(table=table), [Jsonb(_defaults_of(model))])
        if row := cursor.fetchone():
            return Fault(row[0], kind, row[1], row[2], row[3])
        cursor.execute(LOST.format(table=table), [kind])
        if row := cursor.fetchone():
            return Fault(row[0], kind, row[1], row[2], "the record is gone")
    return None


def _defaults_of(model: type[Record]) -> dict[str, Any]:
    """The columns to which PostgreSQL gives a constant where nothing is said, with that constant."""
    told = {field.attname: field.db_default for field in model._meta.concrete_fields}
    return {column: value for column, value in told.items() if isinstance(value, str | int)}


def _broken_checkpoint() -> Fault | None:
    broken = first_broken_checkpoint()
    return Fault(None, "checkpoint", str(broken[0]), 0, broken[1]) if broken else None
