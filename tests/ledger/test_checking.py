"""A record is written at once, and validated in full only where something is wrong."""

import pytest
from django.core.exceptions import ValidationError

from accounts.choices import Marking, Role
from accounts.errors import IdTaken
from accounts.models import Membership, User
from cases.models import Actor, MatrixRow
from ledger.acting import acting_as
from tests import making


@pytest.fixture
def amber_analyst(east) -> User:
    person = User.objects.create_user("amber@example.org", "correct horse battery", name="Amber")
    Membership.objects.create(user=person, workspace=east, role=Role.ANALYST, clearance=Marking.AMBER)
    return person


def test_adding_a_record_takes_its_insert_and_four_small_statements(cast, east, django_assert_num_queries):
    with acting_as(cast.ana):
        making.an_actor(by=cast.ana, workspace=east)
        with django_assert_num_queries(5):  # a savepoint, the step, the insert, the step before, its release
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
