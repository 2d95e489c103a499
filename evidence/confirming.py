"""Credibility 1: confirmed by two independent origins, linked and counted by the database, past the wall."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection

from evidence.choices import Credibility

ORIGINS_THAT_CONFIRM = 2
"""Origins, other than the item's own, that credibility 1 needs."""

UNCONFIRMED = (
    "Credibility 1 needs two linked items that confirm this one, of two other independent origins: "
    "link them first, or grade it 2."
)


def confirming_origins(item: UUID) -> int:
    """Of how many origins, other than its own, an item's confirming items are.

    What is out of use, repeats something withdrawn, or is graded E or 5 confirms nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT confirming_origins(%s)", [item])
        return cursor.fetchone()[0]


def require_confirmed(item: UUID, credibility: int, name: str = "credibility") -> None:
    """Refuse credibility 1 to an item that two other origins do not confirm."""
    if credibility == Credibility.CONFIRMED and confirming_origins(item) < ORIGINS_THAT_CONFIRM:
        raise ValidationError({name: UNCONFIRMED})
