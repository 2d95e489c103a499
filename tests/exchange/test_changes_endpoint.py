"""`GET /api/v1/changes/`: what is refused, tokens, and waiting without holding anything."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Event

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Membership
from exchange import api_feed, waiting
from exchange.cursors import Cursor
from ledger.acting import acting_as
from tests import making
from tests.api.test_kinds import Door
from tests.exchange.feeding import settled

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/changes/"


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


@pytest.fixture
def cursor(ana):
    """Of Ana, who has been told everything."""
    settled()
    return ana.get(PATH).json()["next"]


def a_source(person, room):
    with acting_as(person):
        return making.a_source(by=person, workspace=room)


# --- What is asked -------------------------------------------------------------------------------


def test_an_answer_has_changes_a_cursor_and_whether_there_is_more(ana, cast, east):
    for _ in range(2):
        a_source(cast.ana, east)
    settled()
    first = ana.get(PATH, {"limit": 1}).json()
    assert (len(first["changes"]), first["more"]) == (1, True)
    second = ana.get(PATH, {"limit": 200, "cursor": first["next"]}).json()
    assert len(second["changes"]) == 1
    last = second
    while last["more"]:  # others write in the cluster meanwhile: what is settled by now may be looked at again
        last = ana.get(PATH, {"cursor": last["next"]}).json()
        assert last["changes"] == []
    assert ana.get(PATH, {"cursor": last["next"]}).json()["changes"] == []


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"cursor": "nonsense"}, "/cursor"),
        ({"limit": 0}, "/limit"),
        ({"limit": 1001}, "/limit"),
        ({"limit": "many"}, "/limit"),
        ({"wait": -1}, "/wait"),
        ({"wait": 31}, "/wait"),
        ({"kind": "unicorn"}, "/kind/0"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_cannot_be_understood_is_named(ana, asked, pointer):
    answer = ana.get(PATH, asked)
    assert answer.status_code == 400
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_a_cursor_keeps_to_its_kinds(ana, cast, east):
    cursor = ana.get(PATH, {"kind": ["incident", "actor"]}).json()["next"]
    a_source(cast.ana, east)
    settled()
    assert ana.get(PATH, {"cursor": cursor}).json()["changes"] == []
    assert ana.get(PATH, {"cursor": cursor, "kind": ["actor", "incident"]}).status_code == 200
    assert ana.get(PATH, {"cursor": cursor, "kind": "source"}).json()["errors"][0]["pointer"] == "/kind"


def test_a_cursor_of_somebody_else_is_refused(ana, cast):
    theirs = str(Cursor.at_the_start(cast.ben.pk))
    assert ana.get(PATH, {"cursor": theirs}).status_code == 400


def test_who_is_not_signed_in_or_wants_to_write_is_refused(client, ana):
    assert client.get("/api/v1/changes/").status_code == 401
    assert client.get("/api/v1/changes/", headers={"Authorization": "Bearer att_x"}).status_code == 401
    assert ana.send("post", PATH).status_code == 405


def test_a_token_is_told_of_its_own_workspace_only(client, cast, east, west):
    mine, other = a_source(cast.ana, east), a_source(cast.stranger, west)
    Membership.objects.create(user=cast.ana, workspace=west, role="viewer", clearance="red")
    settled()
    by_token = Door(client, cast.ana).get(PATH).json()["changes"]
    client.force_login(cast.ana)
    in_person = client.get("/api/v1/changes/").json()["changes"]
    assert [each["id"] for each in by_token] == [str(mine.pk)]
    assert [each["id"] for each in in_person] == [str(mine.pk), str(other.pk)]


# --- Waiting -----------------------------------------------------------------------------------------


def waiting_for(door: Door, cursor: str, wait: int = 30) -> dict:
    """Wait on a connection of one's own until there is something, as a client would."""
    try:
        while True:
            answer = door.get(PATH, {"cursor": cursor, "wait": wait})
            if answer.status_code != 200 or answer.json()["changes"]:
                return answer.json()
            cursor = answer.json()["next"]
    finally:
        connection.close()


@pytest.fixture
def looking(monkeypatch):
    """Set once somebody waits; and they look often."""
    begun, rises = Event(), waiting.rises_above

    def told(*args, **more):
        assert not connection.in_atomic_block
        begun.set()
        return rises(*args, **more)

    monkeypatch.setattr(waiting, "LOOKS_EVERY", 0.01)
    monkeypatch.setattr(waiting, "rises_above", told)
    return begun


def test_who_waits_is_told_as_soon_as_something_is_committed(ana, cast, east, cursor, looking):
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(waiting_for, Door(Client(), cast.ana), cursor)
        assert looking.wait(60)
        source = a_source(cast.ben, east)
        assert [each["id"] for each in told.result()["changes"]] == [str(source.pk)]


def test_the_wait_ends_when_everything_below_has_ended_and_not_before():
    with connection.cursor() as database:
        database.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        horizon = database.fetchone()[0]
        assert waiting.rises_above(horizon - 1, until=0)
        assert not waiting.rises_above(horizon + 1_000_000, until=0)


def test_nothing_in_time_is_an_empty_answer(ana, cursor):
    began = time.monotonic()
    answer = ana.get(PATH, {"cursor": cursor, "wait": 1}).json()
    assert (answer["changes"], answer["more"]) == ([], False)
    assert time.monotonic() - began >= 1


def test_who_finds_no_place_to_wait_is_answered_at_once(ana, cursor, monkeypatch):
    monkeypatch.setattr(waiting, "_places", BoundedSemaphore(1))
    monkeypatch.setattr(waiting, "rises_above", pytest.fail)
    with waiting.a_place() as mine, waiting.a_place() as another:
        assert (mine, another) == (True, False)
        assert ana.get(PATH, {"cursor": cursor, "wait": 30}).json()["changes"] == []
    with waiting.a_place() as free_again:
        assert free_again


def test_what_may_no_longer_be_read_ends_the_wait(ana, cast, east, cursor, looking):
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(waiting_for, Door(Client(), cast.ana), cursor)
        assert looking.wait(60)
        Membership.objects.filter(user=cast.ana).update(clearance="amber_strict")
        assert [(each["op"], each["marking"]) for each in told.result()["changes"]] == [("closed", "red")]


def test_a_token_revoked_while_it_waits_is_told_nothing(cast, east, cursor, looking):
    door = Door(Client(), cast.ana)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(waiting_for, door, cursor)
        assert looking.wait(60)
        door.token.revoke(by=cast.ana)
        a_source(cast.ben, east)
        assert told.result()["status"] == 401


def test_the_endpoint_is_described_with_examples(client):
    told = client.get("/api/schema/", headers={"Accept": "application/json"}).json()["paths"]["/api/v1/changes/"]["get"]
    assert {each["name"] for each in told["parameters"]} == {"cursor", "kind", "limit", "wait"}
    assert len(told["responses"]["200"]["content"]["application/json"]["examples"]) == len(api_feed.EXAMPLES)
