"""Two requests at once, on two real connections: both are answered as if one had come after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Event
from unittest import mock

import pytest
from django.db import connection
from django.test import Client

from accounts.ids import new_id
from accounts.models import ApiToken, TokenUse
from evidence.models import Source
from ledger.acting import acting_as
from ledger.models import KeptAnswer
from tests import making
from tests.accounts.test_tokens import a_token, owe
from tests.api.test_kinds import Door

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana(cast):
    return Door(Client(), cast.ana)


@pytest.fixture
def body(east):
    return {"workspace_id": str(east.pk), "name": "New", "source_class": "court"}


def on_its_own_connection(act: Callable[[], object]) -> object:
    try:
        return act()
    finally:
        connection.close()


def at_once(*acts: Callable[[], object]) -> list:
    """What each is answered, all begun on one line."""
    line = Barrier(len(acts))

    def begin(act):
        line.wait(timeout=30)
        return on_its_own_connection(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result(timeout=60) for each in [pool.submit(begin, act) for act in acts]]


@contextmanager
def held_within(verb: str):
    """Requests that reach this verb of sources wait inside it; tells when one does, and lets go."""
    inside, go = Event(), Event()
    real = getattr(Source, verb)

    def hold(*args, **fields):
        done = real(*args, **fields)
        inside.set()
        assert go.wait(timeout=30)
        return done

    with mock.patch.object(Source, verb, hold):
        yield inside, go
    go.set()


def sources(cast) -> int:
    with acting_as(cast.ana):
        return Source.objects.count()


def test_of_two_changes_of_one_version_one_is_told_the_current(cast, east, ana):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)

    def rename(name):
        return lambda: Door.send(ana, "patch", f"/sources/{source.pk}/", {"name": name}, **{"If-Match": '"1"'})

    with held_within("_update") as (inside, go), ThreadPoolExecutor(2) as pool:
        first = pool.submit(on_its_own_connection, rename("Hers"))
        assert inside.wait(timeout=30)
        second = pool.submit(on_its_own_connection, rename("His"))
        go.set()
        told = [first.result(timeout=60), second.result(timeout=60)]
    assert sorted(each.status_code for each in told) == [200, 412]
    assert next(each for each in told if each.status_code == 412).json()["current_version"] == 2


@pytest.mark.parametrize(("other", "expected"), [("New", [200, 201]), ("Other", [201, 409])])
def test_of_two_new_records_with_one_id_one_is_added(cast, ana, body, other, expected):
    pk = str(new_id())

    def add(name):
        return lambda: Door.send(ana, "post", "/sources/", body | {"id": pk, "name": name})

    with held_within("_insert") as (inside, go), ThreadPoolExecutor(2) as pool:
        first = pool.submit(on_its_own_connection, add("New"))
        assert inside.wait(timeout=30)
        second = pool.submit(on_its_own_connection, add(other))
        until_somebody_waits()
        go.set()
        told = [first.result(timeout=60), second.result(timeout=60)]
    assert sorted(each.status_code for each in told) == expected
    assert sources(cast) == 1


def until_somebody_waits() -> None:
    """Until PostgreSQL says that a connection waits for another's transaction."""
    for _ in range(100_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted")
            if cursor.fetchone():
                return
    raise AssertionError("Nobody waits.")


def test_a_repeat_that_comes_while_the_first_is_under_way_is_told_so(cast, ana, body):
    def send():
        return Door.send(ana, "post", "/sources/", body, **{"Idempotency-Key": '"one"'})

    with held_within("_insert") as (inside, go), ThreadPoolExecutor(1) as pool:
        first = pool.submit(on_its_own_connection, send)
        assert inside.wait(timeout=30)
        meanwhile = send()
        go.set()
        assert first.result(timeout=60).status_code == 201
    assert (meanwhile.status_code, meanwhile.json()["type"]) == (409, "/api/docs/#problem-under-way")
    assert send().headers["Idempotent-Replayed"] == "true"
    assert sources(cast) == 1


def test_of_many_repeats_at_once_one_is_done(cast, ana, body):
    told = at_once(
        *(lambda: Door.send(ana, "post", "/sources/", body, **{"Idempotency-Key": '"one"'}) for _ in range(4))
    )
    assert {each.status_code for each in told} <= {201, 409}
    assert sources(cast) == 1
    with acting_as(cast.ana, token=ana.token):
        assert KeptAnswer.objects.count() == 1


def test_a_request_whose_connection_dies_leaves_its_key_free(cast, ana, body):
    def send():
        return Door.send(ana, "post", "/sources/", body, **{"Idempotency-Key": '"one"'})

    def die(*args, **fields):
        connection.connection.close()

    client = Client(raise_request_exception=False)
    with mock.patch.object(Source, "_insert", die), mock.patch.object(ana, "client", client):
        assert on_its_own_connection(send).status_code == 500
    assert (send().status_code, sources(cast)) == (201, 1)


def test_requests_at_once_are_all_counted(cast):
    token, secret = a_token(cast.ana)
    owe(token, 30)
    before = TokenUse.objects.get().full_at
    at_once(*(lambda: [ApiToken.find(secret) for _ in range(5)] for _ in range(4)))
    assert TokenUse.objects.get().full_at - before == timedelta(seconds=20 * 60 / token.limit)


def test_noting_a_use_waits_for_nobody(cast):
    """While one connection holds the token's row, another that finds the token goes on."""
    token, secret = a_token(cast.ana)
    inside, go = Event(), Event()

    def hold():
        with acting_as(None):
            ApiToken.objects.select_for_update().get(pk=token.pk)
            inside.set()
            assert go.wait(timeout=30)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(on_its_own_connection, hold)
        assert inside.wait(timeout=30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        assert ApiToken.find(secret).pk == token.pk
        go.set()
        holder.result(timeout=30)
    connection.close()
