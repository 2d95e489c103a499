"""Telling people what happened to a judgement. Who keeps notices or sends mail receives the signals."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from cases.signals import told, told_many
from ledger.models import Record

Row = tuple[Iterable[UUID], Record, str]
"""Whom to tell (ids), of which record, and the sentence."""


def tell(people: Iterable[UUID], *, about: Record, event: str, sentence: str, by: User | None) -> None:
    """Say what happened to those whom it concerns."""
    told.send(type(about), people=list(people), about=about, event=event, sentence=sentence, by=by)


def tell_all(rows: Iterable[Row], *, event: str, by: User | None) -> None:
    """Say what happened to many records at once."""
    told_many.send(None, rows=list(rows), event=event, by=by)
