"""Telling people. They learn only of what they may read, both when told and when they look."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db import connection, models

from accounts.choices import covering
from accounts.ids import new_id
from accounts.models import User
from accounts.prepared import Prepared
from ledger.choices import Event

AT_A_TIME = 10_000
"""Notifications written by one statement."""


class Named(Protocol):
    """A record, or its name: kind and id are all that telling needs."""

    @property
    def kind(self) -> str: ...

    @property
    def id(self) -> UUID: ...


class About(NamedTuple):
    """The name of a record that need not be at hand."""

    kind: str
    id: UUID


class Notice(NamedTuple):
    """One thing that one person is told."""

    receiver: UUID
    about: Named
    event: str
    sentence: str = ""
    """Must hold nothing stricter than the record: who may read that, reads this."""
    key: str = ""
    """Where not empty, the same receiver is told of the same record, event and key once only."""


def tell(people: Iterable[User | UUID], *, about: Named, event: str, sentence: str = "", key: str = "") -> int:
    """Tell some people of a record. Returns how many were told.

    Left out: who acts now, and who may not read the record. Works in anybody's name, in nobody's
    (the worker) and as the owner. Call it after the record was written.
    """
    ids = dict.fromkeys(each.pk if isinstance(each, User) else each for each in people)
    return tell_all(Notice(each, about, event, sentence, key) for each in ids)


def tell_all(rows: Iterable[tuple]) -> int:
    """Tell many things at once: `Notice`s, or tuples of receiver's id, record, event, sentence.

    One statement for each kind of record and each ten thousand rows.
    """
    notices, told = (Notice(*row) for row in rows), 0
    while batch := list(islice(notices, AT_A_TIME)):
        told += _write(batch)
    return told


def _write(notices: list[Notice]) -> int:
    columns: list[Any] = [
        [new_id() for _ in notices],
        [each.receiver for each in notices],
        [each.about.kind for each in notices],
        [each.about.id for each in notices],
        [Event(each.event).value for each in notices],
        [each.sentence for each in notices],
        [each.key for each in notices],
    ]
    call = "SELECT notice_write(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[])"
    with connection.cursor() as cursor:
        cursor.execute(call, columns)
        return cursor.fetchone()[0]


def readers_of(workspace_id: UUID, marking: str) -> models.QuerySet[User]:
    """The members of a workspace whose clearance covers a marking, by name."""
    return User.objects.filter(
        memberships__workspace=workspace_id,
        memberships__ended_at=None,
        memberships__clearance__in=covering(marking),
        is_active=True,
    ).order_by("name", "pk")


def readers_by_name(workspace_id: UUID, marking: str) -> list[User]:
    """The same, with what they are called and nothing else."""
    return _readers(workspace_id, covering(marking))


@Prepared
def _readers(workspace: UUID, clearances: list[str]) -> models.QuerySet[User]:
    of_the_room = {"memberships__workspace": workspace, "memberships__ended_at": None}
    readers = User.objects.filter(**of_the_room, memberships__clearance__among=clearances, is_active=True)
    return readers.only("name", "email").order_by("name", "pk")
