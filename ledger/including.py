"""Named children of records, embedded in their documents: one query for each kind of child, whatever the number."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from ledger.documents import Document
from ledger.models import Record, kinds

MOST_INCLUDED = 200
"""Children of one name in one document."""

MORE = "more"
"""Where a document names the children of which there are more than are embedded."""


class Child(NamedTuple):
    """A kind of record, and its column that refers to the parent."""

    model: type[Record]
    column: str


@cache
def children_of(model: type[Record]) -> dict[str, Child]:
    """What may be included in records of a kind, by name.

    A kind that refers to it by one column goes by its plural, like `public_claims`; one that does so by
    several also says by which, like `actor_relations_by_from_actor`.
    """
    found: dict[str, Child] = {}
    for child in kinds().values():
        fields = [each for each in child._meta.concrete_fields if each.related_model is model]
        plural = str(child._meta.verbose_name_plural).lower().replace(" ", "_").replace("-", "_")
        for field in fields:
            name = plural if len(fields) == 1 else f"{plural}_by_{field.name}"
            found[name] = Child(child, field.column)
    return found


def with_children(model: type[Record], found: list[Document], texts: list[str], names: list[str]) -> list[str]:
    """The texts of documents with the named children of each that the reader may read, the newest first."""
    if not names:
        return texts
    keys = [each.id for each in found]
    embedded = {name: _asked(children_of(model)[name], keys) for name in names}
    return [
        _joined(text, {name: embedded[name].get(key, []) for name in names})
        for key, text in zip(keys, texts, strict=True)
    ]


def including_schema(model: type[Record]) -> dict[str, Any]:
    """For OpenAPI: a document, and under their names the children that were asked for."""
    document = {"$ref": f"#/components/schemas/{model.__name__}Document"}
    names = {
        name: {"type": "array", "items": {"$ref": f"#/components/schemas/{child.model.__name__}Document"}}
        for name, child in children_of(model).items()
    }
    if not names:
        return document
    more = {"type": "array", "items": {"type": "string", "enum": list(names)}}
    told = f"With `include`: the newest {MOST_INCLUDED} of each; `{MORE}` names those of which there are more."
    return {"allOf": [document, {"type": "object", "description": told, "properties": {**names, MORE: more}}]}


def _joined(text: str, children: dict[str, list[str]]) -> str:
    lists = (f'"{name}":[{",".join(told[:MOST_INCLUDED])}]' for name, told in children.items())
    more = [name for name, told in children.items() if len(told) > MOST_INCLUDED]
    return f'{text[:-1]},{",".join(lists)},"{MORE}":{orjson.dumps(more).decode()}}}'


def _asked(child: Child, keys: list[UUID]) -> dict[UUID, list[str]]:
    """The documents of children by parent, one more than are embedded."""
    found: dict[UUID, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_query(child), [keys, MOST_INCLUDED + 1])
        for parent, text in cursor.fetchall():
            found.setdefault(parent, []).append(text)
    return found


@cache
def _query(child: Child) -> str:
    return f"""
        SELECT parent.id, of_it.text FROM unnest(%s::uuid[]) parent(id) CROSS JOIN LATERAL (
            SELECT t.id, to_jsonb(t)::text AS text FROM "{child.model._meta.db_table}" t
            WHERE t."{child.column}" = parent.id ORDER BY t.id DESC LIMIT %s) of_it
        ORDER BY of_it.id DESC
    """  # noqa: S608
