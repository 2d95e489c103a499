"""The change feed from a replica: nothing skipped, whatever it has replayed, and whichever side answers next."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from threading import Event

import pytest
from django.db import connection, connections
from django.test import Client

from exchange import waiting
from ledger.acting import acting_as
from ledger.replica import on_replica
from tests.api.test_kinds import Door
from tests.exchange.crowd import Writer, a_writer, assert_in_step, quiet_points
from tests.exchange.feeding import Reader, a_source, change, settled

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/changes/"
WRITERS, ROUNDS = 4, 3


@pytest.fixture
def reader(replica, cast):
    """Ana, who has been told everything."""
    reader = Reader(cast.ana)
    reader.catch_up()
    replica.catch_up()
    return reader


def page_there(reader) -> bool:
    with on_replica():
        return reader.page()


def settle(replica) -> None:
    """Return once all that has begun by now has ended, there too.

    A replica counts some that the primary does not: a vacuum that cuts a table short is one.
    """
    settled()
    replica.catch_up()
    with on_replica():
        settled()


def ids(reader) -> list[str]:
    return [each["id"] for each in reader.told]


# --- The horizon of a standby --------------------------------------------------------------------


@pytest.mark.parametrize("has_written", [True, False])
def test_a_transaction_that_runs_holds_back_what_began_later_there_too(reader, replica, cast, east, has_written):
    """Also one that has a number but has written nothing yet, of which the standby has not been told."""
    begun, go_on = Event(), Event()

    def slowly():
        try:
            with acting_as(cast.stella):
                first = a_source(cast.stella, east) if has_written else _numbered()
                begun.set()
                go_on.wait(60)
                second = a_source(cast.stella, east)
            return [str(each.pk) for each in (first, second) if each]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slowly)
        assert begun.wait(60)
        later = a_source(cast.ben, east)
        replica.catch_up()
        page_there(reader)
        assert ids(reader) == []
        go_on.set()
        expected = [*slow.result(), str(later.pk)]
    settle(replica)
    page_there(reader)
    assert ids(reader) == expected


def _numbered() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")


def test_a_replica_that_lags_behind_a_cursor_tells_nothing_until_it_has_come_as_far(reader, replica, cast, east):
    replica.pause()
    source = a_source(cast.ben, east)
    reader.catch_up()
    ahead = reader.cursor
    page_there(reader)
    assert (reader.cursor, ids(reader)) == (ahead, [str(source.pk)])
    change(cast.ben, source, name="Again")
    replica.resume()
    settle(replica)
    page_there(reader)
    assert [each["version"] for each in reader.told] == [1, 2]


# --- By the endpoint -----------------------------------------------------------------------------


def test_ones_own_change_is_told_though_the_replica_stands_still_and_anothers_when_it_goes_on(replica, cast, east):
    ana, ben = Door(Client(), cast.ana), Door(Client(), cast.ben)
    settle(replica)
    cursor = ben.get(PATH).json()["next"]
    replica.pause()
    fields = {"workspace_id": str(east.pk), "marking": "green", "source_class": "independent_press", "name": "Mine"}
    mine = ana.send("post", "/sources/", {**fields, "reliability": "B"}).json()["id"]
    settled()
    assert mine in [each["id"] for each in ana.get(PATH).json()["changes"]]
    assert ben.get(PATH, {"cursor": cursor}).json()["changes"] == []
    replica.resume()
    settle(replica)
    assert [each["id"] for each in ben.get(PATH, {"cursor": cursor}).json()["changes"]] == [mine]


def cursor_of(door) -> str:
    return door.get(PATH).json()["next"]


@pytest.fixture
def waits(monkeypatch):
    """Set once somebody waits; and they look often."""
    begun, rises = Event(), waiting.rises_above

    def told(horizon, *, until):
        if until:
            begun.set()
        return rises(horizon, until=until)

    monkeypatch.setattr(waiting, "LOOKS_EVERY", 0.01)
    monkeypatch.setattr(waiting, "rises_above", told)
    return begun


def told_in_the_end(door, cursor) -> dict:
    try:
        while True:
            answer = door.get(PATH, {"cursor": cursor, "wait": 30})
            if answer.status_code != 200 or answer.json()["changes"]:
                return answer.json()
            cursor = answer.json()["next"]
    finally:
        connections.close_all()


def test_who_waits_there_is_told_once_it_is_replayed(replica, cast, east, waits):
    door = Door(Client(), cast.ana)
    settle(replica)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(told_in_the_end, door, cursor_of(door))
        assert waits.wait(60)
        source = a_source(cast.ben, east)
        assert [each["id"] for each in told.result()["changes"]] == [str(source.pk)]


def test_a_token_revoked_while_it_waits_there_is_told_nothing(replica, cast, east, waits):
    door = Door(Client(), cast.ana)
    settle(replica)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(told_in_the_end, door, cursor_of(door))
        assert waits.wait(60)
        door.token.revoke(by=cast.ana)
        a_source(cast.ben, east)
        assert told.result()["status"] == 401


def test_who_waits_when_the_replica_breaks_off_is_answered_as_it_stood(replica, cast, waits):
    door = Door(Client(), cast.ana)
    settle(replica)
    cursor = cursor_of(door)

    def once() -> dict:
        try:
            return door.get(PATH, {"cursor": cursor, "wait": 30}).json()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(once)
        assert waits.wait(60)
        with replica.unreachable():
            assert (told.result()["changes"], told.result()["more"]) == ([], False)


# --- Whatever others do --------------------------------------------------------------------------


def shake(replica, dice, stop) -> None:
    """Let the replica stand still and go on again at random."""
    while not stop.wait(dice.random() / 20):
        replica.pause()
        stop.wait(dice.random() / 5)
        replica.resume()


def test_readers_end_with_what_they_may_read_though_the_replica_stumbles_and_pages_come_from_both(
    replica, cast, east, west
):
    seed = random.SystemRandom().randrange(10**9)
    print(f"{seed=}")
    people = [a_writer(n, east, west) for n in range(WRITERS)]
    writers = [Writer(person, [east, west], f"{seed} {n}") for n, person in enumerate(people)]
    readers = [Reader(people[0]), Reader(cast.vera), Reader(cast.stranger)]
    replica.catch_up()
    sides = [on_replica, on_replica, nullcontext]
    points = quiet_points(
        writers, readers, cast.vera, seed=seed, rounds=ROUNDS, sides=sides, beside=partial(shake, replica)
    )
    for _ in points:
        replica.catch_up()
        for reader in readers:
            with on_replica():
                assert_in_step(reader)
            before = len(reader.told)
            assert_in_step(reader)
            assert len(reader.told) == before
    assert sum(writer.committed for writer in writers) > WRITERS * ROUNDS
