"""Documents of records as PostgreSQL writes them: text that goes into an answer as it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL

from ledger.models import Record


class Document(NamedTuple):
    """A record's document; `text` is JSON."""

    id: UUID
    version: int
    text: str

    @property
    def columns(self) -> dict:
        return orjson.loads(self.text)


def document_of(model: type[Record], key: UUID) -> Document | None:
    """The document of one record, if there is one that may be read."""
    return next(_documents(_one(model), [key]), None)


def newest(model: type[Record], *, before: UUID | None, most: int) -> list[Document]:
    """The newest records that may be read, newest first; only older ones than `before`."""
    return list(_documents(_newest(model, before is not None, most), {"before": before}))


def newest_ids(model: type[Record], *, before: UUID | None, most: int) -> list[UUID]:
    """The ids of `newest`. Raises `ValueError` for a kind that has no index for lists."""
    return [key for (key,) in _asked(_newest_ids(model, before is not None, most), {"before": before})]


def documents(records: QuerySet) -> list[Document]:
    """The documents of these records, in their order."""
    table = records.model._meta.db_table
    text = RawSQL(f'to_jsonb("{table}")::text', [], output_field=TextField())  # noqa: S611
    return [Document(*row) for row in records.values_list("pk", "version", text)]


def _documents(query: str, parameters: object) -> Iterator[Document]:
    return map(Document._make, _asked(query, parameters))


def _asked(query: str, parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


@cache
def _one(model: type[Record]) -> str:
    return f'SELECT id, version, to_jsonb(t)::text FROM "{model._meta.db_table}" t WHERE id = %s'  # noqa: S608


LIST_INDEX = ["workspace", "marking", "-id"]


@cache
def has_list_index(model: type[Record]) -> bool:
    return any(index.fields == LIST_INDEX for index in model._meta.indexes)


@lru_cache
def _newest(model: type[Record], is_continued: bool, most: int) -> str:
    """The newest straight from the index for lists, where there is one."""
    table = f'"{model._meta.db_table}"'
    if has_list_index(model):
        return f"""
            WITH found AS MATERIALIZED ({_newest_ids(model, is_continued, most)})
            SELECT t.id, t.version, to_jsonb(t)::text FROM found JOIN {table} t USING (id) ORDER BY t.id DESC
        """  # noqa: S608
    older = "WHERE t.id < %(before)s" if is_continued else ""
    return f"""
        SELECT t.id, t.version, to_jsonb(t)::text FROM {table} t {older} ORDER BY t.id DESC LIMIT {most:d}
    """  # noqa: S608


@lru_cache
def _newest_ids(model: type[Record], is_continued: bool, most: int) -> str:
    """The newest of each workspace and marking, and of these the newest.

    Row-level security alone walks through everybody's records from the newest on: a room in which nothing happens
    would pay for all the others.
    """
    if not has_list_index(model):
        raise ValueError(f"{model.__name__} has no index for lists.")
    older = "AND t.id < %(before)s" if is_continued else ""
    return f"""
        SELECT of_scope.id FROM readable() r CROSS JOIN LATERAL (
            SELECT t.id FROM "{model._meta.db_table}" t
            WHERE t.workspace_id = r.workspace_id AND t.marking = r.marking {older}
            ORDER BY t.id DESC LIMIT {most:d}) of_scope
        ORDER BY of_scope.id DESC LIMIT {most:d}
    """  # noqa: S608
