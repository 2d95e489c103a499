"""The operations of the schema, as the page about the API shows them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, NamedTuple

from drf_spectacular.generators import SchemaGenerator

ALL_TELL = {"400", "401", "403", "413", "415", "429", "500"}
"""Problems that nearly every operation may answer with: told once, above."""


class Parameter(NamedTuple):
    name: str
    where: str
    sort: str
    description: str
    is_required: bool


class Shown(NamedTuple):
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Parameter]
    takes: str
    answers: str
    statuses: str


@cache
def operations_shown() -> dict[str, list[Shown]]:
    """By the part of the address that names what it is about. Made once: it takes seconds."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    groups: dict[str, list[Shown]] = {}
    for path, methods in schema["paths"].items():
        group = path.split("/")[3] if path.count("/") > 3 else path.rpartition("/")[2]
        groups.setdefault(group, []).extend(_shown(schema, path, *each) for each in methods.items())
    return groups


def _shown(schema: dict[str, Any], path: str, method: str, told: dict[str, Any]) -> Shown:
    description = told["description"].removeprefix(told["summary"]).lstrip(". ")
    done = next((answer for status, answer in told["responses"].items() if status[0] == "2"), {})
    statuses = (f"{status} {_follow(schema, answer).get('description', '')}".strip() for status, answer in _own(told))
    return Shown(
        method=method.upper(),
        path=path,
        summary=told["summary"],
        description=description,
        parameters=[_parameter(each) for each in told.get("parameters", ())],
        takes=_example(schema, told.get("requestBody", {})),
        answers=_example(schema, done),
        statuses=" · ".join(statuses),
    )


def _own(told: dict[str, Any]):
    return ((status, answer) for status, answer in told["responses"].items() if status not in ALL_TELL)


def _parameter(told: dict[str, Any]) -> Parameter:
    schema = told["schema"]
    inner = schema.get("items", schema)
    sort = " | ".join(map(str, inner["enum"])) if "enum" in inner else inner.get("format") or inner.get("type", "")
    many = ", one or more" if schema.get("type") == "array" else ""
    return Parameter(told["name"], told["in"], f"{sort}{many}", told.get("description", ""), bool(told.get("required")))


def _example(schema: dict[str, Any], holder: dict[str, Any]) -> str:
    for told in holder.get("content", {}).values():
        for each in told.get("examples", {}).values():
            value = _follow(schema, each).get("value")
            return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return ""


def _follow(schema: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to."""
    while "$ref" in told:
        _, sort, name = told["$ref"].removeprefix("#/").split("/")
        told = schema["components"][sort][name]
    return told
