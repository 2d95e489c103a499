"""A file is read again, or replaced by a later version: nothing is lost, and passages find their words."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts.errors import IllegalStep, NotYours
from evidence import ocr_languages, reading
from evidence.detection import TEXT
from evidence.models import CustodyEvent, EvidenceItem, Passage, StoredFile, TextPage
from evidence.pages import Page
from evidence.tasks import read_text
from ledger.acting import acting_as
from ledger.models import Notification
from tests import making
from tests.evidence.test_reading import LINES, a_pdf_of, a_picture_of, needs_ocr

TEXT_OF_OLD = "The consulate issued tourist visas. Carriers flew people in. The minister denied it at length."


@pytest.fixture
def room(cast, east):
    """An item with one page of text, and three passages of it."""
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text=TEXT_OF_OLD)
        quotes = ("The consulate issued tourist visas", "Carriers flew people in", "The minister denied it at length")
        passages = [making.a_passage(by=cast.ana, item=item, quote=quote) for quote in quotes]
    return item, item.files.model.objects, passages


def read_anew(file: StoredFile, by, text: str) -> None:
    """As a newer extractor would read it."""
    with acting_as(by):
        file.refresh_from_db()
        file.read_again(by=by)
        kept = file.keep_reading(by=by, pages=[Page(text)], languages=["en"], extractor="newer", extractor_version="2")
        assert kept


def stands(passage: Passage, by) -> tuple[str, str]:
    with acting_as(by):
        passage.refresh_from_db()
        return passage.anchor_state, passage.page.text[passage.start : passage.end]


@pytest.fixture
def file(room, cast):
    with acting_as(cast.ana):
        return room[0].files.get()


def test_passages_are_exact_moved_fuzzy_or_orphans_after_a_reading(room, file, cast):
    anew = "The consulate issued tourist visas. As said, carri\u00aders flew. The ministar denyed it at length."
    anew = anew.replace("carri\u00aders flew", "Carri\u00aders  flew\npeople in")
    read_anew(file, cast.ana, anew)
    exact, moved, fuzzy = room[2]
    assert stands(exact, cast.ana) == ("exact", "The consulate issued tourist visas")
    assert stands(moved, cast.ana) == ("moved", "Carri\u00aders  flew\npeople in")
    assert stands(fuzzy, cast.ana)[0] == "fuzzy"
    read_anew(file, cast.ana, "Something else altogether was written here by somebody else, of other things.")
    assert [stands(each, cast.ana)[0] for each in room[2]] == ["orphan"] * 3


def test_what_was_taken_before_is_kept_and_no_longer_searched_or_shown(room, file, cast, as_app):
    read_anew(file, cast.ana, "Entirely unforeseeable wording.")
    with acting_as(cast.ana):
        assert [page.text for page in TextPage.objects.filter(file=file)] == [
            TEXT_OF_OLD,
            "Entirely unforeseeable wording.",
        ]
        assert [page.reading for page in room[0].pages.current()] == [2]

    def hits(word: str) -> int:
        return len(as_app("SELECT 1 FROM search(%s, '{text_page}')", [word], user=cast.ana))

    assert (hits("consulate"), hits("unforeseeable")) == (0, 1)
    with acting_as(cast.ana):
        room[0].change(by=cast.ana, marking="red")
    assert (hits("consulate"), hits("unforeseeable")) == (0, 1)


def test_a_person_confirms_words_that_are_merely_alike(room, file, cast):
    read_anew(file, cast.ana, "The ministar denyed it at length.")
    fuzzy = room[2][2]
    with acting_as(cast.ana):
        fuzzy.refresh_from_db()
        assert (fuzzy.proposal.quote, fuzzy.quote) == ("The ministar denyed it at length", room[2][2].quote)
        with pytest.raises(NotYours):
            fuzzy.confirm_anchor(by=cast.vera)
        fuzzy.confirm_anchor(by=cast.ana)
        with pytest.raises(IllegalStep):
            fuzzy.confirm_anchor(by=cast.ana)
    assert stands(fuzzy, cast.ana) == ("moved", "The ministar denyed it at length")
    assert fuzzy.likeness is None


def test_the_passage_keeps_its_old_words_while_nobody_has_confirmed(room, file, cast):
    read_anew(file, cast.ana, "The ministar denyed it at length.")
    assert stands(room[2][2], cast.ana) == ("fuzzy", "The minister denied it at length")


def test_who_cites_a_passage_that_is_lost_is_told(cast, in_review):
    """An attribution in review cites it; its author is told, and not who had the file read."""
    with acting_as(cast.ben):
        passage = in_review.citations.filter(status="active").first().passage
        file = passage.page.file
    read_anew(file, cast.ben, "Nothing of it stands here any more, whoever looks.")
    with acting_as(in_review.author):
        told = Notification.objects.filter(event="passage_lost", about_id=in_review.pk)
        assert "nowhere" in told.get().sentence


def test_a_file_waits_for_one_reading_at_a_time(file, cast):
    with acting_as(cast.ana):
        file.read_again(by=cast.ana)
        with pytest.raises(IllegalStep):
            file.read_again(by=cast.ana)
        assert file.keep_reading(by=cast.ana, pages=[Page("a")], languages=[""], extractor="x", extractor_version="1")
        late = {"pages": [Page("b")], "languages": [""], "extractor": "x", "extractor_version": "1"}
        assert not file.keep_reading(by=cast.ana, **late)


def test_who_may_not_write_has_nothing_read_again(file, cast):
    with acting_as(cast.vera), pytest.raises(NotYours):
        file.read_again(by=cast.vera)


def test_a_reading_that_fails_leaves_what_was_read_before(file, cast):
    with acting_as(cast.ana):
        file.read_again(by=cast.ana)
        file.refuse_reading(by=cast.ana, sentence="It broke.")
        assert (file.extraction, file.pages.current().count()) == ("done", 1)
        assert file.extraction_note == "Reading it again brought nothing new. It broke."


def test_a_later_version_takes_the_passages_over_and_the_earlier_one_stays(room, file, cast, as_app):
    with acting_as(cast.ana):
        later = StoredFile.receive_text(by=cast.ana, item=room[0], text="Preface. " + TEXT_OF_OLD, replaces=file)
        assert [page.file_id for page in room[0].pages.current()] == [later.pk]
        assert Passage.objects.get(pk=room[2][0].pk).page.file_id == later.pk
        file.refresh_from_db()
        assert (file.verifies(), file.pages.count(), file.replaced_by) == (True, 1, later)
        with pytest.raises(ValidationError, match="later version"):
            StoredFile.receive_text(by=cast.ana, item=room[0], text="Another", replaces=file)
    assert {stands(each, cast.ana)[0] for each in room[2]} == {"moved"}
    assert len(as_app("SELECT 1 FROM search('consulate', '{text_page}')", user=cast.ana)) == 1


def test_a_file_of_another_item_is_not_replaced(room, file, cast, east):
    with acting_as(cast.ana):
        other = making.an_item(by=cast.ana, workspace=east)
        with pytest.raises(ValidationError, match="another item"):
            StoredFile.receive_text(by=cast.ana, item=other, text="x", replaces=file)


@pytest.fixture
def picture(cast, east):
    """An item with a picture that was read."""
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east)
        content = ContentFile(a_picture_of("The consulate issued visas"))
        file = StoredFile.receive(by=cast.ana, item=item, content=content, name="scan.png")
    read_text(str(file.pk), str(cast.ana.pk))
    return file


@needs_ocr
def test_a_picture_is_read_by_ocr_and_says_so(picture, cast):
    with acting_as(cast.ana):
        page = picture.pages.current().get()
        assert (page.was_ocr, page.text, page.extractor) == (True, "The consulate issued visas", "tesseract")
        assert page.ocr_confidence > 50


@pytest.mark.parametrize(
    ("chosen", "language", "read_in"),
    [([], "pl", ["pol", "eng"]), ([], "", ["eng"]), ([], "xx", ["eng"]), (["deu"], "pl", ["deu"]), ([], "en", ["eng"])],
)
def test_ocr_reads_in_the_language_of_the_item_unless_somebody_chose(monkeypatch, chosen, language, read_in):
    monkeypatch.setattr(ocr_languages, "installed", lambda: ("eng", "pol"))
    file = StoredFile(item=EvidenceItem(language=language), ocr_languages=chosen)
    assert reading._languages_of(file) == read_in


def test_a_part_of_a_picture_is_marked_and_stays_when_it_is_read_again(picture, cast):
    with acting_as(cast.ana):
        page = picture.pages.current().get()
        with pytest.raises(ValidationError) as refusal:
            Passage.mark(by=cast.ana, page=page, fragment="xywh=percent:10,20,30,25")
        assert set(refusal.value.error_dict) == {"note"}
        mark = {"by": cast.ana, "page": page, "note": "A queue at a consulate."}
        part = Passage.mark(fragment="xywh=percent:10,20,30,25", **mark)
        assert part.quote == "The part 10 % from the left and 20 % from the top, 30 % wide and 25 % high"
        with pytest.raises(ValidationError, match="already marked"):
            Passage.mark(fragment="xywh=percent:10,20,30,25", **mark)
        picture.refresh_from_db()
        picture.read_again(by=cast.ana, languages=["eng"])
    read_text(str(picture.pk), str(cast.ana.pk))
    with acting_as(cast.ana):
        part.refresh_from_db()
        assert (part.anchor_state, part.page.reading) == ("exact", 2)


@pytest.mark.parametrize(
    "fragment",
    ["xywh=percent:90,0,20,10", "xywh=percent:0,0,0,10", "xywh=10,10,20,20", "t=1,2", "t=5", "x" * 90],
)
def test_a_part_that_is_none_is_refused_by_field(picture, cast, fragment):
    with acting_as(cast.ana), pytest.raises(ValidationError) as refusal:
        Passage.mark(by=cast.ana, page=picture.pages.get(), fragment=fragment, note="x")
    assert set(refusal.value.error_dict) == {"fragment"}


def test_the_database_lets_no_part_become_another(picture, cast, as_app):
    with acting_as(cast.ana):
        page = picture.pages.get()
        part = Passage.mark(by=cast.ana, page=page, fragment="xywh=percent:10,20,30,25", note="x")
    with pytest.raises(IntegrityError, match="stays the part"):
        as_app("UPDATE evidence_passage SET fragment = 'xywh=percent:1,1,1,1' WHERE id = %s", [part.pk], user=cast.ana)


def test_a_stretch_of_a_recording_is_marked(cast, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east)
        content = ContentFile(b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 200)
        file = StoredFile.receive(by=cast.ana, item=item, content=content, name="speech.wav")
    read_text(str(file.pk), str(cast.ana.pk))
    with acting_as(cast.ana):
        file.refresh_from_db()
        assert file.extraction == "empty"
        marked = Passage.mark(by=cast.ana, page=file.pages.get(), fragment="t=12,72.5", note="He names the price.")
        assert marked.quote == "From 0:12 to 1:12.5"


def test_custody_tells_of_each_reading(file, cast):
    read_anew(file, cast.ana, "Again.")
    with acting_as(cast.ana):
        reads = CustodyEvent.objects.filter(file=file, action="read")
        assert [each.note for each in reads] == ["plain 1", "newer 2"]


def test_a_pdf_is_read_in_the_worker_with_the_place_of_each_word(cast, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east)
        content = ContentFile(a_pdf_of(LINES, LINES))
        file = StoredFile.receive(by=cast.ana, item=item, content=content, name="a.pdf")
    read_text(str(file.pk), str(cast.ana.pk))
    with acting_as(cast.ana):
        file.refresh_from_db()
        assert (file.extraction, file.reading, file.media_type != TEXT) == ("done", 1, True)
        assert len(file.layout) == 64
        marked = Passage.mark(by=cast.ana, page=file.pages.get(number=2), quote="facilitation letters")
        assert marked.quote == "facili\u00adtation letters"


def test_files_are_read_again_by_a_command_after_a_reader_was_renewed(room, file, cast):
    with acting_as(cast.ana):
        file.read_again(by=cast.ana)
        kept = {"pages": [Page(TEXT_OF_OLD)], "languages": ["en"], "extractor": "pypdfium2"}
        file.keep_reading(by=cast.ana, extractor_version="4", **kept)

    def asked(**options) -> str:
        out = io.StringIO()
        call_command("read_again", cast.ana.email, stdout=out, **options)
        return out.getvalue()

    assert asked(extractor="pypdfium2", not_version="4").startswith("0 files")
    assert asked(extractor="pypdfium2", not_version="5").startswith("1 files")
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("read_again", "who@example.org")
