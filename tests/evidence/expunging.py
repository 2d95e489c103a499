"""Asking for an expunging and carrying it out, for tests."""

from django.db import connection

from evidence.models import Expunging
from ledger.acting import acting_as, as_owner

REASON = "A traveller's number slipped in."
NUMBER = "AB1234567"
TEXT = f"Before it. The man with passport {NUMBER} crossed here. Orders came from one ministry. After it."


def asked(person, about, words: str = "", **fields) -> Expunging:
    given = {"ground": "asked_by_person", "reason": REASON, "extent": "words" if words else "whole"}
    with acting_as(person):
        return Expunging.ask(by=person, about=about, words=words, **{**given, **fields})


def expunged(cast, about, words: str = "", **fields) -> Expunging:
    """Asked for by the steward, carried out by a supervisor."""
    asking = asked(cast.stella, about, words, **fields)
    with acting_as(cast.sofia):
        asking = Expunging.objects.get(pk=asking.pk)
        asking.carry_out(by=cast.sofia)
    return asking


def carry_out(person, asking) -> None:
    with acting_as(person):
        Expunging.objects.get(pk=asking.pk).carry_out(by=person)


def everywhere(words: str) -> list[str]:
    """Every table of the database in which words stand, whatever the case, past every wall."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        return [each for each in tables if _holds(cursor, each, words)]


def _holds(cursor, table: str, words: str) -> bool:
    cursor.execute(
        f"""SELECT EXISTS (SELECT 1 FROM "{table}" t WHERE position(lower(%s) IN lower(t::text)) > 0
            OR position(encode(convert_to(%s, 'UTF8'), 'hex') IN t::text) > 0)""",
        [words, words],
    )
    return cursor.fetchone()[0]


def documents(record) -> list[dict | None]:
    """The documents of a record in the ledger, oldest first."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT operation, document FROM ledger_entry WHERE object_id = %s ORDER BY sequence", [record.pk]
        )
        return cursor.fetchall()
