"""The ledger: every version, chained, and any tampering named."""

import hashlib
import json
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.errors import StaleVersion
from accounts.ids import new_id
from evidence.models import Passage, Source, StoredFile
from ledger import verification
from ledger.acting import acting_as, as_owner
from ledger.checkpoints import merkle_root
from ledger.kinds import kinds
from ledger.models import Checkpoint, LedgerEntry
from tests import making
from tests.subcases import from_one_world


def _entries(person, record) -> list[LedgerEntry]:
    with acting_as(person):
        return list(LedgerEntry.objects.filter(object_id=record.pk))


def test_every_version_is_kept_with_who_when_and_why(cast, east):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)
        source.regrade(by=cast.ana, reliability="D", reason="Caught inventing.")
    first, second = _entries(cast.ana, source)
    assert (first.operation, first.version, first.user_id, first.step) == ("created", 1, cast.ana.pk, "add")
    assert (second.version, second.step, second.reason) == (2, "regrade", "Caught inventing.")
    assert (first.document["reliability"], second.document["reliability"]) == ("B", "D")


def test_an_entrys_hash_is_what_its_columns_give(cast, east):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east, name='Zażółć "quoted" \n line')
        source.change(by=cast.ana, country="PL")
    previous = None
    for entry in _entries(cast.ana, source):
        told = [entry.sequence, entry.epoch, entry.transaction, entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")]
        told += [str(entry.user_id), None, entry.step, entry.reason, entry.kind, str(entry.object_id), entry.version]
        told += [entry.operation, str(entry.workspace_id), entry.marking, bytes(entry.document_sha256).hex(), previous]
        assert hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest() == entry.hash_text
        previous = entry.hash_text


@from_one_world(["kind"], [[each] for each in kinds()], list(kinds()))
def test_the_document_is_the_row_as_it_stands(approved, cast, as_app, kind):
    table = kinds()[kind]._meta.db_table
    differing = f"""SELECT t.id FROM {table} t WHERE to_jsonb(t) IS DISTINCT FROM
        (SELECT document FROM ledger_entry e WHERE e.object_id = t.id ORDER BY sequence DESC LIMIT 1)"""
    assert as_app(differing, user=cast.ana) == []


def test_version_and_people_cannot_be_forged(cast, east, as_app):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)
    forging = "UPDATE evidence_source SET version = 99, created_by_id = %s, updated_by_id = %s WHERE id = %s"
    as_app(forging, [cast.ben.pk, cast.ben.pk, source.pk], user=cast.ana)
    with acting_as(cast.ana):
        source.refresh_from_db()
    assert (source.version, source.created_by_id, source.updated_by_id) == (2, cast.ana.pk, cast.ana.pk)


def test_a_record_that_is_marked_anew_leaves_its_old_readers_a_farewell(cast, east):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east, marking="amber")
        source.change(by=cast.ana, marking="red")
    with acting_as(cast.vera):
        seen = list(LedgerEntry.objects.filter(object_id=source.pk))
    assert [each.operation for each in seen] == ["created", "moved"]
    assert seen[-1].document is None


def test_children_follow_their_parents_marking(cast, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text="Words to keep.", marking="green")
        passage = making.a_passage(by=cast.ana, item=item, quote="Words")
        item.change(by=cast.ana, marking="red")
        assert Passage.objects.get(pk=passage.pk).marking == "red"
    with acting_as(cast.vera):
        assert not Passage.objects.exists()


def test_a_sound_ledger_verifies(approved, capsys):
    call_command("ledger", "checkpoint")
    call_command("ledger", "verify")
    assert "entries fit" in capsys.readouterr().out


def _tamper(statement: str, parameters=()) -> None:
    """What somebody with the owner's password could do."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("ledger_entry", "evidence_source"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
        for table in ("ledger_entry", "evidence_source"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("UPDATE ledger_entry SET reason = 'another' WHERE sequence = %s", "hash does not fit"),
        (
            'UPDATE ledger_entry SET document = document || \'{"name": "x"}\' WHERE sequence = %s',
            "document was changed",
        ),
        ("DELETE FROM ledger_entry WHERE sequence = %s", "does not follow"),
    ],
)
def test_a_tampered_entry_is_named(cast, east, tampering, named):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)
        source.change(by=cast.ana, country="PL")
        source.change(by=cast.ana, country="LT")
    _, second, third = _entries(cast.ana, source)
    _tamper(tampering, [second.sequence])
    with pytest.raises(CommandError, match=named) as fault:
        call_command("ledger", "verify")
    assert f"Entry {third.sequence if 'DELETE' in tampering else second.sequence} " in str(fault.value)


def test_a_column_that_came_later_is_no_fault_while_only_its_default_stands_in_it(cast, east, monkeypatch):
    with acting_as(cast.ana):
        making.an_item(by=cast.ana, workspace=east)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE evidence_source ADD COLUMN came_later int NOT NULL DEFAULT 7")
    assert "differs" in str(verification.verify().fault)
    assert verification._defaults_of(StoredFile)["reading"] == 1
    monkeypatch.setattr(verification, "_defaults_of", lambda model: {"came_later": 7})
    assert verification.verify().fault is None


def test_a_record_changed_behind_the_ledgers_back_is_named(cast, east):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)
    _tamper("UPDATE evidence_source SET reliability = 'A' WHERE id = %s", [source.pk])
    with pytest.raises(CommandError, match=rf"source {source.pk}.*differs from its last entry"):
        call_command("ledger", "verify")


@pytest.mark.django_db(transaction=True)
def test_entries_removed_whole_are_missed_by_the_checkpoint(cast, east):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east)
        gone = making.a_source(by=cast.ana, workspace=east)
    while not Checkpoint.objects.exists():  # a transaction of another test may hold the horizon back
        call_command("ledger", "checkpoint")
    _tamper("DELETE FROM evidence_source WHERE id = %s", [gone.pk])
    _tamper("DELETE FROM ledger_entry WHERE object_id = %s", [gone.pk])
    with pytest.raises(CommandError, match=r"checkpoint 1.*entries"):
        call_command("ledger", "verify")


def test_a_column_of_a_later_version_is_no_fault_until_something_stands_in_it(cast, east, capsys):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)
    _tamper("ALTER TABLE evidence_source ADD COLUMN added_later text")
    call_command("ledger", "verify")
    assert "entries fit" in capsys.readouterr().out
    _tamper("UPDATE evidence_source SET added_later = 'x' WHERE id = %s", [source.pk])
    with pytest.raises(CommandError, match=rf"source {source.pk}.*differs from its last entry"):
        call_command("ledger", "verify")


def test_the_merkle_root_is_that_of_the_standard():
    leaf = [hashlib.sha256(b"\x00" + bytes([n]) * 32).digest() for n in range(3)]
    node = hashlib.sha256(b"\x01" + leaf[0] + leaf[1]).digest()
    assert merkle_root([bytes([n]) * 32 for n in range(3)]) == hashlib.sha256(b"\x01" + node + leaf[2]).digest()


def test_twenty_thousand_inserts_in_one_transaction_stay_linear(cast, east):
    adding = """INSERT INTO evidence_source (id, workspace_id, marking, state_note, status, name, source_class, country,
                homepage, description, reliability, reliability_reason)
                VALUES (%s, %s, 'green', '', 'active', %s, 'court', '', '', '', 'F', '')"""
    spent = []
    with acting_as(cast.ana), connection.cursor() as cursor:
        for batch in range(10):
            began = time.monotonic()
            cursor.executemany(adding, [(new_id(), east.pk, f"Source {batch} {n}") for n in range(2000)])
            spent.append(time.monotonic() - began)
        assert LedgerEntry.objects.count() == 20_000
    assert min(spent[-3:]) < 3 * max(spent[0], spent[1])


def test_search_finds_words_follows_changes_and_respects_marking(cast, east, as_app):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east, name="Harbour ministry", marking="red")
    found = "SELECT title FROM search('harbour')"
    assert as_app(found, user=cast.ben) == [("Harbour ministry",)]
    assert as_app(found, user=cast.vera) == as_app(found, user=cast.stranger) == as_app(found) == []
    with acting_as(cast.ana):
        source.change(by=cast.ana, name="Railway ministry")
    assert as_app(found, user=cast.ben) == []


def test_search_reads_the_text_of_pages(cast, east, as_app):
    with acting_as(cast.ana):
        making.an_item(by=cast.ana, workspace=east, text="The bicycles were sold at the crossing.")
    assert as_app("SELECT kind FROM search('bicycle crossing')", user=cast.ben) == [("text_page",)]


def test_two_edits_of_one_version_do_not_overwrite_each_other(cast, east):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)
        other = Source.objects.get(pk=source.pk)
        source.change(by=cast.ana, country="PL")
        with pytest.raises(StaleVersion) as stale:
            other.change(by=cast.ana, country="LT")
    assert stale.value.current_version == 2
