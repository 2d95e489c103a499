"""What is taken without the framework is what the framework would take."""

from types import SimpleNamespace

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError as Malformed

from accounts.ids import new_id
from accounts.serializers import StrictSerializer
from config.api import router
from ledger.api import viewsets
from ledger.plainly import found_among, plain

KNOWN = str(new_id())
VALUES = [
    *("", " ", " plain ", "x" * 301, "x" * 5000, "a\x00b", "\ud800", "PL", "pl", "2021-07", "2021-07-02", "2021-02-31"),
    *(None, 0, 2, 1.5, -1, True, False, [], ["PL"], [" "], [1], {}, {"a": 1}, {"a": "\x00"}),
    *(KNOWN, KNOWN.upper(), str(new_id()), "urn:uuid:" + KNOWN, "7"),
]
assert router.registry  # loads every endpoint
INPUTS = {
    f"{kind} {method}": viewset.input_for(method)
    for kind, viewset in viewsets().items()
    for method in ("POST", "PATCH")
    if viewset.fields
}


def loaded_for(fields) -> dict:
    """One record, of whatever model is referred to."""
    references = (each for each in fields.values() if isinstance(each, serializers.PrimaryKeyRelatedField))
    return {each.queryset.model: {KNOWN: SimpleNamespace(pk=KNOWN)} for each in references}


@pytest.mark.parametrize("serializer_class", INPUTS.values(), ids=INPUTS.keys())
def test_whatever_is_plain_is_taken_as_the_serializer_takes_it(serializer_class):
    fields = serializer_class().fields
    loaded = loaded_for(fields)
    serializer = serializer_class(partial=True, context={"loaded": loaded})
    for name, field in fields.items():
        choices = field.choices if isinstance(field, serializers.ChoiceField) else []
        for value in [*VALUES, *choices]:
            taken = plain(serializer_class).taken({name: value}, found_among(loaded), is_partial=True)
            if taken is not None:
                assert taken == dict(serializer.run_validation({name: value})), (name, value)


@pytest.mark.parametrize("serializer_class", INPUTS.values(), ids=INPUTS.keys())
def test_what_is_missing_or_unknown_is_left_to_the_serializer(serializer_class):
    fields = serializer_class().fields
    find = found_among(loaded_for(fields))
    if any(field.required for field in fields.values()):
        assert plain(serializer_class).taken({}, find) is None
    assert plain(serializer_class).taken({"colour": "red"}, find, is_partial=True) is None
    assert plain(serializer_class).taken(["colour"], find) is None


def test_an_ordinary_actor_is_plain():
    taken = plain(INPUTS["actor POST"])
    given = {"workspace_id": KNOWN, "name": " Carrier ", "actor_kind": "enterprise", "aliases": ["The Line"]}
    room = SimpleNamespace()
    assert taken.taken(given, lambda model, key: room) == {
        "workspace": room,
        "name": "Carrier",
        "actor_kind": "enterprise",
        "aliases": ["The Line"],
    }


class Told(StrictSerializer):
    """One whose looks go beyond its fields."""

    name = serializers.CharField()

    def validate_name(self, name):
        raise Malformed("Never.")


class Whole(StrictSerializer):
    name = serializers.CharField()

    def validate(self, given):
        raise Malformed("Never.")


class Filled(StrictSerializer):
    name = serializers.CharField(default="x")


@pytest.mark.parametrize("serializer_class", [Told, Whole, Filled])
def test_a_serializer_that_does_more_is_always_asked(serializer_class):
    assert plain(serializer_class).taken({"name": "x"}, found_among({})) is None
