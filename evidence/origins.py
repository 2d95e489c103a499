"""Independence: how many origins a set of items has.

Two items are one origin when one repeats the other, at any depth and through items that are not
in the set, or when their sources have the same owner. Origins are the connected components of
that graph; counting independent support means counting origins.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def origins_of(items: Iterable[UUID]) -> dict[UUID, int]:
    """The origin of each item, as a number from 0. One query, which looks past the wall."""
    wanted = list(dict.fromkeys(items))
    with connection.cursor() as cursor:
        cursor.execute("SELECT item_id, repeats, voice FROM lineage(%s::uuid[])", [wanted])
        rows = cursor.fetchall()
    return components(wanted, rows)


def components(wanted: list[UUID], rows: Iterable[tuple[UUID, UUID | None, UUID]]) -> dict[UUID, int]:
    """Number the connected components of (item, item it repeats or None, owner of its voice)."""
    parent: dict[tuple[str, UUID], tuple[str, UUID]] = {}

    def find(node: tuple[str, UUID]) -> tuple[str, UUID]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for item, repeats, voice in rows:
        parent[find(("item", item))] = find(("voice", voice))
        if repeats is not None:
            parent[find(("item", item))] = find(("item", repeats))
    numbers: dict[tuple[str, UUID], int] = {}
    return {item: numbers.setdefault(find(("item", item)), len(numbers)) for item in wanted if ("item", item) in parent}
