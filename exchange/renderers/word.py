"""A dossier as DOCX: real headings, marking in header and footer, header rows that repeat."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from accounts.choices import Marking
from exchange.blocks import Bullets, Dossier, Facts, Heading, Judgement, Quotation, Table, Text
from exchange.wording import pieces, printable

WIDTH = 170
"""Millimetres between the margins of A4."""

OF_THE_STYLE = (Emu(2971800), Emu(5943600))
"""Where the style of headers and footers stops tabs by itself."""

COLOURS = {
    Marking.CLEAR: RGBColor(0xFF, 0xFF, 0xFF),
    Marking.GREEN: RGBColor(0x33, 0xFF, 0x00),
    Marking.AMBER: RGBColor(0xFF, 0xC0, 0x00),
    Marking.AMBER_STRICT: RGBColor(0xFF, 0xC0, 0x00),
    Marking.RED: RGBColor(0xFF, 0x2B, 0x2B),
}
SOFT, ALARM = RGBColor(0x4D, 0x5A, 0x6B), RGBColor(0xA3, 0x20, 0x20)


def docx(dossier: Dossier) -> bytes:
    """Every string goes in as a run of text; none is taken for markup."""
    page = Document()
    _set_up(page, dossier)
    page.add_paragraph(printable(dossier.title), style="Title")
    if dossier.subtitle:
        page.add_paragraph(printable(dossier.subtitle), style="Subtitle")
    for notice in dossier.notices:
        said = page.add_paragraph(style="Intense Quote")
        said.add_run(printable(notice.title)).bold = True
        said.add_run("\n" + printable(notice.text))
    _facts(page, Facts(dossier.facts))
    for section in dossier.sections:
        page.add_heading(printable(section.title), level=1)
        for block in section.blocks:
            _draw(page, block)
    out = BytesIO()
    page.save(out)
    return out.getvalue()


def _set_up(page, dossier: Dossier) -> None:
    sheet = page.sections[0]
    sheet.page_width, sheet.page_height = Mm(210), Mm(297)
    sheet.left_margin = sheet.right_margin = Mm(20)
    sheet.top_margin = sheet.bottom_margin = Mm(25)
    page.styles["Normal"].font.name, page.styles["Normal"].font.size = "Calibri", Pt(10.5)
    page.styles["Normal"].paragraph_format.space_after = Pt(5)
    _set_language(page.styles["Normal"].element.get_or_add_rPr(), "en-GB")
    at = datetime.fromisoformat(dossier.at)
    core = page.core_properties
    core.title, core.author, core.language = f"{dossier.title} {dossier.marking}", "Attest", "en-GB"
    core.keywords, core.comments, core.last_modified_by = dossier.marking, "", "Attest"
    core.created = core.modified = at.replace(tzinfo=None)
    for place, words in ((sheet.header, dossier.title), (sheet.footer, dossier.foot)):
        _running_line(place.paragraphs[0], words, dossier, numbered=place is sheet.footer)


def _running_line(line, words: str, dossier: Dossier, *, numbered: bool) -> None:
    """What stands on every page: words, the banner in the middle, and the marking at the right."""
    stops = line.paragraph_format.tab_stops
    stops.add_tab_stop(Mm(WIDTH / 2), WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    for place in OF_THE_STYLE:
        stops.add_tab_stop(place, WD_TAB_ALIGNMENT.CLEAR)
    line.add_run(printable(words)).font.color.rgb = SOFT
    if numbered:
        line.add_run(", page ").font.color.rgb = SOFT
        _field(line, "PAGE")
    banner = line.add_run(f"\t{dossier.banner}\t")
    banner.bold, banner.font.color.rgb = True, ALARM
    _mark(line.add_run(f" {dossier.marking} "), dossier.marking_key)


def _mark(run, marking: str) -> None:
    """The marking in its colour on black, as TLP 2.0 has it."""
    ground = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "000000")):
        ground.set(qn(f"w:{name}"), value)
    run.bold, run.font.color.rgb = True, COLOURS[Marking(marking)]
    run._r.get_or_add_rPr().append(ground)


def _field(line, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    line._p.append(field)


def _set_language(properties, language: str) -> None:
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), language)
    properties.append(told)


def _draw(page, block) -> None:
    match block:
        case Text():
            _write(page.add_paragraph(), block.text)
        case Heading():
            page.add_heading(printable(block.text), level=2)
        case Bullets():
            for entry in block.entries:
                _write(page.add_paragraph(style="List Bullet"), entry)
        case Facts():
            _facts(page, block)
        case Table():
            _table(page, block)
        case Quotation():
            _quotation(page, block)
        case Judgement():
            _judgement(page, block)


def _facts(page, facts: Facts) -> None:
    for term, said in facts.rows:
        line = page.add_paragraph()
        line.paragraph_format.space_after = Pt(4)
        line.add_run(f"{printable(term)}: ").bold = True
        _write(line, said)


def _write(line, text: str) -> None:
    """Words as runs of text. What is still open is highlighted."""
    for piece, is_blank in pieces(printable(text)):
        run = line.add_run(piece)
        if is_blank:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _table(page, block: Table) -> None:
    page.add_paragraph(printable(block.caption), style="Caption").paragraph_format.keep_with_next = True
    table = page.add_table(rows=1, cols=len(block.head), style="Table Grid")
    table.autofit = False
    _name(table, block.caption)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for column, share in zip(table.columns, block.widths, strict=True):
        column.width = Mm(WIDTH * share / sum(block.widths))
    for row in (block.head, *block.rows):
        cells = table.rows[0].cells if row is block.head else table.add_row().cells
        for cell, words, share in zip(cells, row, block.widths, strict=True):
            cell.width = Mm(WIDTH * share / sum(block.widths))
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            run = cell.paragraphs[0].add_run(printable(words))
            run.font.size, run.bold = Pt(9), row is block.head
    for each in table.rows:
        each._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _name(table, caption: str) -> None:
    """What a screen reader says of a table."""
    told = OxmlElement("w:tblCaption")
    told.set(qn("w:val"), printable(caption))
    table._tbl.tblPr.append(told)


def _quotation(page, block: Quotation) -> None:
    line = page.add_paragraph(style="Quote")
    line.paragraph_format.keep_with_next = True
    line.add_run(f"[{block.number}] ").bold = True
    quote = line.add_run(f"“{printable(block.quote)}”")
    if block.language:
        _set_language(quote._r.get_or_add_rPr(), block.language)
    if block.is_rtl:
        quote.font.rtl = True
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    page.add_paragraph().add_run(printable(block.title)).bold = True
    _write(page.add_paragraph(), block.descriptor)
    if block.note:
        page.add_paragraph(f"Cited because: {printable(block.note)}")
    small = page.add_paragraph()
    for place, (term, said) in enumerate(block.facts):
        run = small.add_run(("\n" if place else "") + f"{printable(term)}: {printable(said)}")
        run.font.size, run.font.color.rgb = Pt(8.5), SOFT


def _judgement(page, block: Judgement) -> None:
    statement = page.add_paragraph().add_run(printable(block.statement))
    statement.font.size = Pt(15)
    _facts(page, Facts([("Label", block.label)]))
    page.add_heading("Likelihood", level=2)
    page.add_paragraph().add_run(", ".join(filter(None, (block.likelihood, block.band)))).bold = True
    page.add_paragraph(block.likelihood_sentence)
    page.add_heading("Confidence in the basis", level=2)
    page.add_paragraph().add_run(block.confidence).bold = True
    page.add_paragraph(block.confidence_sentence)
