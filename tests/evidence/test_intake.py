"""Bytes come in, are kept unaltered, and are read."""

import io
import stat
from pathlib import Path

import docx
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.errors import IllegalStep
from evidence import storage
from evidence.detection import DOCX, HTML, PDF, TEXT, media_type_of
from evidence.models import CustodyEvent, Passage, StoredFile
from evidence.tasks import read_text
from ledger.acting import acting_as
from ledger.history import grades_of
from tests import making
from tests.evidence.files import a_pdf


def a_docx(*paragraphs: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for number, text in enumerate(paragraphs):
        if number:
            document.add_page_break()
        document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


@pytest.fixture
def item(cast, east):
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east)


def receive(item, by, content: bytes, name: str = "file") -> StoredFile:
    with acting_as(by):
        return StoredFile.receive(by=by, item=item, content=ContentFile(content), name=name)


def read(file: StoredFile, by) -> StoredFile:
    read_text(str(file.pk), str(by.pk))
    with acting_as(by):
        file.refresh_from_db()
    return file


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (a_pdf("x"), "report.txt", PDF),
        (a_docx("x"), "report.pdf", DOCX),
        (b"<!DOCTYPE html><html><body>x</body></html>", "x.txt", HTML),
        ("Zażółć".encode(), "x.pdf", TEXT),
        ("Zażółć".encode("utf-16"), "x", TEXT),
        (b"PK\x03\x04 broken", "x.docx", "application/octet-stream"),
        (b"\x00\x01\x02\x03" * 50, "x.txt", "application/octet-stream"),
    ],
)
def test_the_type_is_told_from_the_content_and_not_from_the_name(content, name, media_type):
    assert media_type_of(ContentFile(content, name)) == media_type


def test_bytes_are_kept_whole_under_their_hash_and_read_only(item, cast):
    content = a_pdf("One", "Two")
    file = receive(item, cast.ana, content, r"C:\papers\report.pdf")
    kept = Path(default_storage.path(storage.path_of(file.sha256)))
    assert kept.read_bytes() == content
    assert not kept.stat().st_mode & stat.S_IWUSR
    assert (file.original_name, file.size, file.verifies()) == ("report.pdf", len(content), True)


def test_every_touch_leaves_a_custody_event(item, cast):
    file = receive(item, cast.ana, b"text")
    with acting_as(cast.ana):
        assert [event.action for event in CustodyEvent.objects.filter(file=file)] == ["received", "hashed"]


def test_the_job_to_read_it_commits_with_the_file(item, cast):
    file = receive(item, cast.ana, a_pdf("One"))
    job = ProcrastinateJob.objects.get(status="todo", args__file_id=str(file.pk))
    assert (job.task_name, job.args["user_id"]) == ("evidence.read_text", str(cast.ana.pk))


@pytest.mark.parametrize(
    ("content", "pages"),
    [
        (a_pdf("First page.", "Second page."), ["First page.", "Second page."]),
        (a_docx("First page.", "Second page."), ["First page.", "Second page."]),
        (b"First page.\x0cSecond page.", ["First page.", "Second page."]),
        ("Zażółć gęślą jaźń, pięknie.".encode("utf-16"), ["Zażółć gęślą jaźń, pięknie."]),
        (b"<html><body><article><p>Only the words of the page.</p></article></body></html>", ["Only the words"]),
    ],
)
def test_text_is_taken_page_by_page(item, cast, content, pages):
    file = read(receive(item, cast.ana, content), cast.ana)
    with acting_as(cast.ana):
        found = [page.text for page in file.pages.order_by("number")]
    assert file.extraction == "done"
    assert len(found) == len(pages)
    assert all(wanted in text for wanted, text in zip(pages, found, strict=True))


@pytest.mark.parametrize(
    ("content", "state"),
    [(b"%PDF-1.7 and nothing more", "failed"), (b"\x00\x01" * 99, "unsupported"), (a_pdf(""), "empty")],
)
def test_what_cannot_be_read_is_kept_and_says_why(item, cast, content, state):
    file = read(receive(item, cast.ana, content), cast.ana)
    assert file.extraction == state
    assert file.verifies()
    assert file.extraction_note or state == "empty"


def test_reading_twice_changes_nothing(item, cast):
    file = read(read(receive(item, cast.ana, a_pdf("One")), cast.ana), cast.ana)
    with acting_as(cast.ana):
        assert file.pages.count() == 1


def test_an_empty_file_is_refused_by_field(item, cast):
    with pytest.raises(ValidationError) as refusal:
        receive(item, cast.ana, b"")
    assert set(refusal.value.error_dict) == {"file"}


def test_the_same_bytes_are_held_once_by_an_item_and_shared_between_items(item, cast, east):
    receive(item, cast.ana, b"text")
    with pytest.raises(ValidationError, match="already"):
        receive(item, cast.ana, b"text")
    with acting_as(cast.ana):
        other = making.an_item(by=cast.ana, workspace=east)
    assert receive(other, cast.ana, b"text").verifies()


class Torn(ContentFile):
    """An upload whose second chunk never comes."""

    def chunks(self, chunk_size=None):
        yield b"first"
        raise ConnectionError


def test_a_write_that_breaks_off_leaves_no_file_behind(item, cast):
    with pytest.raises(ConnectionError):
        default_storage.save("ab/cd/abcd", Torn(b"first and second"))
    assert not default_storage.exists("ab/cd/abcd")
    assert list(Path(default_storage.path("ab/cd")).iterdir()) == []


def test_bytes_that_were_damaged_no_longer_verify_and_are_mended_by_the_same_upload(item, cast, east):
    file = receive(item, cast.ana, b"text")
    kept = Path(default_storage.path(storage.path_of(file.sha256)))
    kept.chmod(0o600)
    kept.write_bytes(b"tampered")
    assert not file.verifies()
    with acting_as(cast.ana):
        other = making.an_item(by=cast.ana, workspace=east)
    assert receive(other, cast.ana, b"text").verifies()


def test_the_database_refuses_words_that_are_not_on_the_page(cast, east, as_app):
    with acting_as(cast.ana):
        with_text = making.an_item(by=cast.ana, workspace=east, text="Words on a page.")
        passage = making.a_passage(by=cast.ana, item=with_text, quote="Words")
    with pytest.raises(IntegrityError, match="not in the text"):
        as_app("UPDATE evidence_passage SET quote = 'Other' WHERE id = %s", [passage.pk], user=cast.ana)
    with pytest.raises(IntegrityError, match="stays as it was"):
        as_app("UPDATE evidence_textpage SET text = 'Other'", user=cast.ana)
    with pytest.raises(IntegrityError, match="never altered"):
        as_app("UPDATE evidence_storedfile SET sha256 = %s", ["0" * 64], user=cast.ana)


def test_a_passage_is_marked_once(cast, east):
    with acting_as(cast.ana):
        with_text = making.an_item(by=cast.ana, workspace=east, text="Words on a page.")
        making.a_passage(by=cast.ana, item=with_text, quote="Words")
        with pytest.raises(ValidationError, match="already marked"):
            making.a_passage(by=cast.ana, item=with_text, quote="Words")
        assert Passage.objects.count() == 1


def test_a_grade_changes_with_a_reason_and_every_grade_is_kept(item, cast):
    with acting_as(cast.ana):
        with pytest.raises(ValidationError, match="why"):
            item.regrade(by=cast.ana, credibility=4, reason=" ")
        item.refresh_from_db()
        item.regrade(by=cast.ana, credibility=4, reason="Contradicted.")
        assert [(each["grade"], each["reason"]) for each in grades_of(item.pk, "credibility")] == [
            (4, "Contradicted."),
            (2, ""),
        ]


def test_an_item_is_withdrawn_once_with_a_reason_and_then_rests(item, cast):
    with acting_as(cast.ana):
        with pytest.raises(ValidationError, match="why"):
            item.withdraw(by=cast.ana, reason="")
        item.withdraw(by=cast.ana, reason="Forged.")
        with pytest.raises(IllegalStep):
            item.withdraw(by=cast.ana, reason="Again.")
        with pytest.raises(IllegalStep):
            item.change(by=cast.ana, title="Another title")


def test_a_superseded_item_names_its_successor(item, cast, east):
    with acting_as(cast.ana):
        better = making.an_item(by=cast.ana, workspace=east)
        item.supersede(by=cast.ana, successor=better, reason="A fuller copy.")
    assert (item.status, item.superseded_by_id) == ("superseded", better.pk)
