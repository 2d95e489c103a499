"""What the feed tells, to whom, and in which order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from django.db import connection, transaction

from evidence.models import Source
from exchange import feed
from exchange.cursors import Position, cursor_from
from ledger.acting import acting_as, as_owner
from ledger.models import Epoch
from tests import making
from tests.exchange.feeding import Reader, a_source, change, member, ops, settled

pytestmark = pytest.mark.django_db(transaction=True)


# --- From nothing, and onward ----------------------------------------------------------------------


def test_from_nothing_each_record_is_told_once_as_it_is(cast, east):
    source = a_source(cast.ana, east)
    change(cast.ana, source, country="PL")
    reader = Reader(cast.ben)
    assert ops(reader.catch_up()) == [("updated", 2)]
    assert reader.copy == reader.truth()


def test_onward_every_version_is_told_with_who_when_and_why(cast, east):
    reader = Reader(cast.ben)
    reader.catch_up()
    source = a_source(cast.ana, east)
    with acting_as(cast.ana):
        source.regrade(by=cast.ana, reliability="D", reason='Caught "inventing".')
    first, second = reader.catch_up()
    assert (first["op"], first["version"], first["step"]) == ("created", 1, "add")
    assert second["sequence"] > first["sequence"]
    assert {name: second[name] for name in ("op", "kind", "id", "version", "user_id", "step", "reason")} == {
        "op": "updated",
        "kind": "source",
        "id": str(source.pk),
        "version": 2,
        "user_id": str(cast.ana.pk),
        "step": "regrade",
        "reason": 'Caught "inventing".',
    }
    assert (second["workspace_id"], second["marking"]) == (str(east.pk), "amber")


def test_a_withdrawal_is_told_as_one_and_keeps_its_document(cast, east):
    reader = Reader(cast.ben)
    source = a_source(cast.ana, east)
    reader.catch_up()
    with acting_as(cast.ana):
        source.withdraw(by=cast.ana, reason="Wrong.")
    (told,) = reader.catch_up()
    assert (told["op"], told["document"]["status"]) == ("withdrawn", "withdrawn")


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_of_any_size_tell_the_same(cast, east, limit):
    for _ in range(5):
        a_source(cast.ana, east)
    reader = Reader(cast.ben)
    assert len(reader.catch_up(limit)) == 5
    assert reader.copy == reader.truth()


def test_a_page_ends_early_when_its_documents_are_large(cast, east, monkeypatch):
    for _ in range(3):
        a_source(cast.ana, east, description="x" * 1000)
    monkeypatch.setattr(feed, "MOST_STORED", 1)
    reader = Reader(cast.ben)
    settled()
    assert (reader.page(), len(reader.told)) == (True, 1)
    assert len(reader.catch_up()) == 2


def test_only_the_kinds_asked_for_are_told_and_the_cursor_remembers_them(cast, east):
    a_source(cast.ana, east)
    with acting_as(cast.ana):
        incident = making.an_incident(by=cast.ana, workspace=east)
    reader = Reader(cast.ben, kinds=["incident"])
    reader.catch_up()
    a_source(cast.ana, east)
    change(cast.ana, incident, title="Renamed")
    assert [each["kind"] for each in reader.catch_up()] == ["incident"]
    assert set(reader.copy) == {("incident", str(incident.pk))}


# --- Order ---------------------------------------------------------------------------------------


def begun(person, first, meanwhile: Event, then: Event, second):
    """On a connection of its own: a transaction that does one thing, and later another."""
    try:
        with acting_as(person):
            first()
            meanwhile.set()
            assert then.wait(60)
            second()
    finally:
        connection.close()


def test_a_transaction_that_stays_open_holds_the_feed_back_and_nothing_is_skipped(cast, east):
    reader = Reader(cast.sofia)
    reader.catch_up()
    began, go_on = Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(begun, cast.ana, lambda: making.a_source(by=cast.ana, workspace=east), began, go_on, int)
        assert began.wait(60)
        a_source(cast.ben, east)
        reader.page()
        assert reader.told == []
        go_on.set()
        slow.result()
    assert [each["user_id"] for each in reader.catch_up()] == [str(cast.ana.pk), str(cast.ben.pk)]


def test_a_later_version_by_an_earlier_transaction_is_told_later(cast, east):
    source = a_source(cast.ana, east)
    reader = Reader(cast.sofia)
    reader.catch_up()
    began, go_on = Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(
            begun,
            cast.ana,
            lambda: making.a_source(by=cast.ana, workspace=east),
            began,
            go_on,
            lambda: Source.objects.get(pk=source.pk).change(by=cast.ana, name="Last"),
        )
        assert began.wait(60)
        change(cast.ben, source, name="First")
        go_on.set()
        slow.result()
    assert [each["version"] for each in reader.catch_up(1) if each["id"] == str(source.pk)] == [2, 3]
    assert reader.copy == reader.truth()


def test_what_is_taken_back_is_never_told(cast, east):
    reader = Reader(cast.sofia)
    reader.catch_up()
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east)
        transaction.set_rollback(True)
    assert reader.catch_up() == []


# --- Expunging, restoring, copies --------------------------------------------------------------------

EXPUNGED = """SELECT ledger_append(jsonb_populate_record(NULL::ledger_entry, jsonb_build_object(
    'kind', kind, 'object_id', object_id, 'version', version + 1, 'operation', 'expunged',
    'workspace_id', workspace_id, 'marking', marking))) FROM ledger_entry WHERE object_id = %s"""


def expunge(record) -> None:
    """What the ledger's format provides for: documents blanked, and an entry that says so."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_is_append_only")
        cursor.execute("UPDATE ledger_entry SET document = NULL WHERE object_id = %s", [record.pk])
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_is_append_only")
        cursor.execute(EXPUNGED, [record.pk])


def test_what_is_expunged_is_told_as_gone_and_never_again(cast, east):
    reader, behind = Reader(cast.ben), Reader(cast.ben)
    behind.catch_up()
    source = a_source(cast.ana, east)
    reader.catch_up()
    expunge(source)
    assert ops(reader.catch_up()) == ops(behind.catch_up()) == [("expunged", 2)]
    assert reader.copy == behind.copy == {}
    assert Reader(cast.ben).catch_up() == []


def test_after_a_restore_all_is_closed_and_told_anew(cast, east):
    reader = Reader(cast.vera)
    a_source(cast.ana, east)
    reader.catch_up()
    with as_owner():
        Epoch.objects.update(number=2)
    told = reader.catch_up()
    assert [each["op"] for each in told] == ["closed", "closed", "closed", "created"]
    assert reader.copy == reader.truth()
    a_source(cast.ana, east)
    assert ops(reader.catch_up()) == [("created", 1)]


def test_a_copy_of_the_database_that_lags_behind_the_cursor_tells_nothing(cast, east):
    reader = Reader(cast.ben)
    reader.catch_up()
    there = replace(cursor_from(reader.cursor, reader=cast.ben.pk), at=Position(1, 2**60, 0))
    reader.cursor = str(there)
    a_source(cast.ana, east)
    member(cast.ben, east).update(clearance="clear")
    assert reader.catch_up() == []
    assert reader.cursor == str(there)


# --- The document ------------------------------------------------------------------------------------


def test_the_document_is_that_of_get(client, cast, east):
    with acting_as(cast.ana):
        incident = making.an_incident(by=cast.ana, workspace=east, title="Zażółć")
    reader = Reader(cast.ana, kinds=["incident"])
    (told,) = reader.catch_up()
    client.force_login(cast.ana)
    assert client.get(f"/api/v1/incidents/{incident.pk}/").json() == told["document"]
