"""What the drawing of a lineage is made from, and what the table beside it and the API tell of it. Pure.

It stands in columns: owners, then their sources, then items, each one column behind what it repeats.
"""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from evidence.tracing import Lineage


class Edge(StrEnum):
    """How one thing hangs on another, from the one that depends to the one that it depends on."""

    REPEATS = "repeats"
    READS_LIKE = "reads_like"
    GIVEN_BY = "given_by"
    OWNED_BY = "owned_by"


WORDS = {Edge.GIVEN_BY: "given by", Edge.OWNED_BY: "owned by"}


def told(found: Lineage, asked: list[UUID]) -> dict[str, Any]:
    """The lineage for a program, with the count of the origins of the items asked for, or else of all."""
    counted = asked or [each.pk for each in found.items]
    return {
        "nodes": [{name: node[name] for name in ("id", "kind", "name", "origin")} for node in nodes(found)],
        "edges": [{name: edge[name] for name in EDGE} for edge in edges(found)],
        "is_whole": found.is_whole,
        "counted": len(counted),
        "origins": len({found.origins[each] for each in counted}),
    }


EDGE = ("kind", "from_id", "to_id", "nature", "suggested")


def nodes(found: Lineage) -> list[dict[str, Any]]:
    """Sources and items. Origins are numbered from 1, that of the item in question first."""
    sources = [
        {"id": str(each.pk), "kind": "source", "name": each.name, "origin": None, "url": each.get_absolute_url()}
        for each in found.sources
    ]
    items = [
        {
            "id": str(each.pk),
            "kind": "evidence_item",
            "name": each.title,
            "origin": found.origins[each.pk] + 1,
            "url": each.get_absolute_url(),
        }
        for each in found.items
    ]
    return [*sources, *items]


def edges(found: Lineage) -> list[dict[str, Any]]:
    """What depends on what, in the words that the drawing and its table use."""
    known = {each.pk for each in found.sources}
    return [
        *(_edge(Edge.REPEATS, e.item_id, e.original_id, _repeats(e.nature), nature=e.nature) for e in found.links),
        *(
            _edge(Edge.READS_LIKE, each.item_id, each.other_id, "reads like, not decided", suggested=True)
            for each in found.copies
        ),
        *(_edge(Edge.GIVEN_BY, each.pk, each.source_id) for each in found.items if each.source_id in known),
        *(_edge(Edge.OWNED_BY, each.pk, each.owner_id) for each in found.sources if each.owner_id in known),
    ]


NATURES = {
    "repeats": "repeats",
    "mirror": "mirrors",
    "wire_copy": "carries as a wire story",
    "translation": "translates",
    "excerpt": "quotes or excerpts",
}


def _repeats(nature: str) -> str:
    return NATURES.get(nature, "repeats")


def _edge(
    kind: Edge, start: UUID, end: UUID, label: str = "", *, nature: str = "", suggested: bool = False
) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "from_id": str(start),
        "to_id": str(end),
        "label": label or WORDS[kind],
        "nature": nature,
        "suggested": suggested,
    }


def drawing(found: Lineage) -> dict[str, Any]:
    """Nodes with their column and row, and the lines between them."""
    lines = edges(found)
    drawn = [{**node, "focus": node["id"] == str(found.focus.pk)} for node in nodes(found)]
    columns = columns_of([node["id"] for node in drawn if node["kind"] == "source"], drawn, lines)
    rows = rows_of(columns, lines)
    for node in drawn:
        node["column"], node["row"] = columns[node["id"]], rows[node["id"]]
    return {"nodes": drawn, "edges": lines, "columns": 1 + max(columns.values()), "rows": 1 + max(rows.values())}


def columns_of(sources: list[str], drawn: list[dict[str, Any]], lines: list[dict[str, Any]]) -> dict[str, int]:
    """The column of each node: one behind the last of what it depends on, items behind all sources."""
    above = defaultdict(list)
    for line in lines:
        if line["kind"] in (Edge.OWNED_BY, Edge.REPEATS):
            above[line["from_id"]].append(line["to_id"])
    found: dict[str, int] = {}

    def depth(node: str, path: frozenset[str]) -> int:
        if node not in found:
            further = [depth(each, path | {node}) for each in above[node] if each not in path]
            found[node] = 1 + max(further, default=-1)
        return found[node]

    depths = {node["id"]: depth(node["id"], frozenset([node["id"]])) for node in drawn}
    first = 1 + max((depths[each] for each in sources), default=-1)
    return {each: deep if each in set(sources) else first + deep for each, deep in depths.items()}


def rows_of(columns: dict[str, int], lines: list[dict[str, Any]]) -> dict[str, int]:
    """The row of each node in its column: near to what it depends on in columns before, so that few lines cross."""
    found: dict[str, int] = {}
    for column in range(1 + max(columns.values())):
        here = [node for node, at in columns.items() if at == column]
        before = {
            node: [found[line["to_id"]] for line in lines if line["from_id"] == node and line["to_id"] in found]
            for node in here
        }
        here.sort(key=lambda node: sum(before[node]) / len(before[node]) if before[node] else 0)
        found |= {node: row for row, node in enumerate(here)}
    return found


def table(found: Lineage) -> list[dict[str, Any]]:
    """The lines of the drawing in words, each with both ends."""
    by_id = {node["id"]: node for node in nodes(found)}
    return [{"one": by_id[e["from_id"]], "label": e["label"], "other": by_id[e["to_id"]]} for e in edges(found)]
