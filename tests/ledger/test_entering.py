"""How new rows enter ledger and search: once each, whichever triggers stand, and under the right step."""

from importlib import import_module

import pytest
from django.db import connection

from cases.models import Actor, Hypothesis, MatrixRow
from evidence.models import Source
from ledger.acting import acting_as, as_owner, taking
from ledger.models import LedgerEntry
from ledger.verification import verify
from ledger.wall import raise_walls
from tests import making

MIGRATION = import_module("ledger.migrations.0016_new_rows_enter_together")


def steps_of(record) -> list[tuple]:
    found = LedgerEntry.objects.filter(object_id=record.pk).order_by("sequence")
    return [(entry.version, entry.operation, entry.step, entry.reason) for entry in found]


def triggers_of(model) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY 1",
            [model._meta.db_table],
        )
        return [told for (told,) in cursor.fetchall()]


def as_the_owner(statements: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statements)


def words_of(model) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM search_matches('Unheard', %s)", [[model.kind]])
        return [title for (title,) in cursor.fetchall()]


def test_what_is_added_within_another_step_is_an_adding_without_its_reason(cast, east):
    with acting_as(cast.ana):
        known = making.a_source(by=cast.ana, workspace=east)
        with taking("regrade", "Caught inventing."):
            new = making.a_source(by=cast.ana, workspace=east)
            Source.objects.filter(pk=known.pk).update(reliability="D")
        assert steps_of(new) == [(1, "created", "add", "")]
        assert steps_of(known)[1:] == [(2, "updated", "regrade", "Caught inventing.")]


def test_what_is_written_after_an_adding_is_no_adding(cast, east):
    with acting_as(cast.ana):
        new = making.a_source(by=cast.ana, workspace=east)
        Source.objects.filter(pk=new.pk).update(description="Daily.")
        assert steps_of(new) == [(1, "created", "add", ""), (2, "updated", "", "")]


def test_a_step_in_somebody_elses_name_begins_without_the_outer_one(cast, east):
    with acting_as(cast.ana), taking("regrade", "Caught inventing."):
        with acting_as(cast.sofia):
            inner = making.a_source(by=cast.sofia, workspace=east)
        outer = making.a_source(by=cast.ana, workspace=east)
        assert steps_of(inner) == steps_of(outer) == [(1, "created", "add", "")]


def test_a_trigger_that_a_migration_installs_anew_enters_nothing_twice(cast, east):
    (declared,) = (each for each in triggers_of(Source) if "ledger_write(" in each)
    assert " AFTER UPDATE ON " in declared
    as_the_owner(
        declared.replace("CREATE", "CREATE OR REPLACE", 1).replace(" AFTER UPDATE ON ", " AFTER INSERT OR UPDATE ON ")
    )
    with acting_as(cast.ana):
        new = making.a_source(by=cast.ana, workspace=east)
        assert [version for version, *_ in steps_of(new)] == [1]


def test_an_id_that_another_kind_has_hides_nothing_from_the_ledger(cast, east):
    with acting_as(cast.ana):
        known = making.an_actor(by=cast.ana, workspace=east)
        making.a_source(by=cast.ana, workspace=east, id=known.pk)
        entries = LedgerEntry.objects.filter(object_id=known.pk).order_by("sequence")
        assert [(each.kind, each.version) for each in entries] == [("actor", 1), ("source", 1)]


@pytest.fixture
def without(cast):
    """As before this migration; then as after it."""
    before = {model: triggers_of(model) for model in (Actor, Hypothesis, MatrixRow)}
    as_the_owner(MIGRATION.UNDO)
    return before


def test_without_the_migration_each_row_is_entered_by_itself(cast, east, without):
    with acting_as(cast.ana):
        new = making.an_actor(by=cast.ana, workspace=east, name="Unheard")
        assert [version for version, *_ in steps_of(new)] == [1]
        assert words_of(Actor) == ["Unheard"]
    assert verify().fault is None


def test_the_migration_goes_back_and_forth(without):
    assert any("INSERT OR UPDATE" in each and "ledger_write('actor')" in each for each in triggers_of(Actor))
    assert any("scope_inherit('cases_incident', 'incident_id')" in each for each in triggers_of(Hypothesis))
    with as_owner():
        raise_walls()
        assert triggers_of(Actor) != without[Actor]  # nothing to raise without its functions
        with connection.cursor() as cursor:
            cursor.execute(MIGRATION.LEDGER + MIGRATION.SEARCH)
        raise_walls()
    assert {model: triggers_of(model) for model in without} == without


def test_many_new_rows_keep_their_order_and_are_found(cast, east):
    with acting_as(cast.ana):
        names = [f"Unheard {number}" for number in range(30)]
        rows = [{"workspace": east, "name": name, "actor_kind": "enterprise"} for name in names]
        added = Actor.add_all(rows, by=cast.ana)
        entries = LedgerEntry.objects.filter(object_id__in=[each.pk for each in added]).order_by("sequence")
        assert [entry.document["name"] for entry in entries] == names
        assert sorted(words_of(Actor)) == sorted(names)
    assert verify().fault is None
