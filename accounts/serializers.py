"""What every input of the API shares."""

from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError as Malformed

NUMBER = (int, float)
SORTS: list[tuple[type[serializers.Field] | tuple, type | tuple, str]] = [
    (serializers.BooleanField, bool, "true or false"),
    (serializers.IntegerField, int, "a whole number"),
    (serializers.DecimalField, NUMBER, "a number"),
    (serializers.ListField, list, "a list"),
    ((serializers.CharField, serializers.DateField, serializers.UUIDField), str, "a string"),
    (serializers.PrimaryKeyRelatedField, str, "an id, as a string"),
]
"""What each sort of field takes in JSON. The framework would also take what can be read as it, like 1 for "1"."""


class StrictSerializer(serializers.Serializer):
    """An input of JSON: refuses fields that it does not know, and values of another type than the field's."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and not isinstance(data, QueryDict):
            self._refuse_other_types(data)
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise Malformed(dict.fromkeys(sorted(unknown), "There is no such field."))
        return super().to_internal_value(data)

    def _refuse_other_types(self, given: dict[str, Any]) -> None:
        known = {name: field for name, field in self.fields.items() if name in given}
        wrong = {name: sentence for name, field in known.items() if (sentence := mistyped(field, given[name]))}
        if wrong:
            raise Malformed(wrong)


def mistyped(field: serializers.Field, value: Any) -> str:
    """What should have been sent instead of a value of another type; empty if it is of the right one."""
    if value is None:
        return ""
    if isinstance(field, serializers.ChoiceField):
        return "" if _is_like(value, field.choices) else "One of the choices, in its own type."
    for sort, types, told in SORTS:
        if isinstance(field, sort):
            is_right = isinstance(value, types) and (types is bool or not isinstance(value, bool))
            return _mistyped_within(field, value) if is_right else f"Send {told}."
    return ""


def _mistyped_within(field: serializers.Field, value: Any) -> str:
    if not isinstance(field, serializers.ListField):
        return ""
    return next((f"In the list: {sentence}" for each in value if (sentence := mistyped(field.child, each))), "")


def _is_like(value: Any, choices: dict) -> bool:
    """Whether a value has the type of the choices; which one it is, the field finds out."""
    return type(value) in {type(each) for each in choices} or value == ""


class EmptySerializer(StrictSerializer):
    """Nothing is sent."""
