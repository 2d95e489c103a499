"""What OpenAPI says of fields, of filters, and of the endpoints that all kinds share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import JSONField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from ledger.fields import COUNTRY, PARTIAL_DATE, CountryField, PartialDateField, validate_country, validate_partial_date

FEWEST, MOST = 50, 200
"""Records of a list: as a rule, and at most."""

UUID = {"type": "string", "format": "uuid"}
PATTERNS = {validate_country: COUNTRY, validate_partial_date: PARTIAL_DATE}

IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description="The version read, as in ETag."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The version known: 304 while it stands."
)


@extend_schema_field({"type": "string", "pattern": PARTIAL_DATE})
class PartialDate(serializers.CharField):
    """A date to the precision known."""


@extend_schema_field({"type": "string", "pattern": COUNTRY})
class Country(serializers.CharField):
    """A country's two letters."""


class StoredJSON(serializers.JSONField):
    """JSON as PostgreSQL keeps it: without NUL."""

    def to_internal_value(self, data):
        if any("\x00" in text for text in _texts(data)):
            raise serializers.ValidationError("Null characters are not allowed.", code="null_characters_not_allowed")
        return super().to_internal_value(data)


def _texts(told: Any) -> Iterator[str]:
    """Every text in a value of JSON."""
    match told:
        case str():
            yield told
        case list():
            for each in told:
                yield from _texts(each)
        case dict():
            for name, each in told.items():
                yield name
                yield from _texts(each)


@extend_schema_field({"type": "object"})
class AnObject(StoredJSON):
    """A column that holds an object."""


@extend_schema_field({"type": "array", "items": {}})
class AList(StoredJSON):
    """A column that holds a list."""


class ColumnSerializer(serializers.ModelSerializer):
    """How the API takes and tells the columns of a record."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        PartialDateField: PartialDate,
        CountryField: Country,
    }

    def build_standard_field(self, field_name, model_field):
        kind, options = super().build_standard_field(field_name, model_field)
        if not isinstance(model_field, JSONField):
            return kind, options
        return (AList if model_field.default is list else AnObject), options


def documents_of(name: str) -> serializers.Field:
    """The documents of a page, or with `fields` some fields of each."""
    either = [{"$ref": f"#/components/schemas/{each}"} for each in (f"{name}Document", "SomeFields")]
    described = extend_schema_field({"type": "array", "items": {"anyOf": either}})
    return described(type("Documents", (serializers.JSONField,), {}))()


# --- Lists -----------------------------------------------------------------------------------------


def list_parameters(columns: list[str]) -> list[OpenApiParameter]:
    """What every list takes beside its filters; `fields` where there are columns to choose from."""
    fields = {"type": "array", "items": {"type": "string", "enum": columns}, "minItems": 1}
    number = {"type": "integer", "minimum": 1, "maximum": MOST, "default": FEWEST}
    told = [
        OpenApiParameter("cursor", UUID, description="From `next` of the page before."),
        OpenApiParameter("limit", number, description="How many at once."),
        OpenApiParameter("count", {"type": "integer", "enum": [0, 1]}, description="1 to be told how many in all."),
    ]
    if columns:
        told.append(OpenApiParameter("fields", fields, explode=False, description="Only these, with commas between."))
    return told


def include_parameters(names: list[str]) -> list[OpenApiParameter]:
    """The parameter that embeds children, where there are any."""
    listed = {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1}
    told = f"Children to embed in each document, with commas between. A list has then at most {FEWEST} at once."
    return [OpenApiParameter("include", listed, explode=False, description=told)] if names else []


def filter_parameters(filters: type[django_filters.FilterSet] | None) -> list[OpenApiParameter]:
    """The filters of a list, each with the type that it takes."""
    return [
        OpenApiParameter(name, schema_of(each), description=_description(each))
        for name, each in (filters.base_filters if filters else {}).items()
    ]


def _description(each: django_filters.Filter) -> str:
    return ". ".join(str(told) for told in (each.label, each.extra.get("help_text")) if told)


def schema_of(each: django_filters.Filter) -> dict[str, Any]:
    """The JSON schema of what a filter takes."""
    match each:
        case django_filters.MultipleChoiceFilter():
            return {"type": "array", "items": _choices(each)}
        case django_filters.ModelChoiceFilter() | django_filters.UUIDFilter():
            return UUID
        case django_filters.ChoiceFilter():
            return _choices(each)
        case django_filters.BooleanFilter():
            return {"type": "boolean"}
        case django_filters.DateFilter():
            return {"type": "string", "format": "date"}
        case django_filters.NumberFilter():
            return {"type": "integer", "minimum": 0}
    found = (PATTERNS[one] for one in each.extra.get("validators", ()) if one in PATTERNS)
    pattern = next(found, None)
    return {"type": "string", "pattern": pattern} if pattern else {"type": "string"}


def _choices(each: django_filters.Filter) -> dict[str, Any]:
    """An enumeration; for choices that depend on who asks, what they look like (`shape`)."""
    if "choices" not in each.extra:
        return each.shape
    choices = each.extra["choices"]
    values = [value for value, _ in (choices() if callable(choices) else choices)]
    sort = "integer" if all(isinstance(value, int) for value in values) else "string"
    return {"type": sort, "enum": values}
