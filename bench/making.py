"""The seeded generator: `python -m bench generate` has it fill a database that holds the schema and nothing else.

For 100,000 incidents: 50 workspaces, 2,000 actors, 200,000 items with file and text, 1,000,000 passages,
100,000 attributions with 500,000 citations, a fifth of them approved. Every row goes through the
product's own triggers, so that ledger, search, scopes and rules are as they would be; `making.sql`
says what the rows are. Two connections work side by side, in transactions of one workspace each.
Left out, as against the product: the version of a file before it was read, notifications, corridors, responses.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import django
import psycopg
from django.db import connection
from django.utils import timezone

from bench.making_examples import compare, make_templates
from bench.making_texts import Text, texts
from bench.place import PLACE, Facts, keep

ROOMS = 50
SLICES = 10
"""A workspace's incidents are made in so many transactions, so that workspaces lie mixed in the tables."""

HANDS = 2
UNLIMITED = 100_000_000
"""Requests per minute of the bench's tokens: they are counted as every token's, and never run out."""

ASKED_FOR = 200
"""Different records that are asked for in turn."""

INDEXES_ONLY = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off"
"""Tables that are just being filled have no statistics yet."""


class Size:
    """How many there are of what, for so many incidents. Per workspace."""

    def __init__(self, incidents: int) -> None:
        self.incidents = incidents // ROOMS
        self.actors = max(4, incidents // 50 // ROOMS)
        self.sources = max(15, incidents // 2500 // 5 * 5)


def make(name: str, incidents: int, seed: int) -> None:
    size, url = Size(incidents), os.environ["DATABASE_URL"]
    with _timed("texts and files"):
        written = texts(seed)
        _keep_files(written)
        _begin(url, seed, written)
    with _timed("incidents, evidence, passages, drafts"), ProcessPoolExecutor(HANDS) as hands:
        list(hands.map(_record, *zip(*[(url, size, hand) for hand in range(HANDS)], strict=True)))
    with _timed("statistics"):
        _run(url, "VACUUM ANALYZE")
    with _timed("templates, by the product's own steps"):
        tried = make_templates(size.incidents)
    with _timed("submissions, reviews, approvals"), ProcessPoolExecutor(HANDS) as hands:
        list(hands.map(_decide, *zip(*[(url, size, hand) for hand in range(HANDS)], strict=True)))
        compare(tried)
    with _timed("statistics"):
        _run(url, "VACUUM ANALYZE")
    keep(name, _facts(incidents, seed))
    _tell(url)


def _begin(url: str, seed: int, written: list[Text]) -> None:
    with psycopg.connect(url) as owner:
        owner.execute("CREATE SCHEMA bench")
        owner.execute(f"CREATE FUNCTION bench.seed() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '{int(seed)}' $$")
        owner.execute((Path(__file__).parent / "making.sql").read_text())
        with owner.cursor().copy("COPY bench.text FROM STDIN") as copy:
            for each in written:
                copy.write_row(each)
        owner.execute("CALL bench.rooms()")


def _keep_files(written: list[Text]) -> None:
    from evidence.storage import path_of

    for each in written:
        path = PLACE / "files" / path_of(each.sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(each.body)


def _record(url: str, size: Size, hand: int) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(INDEXES_ONLY)
        for room in range(hand, ROOMS, HANDS):
            owner.execute("CALL bench.voices(%s, %s, %s, %s)", [room, size.incidents, size.sources, size.actors])
        for number in range(SLICES):
            first = size.incidents * number // SLICES
            last = size.incidents * (number + 1) // SLICES - 1
            for room in range(hand, ROOMS, HANDS):
                with owner.transaction():
                    owner.execute("CALL bench.incidents(%s, %s, %s, %s)", [room, first, last, size.actors])
                    owner.execute("CALL bench.evidence(%s, %s, %s, %s)", [room, first, last, size.sources])
                    owner.execute("CALL bench.judgements(%s, %s, %s, %s)", [room, first, last, size.actors])
            print(f"             {number + 1} of {SLICES} slices, hand {hand + 1}", flush=True)


def _decide(url: str, size: Size, hand: int) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(INDEXES_ONLY)
        for number in range(SLICES):
            first = size.incidents * number // SLICES
            last = size.incidents * (number + 1) // SLICES - 1
            for room in range(hand, ROOMS, HANDS):
                owner.execute("CALL bench.decisions(%s, %s, %s)", [room, first, last])


# --- What there is to ask for ------------------------------------------------------------------------


def _facts(incidents: int, seed: int) -> Facts:
    """Tokens of one reader each, a session, and addresses of the first workspace's records."""
    from accounts.models import User, Workspace
    from ledger.acting import acting_as

    reader, viewer = (User.objects.get(email=f"{role}0@bench.example") for role in ("reader", "viewer"))
    with acting_as(reader):
        incidents_there, attributions = _asked_for()
    return Facts(
        url="",
        size=incidents,
        workspace=str(Workspace.objects.get(slug="room-0").pk),
        author=str(reader.pk),
        markings=["clear", "green", "amber", "amber_strict"],
        tokens={"analyst": _token(reader, "write", seed), "viewer": _token(viewer, "read", seed)},
        session=_session(reader),
        incidents=incidents_there,
        attributions=attributions,
    )


def _asked_for() -> tuple[list[str], list[str]]:
    from cases.models import Attribution

    approved = Attribution.objects.approved().order_by("-pk")[:ASKED_FOR]
    return [str(each.incident_id) for each in approved], [str(each.pk) for each in approved]


def _token(person, scope: str, seed: int) -> str:
    """A secret that only the bench knows, as it knows the seed."""
    from accounts.models import ApiToken

    secret = "att_" + hashlib.sha256(f"{seed} {person.email}".encode()).hexdigest()
    ApiToken.objects.create(
        membership=person.memberships.get(),
        name="Bench",
        scope=scope,
        secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
        beginning=secret[:8],
        requests_per_minute=UNLIMITED,
        expires_at=timezone.now() + timedelta(days=3650),
    )
    return secret


def _session(person) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.set_expiry(10 * 365 * 86400)
    session.create()
    return session.session_key


# --- Telling ---------------------------------------------------------------------------------------------


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"  {time.perf_counter() - began:7.1f} s  {what}", flush=True)


def _run(url: str, command: str) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(command)


TOLD = ("cases_incident", "cases_actor", "evidence_evidenceitem", "evidence_passage", "cases_attribution")
TOLD += ("cases_citation", "cases_rating", "ledger_entry", "ledger_search")


def _tell(url: str) -> None:
    with psycopg.connect(url) as owner:
        for table in TOLD:
            (count,) = owner.execute(f"SELECT count(*) FROM {table}").fetchone()
            print(f"  {count:>9,}  {table}")
        (size,) = owner.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()
        print(f"  {size:>9}  in all", flush=True)


if __name__ == "__main__":
    django.setup()
    connection.ensure_connection()  # before anything acts as owner, or it stays the owner's
    make(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
