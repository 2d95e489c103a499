"""Submitted versions and sealed packets for many, from one that the product itself made.

An example is submitted, reviewed and approved by the product's own verbs, in a transaction that is
taken back. In its documents every value that differs from one attribution to the next becomes a
place of a template for PostgreSQL's `format`; what is filled in there is read by `bench.told`.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

ROWS = (2, 0, 1)
"""The cited items (0 and 1 are the incident's own) in the order of their ids, as the matrix has them."""

CITED = (0, 0, 0, 0, 1, 1, 1, 2)
"""The item of each citation, as in `bench.cited`."""

OF_AN_ITEM = ("title", "evidence_kind", "published", "language", "url", "reference_number")
OF_A_CLAIM = ("statement",)

IDS = {
    "a.id", "i.id", "act.id", "author.id", "second.id", "reviewer.id", "supervisor.id",
    *(f"h{n}.id" for n in range(4)), *(f"e{n}.id" for n in range(3)), *(f"c{n}.id" for n in range(8)),
}  # fmt: skip

PLACES = {
    "attribution.marking": "a.marking",
    "attribution.incident.reference": "i.reference",
    "attribution.incident.title": "i.title",
    "attribution.actor.name": "act.name",
    "attribution.actor.actor_kind": "act.actor_kind",
    "attribution.review_by": "a.review_by",
    "attribution.statement": "a.statement",
    "matrix.evaluators.0.name": "author.name",
    "matrix.evaluators.1.name": "second.name",
    "reviews.0.reviewer.name": "reviewer.name",
    "approver.name": "supervisor.name",
}
for row, item in enumerate(ROWS):
    PLACES |= {
        f"matrix.rows.{row}.item.title": f"e{item}.title",
        f"matrix.rows.{row}.item.marking": f"e{item}.marking",
        f"matrix.rows.{row}.item.grade": f"s{item}.reliability || e{item}.credibility",
    }
for slot, item in enumerate(CITED):
    PLACES |= {f"citations.{slot}.item.{name}": f"e{item}.{name}" for name in OF_AN_ITEM} | {
        f"citations.{slot}.quote": f"p{slot}.quote",
        f"citations.{slot}.start": f"p{slot}.start",
        f"citations.{slot}.end": f'p{slot}."end"',
        f"citations.{slot}.marking": f"e{item}.marking",
        f"citations.{slot}.file_sha256": f"f{item}.sha256",
        f"citations.{slot}.item.grade": f"s{item}.reliability || e{item}.credibility",
        f"citations.{slot}.item.reliability": f"s{item}.reliability",
        f"citations.{slot}.item.source": f"s{item}.name",
        f"citations.{slot}.item.source_class": f"s{item}.source_class",
        f"citations.{slot}.item.source_country": f"s{item}.country",
    }

EXPRESSIONS = sorted(IDS | set(PLACES.values()))
"""What is filled in, by place."""


def reading() -> str:
    """The function that reads for one attribution what is filled into the templates, each as JSON."""
    joins = [
        "cases_attribution a",
        "JOIN cases_incident i ON i.id = a.incident_id",
        "JOIN cases_actor act ON act.id = a.actor_id",
    ]
    joins += [
        f"JOIN accounts_user {name} ON {name}.id = bench.person(w, {role})"
        for role, name in enumerate(("author", "second", "reviewer", "supervisor"), start=1)
    ]
    joins += [
        f"JOIN cases_hypothesis h{n} ON h{n}.id = bench.id('hypothesis', 4 * (50 * k + w) + {n})" for n in range(4)
    ]
    for n in range(3):
        joins += [
            f"JOIN evidence_evidenceitem e{n} ON e{n}.id = bench.id('item', bench.item_of(w, k, {n}))",
            f"JOIN evidence_source s{n} ON s{n}.id = e{n}.source_id",
            f"JOIN evidence_storedfile f{n} ON f{n}.id = bench.id('file', bench.item_of(w, k, {n}))",
        ]
    for slot in range(8):
        joins += [
            f"JOIN cases_citation c{slot} ON c{slot}.id = bench.id('citation', 8 * (50 * k + w) + {slot})",
            f"JOIN evidence_passage p{slot} ON p{slot}.id = c{slot}.passage_id",
        ]
    told = ", ".join(f"to_json({each})::text" for each in EXPRESSIONS)
    return (
        "CREATE FUNCTION bench.told(w int, k int) RETURNS text[] LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN ("
        f"SELECT ARRAY[{told}] FROM {' '.join(joins)} WHERE a.id = bench.id('attribution', 50 * k + w)); END $$"
    )


def template(canonical: str, told: list[str]) -> str:
    """The document as a template; `told` is what `bench.told` reads for the one it is about."""
    values = dict(zip(EXPRESSIONS, told, strict=True))
    ids = {json.loads(values[each]): EXPRESSIONS.index(each) for each in IDS}
    document = _with_places(json.loads(canonical), "", ids, values)
    made = rfc8785.dumps(document).decode().replace("%", "%%")
    for number in range(len(EXPRESSIONS)):
        made = made.replace(f'"{_mark(number)}"', f"%{number + 1}$s")
    left = [each for each in ids if each in made]
    if left:
        raise ValueError(f"This stands in the document where nothing was expected to vary: {left}")
    return made


def _with_places(node: Any, path: str, ids: dict[str, int], values: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            _mark(ids[key]) if key in ids else key: _with_places(each, f"{path}.{key}".lstrip("."), ids, values)
            for key, each in node.items()
        }
    if isinstance(node, list):
        return [_with_places(each, f"{path}.{number}", ids, values) for number, each in enumerate(node)]
    if isinstance(node, str) and node in ids:
        return _mark(ids[node])
    if path in PLACES:
        if json.loads(values[PLACES[path]]) != node:
            raise ValueError(f"{path} is {node!r} in the document and {values[PLACES[path]]} in the database.")
        return _mark(EXPRESSIONS.index(PLACES[path]))
    return node


def _mark(number: int) -> str:
    """Stands for a value until the document is text. Marks of ids sort as the ids do: some are keys."""
    return f"\ue000{number:03}\ue001"
