"""Many things at once: all or none, in one statement where nothing speaks against it."""

import pytest

from accounts.errors import IdTaken, NotYours, RowsRefused
from accounts.ids import new_id
from cases.models import Actor, Hypothesis, Incident
from evidence.models import Source
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from tests import making


def _sources(room, count: int) -> list[dict]:
    return [
        {"workspace": room, "name": f"Gazette {n}", "source_class": "independent_press", "reliability": "B"}
        for n in range(count)
    ]


def test_many_are_added_in_as_many_statements_as_one(cast, east, django_assert_num_queries):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east)
        with django_assert_num_queries(3):  # as for one
            added = Source.add_all(_sources(east, 40), by=cast.ana)
        assert Source.objects.filter(pk__in=[each.pk for each in added]).count() == 40


def test_each_of_many_has_its_ledger_entry(cast, east):
    with acting_as(cast.ana):
        added = Source.add_all(_sources(east, 3), by=cast.ana)
        entries = LedgerEntry.objects.filter(object_id__in=[each.pk for each in added])
        assert [(each.step, each.version) for each in entries] == [("add", 1)] * 3


def test_a_wrong_row_is_named_and_none_is_written(cast, east):
    rows = _sources(east, 3)
    rows[1]["reliability"] = "Z"
    with acting_as(cast.ana):
        with pytest.raises(RowsRefused) as refused:
            Source.add_all(rows, by=cast.ana)
        assert set(refused.value.refusals) == {1}
        assert "reliability" in refused.value.refusals[1].message_dict
        assert not Source.objects.exists()


def test_a_row_that_only_the_database_can_refuse_is_named(cast, east):
    with acting_as(cast.ana):
        known = making.an_actor(by=cast.ana, workspace=east)
        row = {"workspace": east, "actor_kind": "state", "country": "BY"}
        with pytest.raises(RowsRefused) as refused:
            Actor.add_all([{**row, "name": "Another"}, {**row, "name": known.name}], by=cast.ana)
        assert set(refused.value.refusals) == {1}
        assert Actor.objects.count() == 1


def test_a_row_for_a_room_where_one_may_not_write_is_refused(cast, east, west):
    rows = [*_sources(east, 1), *_sources(west, 1)]
    with acting_as(cast.ana), pytest.raises(RowsRefused) as refused:
        Source.add_all(rows, by=cast.ana)
    assert {number: type(why) for number, why in refused.value.refusals.items()} == {1: NotYours}


def test_many_incidents_have_consecutive_references_and_four_hypotheses_each(cast, east):
    with acting_as(cast.ana):
        added = Incident.add_all([{"workspace": east, "title": f"Crossing {n}"} for n in range(3)], by=cast.ana)
        numbers = [int(each.reference.rsplit("-", 1)[1]) for each in added]
        assert numbers == list(range(numbers[0], numbers[0] + 3))
        assert Hypothesis.objects.filter(incident__in=added).count() == 12


def test_of_two_incidents_under_one_id_the_second_is_named_and_none_is_written(cast, east):
    row = {"workspace": east, "title": "Crossing", "id": new_id()}
    with acting_as(cast.ana):
        with pytest.raises(RowsRefused) as refused:
            Incident.add_all([row, row], by=cast.ana)
        assert {number: type(why) for number, why in refused.value.refusals.items()} == {1: IdTaken}
        assert not Incident.objects.exists()
