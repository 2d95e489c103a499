"""A client of the feed that does what `docs/sync.md` says, and what its reader may read in truth."""

import json
import time

from django.db import connection

from accounts.choices import WRITERS
from accounts.models import Membership
from evidence.models import Source
from exchange import waiting
from exchange.cursors import Cursor, cursor_from
from exchange.feed import changes
from ledger.acting import acting_as
from ledger.kinds import kinds
from tests import making


def settled() -> None:
    """Return once every transaction that has begun by now has ended: in tests others share the cluster."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        begun = cursor.fetchone()[0]
    while not waiting.rises_above(begun - 1, until=0):
        time.sleep(0.002)


class Reader:
    """Pages through the feed as one person, and keeps a copy."""

    def __init__(self, person, *, kinds=(), token=None):
        self.person, self.token = person, token
        self.cursor = str(Cursor.at_the_start(person.pk, kinds))
        self.copy: dict[tuple[str, str], dict] = {}
        self.told: list[dict] = []

    def page(self, limit: int = 200) -> bool:
        """Take one page; whether there is more."""
        with acting_as(self.person, token=self.token):
            answer = json.loads(changes(cursor_from(self.cursor, reader=self.person.pk), limit).as_json())
        self.cursor = answer["next"]
        for change in answer["changes"]:
            self.take(change)
        return answer["more"]

    def take(self, change: dict) -> None:
        self.told.append(change)
        if change["op"] == "closed":
            scope = (change["workspace_id"], change["marking"])
            self.copy = {k: d for k, d in self.copy.items() if (d["workspace_id"], d["marking"]) != scope}
        elif change["op"] in ("moved", "expunged"):
            self.copy.pop((change["kind"], change["id"]), None)
        else:
            self.copy[change["kind"], change["id"]] = change["document"]

    def catch_up(self, limit: int = 200) -> list[dict]:
        """Page to the end of what is settled; what was told."""
        settled()
        before = len(self.told)
        while self.page(limit):
            pass
        return self.told[before:]

    def truth(self) -> dict[tuple[str, str], dict]:
        """All that the reader may read now, but for others' ratings where they evaluate."""
        with acting_as(self.person, token=self.token), connection.cursor() as cursor:
            found = [(kind, document) for kind, model in kinds().items() for document in _documents(cursor, model)]
        evaluates = {str(m.workspace_id) for m in self.person.memberships.current() if m.role in WRITERS}
        return {
            (kind, each["id"]): each
            for kind, each in found
            if kind != "rating" or each["analyst_id"] == str(self.person.pk) or each["workspace_id"] not in evaluates
        }


def _documents(cursor, model) -> list[dict]:
    cursor.execute(f'SELECT to_jsonb(t)::text FROM "{model._meta.db_table}" t')
    return [json.loads(text) for (text,) in cursor.fetchall()]


def a_source(person, room, **fields) -> Source:
    with acting_as(person):
        return making.a_source(by=person, workspace=room, **fields)


def change(person, record, **fields) -> None:
    with acting_as(person):
        type(record).objects.get(pk=record.pk).change(by=person, **fields)


def ops(told: list[dict]) -> list[tuple]:
    return [(each["op"], each.get("version") or each["marking"]) for each in told]


def member(person, room) -> Membership:
    return Membership.objects.filter(user=person, workspace=room)
