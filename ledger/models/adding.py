"""New rows in one statement: they are sent as JSON, which is one parameter however many they are.

The text of the statement is the same each time, so that neither Django composes nor PostgreSQL plans it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection

if TYPE_CHECKING:
    from ledger.models.records import Record

STAMPED = ("version", "created_at", "updated_at")
"""What the database sets, and tells."""

ROW = '"new row"'
"""A name that no column has."""

DOCUMENT = f"to_jsonb({ROW})::text"


def insert(record: Record) -> str:
    """Write a new record; returns its document as it was written, in JSON. Raises the database's refusal."""
    ((_, text, *stamps),) = _inserted([record], DOCUMENT)
    _note(record, stamps)
    return text


def insert_all(records: Sequence[Record]) -> None:
    """Write new records of one kind, in their order, within a transaction; raises the database's refusal of any."""
    stamped = {key: stamps for key, _, *stamps in _inserted(records, "NULL")}
    for record in records:
        _note(record, stamped[record.pk])


def _inserted(records: Sequence[Record], told: str) -> list[tuple]:
    model = type(records[0])
    columns = _columns(model)
    rows = [{column: values[name] for column, name in columns} for values in map(vars, records)]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, told), [orjson.dumps(rows, default=_text_of).decode()])
        return cursor.fetchall()


def _note(record: Record, stamps: Sequence[Any]) -> None:
    for name, value in zip(STAMPED, stamps, strict=True):
        setattr(record, name, value)
    record._state.adding, record._state.db = False, connection.alias


def _text_of(value: object) -> str:
    """What JSON has no number or text for, as PostgreSQL reads it."""
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"A {type(value).__name__} is no value of a column.")


@cache
def _columns(model: type[Any]) -> list[tuple[str, str]]:
    """The columns that are written, each with the attribute that holds its value."""
    return [(field.column, field.attname) for field in model._meta.concrete_fields if field.name not in STAMPED]


@cache
def _statement(model: type[Any], told: str) -> str:
    """PostgreSQL reads each value from its own text, as it would a literal."""
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(column) for column, _ in _columns(model))
    return (
        f"INSERT INTO {table} AS {ROW} ({columns}) SELECT {columns} "  # noqa: S608 - names of ours
        f"FROM json_populate_recordset(NULL::{table}, %s) "
        f"RETURNING {ROW}.id, {told}, {', '.join(f'{ROW}.{name}' for name in STAMPED)}"
    )
