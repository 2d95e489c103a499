"""The lines of a bulk request: read, checked for their form, and grouped into what is written together.

A line is `{"op": "create", "kind": ..., "id": ..., "fields": {...}}`, `{"op": "update", "kind": ..., "id": ...,
"version": ..., "fields": {...}}`, or the same with the name of a verb, like `withdraw`, as `op`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from inspect import unwrap
from typing import Any
from uuid import UUID

import orjson
from rest_framework.exceptions import ValidationError as Malformed

from ledger.api import RecordViewSet, viewsets

MOST_LINES = 1000
KEYS = {"op", "kind", "id", "version", "fields"}
WRITING = {"create": "post", "update": "patch"}


@dataclass
class Operation:
    """One line, numbered from 1."""

    line: int
    op: str
    viewset: type[RecordViewSet]
    id: str = ""
    version: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    taken: dict[str, Any] = field(default_factory=dict)  # the fields as the serializer took them

    @property
    def joins(self) -> bool:
        """Whether it can be written together with others of its kind."""
        return self.op == "create" and _adds_as_all_do(self.viewset)

    def refers_to(self, ids: set[str]) -> bool:
        return not ids.isdisjoint(each for each in self.fields.values() if isinstance(each, str))


@cache
def _adds_as_all_do(viewset: type[RecordViewSet]) -> bool:
    """Whether nothing in its endpoint's way of adding is its own. Descriptions for OpenAPI are looked through."""
    names = ("create", "add", "_input")
    return all(unwrap(getattr(viewset, name)) is unwrap(getattr(RecordViewSet, name)) for name in names)


@dataclass
class Misread:
    """A line that is no operation, and why."""

    line: int
    refusal: Malformed


def lines_of(body: bytes) -> list[Operation | Misread]:
    """The operations, in order. Raises `Malformed` for a body that is no bulk."""
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    if not lines:
        raise Malformed({"body": "Send one operation a line (NDJSON)."})
    if len(lines) > MOST_LINES:
        raise Malformed({"body": f"{len(lines)} operations; at most {MOST_LINES} go at once."})
    known = viewsets()
    return [_read(number, line, known) for number, line in lines]


def _read(number: int, line: bytes, known: dict[str, type[RecordViewSet]]) -> Operation | Misread:
    try:
        return _operation(number, line, known)
    except Malformed as refusal:
        return Misread(number, refusal)


def _operation(number: int, line: bytes, known: dict[str, type[RecordViewSet]]) -> Operation:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"This line is no JSON: {error}.") from error
    if not isinstance(told, dict):
        raise Malformed("A line is an object.")
    if unknown := set(told) - KEYS:
        raise Malformed(dict.fromkeys(sorted(unknown), "There is no such key."))
    if not isinstance(told.get("fields", {}), dict):
        raise Malformed({"fields": "An object."})
    kind, op = told.get("kind"), told.get("op")
    viewset = known.get(kind) if isinstance(kind, str) else None
    if viewset is None:
        raise Malformed({"kind": "There is no such kind."})
    if not isinstance(op, str) or op not in operations_of(viewset):
        raise Malformed({"op": f"One of {', '.join(operations_of(viewset))}."})
    return Operation(number, op, viewset, *_which(op, told), told.get("fields", {}))


def _which(op: str, told: dict[str, Any]) -> tuple[str, int | None]:
    """Which record, at which version; a create may choose the id and has no version."""
    given, version = told.get("id"), told.get("version")
    if given is None and op == "create":
        return "", None
    try:
        known = str(UUID(given))
    except (ValueError, TypeError, AttributeError) as error:
        raise Malformed({"id": "A UUID."}) from error
    if version is not None and (not isinstance(version, int) or isinstance(version, bool) or op == "create"):
        raise Malformed({"version": "The version that was read, as a number; none on create."})
    return known, version


@cache
def operations_of(viewset: type[RecordViewSet]) -> dict[str, str]:
    """What may be done with a kind, and the method of its endpoints that does it."""
    plain = {"create": "create", "update": "partial_update"}
    known = {op: name for op, name in plain.items() if WRITING[op] in viewset.http_method_names}
    actions: list[Any] = viewset.get_extra_actions()
    verbs = (each for each in actions if each.detail and "post" in each.mapping)
    return known | {each.url_path: each.mapping["post"] for each in verbs if "parser_classes" not in each.kwargs}


def _goes_on(operation: Any, batch: list[Operation], ids: set[str]) -> bool:
    """Whether it can be written together with those before it, whose ids these are."""
    same = operation.viewset is batch[0].viewset
    return same and operation.id not in ids and not operation.refers_to(ids)


def batches(lines: list[Operation | Misread]) -> Iterator[list[Any]]:
    """Neighbours that can be written together; all others alone. A line that refers to one before it waits for it."""
    batch: list[Operation] = []
    ids: set[str] = set()
    for each in lines:
        joins = isinstance(each, Operation) and each.joins
        if batch and not (joins and _goes_on(each, batch, ids)):
            yield batch
            batch, ids = [], set()
        if isinstance(each, Misread) or not joins:
            yield [each]
            continue
        batch.append(each)
        ids |= {each.id} - {""}
    if batch:
        yield batch
