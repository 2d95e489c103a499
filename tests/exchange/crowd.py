"""Writers and readers of the feed who do as they please at once, on connections of their own.

What they do follows from a seed; how they interleave is the machine's.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Event

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from accounts.errors import Refusal
from accounts.models import Membership, User, Workspace
from cases.models import Actor, Hypothesis, Incident, rate_row
from evidence.models import EvidenceItem, Source
from ledger.acting import acting_as, taking
from tests import making
from tests.exchange.feeding import Reader, settled

TRANSACTIONS = 5
"""That a writer begins in a round."""

MARKINGS = ["clear", "green", "amber", "amber_strict", "red"]
KINDS = [Incident, Actor, Source, EvidenceItem]


class TakenBack(Exception):
    """A writer changes their mind before the commit."""


class Writer:
    """Does random things in random transactions."""

    def __init__(self, person, rooms, seed):
        self.person, self.rooms, self.dice = person, rooms, random.Random(seed)
        self.pause = Event()
        self.committed = self.taken_back = self.refused = 0

    def work(self) -> None:
        try:
            for _ in range(TRANSACTIONS):
                self._transaction()
        finally:
            connection.close()

    def _transaction(self) -> None:
        try:
            with acting_as(self.person):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '150ms'")
                for _ in range(self.dice.randint(1, 4)):
                    self._verb()
                    self.pause.wait(self.dice.random() / 200)  # others come in between
                if self.dice.random() < 0.15:
                    raise TakenBack
            self.committed += 1
        except TakenBack:
            self.taken_back += 1
        except DatabaseError:  # waited too long for another writer: all of it is gone
            self.refused += 1

    def _verb(self) -> None:
        act = self.dice.choice([self._create, self._change, self._change, self._mark, self._mark, self._move,
                                self._withdraw, self._rate])  # fmt: skip
        try:
            with transaction.atomic():
                act()
        except (Refusal, ValidationError, LookupError):
            pass

    def _create(self) -> None:
        room, marking = self.dice.choice(self.rooms), self.dice.choice(MARKINGS)
        make = self.dice.choice([making.an_incident, making.an_actor, making.a_source, making.an_item])
        make(by=self.person, workspace=room, marking=marking)

    def _change(self) -> None:
        record = self._any()
        name = "title" if isinstance(record, Incident | EvidenceItem) else "name"
        record.change(by=self.person, **{name: f"{name} {self.dice.random()}"})

    def _mark(self) -> None:
        self._any().change(by=self.person, marking=self.dice.choice(MARKINGS))

    def _move(self) -> None:
        record = self._any([Incident, Actor, Source])
        with taking("move"):
            type(record).objects.filter(pk=record.pk).update(workspace=self.dice.choice(self.rooms))

    def _withdraw(self) -> None:
        self._any().withdraw(by=self.person, reason="Wrong.")

    def _rate(self) -> None:
        incident = self._any([Incident])
        items = EvidenceItem.objects.filter(workspace=incident.workspace_id).order_by("pk")
        hypotheses = Hypothesis.objects.filter(incident=incident).order_by("pk")
        item = self.dice.choice(list(items))
        chosen = self.dice.sample([each.pk for each in hypotheses], self.dice.randint(1, 4))
        rate_row(incident, by=self.person, item=item, ratings={pk: self.dice.choice(["II", "N", "C"]) for pk in chosen})

    def _any(self, kinds=KINDS):
        return self.dice.choice(list(self.dice.choice(kinds).objects.order_by("-pk")[:12]))


def _read(reader: Reader, dice: random.Random, stop: Event, sides: Sequence[Callable]) -> None:
    """Page after page, each from whichever side."""
    try:
        while not stop.is_set():
            with dice.choice(sides)():
                reader.page(dice.choice([1, 2, 3, 7, 20, 200]))
    finally:
        connections.close_all()


def _meddle(vera: User, round: int) -> None:
    """Vera's rights change while all goes on: more, then less but in two rooms, then she evaluates, then no more."""
    east = Membership.objects.filter(user=vera, workspace__slug="east")
    if round == 0:
        east.update(clearance="red")
    elif round == 1:
        east.update(clearance="green")
        west = Workspace.objects.get(slug="west")
        Membership.objects.create(user=vera, workspace=west, role="viewer", clearance="amber")
    elif round == 2:
        east.update(role="analyst", clearance="amber")
    else:
        east.update(role="viewer", ended_at=timezone.now())


def assert_in_step(reader: Reader) -> None:
    reader.catch_up()
    truth = reader.truth()
    assert reader.copy.keys() == truth.keys(), (reader.person, set(reader.copy) ^ set(truth))
    assert reader.copy == truth


def a_writer(number, *rooms) -> User:
    person = User.objects.create_user(f"writer{number}@example.org", name=f"Writer {number}")
    for room in rooms:
        Membership.objects.create(user=person, workspace=room, role="analyst", clearance="red")
    return person


def quiet_points(writers, readers, vera, *, seed, rounds, sides=(nullcontext,), beside=None) -> Iterator[None]:
    """All write and read at once, round by round, while Vera's rights change; yields whenever everybody rests.

    Each page is read from any of the sides. What goes on beside takes its dice, and an event that ends it.
    """
    with ThreadPoolExecutor(len(writers) + len(readers) + 1) as pool:
        for round in range(rounds):
            stop = Event()
            busy = [
                pool.submit(_read, reader, random.Random(f"{seed} {round} {n}"), stop, sides)
                for n, reader in enumerate(readers)
            ]
            if beside:
                busy.append(pool.submit(beside, random.Random(f"{seed} {round}"), stop))
            writing = [pool.submit(writer.work) for writer in writers]
            writing[round].result()
            _meddle(vera, round)
            for each in writing:
                each.result()
            stop.set()
            for each in busy:
                each.result()
            settled()
            yield
