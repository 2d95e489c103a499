"""Personal data is expunged by two people: it is nowhere afterwards, and everything still verifies."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from accounts.errors import IllegalStep, NotYours
from accounts.models import Membership
from evidence.models import EvidenceItem, Expunging, Passage, SoughtWords, StoredFile, TextPage
from ledger.acting import acting_as, as_owner
from ledger.models import Comment, KeptAnswer, LedgerEntry, Notification
from tests import making
from tests.evidence.expunging import NUMBER, REASON, TEXT, asked, carry_out, documents, everywhere, expunged

# --- Two people -----------------------------------------------------------------------------------


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


# --- An item, and a file --------------------------------------------------------------------------


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


# --- Words ----------------------------------------------------------------------------------------


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
