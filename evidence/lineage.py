"""Lineage: who repeats whom and who owns whom, at any depth. Each answer takes one query, past the wall."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def reached_by(*, items: Iterable[UUID] = (), sources: Iterable[UUID] = ()) -> set[UUID]:
    """Ids of these items, of what these sources and those they own gave us, and of all that repeats any of it."""
    return _ids("SELECT item_id FROM reached_by(%s::uuid[], %s::uuid[])", list(items), list(sources))


def groundless(items: Iterable[UUID]) -> set[UUID]:
    """Of these items, those that repeat something withdrawn, or something a withdrawn source gave us."""
    return _ids("SELECT item_id FROM groundless(%s::uuid[])", list(items))


def hold_lineage(*, items: Iterable[UUID] = (), sources: Iterable[UUID] = ()) -> None:
    """Keep items, all that they repeat, sources and all that owns them still until the transaction ends.

    Whoever changes one of them waits, and whoever was changing one is waited for: of two acts that
    together take an approval's ground away, the later one sees the earlier.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT hold_lineage(%s::uuid[], %s::uuid[])", [list(items), list(sources)])


def _ids(query: str, *arrays: list[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(query, arrays)
        return {row[0] for row in cursor.fetchall()}
