"""A record is written at once, and validated in full only where something is wrong."""

import pytest
from django.core.exceptions import ValidationError

from accounts.choices import Marking, Role
from accounts.errors import IdTaken
from accounts.ids import new_id
from accounts.models import Membership, User
from cases.models import Actor, MatrixRow
from ledger.acting import acting_as
from ledger.kinds import kinds
from ledger.models.checking import _plainly_right
from tests import making

VALUES = ["", " ", "plain", "x" * 301, "PL", "2021-07", "2021-02-31", None, 0, 1, 1.5, True, [], ["PL"], {}, new_id()]


@pytest.mark.parametrize("model", kinds().values(), ids=kinds().keys())
def test_what_is_plainly_right_is_right_for_django_and_stays_as_it_is(model):
    fields = {field.name: field for field in model._meta.concrete_fields}
    for name, _, is_plain in _plainly_right(model):
        choices = [key for key, _ in fields[name].flatchoices] if fields[name].choices else []
        for value in [*VALUES, *choices]:
            if is_plain(value) and not (fields[name].blank and value in fields[name].empty_values):
                assert fields[name].clean(value, None) is value
        assert not choices or is_plain(choices[0])


@pytest.fixture
def amber_analyst(east) -> User:
    person = User.objects.create_user("amber@example.org", "correct horse battery", name="Amber")
    Membership.objects.create(user=person, workspace=east, role=Role.ANALYST, clearance=Marking.AMBER)
    return person


def test_adding_a_record_takes_its_insert_in_a_savepoint(cast, east, django_assert_num_queries):
    with acting_as(cast.ana):
        making.an_actor(by=cast.ana, workspace=east)
        with django_assert_num_queries(3):
            making.an_actor(by=cast.ana, workspace=east)


def test_a_new_record_under_a_known_id_is_refused_as_a_rival(cast, east):
    with acting_as(cast.ana):
        taken = making.an_actor(by=cast.ana, workspace=east)
        with pytest.raises(IdTaken):
            making.an_actor(by=cast.ana, workspace=east, id=taken.pk)


def test_all_that_is_wrong_is_told_together(cast, east):
    with acting_as(cast.ana):
        taken = making.an_actor(by=cast.ana, workspace=east)
        with pytest.raises(ValidationError) as refusal:
            making.an_actor(by=cast.ana, workspace=east, id=taken.pk, country="nowhere", actor_kind="ghost")
    assert {"id", "country", "actor_kind"} <= set(refusal.value.message_dict)


def test_after_a_refusal_the_transaction_goes_on(cast, east):
    with acting_as(cast.ana):
        taken = making.an_actor(by=cast.ana, workspace=east)
        with pytest.raises(IdTaken):
            making.an_actor(by=cast.ana, workspace=east, id=taken.pk)
        making.an_actor(by=cast.ana, workspace=east)
        assert Actor.objects.count() == 2


def test_a_change_that_the_database_refuses_is_told_in_words_and_changes_nothing(cast, east):
    with acting_as(cast.ana):
        known = making.an_actor(by=cast.ana, workspace=east)
        other = making.an_actor(by=cast.ana, workspace=east)
        with pytest.raises(ValidationError, match="already"):
            other.change(by=cast.ana, name=known.name)
        other.refresh_from_db()
        assert (other.version, other.name != known.name) == (1, True)


def test_what_somebody_else_loaded_cannot_be_referred_to_above_ones_clearance(cast, east, amber_analyst):
    with acting_as(cast.ana):
        incident = making.an_incident(by=cast.ana, workspace=east)
        secret = making.an_item(by=cast.ana, workspace=east, marking="red")
    with acting_as(amber_analyst), pytest.raises(ValidationError) as refusal:
        MatrixRow.add(by=amber_analyst, incident=incident, item=secret)
    assert "item" in refusal.value.message_dict
