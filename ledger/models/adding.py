"""Many new rows in one statement: they are sent as JSON, which is one parameter however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection

if TYPE_CHECKING:
    from ledger.models.records import Record


def insert_all(records: Sequence[Record]) -> None:
    """Write new records of one kind, in their order, within a transaction; raises the database's refusal of any."""
    model = type(records[0])
    columns = [(field.column, field.attname) for field in model._meta.concrete_fields]
    rows = [{column: getattr(record, name) for column, name in columns} for record in records]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model), [orjson.dumps(rows, default=str).decode()])
    for record in records:
        record._state.adding, record._state.db = False, connection.alias


@cache
def _statement(model: type[Any]) -> str:
    """PostgreSQL reads each value from its own text, as it would a literal."""
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"  # noqa: S608
