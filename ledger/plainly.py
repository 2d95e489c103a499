"""Inputs that are plainly right are taken at once; of all others the framework finds out what is wrong.

A serializer makes its fields anew for each request and asks every one of them a dozen questions, which takes longer
than PostgreSQL takes to write the row. Here each field is asked once what it takes; what does not come out as plainly
right goes through the serializer, so that every refusal is still the framework's, in its words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from accounts.ids import is_uuid
from accounts.models import User, Workspace
from accounts.prepared import Prepared
from accounts.serializers import StrictSerializer, mistyped

Find = Callable[[type[Model], str], Model | None]
"""Finds a record that is referred to by the text of its id, if there is one that may be read."""

Take = Callable[[Any, Find], Any]


class NotPlain(Exception):
    """The framework must look at it."""


class Plain:
    """What one class of serializers takes."""

    def __init__(self, serializer_class: type[serializers.Serializer]) -> None:
        fields = serializer_class().fields
        writable = {name: field for name, field in fields.items() if not field.read_only}
        self.is_plain = _is_ordinary(serializer_class) and all(map(_has_its_own_place, writable.values()))
        self.required = {name for name, field in writable.items() if field.required}
        self.takes = {name: (field.source, _nullable(field, _take_of(field))) for name, field in writable.items()}

    def taken(self, given: Any, find: Find, *, is_partial: bool = False) -> dict[str, Any] | None:
        """The fields as the serializer would take them; None where it must be asked."""
        if not self.is_plain or not isinstance(given, dict) or isinstance(given, QueryDict):
            return None
        if not (is_partial or self.required <= given.keys()):
            return None
        taken = {}
        try:
            for name, value in given.items():
                source, take = self.takes[name]
                taken[source] = take(value, find)
        except (NotPlain, KeyError):
            return None
        return taken


@lru_cache(maxsize=500)
def plain(serializer_class: type[serializers.Serializer]) -> Plain:
    return Plain(serializer_class)


def found_for(person: User) -> Find:
    """Finds what the person who acts may read; their own rooms are known already."""

    def find(model: type[Model], key: str) -> Model | None:
        if not is_uuid(key):
            return None
        membership = person.membership_in(UUID(key)) if model is Workspace else None
        return membership.workspace if membership else next(iter(_by_key(model)(UUID(key))), None)

    return find


@cache
def _by_key(model: type[Model]) -> Prepared:
    return Prepared(lambda key: model._default_manager.filter(pk=key))


def found_among(loaded: Mapping[type[Model], Mapping[str, Model]]) -> Find:
    """Finds what was fetched beforehand, and nothing else."""
    return lambda model, key: loaded.get(model, {}).get(key)


def _is_ordinary(serializer_class: type[serializers.Serializer]) -> bool:
    """Whether it only looks at its fields one by one."""
    ours = issubclass(serializer_class, StrictSerializer)
    same = all(
        getattr(serializer_class, name) is getattr(base, name)
        for base, name in [
            (StrictSerializer, "to_internal_value"),
            (serializers.Serializer, "run_validation"),
            (serializers.Serializer, "validate"),
        ]
    )
    return ours and same and not serializer_class().validators and not _looks_closer(serializer_class)


def _looks_closer(serializer_class: type[serializers.Serializer]) -> bool:
    """Whether it has a method of its own for the value of some field."""
    return any(hasattr(serializer_class, f"validate_{name}") for name in serializer_class().fields)


def _has_its_own_place(field: serializers.Field) -> bool:
    """Whether it is taken where it is given, into one place, and is not there where it is not given."""
    return field.default is empty and "." not in field.source and field.source != "*"


def _nullable(field: serializers.Field, take: Take) -> Take:
    def taken(value: Any, find: Find) -> Any:
        if value is not None:
            return take(value, find)
        if field.allow_null:
            return None
        raise NotPlain

    return taken


def _take_of(field: serializers.Field) -> Take:
    """How a field takes what is not null. The framework's own fields only: a subclass may do otherwise."""
    if type(field) is serializers.UUIDField and not field.validators:
        return _take_id
    if type(field) is serializers.ChoiceField and not field.validators:
        return partial(_take_choice, _choices_of(field), {type(key) for key in field.choices})
    if isinstance(field, serializers.PrimaryKeyRelatedField) and _is_any(field):
        return partial(_take_reference, field.queryset.model)
    if isinstance(field, serializers.CharField) and _is_text(field):
        checks = [each for each in field.validators if not isinstance(each, ProhibitSurrogateCharactersValidator)]
        return partial(_take_text, field, checks)
    return partial(_take_by_framework, field)


def _take_id(value: Any, find: Find) -> UUID:
    try:
        return UUID(hex=value)
    except (ValueError, AttributeError, TypeError) as error:
        raise NotPlain from error


def _choices_of(field: serializers.ChoiceField) -> dict[Any, Any]:
    blank = {"": ""} if field.allow_blank else {}
    return {key: field.choice_strings_to_values[str(key)] for key in field.choices} | blank


def _take_choice(choices: dict[Any, Any], types: set[type], value: Any, find: Find) -> Any:
    if (type(value) in types or value == "") and value in choices:
        return choices[value]
    raise NotPlain


def _is_any(field: serializers.PrimaryKeyRelatedField) -> bool:
    """Whether it takes every record of its model that may be read."""
    return field.pk_field is None and not field.validators and not field.queryset.query.where


def _take_reference(model: type[Model], value: Any, find: Find) -> Model:
    if isinstance(value, str) and (found := find(model, value)):
        return found
    raise NotPlain


def _is_text(field: serializers.CharField) -> bool:
    own = (type(field).to_internal_value, type(field).run_validation)
    contextual = any(getattr(each, "requires_context", False) for each in field.validators)
    return own == (serializers.CharField.to_internal_value, serializers.CharField.run_validation) and not contextual


def _take_text(field: serializers.CharField, checks: list[Callable], value: Any, find: Find) -> str:
    if type(value) is not str:
        raise NotPlain
    text = value.strip() if field.trim_whitespace else value
    if not text.strip():
        if field.allow_blank and not text:
            return ""
        raise NotPlain
    try:
        text.encode()  # no half of a surrogate pair
        for check in checks:
            check(text)
    except (UnicodeEncodeError, ValidationError, Malformed) as error:
        raise NotPlain from error
    return text


def _take_by_framework(field: serializers.Field, value: Any, find: Find) -> Any:
    """By the field itself, for what none of the above is."""
    if mistyped(field, value):
        raise NotPlain
    try:
        return field.run_validation(value)
    except (ValidationError, Malformed, serializers.SkipField) as error:
        raise NotPlain from error
