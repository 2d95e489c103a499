"""A text of a response as PDF, DOCX and HTML: the same words, marking and version on every page, visible blanks."""

import io

import docx
import pytest

from exchange.assembly import draw
from exchange.choices import Form
from tests.exchange.packets import a_citation, pages_of, words_of
from tests.exchange.responses import OWN_SEAL, a_draft_standing, a_response_packet, a_text
from tests.exchange.test_renderers import inside

KINDS = ["diplomatic_protest", "sanctions", "border_enforcement", "prosecution"]
FORMS = pytest.mark.parametrize("form", Form.values)
TOLD = [
    "Answer to the republic",
    "INC-2026-0007, Buses to the border. From July 2021 to 15 January 2022.",
    "“The carriers of line 21 flew people to the border by order.”",
    "Border Code, Article 25 (European Union)",
    "Access to asylum stays open.",
    "Answer on non_refoulement. [2]",
    a_citation(21)["file_sha256"],
    OWN_SEAL,
    "24 November 2026 by Sofia Approver",
]


@FORMS
@pytest.mark.parametrize("kind", KINDS)
def test_every_form_of_a_text_has_the_same_words(form, kind):
    words = words_of(form, draw(a_text(a_response_packet(kind)), form))
    assert [each for each in TOLD if each not in words] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_of_the_pdf_carries_marking_status_and_version(kind):
    pages = pages_of(draw(a_text(a_response_packet(kind), standing=a_draft_standing()), "pdf"))
    assert len(pages) > 1
    for words in pages:
        assert words.count("TLP:AMBER") >= 2
        assert "DRAFT, NOT APPROVED" in words
        assert "Version 7, not sealed" in words


def test_the_pdf_is_tagged_with_headings_for_every_reader():
    opened = inside(draw(a_text(a_response_packet("sanctions")), "pdf"))
    for mark in ("pdfuaid", "/StructTreeRoot", "/H1", "/H2", "/BlockQuote"):
        assert mark in opened, mark


def test_header_and_footer_of_the_docx_carry_marking_and_version_and_its_headings_are_real():
    page = docx.Document(io.BytesIO(draw(a_text(a_response_packet("sanctions")), "docx")))
    assert "TLP:AMBER" in page.sections[0].header.paragraphs[0].text
    assert f"Round 1, seal {OWN_SEAL[:16]}" in page.sections[0].footer.paragraphs[0].text
    headings = [each.text for each in page.paragraphs if each.style.name == "Heading 1"]
    assert headings[:3] == ["Proposal", "Listing grounds", "Statements of reasons"]


def a_text_with_a_blank():
    return a_text(a_response_packet("prosecution", detail={"statute": ""}), standing=a_draft_standing())


def test_blanks_are_highlighted_in_the_docx():
    page = docx.Document(io.BytesIO(draw(a_text_with_a_blank(), "docx")))
    marked = [run.text for each in page.paragraphs for run in each.runs if run.font.highlight_color]
    assert marked == ["[statute: not filled in]"]


def test_blanks_are_marked_in_the_html_and_nothing_in_them_is_taken_for_markup():
    packet = a_response_packet(
        "sanctions", targets=[{"actor": "x", "name": "<b>X</b>", "actor_kind": "", "grounds": ""}]
    )
    page = draw(a_text(packet, standing=a_draft_standing()), "html").decode()
    assert "<mark>[reasons for &lt;b&gt;X&lt;/b&gt;: not filled in]</mark>" in page
    assert "<b>" not in page
