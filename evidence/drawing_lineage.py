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
    sources: list[dict[str, Any]] = [
        {"id": str(each.pk), "kind": "source", "name": each.name, "origin": None, "url": each.get_absolute_url()}
        for each in found.sources
    ]
    items: list[dict[str, Any]] = [
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
    sources = [node["id"] for node in drawn if node["kind"] == "source"]
    columns = columns_of(sources, drawn, lines)
    rows = rows_of(columns, lines, first=1 + max((columns[each] for each in sources), default=-1))
    for node in drawn:
        node["column"], node["row"] = columns[node["id"]], rows[node["id"]]
    return {"nodes": drawn, "edges": lines, "columns": 1 + max(columns.values()), "rows": 1 + max(rows.values())}


def columns_of(sources: list[str], drawn: list[dict[str, Any]], lines: list[dict[str, Any]]) -> dict[str, int]:
    """The column of each node: an owner before all that it owns, then the items, each behind all that it repeats."""
    owned, repeated = defaultdict(list), defaultdict(list)
    for line in lines:
        if line["kind"] == Edge.OWNED_BY:
            owned[line["to_id"]].append(line["from_id"])
        elif line["kind"] == Edge.REPEATS:
            repeated[line["from_id"]].append(line["to_id"])
    behind = _steps(sources, owned)
    first = 1 + max(behind.values(), default=-1)
    deep = _steps([node["id"] for node in drawn if node["id"] not in behind], repeated)
    return {each: first - 1 - steps for each, steps in behind.items()} | {
        each: first + steps for each, steps in deep.items()
    }


def _steps(nodes: list[str], further: dict[str, list[str]]) -> dict[str, int]:
    """By node, the longest way onwards from it. A circle is followed once."""
    found: dict[str, int] = {}

    def steps(node: str, path: frozenset[str]) -> int:
        if node not in found:
            onward = [steps(each, path | {each}) for each in further.get(node, ()) if each not in path]
            found[node] = 1 + max(onward, default=-1)
        return found[node]

    return {node: steps(node, frozenset([node])) for node in nodes}


def rows_of(columns: dict[str, int], lines: list[dict[str, Any]], first: int = 0) -> dict[str, int]:
    """The row of each node in its column, near to what it hangs on, so that few lines cross.

    `first` is the column where items begin: they are placed from there onwards, then sources back to the owners.
    """
    beside = defaultdict(list)
    for line in lines:
        beside[line["from_id"]].append(line["to_id"])
        beside[line["to_id"]].append(line["from_id"])
    found: dict[str, int] = {}
    last = 1 + max(columns.values(), default=-1)
    for column in [*range(first, last), *reversed(range(first))]:
        here = [node for node, at in columns.items() if at == column]
        here.sort(key=lambda node: _middle([found[each] for each in beside[node] if each in found]))
        found |= {node: row for row, node in enumerate(here)}
    return found


def _middle(rows: list[int]) -> float:
    return sum(rows) / len(rows) if rows else 0


def table(found: Lineage) -> list[dict[str, Any]]:
    """The lines of the drawing in words, each with both ends."""
    by_id = {node["id"]: node for node in nodes(found)}
    return [{"one": by_id[e["from_id"]], "label": e["label"], "other": by_id[e["to_id"]]} for e in edges(found)]
