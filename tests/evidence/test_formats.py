"""Formats: what each is taken for, and the words that are taken from it."""

import io
import time

import pytest
from django.core.files.base import ContentFile

from evidence import detection
from evidence.detection import media_type_of
from evidence.readers import warc
from evidence.readers.formats import FORMATS, why_kept
from evidence.readers.plain import MOST_ON_A_PAGE, cut
from evidence.unreadable import Unreadable
from tests.evidence import files

PAGE = files.a_page("Carriers brought people to the border at night.")
RECORDINGS = [
    (b"ID3\x04\x00" + bytes(60), "audio/mpeg"),
    (b"\xff\xfb\x90\x44" + bytes(60), "audio/mpeg"),
    (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60), "audio/wav"),
    (b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead", "audio/ogg"),
    (b"fLaC\x00\x00\x00\x22" + bytes(60), "audio/flac"),
    (b"\x00\x00\x00\x20ftypM4A \x00\x00" + bytes(60), "audio/mp4"),
    (b"\x00\x00\x00\x20ftypisom\x00\x00" + bytes(60), "video/mp4"),
    (b"\x00\x00\x00\x14ftypqt  \x00\x00" + bytes(60), "video/quicktime"),
    (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(60), "video/webm"),
]
OLD = [
    (files.an_ole("WordDocument", "1Table"), detection.DOC),
    (files.an_ole("Workbook"), detection.XLS),
    (files.an_ole("PowerPoint Document"), detection.PPT),
    (files.an_ole("a", "b", "c", "d", "e", "WordDocument"), detection.DOC),
    (files.an_ole("EncryptionInfo", "EncryptedPackage"), detection.OLE),
    (b"{\\rtf1\\ansi Words.}", detection.RTF),
    (b"7z\xbc\xaf\x27\x1c" + bytes(40), "application/x-7z-compressed"),
]
READ = [
    (files.an_xlsx(Counts=[["Day", "Attempts"], ["2021-07-02", 1200]]), detection.XLSX),
    (files.a_docx("Words."), detection.DOCX),
    (files.an_odt("Words."), detection.ODT),
    (b"day,place,attempts\n2021-07-02,Kuznica,1200\n2021-07-03,Kuznica,900\n", detection.CSV),
    (b"day\tattempts\n2021-07-02\t1200\n2021-07-03\t900\n", detection.TSV),
    (files.an_eml(), detection.EML),
    (files.an_eml(html=PAGE), detection.EML),
    (files.a_warc(("https://example.org/", PAGE)), detection.WARC),
    (files.a_warc(("https://example.org/", PAGE), gzipped=False), detection.WARC),
    (files.a_wacz(files.a_warc(("https://example.org/", PAGE))), detection.WACZ),
    (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><text>Words</text></svg>', detection.SVG),
    (files.a_zip({"a.txt": b"x"}), detection.ZIP),
]
IMAGES = [(files.an_image(form), f"image/{form.lower()}") for form in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")]
HEIC = [(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00" + bytes(60), "image/heic")]


def pages(content: bytes) -> list[str]:
    return files.pages_of(content, media_type_of(io.BytesIO(content)))


@pytest.mark.parametrize(("content", "media_type"), [*READ, *IMAGES, *HEIC, *RECORDINGS, *OLD])
def test_each_is_told_from_its_content(content, media_type):
    assert media_type_of(ContentFile(content, "x.txt")) == media_type


@pytest.mark.parametrize(
    "prose",
    [
        "First, we came.\nThen, we saw.\nLast, we went.\n",
        "Dear Ana,\n\nI came.\n\nBen",
        "From: the ministry\nTo: all\nCarriers, buses; trains.",
    ],
)
def test_prose_is_neither_a_table_nor_a_mail(prose):
    assert media_type_of(io.BytesIO(prose.encode())) == detection.TEXT


@pytest.mark.parametrize(
    "begins",
    [
        b" " * 70_000,
        b"<!--x-->" * 9_000,
        b"<!-- " * 14_000,
        b"<!doctype [" * 6_000,
        b"From:" * 14_000,
        b"a:\n" * 22_000,
    ],
)
def test_no_beginning_makes_judging_slow(begins):
    began = time.monotonic()
    assert media_type_of(io.BytesIO(begins)) in (detection.TEXT, detection.HTML)
    assert time.monotonic() - began < 60  # not hours


@pytest.mark.parametrize(("content", "media_type"), RECORDINGS)
def test_a_recording_has_one_page_without_words(content, media_type):
    assert media_type_of(io.BytesIO(content)) == media_type
    assert files.pages_of(content, media_type) == [""]


@pytest.mark.parametrize(("content", "media_type"), OLD)
def test_what_has_no_text_for_us_is_kept_with_one_sentence(content, media_type):
    with pytest.raises(Unreadable) as refusal:
        files.pages_of(content, media_type)
    assert str(refusal.value) == why_kept(media_type)
    assert str(refusal.value).endswith((".", " EML."))


def test_a_workbook_is_a_page_per_sheet_with_tabs_between_cells():
    content = files.an_xlsx(Counts=[["Day", "Attempts"], ["2021-07-02", 1200.0], [None, "a\tb"]], Empty=[])
    assert pages(content) == ["Counts\nDay\tAttempts\n2021-07-02\t1200\n\ta b", "Empty"]


def test_a_table_stays_as_it_stands():
    content = b'day;"who; where";n\n1;"a; b";2\n3;c;4\n'
    assert pages(content) == [content.decode()]


def test_an_open_document_and_a_drawing_give_their_words():
    assert pages(files.an_odt("One.", "Two.")) == ["One.\nTwo."]
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>no()</script><title>Map</title>'
        b"<text>The <tspan>river</tspan></text></svg>"
    )
    assert pages(drawing) == ["Map\nThe river"]


def test_a_word_document_gives_each_cell_of_a_table_once():
    document = files.docx.Document()
    table = document.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Both"
    table.cell(0, 2).text = "Last"
    out = io.BytesIO()
    document.save(out)
    assert pages(out.getvalue())[0].strip() == "Both\tLast"


@pytest.mark.parametrize(
    "mail", [files.an_eml("Carriers brought people to the border at night."), files.an_eml(html=PAGE)]
)
def test_a_mail_is_its_headers_and_its_words(mail):
    (page,) = pages(mail)
    assert page.startswith("From: Ana <ana@example.org>\nTo: Ben <ben@example.org>\nDate: Fri, 02 Jul 2021")
    assert "Subject: The border" in page
    assert page.rstrip().endswith("Carriers brought people to the border at night.")


def test_a_mail_names_what_is_attached():
    (page,) = pages(files.an_eml("Words.", ("orders.pdf", b"x"), ("../../list.xlsx", b"y")))
    assert "Attachment: orders.pdf\nAttachment: ../../list.xlsx\n" in page


@pytest.mark.parametrize("gzipped", [True, False])
def test_a_web_archive_lists_its_captures_and_gives_the_words_of_each(gzipped):
    listed, *texts = pages(
        files.a_warc(("https://example.org/a", PAGE), ("https://example.org/b", PAGE), gzipped=gzipped)
    )
    assert listed.startswith("Captured addresses: 2 (digest verified: 2)")
    assert f"{files.DATE} 200 text/html https://example.org/b [digest verified]" in listed
    assert texts[0].startswith(f"https://example.org/a\n{files.DATE} [digest verified]\n\nCarriers brought")
    assert len(texts) == 2


def test_a_capture_that_was_altered_is_told():
    content = files.a_warc(("https://example.org/a", PAGE), gzipped=False).replace(b"Carriers", b"Soldiers")
    listed, text = pages(content)
    assert listed.startswith("Captured addresses: 1 (DIGEST DIFFERS: 1)")
    assert "[DIGEST DIFFERS]" in text.splitlines()[1]


def test_captures_beyond_the_bound_are_listed_without_their_text(monkeypatch):
    monkeypatch.setattr(warc, "MOST_TEXTS", 1)
    listed, *texts = pages(files.a_warc(("https://example.org/a", PAGE), ("https://example.org/b", PAGE)))
    assert "Captures whose text follows: the first 1 of 2" in listed
    assert "https://example.org/b" in listed
    assert len(texts) == 1


@pytest.mark.parametrize(("hashed", "good"), [(None, 1), (b"other bytes", 0)])
def test_a_packed_web_archive_says_whether_its_files_are_those_listed(hashed, good):
    listed, text = pages(files.a_wacz(files.a_warc(("https://example.org/a", PAGE)), hash_of=hashed))
    assert f"Files whose digest is the one that datapackage.json states: {good} of 1" in listed
    assert "Carriers brought" in text


@pytest.mark.parametrize(
    ("encoding", "stated"),
    [
        ("utf-8", ""),
        ("iso-8859-2", "iso-8859-2"),
        ("windows-1251", "Windows-1251"),
        ("utf-8", "nonsense"),
        ("utf-8-sig", ""),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_states_or_has(encoding, stated):
    words = "Они привезли людей к границе." if "1251" in encoding else "Zażółć gęślą jaźń: ludzie na granicy."
    page = files.a_page(words).replace(
        "<html>", f'<html><head><meta charset="{stated}"></head>' if stated else "<html>"
    )
    assert words in pages(page.encode(encoding))[0]


def test_a_page_in_no_encoding_at_all_is_read_as_far_as_it_goes():
    page = files.a_page("Carriers came at night and left at dawn.").encode().replace(b"dawn", b"d\xff\xfe\x9dwn")
    assert "Carriers came at night" in pages(page)[0]


@pytest.mark.parametrize("mark", ["\n", " ", ""])
def test_a_long_page_is_cut_without_losing_a_character(mark):
    text = (("word" + mark) * (3 * MOST_ON_A_PAGE // (4 + len(mark))))[: 2 * MOST_ON_A_PAGE + 5]
    pieces = cut(text)
    assert "".join(pieces) == text
    assert [len(each) <= MOST_ON_A_PAGE for each in pieces] == [True] * 3
    assert not mark or all(each.endswith(mark) for each in pieces[:-1])


def test_detection_knows_which_formats_have_text():
    assert set(FORMATS) == detection.WITH_TEXT
