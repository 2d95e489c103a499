"""A dossier as PDF, DOCX and HTML: the same words, the marking on every page, open to every reader."""

import io
import re
import unicodedata
import zlib

import docx
import pypdfium2
import pytest
from django.utils.html import escape
from docx.oxml.ns import qn

from exchange.assembly import draw
from exchange.choices import Form
from exchange.renderers.web import style_source
from tests.exchange.packets import a_citation, a_dossier, a_packet, flat, pages_of, words_of

FORMS = pytest.mark.parametrize("form", Form.values)
TOLD = [
    "The republic moved people to the border by decree.",
    "very likely (80 to 95 per cent)",
    "Our confidence in the basis of this judgement is moderate.",
    "Three origins carry it.",
    "“The carriers of line 1 flew people to the border by order.”",
    "reliability B, usually reliable",
    a_citation(1)["file_sha256"],
    "untested: never rated against",
    "The order is only inferred.",
    "It is in the gaps.",
    "A decree that forbids it.",
    "ab" * 32,
]
HOSTILE = [
    '#eval("1") #import "x" *bold* _it_ $x$ `raw` @ref // no comment /* none */ ] } #',
    "Zażółć gęślą jaźń, Ђорђе, Ελλάδα",
    "<script>alert(1)</script> <b>&amp;</b>",
    "{{ dossier }} {% load x %}",
    "' OR 1=1 --",
]
FROM_THE_RIGHT = ["مرحبا بالعالم", "שלום עולם"]


@FORMS
def test_everything_a_reader_needs_stands_in_it(form):
    words = words_of(form, draw(a_dossier(), form))
    assert [each for each in TOLD if each not in words] == []


@FORMS
@pytest.mark.parametrize("hostile", HOSTILE, ids=[each[:12] for each in HOSTILE])
def test_what_people_wrote_is_shown_and_never_taken_for_markup(form, hostile):
    cited = a_citation(1, quote=hostile, note=hostile, item={"title": hostile, "source": hostile, "language": "ar"})
    drawn = draw(a_dossier(a_packet([cited], statement=hostile, gaps=hostile)), form)
    if form == "pdf":
        shown = "".join(words_of(form, drawn).replace("\u200b", "").split())
        assert shown.count(hostile.replace(" ", "")) >= 3
    elif form == "docx":
        paragraphs = [each.text for each in docx.Document(io.BytesIO(drawn)).paragraphs]
        assert hostile in paragraphs
    else:
        page = drawn.decode()
        assert "<script" not in page
        assert page.count(escape(hostile)) >= 3


@pytest.mark.parametrize("text", FROM_THE_RIGHT)
def test_words_from_right_to_left_are_drawn_in_the_pdf(text):
    quoting = a_packet([a_citation(1, quote=text, item={"language": "ar"})])
    drawn = draw(a_dossier(quoting), "pdf")
    shown = unicodedata.normalize("NFKC", words_of("pdf", drawn))
    assert set(text) <= set(shown)
    assert "[U+" not in shown
    assert 'dir="rtl"' in draw(a_dossier(quoting), "html").decode()


@pytest.mark.parametrize("unit", ["x", "word "])
def test_ten_thousand_characters_are_drawn_whole_and_within_the_page(unit):
    text = unit * (10_000 // len(unit))
    drawn = draw(a_dossier(a_packet([a_citation(1, quote=text)], statement=text)), "pdf")
    assert words_of("pdf", drawn).count(unit.strip()) >= 2 * 10_000 // len(unit)
    for page in pypdfium2.PdfDocument(drawn):
        boxes = [each.get_bounds() for each in page.get_objects()]
        assert min(box[0] for box in boxes) > 0
        assert max(box[2] for box in boxes) < page.get_width()
    for form in ("docx", "html"):
        assert flat(text).strip() in words_of(form, draw(a_dossier(a_packet(statement=text)), form))


@FORMS
def test_what_no_page_can_hold_is_shown_by_its_code_point(form):
    hostile = "bell\x07 null\x01 turned\u202e end\ufffe"
    words = words_of(form, draw(a_dossier(a_packet(statement=hostile)), form))
    assert "bell[U+0007] null[U+0001] turned[U+202E] end[U+FFFE]" in words


def test_letters_that_no_font_of_ours_has_are_told_by_their_code_points_in_the_pdf():
    drawn = draw(a_dossier(a_packet(statement="By 中 and 🚌.")), "pdf")
    assert "By [U+4E2D] and [U+1F68C]." in words_of("pdf", drawn)
    assert "pdfuaid" in inside(drawn)


def test_signs_that_come_with_typst_are_drawn():
    from exchange.renderers.pdf import IN_TYPST

    drawn = draw(a_dossier(a_packet(statement=" ".join(sorted(IN_TYPST)))), "pdf")
    assert "pdfuaid" in inside(drawn)
    assert "[U+" not in words_of("pdf", drawn)


# --- The marking ----------------------------------------------------------------------------------


def test_every_page_of_the_pdf_carries_the_marking_twice_and_the_banner():
    many = [a_citation(number, quote="Long words of evidence. " * 30) for number in range(1, 30)]
    pages = pages_of(draw(a_dossier(a_packet(many), is_draft=True), "pdf"))
    assert len(pages) > 5
    for number, words in enumerate(pages, start=1):
        assert words.count("TLP:AMBER") >= 2, number
        assert "DRAFT, NOT APPROVED" in words, number
        assert f"Page {number} of {len(pages)}" in words


def test_header_and_footer_of_the_docx_carry_the_marking_and_the_banner():
    page = docx.Document(io.BytesIO(draw(a_dossier(is_draft=True), "docx")))
    assert len(page.sections) == 1
    for place in (page.sections[0].header, page.sections[0].footer):
        assert "TLP:AMBER" in place.paragraphs[0].text
        assert "DRAFT, NOT APPROVED" in place.paragraphs[0].text


@pytest.mark.parametrize("marking", ["clear", "green", "amber", "amber_strict", "red"])
@FORMS
def test_each_marking_can_be_drawn(form, marking):
    label = {"amber_strict": "TLP:AMBER+STRICT"}.get(marking, f"TLP:{marking.upper()}")
    assert label in words_of(form, draw(a_dossier(a_packet(marking=marking)), form))


# --- Open to every reader -------------------------------------------------------------------------


def inside(pdf: bytes) -> str:
    """A PDF with its streams laid open."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found).decode("latin-1")


@pytest.mark.parametrize(
    "mark",
    [
        r"/MarkInfo",
        r"/Marked true",
        r"/StructTreeRoot",
        r"/Lang ?\(en",
        r"/DisplayDocTitle true",
        r"pdfuaid:part(>|=\")1",
        r"pdfaid:part(>|=\")2",
        r"/S ?/H1\b",
        r"/S ?/H2\b",
        r"/S ?/TH\b",
        r"/Scope ?/Column",
        r"/S ?/THead\b",
        r"/S ?/BlockQuote\b",
        r"Lang ?\(pl",
    ],
)
def test_the_pdf_is_tagged(mark):
    assert re.search(mark, inside(draw(a_dossier(), "pdf"))), mark


def test_the_same_dossier_gives_the_same_pdf():
    assert draw(a_dossier(), "pdf") == draw(a_dossier(), "pdf")


def test_the_docx_has_headings_a_language_and_header_rows():
    page = docx.Document(io.BytesIO(draw(a_dossier(), "docx")))
    styles = [each.style.name for each in page.paragraphs]
    assert (styles.count("Title"), styles.count("Heading 1")) == (1, 10)
    assert "Heading 2" in styles
    assert page.core_properties.title == "Attribution dossier INC-2026-0007 TLP:AMBER"
    assert page.core_properties.language == "en-GB"
    assert page.tables
    for table in page.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None


def test_the_html_stands_alone_and_needs_no_script():
    page = draw(a_dossier(), "html").decode()
    assert not re.search(r"<script|<link|<img|@import|url\(|src=|style=", page)
    assert re.findall(r"https?://[^\s\"<]+", page) == [f"https://example.org/{number}" for number in range(1, 7)]
    assert '<blockquote lang="pl"' in page
    assert page.count("TLP:AMBER") >= 4
    assert style_source(a_dossier()).startswith("'sha256-")


def test_a_title_of_words_from_elsewhere_does_not_leave_its_place_in_the_style():
    drawn = draw(a_dossier(a_packet(statement="</style><script>alert(1)</script>")), "html").decode()
    assert drawn.count("</style>") == 1


def test_fifty_citations_are_drawn_in_every_form():
    kinds = ["facilitation", "objective", "impact", "coordination", "contrary"]
    many = [a_citation(n, kinds[n % 5], quote=f"Evidence {n}. " * 20) for n in range(1, 51)]
    for form in Form.values:
        words = words_of(form, draw(a_dossier(a_packet(many)), form))
        assert all(f"[{number}]" in words for number in range(1, 51))


def test_flat_words_are_what_the_tests_above_look_at():
    assert flat("a\r\n b") == "a b"
