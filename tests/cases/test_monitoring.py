"""Corridors, presences, relations and counts: their rules, where they lie, and who finds them."""

from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.errors import IllegalStep, NotYours, StaleVersion
from cases.filters_monitoring import FlowObservationFilter
from cases.models import Actor, ActorRelation, Corridor, CorridorPresence, FlowObservation, Incident
from ledger.acting import acting_as, as_owner
from ledger.models import LedgerEntry
from tests import making


@pytest.fixture
def incident(cast, east):
    with acting_as(cast.ana):
        return making.an_incident(by=cast.ana, workspace=east)


@pytest.fixture
def corridor(cast, east):
    with acting_as(cast.ana):
        return making.a_corridor(by=cast.ana, workspace=east)


# --- Counts --------------------------------------------------------------------------------------


def test_a_count_belongs_to_an_incident_or_a_corridor_and_not_to_both(cast, incident, corridor):
    with acting_as(cast.ana):
        making.a_count(by=cast.ana, incident=incident)
        making.a_count(by=cast.ana, corridor=corridor)
        for parents in ({}, {"incident": incident, "corridor": corridor}):
            with pytest.raises(ValidationError, match="one of them"):
                making.a_count(by=cast.ana, **parents)


@pytest.mark.parametrize(
    "wrong",
    [
        {"low": 5, "high": 4},
        {"low": -1, "high": 4},
        {"unit": "boats"},
        {"category": "people"},
        {"observed_from": ""},
        {"observed_from": "2021-07", "observed_to": "2021-06"},
        {"observed_from": "last year"},
        {"of_country": "Syria"},
    ],
)
def test_a_count_that_is_none_is_refused(cast, incident, wrong):
    with acting_as(cast.ana), pytest.raises(ValidationError):
        making.a_count(by=cast.ana, incident=incident, **wrong)


@pytest.mark.parametrize(
    "change", ["low = high + 1", "low = -1", "unit = 'boats'", "incident_id = NULL", "corridor_id = incident_id"]
)
def test_the_database_refuses_it_too(cast, incident, as_app, change):
    with acting_as(cast.ana):
        making.a_count(by=cast.ana, incident=incident)
    with pytest.raises(IntegrityError):
        as_app(f"UPDATE cases_flowobservation SET {change}", user=cast.ana)


def test_the_same_count_is_recorded_once_and_again_after_it_was_withdrawn(cast, incident):
    told = {"incident": incident, "low": 5, "high": 5}
    with acting_as(cast.ana):
        first = making.a_count(by=cast.ana, **told)
        with pytest.raises(ValidationError, match="recorded already"):
            making.a_count(by=cast.ana, **told)
        first.withdraw(by=cast.ana, reason="Miscounted.")
        making.a_count(by=cast.ana, **told)
        with pytest.raises(IllegalStep):
            first.withdraw(by=cast.ana, reason="Again.")


def test_a_count_is_recorded_and_changed_by_those_who_write(cast, incident):
    with acting_as(cast.vera), pytest.raises(NotYours):
        making.a_count(by=cast.vera, incident=incident)
    with acting_as(cast.ana):
        count = making.a_count(by=cast.ana, incident=incident)
        stale = FlowObservation.objects.get()
        count.change(by=cast.ana, low=1, high=2)
        with pytest.raises(StaleVersion):
            stale.change(by=cast.ana, low=2, high=3)
        assert count.number == "1 to 2"


def test_counts_are_found_by_the_time_that_they_touch(cast, incident):
    with acting_as(cast.ana):
        for began, ended in [("2021", ""), ("2021-07", ""), ("2021-08", "2021-09"), ("2022-01-05", "")]:
            making.a_count(by=cast.ana, incident=incident, observed_from=began, observed_to=ended)

        def found(**asked):
            return {each.period for each in FlowObservationFilter(asked, queryset=FlowObservation.objects.all()).qs}

        assert found(observed_from="2021-09") == {"2021", "2021-08 to 2021-09", "2022-01-05"}
        assert found(observed_to="2021-07") == {"2021", "2021-07"}
        assert found(observed_from="2021-07-15", observed_to="2021-07-20") == {"2021", "2021-07"}
        assert found(observed_from="2022", observed_to="2022") == {"2022-01-05"}


# --- Where they lie ------------------------------------------------------------------------------


def test_a_count_takes_the_marking_of_what_it_belongs_to_or_a_stricter_one(cast, east):
    with acting_as(cast.ana):
        green = making.an_incident(by=cast.ana, workspace=east, marking="green")
        assert making.a_count(by=cast.ana, incident=green).marking == "green"
        assert making.a_count(by=cast.ana, incident=green, marking="red").marking == "red"
        with pytest.raises(ValidationError, match="at least so"):
            making.a_count(by=cast.ana, incident=green, marking="clear")


def test_a_relation_is_at_least_as_strict_as_both_actors(cast, east):
    with acting_as(cast.ana):
        wide, narrow = (
            making.an_actor(by=cast.ana, workspace=east, marking=each) for each in ("clear", "amber_strict")
        )
        for ends in ({"from_actor": wide, "to_actor": narrow}, {"from_actor": narrow, "to_actor": wide}):
            assert making.a_relation(by=cast.ana, workspace=east, **ends).marking == "amber_strict"


def test_what_is_bound_follows_a_stricter_marking_and_is_never_loosened_by_itself(cast, incident):
    with acting_as(cast.ana):
        mild, strict = (making.a_count(by=cast.ana, incident=incident, marking=each) for each in ("amber", "red"))
        incident.change(by=cast.ana, marking="amber_strict")
        assert [FlowObservation.objects.get(pk=each.pk).marking for each in (mild, strict)] == ["amber_strict", "red"]
        incident.change(by=cast.ana, marking="clear")
        assert FlowObservation.objects.get(pk=mild.pk).marking == "amber_strict"
        moved = LedgerEntry.objects.filter(object_id=mild.pk, operation="moved")
        assert [each.marking for each in moved] == ["amber"]


def test_what_is_bound_follows_into_another_workspace(cast, west, incident, corridor, as_app):
    with acting_as(cast.ana):
        making.a_count(by=cast.ana, incident=incident)
        kept = making.a_count(by=cast.ana, corridor=corridor)
    with as_owner():
        Incident.objects.filter(pk=incident.pk).update(workspace=west)
    with acting_as(cast.ana):
        assert list(FlowObservation.objects.values_list("pk", flat=True)) == [kept.pk]
    with acting_as(cast.stranger):
        assert FlowObservation.objects.get().workspace_id == west.pk


def test_the_database_lifts_a_marking_that_is_too_wide_and_keeps_the_parent(cast, incident, corridor, as_app):
    with acting_as(cast.ana):
        count = making.a_count(by=cast.ana, incident=incident)
    as_app("UPDATE cases_flowobservation SET marking = 'clear' WHERE id = %s", [count.pk], user=cast.ana)
    with acting_as(cast.ana):
        assert FlowObservation.objects.get().marking == "amber"
        other = making.an_incident(by=cast.ana, workspace=incident.workspace)
    with pytest.raises(IntegrityError, match="stays with"):
        as_app("UPDATE cases_flowobservation SET incident_id = %s", [other.pk], user=cast.ana)


@pytest.mark.django_db(transaction=True)
def test_a_count_recorded_while_its_incident_is_marked_anew_is_not_left_behind(cast, incident):
    """The count waits for the incident, and then takes the new marking."""
    begun: list = []

    def record():
        with acting_as(cast.ben):
            begun.append(making.a_count(by=cast.ben, incident_id=incident.pk))
        connection.close()

    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
        rival = Thread(target=record)
        rival.start()
        rival.join(timeout=1)
        assert not begun
    rival.join(timeout=10)
    with acting_as(cast.ana):
        assert FlowObservation.objects.get().marking == "red"


def test_a_presence_lies_where_its_corridor_lies(cast, east, corridor):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east)
        presence = CorridorPresence.add(by=cast.ana, corridor=corridor, actor=actor, activity="guards")
        corridor.change(by=cast.ana, marking="red")
        assert CorridorPresence.objects.get(pk=presence.pk).marking == "red"


# --- Corridors, presences, relations --------------------------------------------------------------


def test_smuggling_and_trafficking_are_recorded_apart(cast, east, corridor):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east)
        CorridorPresence.add(by=cast.ana, corridor=corridor, actor=actor, activity="smuggles")
        found = CorridorPresence.objects.filter(actor=actor)
        assert [each.activity for each in found] == ["smuggles"]
        CorridorPresence.add(by=cast.ana, corridor=corridor, actor=actor, activity="traffics")
        assert CorridorPresence.objects.filter(actor=actor).count() == 2


def test_a_presence_and_a_relation_end_after_they_began(cast, east, corridor):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east)
        with pytest.raises(ValidationError, match="ends after"):
            CorridorPresence.add(
                by=cast.ana, corridor=corridor, actor=actor, activity="guards", since="2021-07", until="2021-06"
            )
        with pytest.raises(ValidationError, match="ends after"):
            making.a_relation(by=cast.ana, workspace=east, from_actor=actor, since="2021", until="2020")


def test_no_actor_is_related_to_itself(cast, east, as_app):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east)
        with pytest.raises(ValidationError, match="not related to itself"):
            making.a_relation(by=cast.ana, workspace=east, from_actor=actor, to_actor=actor)
        with pytest.raises(IntegrityError), transaction.atomic():
            ActorRelation.objects.create(workspace=east, from_actor=actor, to_actor=actor, relation="funds")


def test_a_relation_is_recorded_once_and_withdrawn_once(cast, east):
    with acting_as(cast.ana):
        relation = making.a_relation(by=cast.ana, workspace=east)
        same = {"from_actor": relation.from_actor, "to_actor": relation.to_actor}
        with pytest.raises(ValidationError, match="recorded already"):
            making.a_relation(by=cast.ana, workspace=east, **same)
        relation.withdraw(by=cast.ana, reason="Wrong.")
        with pytest.raises(IllegalStep):
            relation.withdraw(by=cast.ana, reason="Wrong.")
        making.a_relation(by=cast.ana, workspace=east, **same)


def test_nothing_refers_to_another_workspace(cast, east, west, incident, corridor):
    with acting_as(cast.stranger):
        theirs = making.an_actor(by=cast.stranger, workspace=west)
        away = making.a_corridor(by=cast.stranger, workspace=west)
    with acting_as(cast.ana):
        ours = making.an_actor(by=cast.ana, workspace=east)
        stored = {each.pk for each in Actor.objects.all()}
        assert stored == {ours.pk}
        for wrong in (
            lambda: incident.change(by=cast.ana, along=away),
            lambda: CorridorPresence.add(by=cast.ana, corridor=corridor, actor=theirs, activity="guards"),
            lambda: making.a_relation(by=cast.ana, workspace=east, from_actor=ours, to_actor=theirs),
        ):
            with pytest.raises(ValidationError, match="another workspace"):
                wrong()


@pytest.mark.parametrize(
    "wrong",
    [{"line": [[1, 2]]}, {"line": [[200, 2], [1, 2]]}, {"crossing_points": [{"name": "x"}]}, {"countries": ["Poland"]}],
)
def test_a_corridor_with_a_wrong_course_is_refused(cast, east, wrong):
    with acting_as(cast.ana), pytest.raises(ValidationError):
        making.a_corridor(by=cast.ana, workspace=east, **wrong)


def test_a_corridor_keeps_its_name_to_itself_until_it_is_withdrawn(cast, east):
    with acting_as(cast.ana):
        corridor = making.a_corridor(by=cast.ana, workspace=east, name="River")
        with pytest.raises(ValidationError, match="of this name already"):
            making.a_corridor(by=cast.ana, workspace=east, name="River")
        corridor.withdraw(by=cast.ana, reason="Recorded twice.")
        making.a_corridor(by=cast.ana, workspace=east, name="River")
        assert Corridor.objects.count() == 2
