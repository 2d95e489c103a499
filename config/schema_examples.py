"""Examples for OpenAPI, made from its schemas: one of every request and answer, with ids that agree.

Pure but for the names of kinds. What texts say stands in `example_words.yaml`.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ledger.kinds import kinds

JSON = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
SUFFIXES = re.compile(r"(Patched)?(?P<name>\w+?)(Document|Page|Input|OnRecord)?(Request)?$")

FORMATS = {
    "date": "2021-11-15",
    "date-time": "2021-11-15T14:03:00.123456+00:00",
    "uri": "https://example.org/",
    "uri-reference": "/api/docs/#problem-malformed",
    "email": "ana@example.org",
    "binary": "(bytes)",
}
PATTERNED = ("2021-07", "PL", "2021", "pol")
"""What texts look like that have a pattern."""


@cache
def words() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "example_words.yaml").read_text())


def with_examples(result: dict[str, Any], generator, request, public) -> dict[str, Any]:
    """Give every body of JSON an example (a hook of drf-spectacular). Those that endpoints give themselves stay."""
    schemas = result["components"]["schemas"]
    examples = result["components"].setdefault("examples", {})
    for told in _bodies(result):
        if "example" in told or "examples" in told:
            continue
        name = told["schema"].get("$ref", "").rpartition("/")[2]
        if not name:
            told["examples"] = {"Example": {"value": example(told["schema"], schemas)}}
            continue
        if name not in examples:
            examples[name] = {"value": example(told["schema"], schemas)}
        told["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}
    result["components"]["examples"] = dict(sorted(examples.items()))
    return result


def _bodies(result: dict[str, Any]):
    for methods in result["paths"].values():
        for operation in methods.values():
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                for media_type, told in holder.get("content", {}).items():
                    if media_type in JSON and "schema" in told:
                        yield told


def example(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", owner: str = "") -> Any:
    """A value that the schema allows. `name` is the field's, `owner` the kind of record that it is part of."""
    if "$ref" in schema:
        named = schema["$ref"].rpartition("/")[2]
        return example(schemas[named], schemas, name, kind_of(named) or owner)
    if "allOf" in schema:
        parts = (example(each, schemas, name, owner) for each in schema["allOf"])
        return {key: value for part in parts for key, value in part.items()}
    for sort in ("oneOf", "anyOf"):
        if sort in schema:
            return example(schema[sort][0], schemas, name, owner)
    if "enum" in schema:
        return _chosen(schema["enum"], name, owner)
    sorts = schema.get("type", "object")
    match sorts if isinstance(sorts, str) else sorts[0]:
        case "object":
            return _object(schema, schemas, name, owner)
        case "array":
            return _listed(schema, schemas, name, owner)
        case "boolean":
            return name in ("is_whole", "passed")
        case "integer":
            return max(schema.get("minimum", 1), 1)
        case "number":
            return 23.5
    return _text(schema, name, owner)


def kind_of(component: str) -> str:
    """The kind of record that a component is about; empty if none."""
    name = SUFFIXES.match(component)["name"]
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return kind if kind in kinds() else ""


def _object(schema: dict[str, Any], schemas: dict[str, Any], name: str, owner: str) -> dict[str, Any]:
    told = {each: example(inner, schemas, each, owner) for each, inner in schema.get("properties", {}).items()}
    more = schema.get("additionalProperties")
    if not told and isinstance(more, dict) and more:
        told = {an_id("hypothesis"): example(more, schemas, name, owner)}
    return told


def _listed(schema: dict[str, Any], schemas: dict[str, Any], name: str, owner: str) -> list[Any]:
    given = _words(name, owner)
    if isinstance(given, list):
        return given
    if not schema.get("items"):
        return []
    return [example(schema["items"], schemas, name, owner)] * max(1, schema.get("minItems", 1))


def _chosen(choices: list[Any], name: str, owner: str) -> Any:
    given = _words(name, owner)
    return given if given in choices else next(each for each in choices if each not in ("", None))


def _text(schema: dict[str, Any], name: str, owner: str) -> str:
    if schema.get("format") == "uuid":
        return an_id(_referred(name, owner))
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if "pattern" in schema:
        return next(text for text in PATTERNED if re.search(schema["pattern"], text))
    given = _words(name, owner)
    return given if isinstance(given, str) else f"{name.replace('_', ' ').capitalize()}."


def _words(name: str, owner: str) -> Any:
    return words().get(f"{owner}.{name}", words().get(name))


def _referred(name: str, owner: str) -> str:
    """The kind of record that a field refers to."""
    if name == "id":
        return owner
    column = name.removesuffix("_ids").removesuffix("_id")
    if owner:
        fields = {each.name: each for each in kinds()[owner]._meta.concrete_fields}
        if column in fields and fields[column].is_relation:
            model = fields[column].related_model
            return getattr(model, "kind", "") or model._meta.model_name
    return column


def an_id(of: str) -> str:
    """An id that is always the same for the same thing, so that examples refer to each other."""
    return f"0199f6a0-0000-7000-8000-{hashlib.sha256(of.encode()).hexdigest()[:12]}"
