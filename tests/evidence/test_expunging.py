"""Personal data is expunged by two people: it is nowhere afterwards, and everything still verifies."""

import importlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.urls import reverse

from accounts.errors import IllegalStep, NotYours
from accounts.models import Membership, User
from cases.models import Attribution, SealedPacket, SubmittedVersion
from evidence import storage
from evidence.models import CustodyEvent, EvidenceItem, Expunging, Passage, SoughtWords, StoredFile, TextPage
from evidence.rehashing import check_what_is_due
from evidence.removing import remove_what_is_expunged
from evidence.tasks import remove_expunged
from ledger.acting import acting_as, as_owner
from ledger.checkpoints import public_key
from ledger.models import Checkpoint, Comment, KeptAnswer, LedgerEntry, Notification
from ledger.wall import raise_walls
from tests import making
from tests.cases.test_at_once import at_once
from tests.evidence.expunging import NUMBER, REASON, asked, documents, everywhere, expunged
from tests.exchange.bundles import verify as verify_bundle
from tests.exchange.feeding import settled
from tests.policy import proposing

TEXT = f"Before it. The man with passport {NUMBER} crossed here. Orders came from one ministry. After it."


@pytest.fixture
def item(cast, east) -> EvidenceItem:
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, text=TEXT)


@pytest.fixture
def verified():
    """Whatever was done, the ledger verifies afterwards."""
    yield
    call_command("ledger", "checkpoint")
    call_command("ledger", "verify")


def carry_out(person, asking) -> None:
    with acting_as(person):
        Expunging.objects.get(pk=asking.pk).carry_out(by=person)


# --- Two people --------------------------------------------------------------------------------------


def test_a_steward_asks_and_others_in_charge_are_told(cast, item):
    asking = asked(cast.stella, item)
    assert (asking.status, asking.workspace_id, asking.marking) == ("asked", item.workspace_id, item.marking)
    for person, count in [(cast.sofia, 1), (cast.stella, 0), (cast.ana, 0)]:
        with acting_as(person):
            assert Notification.objects.filter(event="expunging_asked").count() == count


@pytest.mark.parametrize("name", ["ana", "ben", "sofia", "vera"])
def test_only_a_steward_asks(cast, item, name):
    with pytest.raises(NotYours):
        asked(getattr(cast, name), item)


@pytest.mark.parametrize("name", ["stella", "ana", "ben", "vera", "stranger"])
@pytest.mark.parametrize("step", ["carry_out", "refuse"])
def test_only_a_second_person_in_charge_decides(cast, item, name, step):
    asking, person = asked(cast.stella, item), getattr(cast, name)
    given = {"reason": "No."} if step == "refuse" else {}
    with acting_as(person), pytest.raises(NotYours):
        getattr(asking, step)(by=person, **given)
    with acting_as(cast.ana):
        assert EvidenceItem.objects.get(pk=item.pk).title == item.title


def test_a_second_steward_decides_as_a_supervisor_does(cast, east, item):
    Membership.objects.filter(user=cast.ben).update(role="steward")
    carry_out(cast.ben, asked(cast.stella, item))
    with acting_as(cast.ana):
        assert Expunging.objects.get().decided_by_id == cast.ben.pk


def test_only_who_asked_withdraws(cast, item):
    asking = asked(cast.stella, item)
    with acting_as(cast.sofia), pytest.raises(NotYours):
        asking.withdraw(by=cast.sofia, reason="No.")
    with acting_as(cast.stella):
        asking.withdraw(by=cast.stella, reason="A mistake.")
        assert (asking.status, asking.state_note) == ("withdrawn", "A mistake.")


def test_a_refusal_says_why_and_tells_who_asked(cast, item):
    asking = asked(cast.stella, item, NUMBER)
    with acting_as(cast.sofia):
        with pytest.raises(ValidationError):
            asking.refuse(by=cast.sofia, reason=" ")
        asking.refuse(by=cast.sofia, reason="It is no person's number.")
    with acting_as(cast.stella):
        assert Notification.objects.get(event="expunging_decided").sentence == "Refused: It is no person's number."
        assert not SoughtWords.objects.exists()
    with acting_as(cast.ana):
        assert NUMBER in TextPage.objects.get().text


@pytest.mark.parametrize("first", ["carry_out", "refuse", "withdraw"])
@pytest.mark.parametrize("second", ["carry_out", "refuse", "withdraw"])
def test_what_is_decided_is_not_decided_again(cast, item, first, second):
    asking = asked(cast.stella, item)

    def take(step):
        person = cast.stella if step == "withdraw" else cast.sofia
        with acting_as(person):
            given = {} if step == "carry_out" else {"reason": "Because."}
            getattr(Expunging.objects.get(pk=asking.pk), step)(by=person, **given)

    take(first)
    with pytest.raises(IllegalStep):
        take(second)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE evidence_expunging SET status = 'done', decided_by_id = %(sofia)s, decided_at = now()", "sofia"),
        ("UPDATE evidence_expunging SET status = 'refused', decided_by_id = %(sofia)s, decided_at = now()", "stella"),
        ("UPDATE evidence_expunging SET status = 'refused', decided_by_id = %(stella)s, decided_at = now()", "stella"),
        ("UPDATE evidence_expunging SET status = 'refused', decided_by_id = %(ana)s, decided_at = now()", "ana"),
        ("UPDATE evidence_expunging SET status = 'withdrawn', decided_by_id = %(stella)s, decided_at = now()", "sofia"),
        ("UPDATE evidence_expunging SET reason = 'Another.'", "stella"),
        ("SELECT expunging_carry_out(id) FROM evidence_expunging", "stella"),
        ("SELECT expunging_carry_out(id) FROM evidence_expunging", "ana"),
        ("SELECT ledger_expunge('evidence_item', about_id, '{}', NULL, '{}', true) FROM evidence_expunging", "sofia"),
        ("INSERT INTO ledger_expunging_now SELECT about_id, 1 FROM evidence_expunging", "sofia"),
        ("SELECT * FROM ledger_expunging_now", "sofia"),
        ("UPDATE evidence_textpage SET text = 'gone'", "sofia"),
        ("UPDATE evidence_storedfile SET bytes_state = 'expunged'", "sofia"),
        ("UPDATE ledger_entry SET document = NULL", "sofia"),
        ("DELETE FROM evidence_soughtwords", "sofia"),
    ],
)
def test_no_raw_sql_goes_around_two_people(cast, item, as_app, statement, name):
    asked(cast.stella, item, NUMBER)
    people = {each: getattr(cast, each).pk for each in ("sofia", "stella", "ana")}
    with pytest.raises(DatabaseError):
        as_app(statement, people, user=getattr(cast, name))


def test_the_words_are_read_only_by_those_in_charge(cast, item, as_app):
    asked(cast.stella, item, NUMBER)
    found = {
        name: as_app("SELECT words FROM evidence_soughtwords", user=getattr(cast, name))
        for name in ("stella", "sofia", "ana", "ben", "vera", "stranger", "nobody")
    }
    assert {name for name, rows in found.items() if rows} == {"stella", "sofia"}


@pytest.mark.parametrize("reason", [f"His passport {NUMBER}.", f"The words {NUMBER} stand there.", ""])
def test_the_reason_holds_no_data(cast, item, reason):
    with pytest.raises(ValidationError) as refusal:
        asked(cast.stella, item, NUMBER, reason=reason)
    assert "reason" in refusal.value.error_dict


@pytest.mark.parametrize("words", ["abc", "   ", "x" * 1001, "expunged", "a\x00bcd"])
def test_words_are_some_and_not_too_many(cast, item, words):
    with pytest.raises(ValidationError) as refusal:
        asked(cast.stella, item, words, extent="words")
    assert "words" in refusal.value.error_dict


def test_only_items_and_files_go_as_a_whole(cast, item):
    with acting_as(cast.ana):
        page = TextPage.objects.get()
    with pytest.raises(ValidationError, match="name the words"):
        asked(cast.stella, page)


# --- An item, and a file ------------------------------------------------------------------------------


def test_an_item_goes_with_all_that_hangs_on_it(cast, item, verified):
    with acting_as(cast.ana):
        item.change(by=cast.ana, summary="An elderly traveller.", reference_number="Case 77/2021")
        Passage.mark(by=cast.ana, page=item.pages.get(), quote="Orders came from one ministry.", note="He said so.")
        Comment.add(by=cast.ana, about=item, text="I know this traveller.")
        before = StoredFile.objects.get()
    expunged(cast, item)
    for words in (NUMBER, "elderly", "77/2021", "Orders came", "He said so", "I know this", item.title):
        assert everywhere(words) == [], words
    with acting_as(cast.ana):
        item.refresh_from_db()
        file, page, passage = StoredFile.objects.get(), TextPage.objects.get(), Passage.objects.get()
        assert (item.title, item.status, item.state_note) == ("[expunged]", "withdrawn", "Expunged.")
        assert (page.text, passage.quote, passage.anchor_state) == ("[expunged]", "[expunged]", "orphan")
        assert (file.sha256, file.size, file.created_at) == (before.sha256, before.size, before.created_at)
        assert (file.original_name, file.bytes_state) == ("[expunged]", "expunged")


def test_each_record_has_an_entry_that_says_so_and_what_is_left(cast, item):
    expunged(cast, item)
    assert [(op, bool(document)) for op, document in documents(item)] == [
        ("created", False),
        ("expunged", False),
        ("withdrawn", True),
    ]
    with acting_as(cast.ana):
        entry = LedgerEntry.objects.get(object_id=item.pk, operation="expunged")
        assert (entry.step, entry.reason, entry.user_id) == ("expunge", REASON, cast.sofia.pk)


def test_a_file_goes_and_its_item_stays(cast, item, verified):
    with acting_as(cast.ana):
        file = item.files.get()
        other = StoredFile.receive_text(by=cast.ana, item=item, text="Another text.")
    expunged(cast, file)
    assert everywhere(NUMBER) == []
    with acting_as(cast.ana):
        item.refresh_from_db()
        assert item.status == "active"
        assert TextPage.objects.get(file=other).text == "Another text."
        assert StoredFile.objects.get(pk=other.pk).bytes_state == ""
        with pytest.raises(IllegalStep, match="expunged"):
            StoredFile.objects.get(pk=file.pk).hand_out(is_api=False)


def test_a_blanked_document_without_an_entry_that_says_so_is_a_break(cast, item):
    expunged(cast, item)
    with acting_as(cast.ana):
        item.source.change(by=cast.ana, country="PL")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_is_append_only")
        cursor.execute("UPDATE ledger_entry SET document = NULL WHERE object_id = %s AND version = 1", [item.source_id])
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_is_append_only")
    with pytest.raises(CommandError, match="its document was changed"):
        call_command("ledger", "verify")


def test_a_version_blanked_after_the_expunging_is_a_break_too(cast, item):
    expunged(cast, item)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_is_append_only")
        cursor.execute("UPDATE ledger_entry SET document = NULL WHERE object_id = %s", [item.pk])
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_is_append_only")
    with pytest.raises(CommandError, match="its document was changed"):
        call_command("ledger", "verify")


# --- Bytes ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_bytes_go_after_the_commit_and_custody_tells_of_it(cast, item):
    with acting_as(cast.ana):
        sha256 = item.files.get().sha256
    expunged(cast, item)
    assert storage.size_of(sha256) is None
    with acting_as(cast.ana):
        told = [(each.action, str(each.created_by)) for each in CustodyEvent.objects.order_by("pk")][-2:]
    assert told == [("expunged", "Sofia"), ("removed", "None")]
    assert check_what_is_due(item.created_at) == 0


def test_until_the_commit_the_bytes_are_there_and_a_sweep_removes_what_was_cut_short(cast, item):
    with acting_as(cast.ana):
        sha256 = item.files.get().sha256
    expunged(cast, item)
    assert storage.size_of(sha256) is not None
    remove_expunged(0)
    assert storage.size_of(sha256) is None
    assert remove_what_is_expunged() == 0


def test_a_sweep_that_was_cut_short_before_it_wrote_it_down_says_so_later(cast, item):
    with acting_as(cast.ana):
        sha256 = item.files.get().sha256
    expunged(cast, item)
    default_storage.delete(storage.path_of(sha256))
    assert remove_what_is_expunged() == 1


def test_bytes_that_another_room_holds_stay_until_they_go_there_too(cast, west, item):
    with acting_as(cast.stranger):
        theirs = making.an_item(by=cast.stranger, workspace=west, text=TEXT)
        sha256 = theirs.files.get().sha256
    expunged(cast, item)
    assert remove_what_is_expunged() == 0
    assert storage.size_of(sha256) is not None
    Membership.objects.create(user=cast.stella, workspace=west, role="steward", clearance="red")
    asking = asked(User.objects.get(pk=cast.stella.pk), theirs)
    carry_out(cast.stranger, asking)
    assert remove_what_is_expunged() == 2
    assert storage.size_of(sha256) is None


@pytest.mark.django_db(transaction=True)
def test_bytes_that_come_again_at_the_same_moment_are_not_removed_from_under_them(cast, east, item):
    with acting_as(cast.ana):
        other = making.an_item(by=cast.ana, workspace=east)
        sha256 = item.files.get().sha256

    def come_again():
        with acting_as(cast.ana):
            StoredFile.receive(by=cast.ana, item=other, content=ContentFile(TEXT.encode()), name="again.txt")

    def expunge():
        expunged(cast, item)

    at_once(come_again, expunge)
    remove_what_is_expunged()
    assert storage.size_of(sha256) is not None
    assert storage.hash_of(sha256) == sha256


# --- Words ------------------------------------------------------------------------------------------


def test_words_go_from_pages_and_typed_fields_now_and_in_older_versions(cast, east, item, verified):
    with acting_as(cast.ana):
        item.change(by=cast.ana, summary=f"Holder of {NUMBER}.", confirmed_harmless=True)
        item.change(by=cast.ana, summary="Nothing now.")
        Comment.add(by=cast.ana, about=item, text=f"Is {NUMBER.lower()} his?")
    expunged(cast, item, NUMBER)
    assert everywhere(NUMBER) == []
    with acting_as(cast.ana):
        item.refresh_from_db()
        assert (item.summary, item.status) == ("Nothing now.", "active")
        assert TextPage.objects.get().text == TEXT.replace(NUMBER, "[expunged]")
        assert Comment.objects.get().text == "Is [expunged] his?"
    assert [(op, bool(told)) for op, told in documents(item)] == [
        ("created", True),
        ("updated", False),
        ("updated", True),
        ("expunged", False),
        ("updated", True),
    ]


def test_words_are_found_across_lines_whole_and_whatever_their_case(cast, east, verified):
    with acting_as(cast.ana):
        text = 'Ann Example and ANN\n example, "ann  example"; not Joann Example nor Ann Examples.'
        item = making.an_item(by=cast.ana, workspace=east, text=text, title="On Ann Example")
    expunged(cast, item, "Ann Example")
    with acting_as(cast.ana):
        told = '[expunged] and [expunged], "[expunged]"; not Joann Example nor Ann Examples.'
        assert TextPage.objects.get().text == told
        assert EvidenceItem.objects.get().title == "On [expunged]"


def test_passages_behind_the_words_move_and_those_on_them_are_orphans(cast, item, verified):
    with acting_as(cast.ana):
        page = item.pages.get()
        marked = {
            quote: Passage.mark(by=cast.ana, page=page, quote=quote, confirmed_harmless=True)
            for quote in ("Before it.", f"passport {NUMBER} crossed", "Orders came from one ministry.", "After it.")
        }
    expunged(cast, item, NUMBER)
    with acting_as(cast.ana):
        page.refresh_from_db()
        found = {quote: Passage.objects.get(pk=each.pk) for quote, each in marked.items()}
    for each in found.values():
        assert page.text[each.start : each.end] == each.quote
        assert each.prefix == page.text[max(0, each.start - 64) : each.start]
        assert each.suffix == page.text[each.end : each.end + 64]
    states = [(each.quote, each.anchor_state, each.status) for each in found.values()]
    assert states == [
        ("Before it.", "exact", "active"),
        ("passport [expunged] crossed", "orphan", "withdrawn"),
        ("Orders came from one ministry.", "moved", "active"),
        ("After it.", "moved", "active"),
    ]


def test_words_above_the_marking_or_in_another_room_are_left_alone(cast, east, west, item):
    with acting_as(cast.ana):
        above = making.an_item(by=cast.ana, workspace=east, text=TEXT, marking="red")
    with acting_as(cast.stranger):
        theirs = making.an_item(by=cast.stranger, workspace=west, text=TEXT)
    expunged(cast, item, NUMBER)
    for person, other in [(cast.ana, above), (cast.stranger, theirs)]:
        with acting_as(person):
            assert NUMBER in other.pages.get().text


def test_a_record_marked_below_is_not_told_the_reason(cast, east, item):
    with acting_as(cast.ana):
        below = making.an_item(by=cast.ana, workspace=east, text=TEXT, marking="green")
    expunged(cast, item, NUMBER)
    with acting_as(cast.ana):
        reasons = {
            each.object_id: each.reason for each in LedgerEntry.objects.filter(operation="expunged", kind="text_page")
        }
        assert reasons == {item.pages.get().pk: REASON, below.pages.get().pk: "Personal data was expunged."}


def test_answers_kept_for_a_day_lose_their_body_and_search_forgets(cast, east, item, as_app):
    with as_owner():
        KeptAnswer.objects.create(
            person=cast.ana, key="k", fingerprint="f", status=201, body=f'"{NUMBER}"'.encode(), workspace_id=east.pk
        )
    assert as_app("SELECT kind FROM search(%s)", [NUMBER], user=cast.ana) == [("text_page",)]
    expunged(cast, item, NUMBER)
    assert as_app("SELECT kind FROM search(%s)", [NUMBER], user=cast.ana) == []
    with as_owner():
        assert KeptAnswer.objects.get().body is None


def test_what_an_expunging_would_concern_is_shown_to_those_in_charge_alone(cast, item):
    asking = asked(cast.stella, item, NUMBER)
    for name, kinds in [("sofia", {"text_page"}), ("stella", {"text_page"}), ("ana", set())]:
        with acting_as(getattr(cast, name)):
            assert {each.kind for each in asking.reach()} == kinds, name
    with acting_as(cast.sofia):
        asking.carry_out(by=cast.sofia)
        assert [each["why"] for each in asking.still_holding(asking.concerned())] == ["Its bytes are as they came"]


# --- What rests on it ---------------------------------------------------------------------------------


def test_an_approval_that_rests_on_it_becomes_stale_and_what_is_sealed_loses_the_words(approved, cast, verified):
    with acting_as(cast.ana):
        citation = approved.citations.select_related("passage__item").first()
        item, quote = citation.passage.item, citation.passage.quote
        seal = SealedPacket.objects.get().sha256
    expunged(cast, item)
    with acting_as(cast.ana):
        attribution = Attribution.objects.get(pk=approved.pk)
        packet = SealedPacket.objects.get()
        assert attribution.status == "stale"
        assert (packet.sha256, attribution.seal) == (seal, seal)
        for each in (packet, SubmittedVersion.objects.get()):
            assert item.title not in each.canonical
            assert quote not in each.canonical
            assert "[expunged]" in each.canonical
        assert not packet.fits_its_seal
    assert everywhere(item.title) == []


def test_words_that_a_frozen_judgement_repeats_go_there_too(approved, cast, verified):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_attribution WHERE source_summary = 'Three origins.'")
        assert cursor.fetchone()[0] == 1
    with acting_as(cast.ana):
        item = EvidenceItem.objects.first()
    asking = expunged(cast, item, "Three origins")
    assert asking.outcome["refused"] == []
    assert everywhere("Three origins") == []
    with acting_as(cast.ana):
        attribution = Attribution.objects.get(pk=approved.pk)
        assert (attribution.source_summary, attribution.status) == ("[expunged].", "approved")


def test_words_that_a_frozen_response_repeats_go_there_too(in_review, cast, verified):
    with acting_as(cast.ana):
        response = proposing.ready("sanctions", by=cast.ana, attribution=in_review)
        response.change(by=cast.ana, objective="That Ann Example is paid no more.")
        response.submit(by=cast.ana)
    asking = expunged(cast, response, "Ann Example")
    assert (asking.outcome["refused"], everywhere("Ann Example")) == ([], [])
    with acting_as(cast.ana):
        response.refresh_from_db()
        assert (response.objective, response.status) == ("That [expunged] is paid no more.", "in_review")


def test_what_its_own_rules_refuse_is_left_and_named(cast, east, verified):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east, name="[expunged]")
        first = making.a_source(by=cast.ana, workspace=east, name="Ann Example")
    asking = expunged(cast, first, "Ann Example")
    assert asking.outcome["refused"] == [{"kind": "source", "id": str(first.pk)}]
    with acting_as(cast.sofia):
        held = asking.still_holding(asking.concerned())
        assert [each["why"] for each in held] == ["Its own rules refused it"]


# --- At once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does(cast, item):
    asking = asked(cast.stella, item)
    found = at_once(lambda: carry_out(cast.sofia, asking), lambda: carry_out(cast.sigrid, asking))
    assert sorted(type(each).__name__ for each in found) == ["IllegalStep", "NoneType"]
    with acting_as(cast.ana):
        assert LedgerEntry.objects.filter(object_id=item.pk, operation="expunged").count() == 1
    call_command("ledger", "verify")


# --- Proofs, and the way back -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_bundle_from_before_still_verifies_and_a_new_one_is_refused(approved, cast, client, tmp_path, settings):
    settings.LEDGER_SIGNING_KEY = "11" * 32
    settled()
    call_command("ledger", "checkpoint")
    address = reverse("sealed_packet_proof", args=[approved.pk, approved.round])
    client.force_login(cast.ana)
    before = client.get(address).json()
    with acting_as(cast.ana):
        item = approved.citations.select_related("passage__item").first().passage.item
    expunged(cast, item)
    settled()
    call_command("ledger", "checkpoint")
    call_command("ledger", "verify")
    assert Checkpoint.objects.count() == 2
    assert verify_bundle(before, tmp_path, "--key", public_key())[0] == 0
    refused = client.get(address, follow=True)
    assert refused.redirect_chain == [(approved.get_absolute_url(), 302)]
    assert "its seal can no longer be computed" in refused.content.decode()
    with acting_as(cast.ana):
        packet = SealedPacket.objects.get()
    assert client.get(f"/api/v1/sealed-packets/{packet.pk}/proof/").status_code == 409
    assert client.get(f"/api/v1/attributions/{approved.pk}/dossier/?as=html").status_code == 200
    assert client.get(approved.get_absolute_url()).status_code == 200


def test_a_packet_of_other_words_keeps_its_proof(approved, cast, client, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text=TEXT)
    expunged(cast, item, NUMBER)
    client.force_login(cast.ana)
    assert client.get(reverse("sealed_packet_proof", args=[approved.pk, approved.round])).status_code == 200


def test_the_migrations_go_back_and_forth(cast, east):
    ledger = importlib.import_module("ledger.migrations.0017_words_are_expunged")
    evidence = importlib.import_module("evidence.migrations.0019_personal_data_is_expunged")
    judgements = importlib.import_module("cases.migrations.0051_judgements_let_words_be_expunged")
    guards = [evidence.setting_aside(*evidence.GUARDS), *judgements.Migration.operations]
    with as_owner(), connection.cursor() as cursor:
        before = _functions(cursor)
        steps = [evidence.UNDO, *(each.reverse_sql for each in guards), evidence.WAITING_UNDONE, ledger.UNDO]
        for step in steps:
            cursor.execute(step)
        aside = {name for name, text in _functions(cursor).items() if "being_expunged" in text}
        assert aside == {"expunging_keeps_its_life", *SET_ASIDE_ABOVE}
        cursor.execute("SET LOCAL check_function_bodies = off")
        forth = [ledger.PERMIT + ledger.WORDS + ledger.EXPUNGE, evidence.WAITING, *(each.sql for each in guards)]
        for step in [*forth, evidence.REACH + evidence.PASSAGES + evidence.CARRY_OUT]:
            cursor.execute(step)
        raise_walls()
        assert _functions(cursor) == before
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text=TEXT)
    expunged(cast, item, NUMBER)
    assert everywhere(NUMBER) == []


SET_ASIDE_ABOVE = [
    "response_keeps_its_life",
    "response_part_moves_only_in_the_open",
    "sharing_keeps_to_what_was_agreed",
]


def _functions(cursor) -> dict[str, str]:
    """Our functions in PL/pgSQL and SQL, by name."""
    cursor.execute(
        "SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
        " WHERE pronamespace = 'public'::regnamespace AND lanname IN ('plpgsql', 'sql')"
    )
    return dict(cursor.fetchall())
