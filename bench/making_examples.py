"""A few attributions submitted, reviewed and approved by the product's own verbs, and taken back.

From the first come the templates by which all others are made; the others are compared with what came of them.
"""

from __future__ import annotations

import json
from typing import NamedTuple
from uuid import UUID

from bench.making_templates import reading, template

EXAMPLES = 4


class Written(NamedTuple):
    """Documents that the product wrote: canonical JSON, and the gate's answer."""

    version: str
    packet: str
    gate: str


def make_templates(incidents: int) -> dict[UUID, Written]:
    """Make `bench.template`, for workspaces of so many incidents. Returns the examples, by attribution."""
    from django.db import connection

    from ledger.acting import as_owner

    ready = [number for number in range(44, incidents, 4) if number % 20]
    written = {}
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(reading())
        cursor.execute("CREATE TABLE bench.template (name text PRIMARY KEY, body text)")
        for room in reversed(range(EXAMPLES)):
            number = ready[(room + 1) * len(ready) // (EXAMPLES + 1)]
            cursor.execute(
                "SELECT bench.id('attribution', 50 * %s + %s), bench.told(%s, %s)", [number, room, room, number]
            )
            key, told = cursor.fetchone()
            written[key] = _approved(room, key)
        for name in ("version", "packet"):
            made = template(getattr(written[key], name), told)
            cursor.execute("INSERT INTO bench.template VALUES (%s, %s)", [name, made])
        cursor.execute("INSERT INTO bench.template VALUES ('gate', %s)", [written[key].gate])
    return written


def _approved(room: int, key: UUID) -> Written:
    """What the product writes on the way from draft to approval."""
    from django.db import transaction

    from accounts.models import User
    from cases.models import Attribution, Review
    from ledger.acting import acting_as

    people = [User.objects.get(email=f"{role}{room}@bench.example") for role in ("author", "reviewer", "supervisor")]
    author, reviewer, supervisor = people
    with transaction.atomic():
        before = transaction.savepoint()
        with acting_as(author):
            one = Attribution.objects.get(pk=key)
            one.submit(by=author)
            version = one.submitted_versions.get().canonical
        with acting_as(reviewer):
            Review.conclude(by=reviewer, attribution=one, conclusion="concur", interests="None.")
        with acting_as(supervisor):
            one.approve(by=supervisor)
            written = Written(version, one.packets.get().canonical, json.dumps(one.gate_result))
        transaction.savepoint_rollback(before)
    return written


def compare(written: dict[UUID, Written]) -> None:
    """Raise unless what was made of the examples is what the product wrote for them.

    The numbers of origins are left aside: the product counts them from another end each time.
    """
    from django.db import connection

    from ledger.acting import as_owner

    with as_owner(), connection.cursor() as cursor:
        for key, expected in written.items():
            for name, table in (("version", "cases_submittedversion"), ("packet", "cases_sealedpacket")):
                cursor.execute(f"SELECT canonical FROM {table} WHERE attribution_id = %s", [key])
                if _without_origins(cursor.fetchone()[0]) != _without_origins(getattr(expected, name)):
                    raise ValueError(f"What was made for {key} is not the {name} that the product writes.")


def _without_origins(canonical: str) -> dict:
    told = json.loads(canonical)
    for citation in told["citations"]:
        del citation["origin"]
    return told
