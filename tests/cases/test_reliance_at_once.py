"""Approving and moving the ground at the same moment, on two real connections: nothing slips through."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from accounts.errors import IllegalStep, Refusal
from cases.models import Attribution
from evidence.models import Derivation, EvidenceItem, Source
from ledger.acting import acting_as, as_owner
from tests import making

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30
"""Seconds until a wait is given up."""


class Held:
    """An act on a connection of its own, done but not committed until it is let go."""

    def __init__(self, pool, person, act: Callable[[], object]) -> None:
        self._done, self._let_go = Event(), Event()
        self._future = pool.submit(self._run, person, act)
        assert self._done.wait(PATIENCE)

    def _run(self, person, act):
        try:
            with acting_as(person):
                act()
                self._done.set()
                assert self._let_go.wait(PATIENCE)
        finally:
            self._done.set()
            connection.close()

    def commit(self) -> None:
        self._let_go.set()
        self._future.result(timeout=PATIENCE)


def begun(pool, person, act: Callable[[], object]) -> Future:
    """Start an act on a connection of its own, and go on once it waits for a lock."""

    def run():
        try:
            with acting_as(person):
                return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    future, end = pool.submit(run), time.monotonic() + PATIENCE
    while not _somebody_waits():
        assert not future.done(), f"It did not wait: {future.result()}"
        assert time.monotonic() < end
    return future


def _somebody_waits() -> bool:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
            " WHERE NOT l.granted AND a.datname = current_database())"
        )
        return cursor.fetchone()[0]


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as threads:
        yield threads


def withdraw(item, ana):
    return lambda: EvidenceItem.objects.get(pk=item).withdraw(by=ana, reason="Forged.")


def withdraw_the_source(item, ana):
    return lambda: EvidenceItem.objects.get(pk=item).source.withdraw(by=ana, reason="An impostor.")


def link(item, ana):
    """The item is found to repeat another cited one."""

    def act():
        other = EvidenceItem.objects.exclude(pk=item).order_by("pk")[0]
        Derivation.add(by=ana, item=EvidenceItem.objects.get(pk=item), original=other)

    return act


def own(item, ana):
    """The item's source is found to have the owner of another cited one."""

    def act():
        other = EvidenceItem.objects.exclude(pk=item).order_by("pk")[0]
        EvidenceItem.objects.get(pk=item).source.change(by=ana, owner=other.source)

    return act


MOVES = pytest.mark.parametrize("move", [withdraw, withdraw_the_source, link, own])


def approve(reviewed, sofia):
    return lambda: Attribution.objects.get(pk=reviewed.pk).approve(by=sofia)


def status_of(attribution, person) -> str:
    with acting_as(person):
        return Attribution.objects.get(pk=attribution.pk).status


@pytest.fixture
def items(reviewed, cast) -> list:
    with acting_as(cast.ana):
        return list(EvidenceItem.objects.order_by("pk").values_list("pk", flat=True))


@MOVES
def test_ground_that_moves_while_an_approval_is_given_finds_the_approval(reviewed, items, cast, pool, move):
    approval = Held(pool, cast.sofia, approve(reviewed, cast.sofia))
    moving = begun(pool, cast.ana, move(items[1], cast.ana))
    approval.commit()
    assert moving.result(timeout=PATIENCE) is None
    assert status_of(reviewed, cast.ana) == "stale"


@MOVES
def test_an_approval_that_is_given_while_ground_moves_sees_it_moved(reviewed, items, cast, pool, move):
    moving = Held(pool, cast.ana, move(items[1], cast.ana))
    approval = begun(pool, cast.sofia, approve(reviewed, cast.sofia))
    moving.commit()
    assert isinstance(approval.result(timeout=PATIENCE), IllegalStep)
    assert status_of(reviewed, cast.ana) == "in_review"


def test_of_two_acts_that_fell_it_only_together_the_later_sees_the_earlier(cast, east, pool):
    """Either source may belong to the holding; both together are one origin less than it needs."""
    with acting_as(cast.ana):
        one = making.a_ready_attribution(by=cast.ana, workspace=east, confidence="low")
        items = list(EvidenceItem.objects.order_by("pk").values_list("pk", flat=True))
    making.concurred(making.submitted(making.weighed(one, by=[cast.ana, cast.ben]), by=cast.ana), by=cast.ben)
    with acting_as(cast.sofia):
        one.approve(by=cast.sofia)

    def copy(item):
        def act():
            owner = Source.objects.get(name="Holding")
            EvidenceItem.objects.get(pk=item).source.change(by=cast.ana, owner=owner)

        return act

    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east, name="Holding")
    first = Held(pool, cast.ana, copy(items[0]))
    second = begun(pool, cast.ana, copy(items[1]))
    first.commit()
    assert second.result(timeout=PATIENCE) is None
    assert status_of(one, cast.ana) == "stale"


def test_a_link_to_what_is_being_withdrawn_waits_and_fells_what_it_links(approved, cast, east, pool):
    with acting_as(cast.ana):
        cited = EvidenceItem.objects.order_by("pk")[0]
        wire = making.an_item(by=cast.ana, workspace=east)
    moving = Held(pool, cast.ana, withdraw(wire.pk, cast.ana))
    linking = begun(pool, cast.ben, lambda: Derivation.add(by=cast.ben, item=cited, original=wire))
    moving.commit()
    linking.result(timeout=PATIENCE)
    assert status_of(approved, cast.ana) == "stale"


def test_what_is_linked_while_its_original_is_being_withdrawn_falls_with_it(approved, cast, east, pool):
    with acting_as(cast.ana):
        cited = EvidenceItem.objects.order_by("pk")[0]
        wire = making.an_item(by=cast.ana, workspace=east)
    linking = Held(pool, cast.ben, lambda: Derivation.add(by=cast.ben, item=cited, original=wire))
    moving = begun(pool, cast.ana, withdraw(wire.pk, cast.ana))
    linking.commit()
    assert moving.result(timeout=PATIENCE) is None
    assert status_of(approved, cast.ana) == "stale"
