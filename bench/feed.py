"""Measure pages of the change feed against a floor taken in the same run: the same entries, straight from PostgreSQL.

300,000 entries of fifty workspaces, of which the reader is a member of one or of all. Everything happens in one
transaction that is taken back; the entries bear the numbers of early transactions, so that they count as settled.
"""

from bench.reliance import taken_back

ENTRIES, ROOMS, PAGE = 300_000, 50, 1000

LOAD = """
INSERT INTO ledger_entry (sequence, epoch, transaction, at, step, reason, kind, object_id, version, operation,
                          workspace_id, marking, document, entry_hash)
SELECT nextval('ledger_entry_sequence_seq'), 1, 1 + n * 700 / %(entries)s, now(), 'change', '', 'source', id,
       1 + n / %(objects)s, CASE WHEN n < %(objects)s THEN 'created' ELSE 'updated' END, room, marking,
       jsonb_build_object('id', id, 'workspace_id', room, 'marking', marking, 'version', 1, 'status', 'active',
           'name', 'Source ' || n, 'country', 'PL', 'homepage', 'https://example.org/' || n, 'reliability', 'B',
           'source_class', 'independent_press', 'created_at', now(), 'updated_at', now(), 'state_note', '',
           'description', repeat('What is known of it. ', 15), 'reliability_reason', '', 'owner_id', NULL),
       '\\x00'
FROM (SELECT n, md5((n %% %(objects)s)::text)::uuid AS id,
             (%(rooms)s::uuid[])[1 + n %% %(objects)s %% %(count)s] AS room,
             (ARRAY['clear', 'green', 'amber', 'amber_strict', 'red'])[1 + n %% %(objects)s %% 7 %% 5] AS marking
      FROM generate_series(0, %(entries)s - 1) n) entry
"""
FLOOR = """SELECT sequence, operation, kind, object_id, version, at, user_id, workspace_id, marking, step, reason,
    document::text FROM ledger_entry WHERE workspace_id = %s ORDER BY epoch, transaction, sequence LIMIT %s"""


def measure() -> None:
    from bench.__main__ import median_ms

    with taken_back():
        one, all_rooms = _people()
        rows = [("floor: 1,000 entries with their documents", median_ms(lambda: _floor(one)))]
        for label, act in _acts(one, all_rooms):
            rows.append((label, median_ms(act)))
    print(f"\n{f'{ENTRIES} entries in {ROOMS} workspaces':<44} {'median ms':>10} {'x floor':>8}")
    for label, spent in rows:
        print(f"{label:<44} {spent:>10.2f} {spent / rows[0][1]:>8.1f}")


def _acts(one, all_rooms) -> list:
    from django.test import Client

    client = Client()
    client.force_login(one)
    first, onward, wide = _cursor(one), _cursor(one, at=1), _cursor(all_rooms, at=1)
    seen = client.get("/api/v1/changes/", {"limit": 1}).json()["next"]
    return [
        ("onward, 1,000 changes, one workspace", lambda: _page(one, onward)),
        ("the same through the endpoint", lambda: client.get("/api/v1/changes/", {"cursor": onward, "limit": PAGE})),
        ("from nothing, 1,000 records, one workspace", lambda: _page(one, first)),
        ("onward, 1,000 changes, fifty workspaces", lambda: _page(all_rooms, wide)),
        ("nothing new, through the endpoint", lambda: client.get("/api/v1/changes/", {"cursor": _end(seen)})),
    ]


def _end(text: str) -> str:
    """The cursor of who has been told everything."""
    from dataclasses import replace

    from accounts.models import User
    from exchange.cursors import cursor_from

    reader = User.objects.get(email="reader1@bench.example").pk
    return str(replace(cursor_from(text, reader=reader), behind=()))


def _page(person, text: str) -> bytes:
    from exchange.cursors import cursor_from
    from exchange.feed import changes
    from ledger.acting import acting_as

    with acting_as(person):
        return changes(cursor_from(text, reader=person.pk), PAGE).as_json()


def _cursor(person, **where) -> str:
    """Of somebody who holds nothing yet; with `at`, of one who holds all up to there."""
    from dataclasses import replace

    from exchange.cursors import Cursor, Position, Standing

    held = {each.workspace_id: Standing(3, False) for each in person.memberships.all()}
    start = Cursor.at_the_start(person.pk)
    return str(replace(start, at=Position(1, 0, 0), held=held)) if where else str(start)


def _people() -> tuple:
    from django.db import connection

    from accounts.models import Membership, User, Workspace
    from ledger.acting import as_owner

    rooms = [Workspace.objects.create(name=f"Bench {n}", slug=f"bench-{n}") for n in range(ROOMS)]
    people = []
    for count in (1, ROOMS):
        people.append(User.objects.create_user(f"reader{count}@bench.example", name="Reader"))
        for room in rooms[:count]:
            Membership.objects.create(user=people[-1], workspace=room, role="viewer", clearance="amber")
    with as_owner(), connection.cursor() as cursor:
        given = {"entries": ENTRIES, "objects": ENTRIES * 2 // 3, "rooms": [r.pk for r in rooms], "count": ROOMS}
        cursor.execute(LOAD, given)
        cursor.execute("ANALYZE ledger_entry")
    return tuple(people)


def _floor(person) -> list:
    from django.db import connection

    from ledger.acting import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute(FLOOR, [person.memberships.get().workspace_id, PAGE])
        return cursor.fetchall()
