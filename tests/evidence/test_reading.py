"""Files are read apart, page by page, with the place of each word; what a reading takes is bounded."""

import io
import os
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from evidence import apart
from evidence.detection import PDF, TEXT
from evidence.extraction import language_of
from evidence.layout import layout_of, placed_on
from evidence.ocr_languages import installed
from evidence.pages import FULL, Mark, page_of
from evidence.unreadable import Unreadable

LIMITS = apart.Limits(seconds=60, megabytes=2048)

LINES = ("The ministry issued visa facili-", "tation letters to the efficient offices.")

needs_ocr = pytest.mark.skipif(
    not installed() and "ATTEST_REQUIRE_BROWSER" not in os.environ, reason="tesseract is not installed"
)


def a_pdf_of(*pages: tuple[str, ...]) -> bytes:
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4)
    for lines in pages:
        for number, line in enumerate(lines):
            sheet.drawString(72, 760 - 20 * number, line)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def a_picture_of(words: str, kind: str = "PNG") -> bytes:
    picture, out = Image.new("RGB", (1600, 500), "white"), io.BytesIO()
    ImageDraw.Draw(picture).text((100, 200), words, font=ImageFont.load_default(60), fill="black")
    picture.save(out, kind)
    return out.getvalue()


def read(tmp_path: Path, content: bytes, media_type: str, **options) -> apart.Reading:
    path = tmp_path / "file"
    path.write_bytes(content)
    return apart.read(path, media_type, **{"limits": LIMITS, **options})


def words_of(page) -> list[str]:
    return [page.text[word.start : word.end] for word in page.words]


def test_each_word_of_a_pdf_has_its_place(tmp_path):
    [page] = read(tmp_path, a_pdf_of(LINES), PDF).pages
    assert words_of(page)[:5] == ["The", "ministry", "issued", "visa", "facili\u00ad"]
    first, second = page.words[0], page.words[1]
    assert first.left + first.width <= second.left
    assert abs(first.top - second.top) < 100
    assert all(0 <= each.left <= FULL and 0 <= each.top <= FULL for each in page.words)
    assert page.size == (595, 842)


def test_a_word_parted_at_a_lines_end_stays_one_word_that_stands_in_two_places(tmp_path):
    [page] = read(tmp_path, a_pdf_of(LINES), PDF).pages
    assert "facili\u00adtation" in page.text
    parts = {page.text[word.start : word.end]: word for word in page.words}
    assert parts["tation"].top > parts["facili\u00ad"].top
    assert parts["tation"].left < parts["facili\u00ad"].left


def test_words_of_a_turned_page_are_placed_as_they_are_seen(tmp_path):
    out = io.BytesIO()
    with pypdfium2.PdfDocument(a_pdf_of(LINES)) as document:
        document[0].set_rotation(90)
        document.save(out)
    [page] = read(tmp_path, out.getvalue(), PDF).pages
    first, second = page.words[0], page.words[1]
    assert page.size == (842, 595)
    assert first.top < second.top
    assert abs(first.left - second.left) < 100


def test_pages_are_told_of_as_they_come(tmp_path):
    heard = []
    read(tmp_path, a_pdf_of(LINES, LINES, LINES), PDF, told=lambda page, of: heard.append((page, of)))
    assert heard == [(1, 3), (2, 3), (3, 3)]


@needs_ocr
@pytest.mark.parametrize("kind", ["PNG", "PDF", "TIFF"])
def test_a_picture_of_text_is_read_by_ocr_and_says_how_sure_it_is(tmp_path, kind):
    content = a_picture_of("The consulate issued tourist visas", kind)
    reading = read(tmp_path, content, PDF if kind == "PDF" else f"image/{kind.lower()}")
    [page] = reading.pages
    assert page.text == "The consulate issued tourist visas"
    assert page.confidence > 50
    assert words_of(page) == page.text.split()
    assert page.words[0].left < page.words[4].left


@needs_ocr
def test_a_language_that_ocr_does_not_have_is_said(tmp_path):
    reading = read(tmp_path, a_picture_of("The consulate"), "image/png", languages=["eng", "tlh"])
    assert reading.notes == ["OCR has no data for tlh here."]
    assert "consulate" in reading.pages[0].text


def test_a_blank_page_asks_for_no_ocr(tmp_path):
    [page] = read(tmp_path, a_pdf_of(()), PDF).pages
    assert (page.text, page.confidence) == ("", None)


def test_a_recording_has_one_page_to_mark_on(tmp_path):
    assert [page.text for page in read(tmp_path, b"\x00" * 99, "video/mp4").pages] == [""]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ministry issued visa letters to middlemen, to arrange flights from the capital to the border.", "en"),
        ("Ministerstwo wydało listy wizowe pośrednikom, aby zorganizować loty ze stolicy do granicy państwa.", "pl"),
        ("Министерство выдало визовые письма посредникам, чтобы организовать рейсы из столицы к границе.", "ru"),
        ("Too short.", ""),
        ("2021 2022 2023 " * 30, ""),
    ],
)
def test_the_language_of_a_text_is_told_where_it_can_be(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("content", "media_type", "limits", "sentence"),
    [
        (b"%PDF-1.7 broken", PDF, LIMITS, "cannot be opened"),
        (b"\x89PNG broken", "image/png", LIMITS, "cannot be opened"),
        (b"x", "application/x-unknown", LIMITS, "No text is taken"),
        (b"x" * 60_000_000, TEXT, LIMITS, "more than 50,000,000 characters"),
        (b"x" * 60_000_000, TEXT, LIMITS._replace(megabytes=250), "memory"),
        (a_pdf_of(LINES), PDF, LIMITS._replace(seconds=0), "more than 0 seconds"),
    ],
    ids=["pdf", "png", "unknown", "long", "memory", "time"],
)
def test_what_cannot_be_read_within_limits_says_why(tmp_path, content, media_type, limits, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read(tmp_path, content, media_type, limits=limits)


def test_a_reading_that_dies_takes_nobody_with_it(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(a_pdf_of(*[LINES] * 50))

    def killed(page: int, of: int) -> None:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        os.kill(int(children[-1]), 9)

    apart.read(path, PDF, limits=LIMITS)
    server = apart._server().process
    with pytest.raises(Unreadable, match="broke off"):
        apart.read(path, PDF, limits=LIMITS, told=killed)
    assert len(apart.read(path, PDF, limits=LIMITS).pages) == 50


def test_what_reads_knows_no_secret(tmp_path):
    apart.read(_file(tmp_path), PDF, limits=LIMITS)
    told = Path(f"/proc/{apart._server().process.pid}/environ").read_bytes()
    assert b"DATABASE_URL" not in told
    assert b"ATTEST" not in told


def test_a_page_is_drawn(tmp_path):
    picture = Image.open(io.BytesIO(apart.draw(_file(tmp_path), PDF, 1, 700, limits=LIMITS)))
    assert picture.format == "WEBP"
    assert abs(picture.width - 700) <= 1


def _file(tmp_path: Path) -> Path:
    path = tmp_path / "page.pdf"
    path.write_bytes(a_pdf_of(LINES))
    return path


def test_places_of_words_come_back_as_they_were_kept():
    page = page_of([Mark("e\u0301n", (1, 2, 3, 4)), Mark(" ", None), Mark("deux", (5, 6, 7, 8))], (600, 800))
    assert page.text == "én deux"
    assert words_of(page) == ["én", "deux"]
    assert placed_on(layout_of([page, page]), 2) == ((600, 800), list(page.words))
    assert layout_of([page]).read() == layout_of([page]).read()
    assert layout_of([page._replace(size=None)]) is None
