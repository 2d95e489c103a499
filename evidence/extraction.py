"""Text out of bytes, page by page. Pure: it reads a stream and knows no record."""

import unicodedata
from collections.abc import Callable
from importlib.metadata import version
from typing import BinaryIO, NamedTuple

import docx
import pypdfium2
import trafilatura
from charset_normalizer import from_bytes
from docx.oxml.ns import qn

from evidence.detection import DOCX, HTML, PDF, TEXT

MOST_PAGES = 10_000
MOST_CHARACTERS = 50_000_000
"""Of one file. Past either bound the file is kept and its text refused."""


class Unreadable(Exception):
    """The file holds no text that we can take; the sentence says why."""


class Reading(NamedTuple):
    """The text of each page, in order, in Unicode NFC, and what took it."""

    pages: list[str]
    extractor: str
    extractor_version: str


def read(stream: BinaryIO, media_type: str) -> Reading:
    """Take the text of a file. Raises `Unreadable`."""
    reader = READERS.get(media_type)
    if reader is None:
        raise Unreadable(f"No text is taken from {media_type}.")
    pages, extractor = reader(stream)
    pages = [_tidy(page) for page in pages]
    if sum(map(len, pages)) > MOST_CHARACTERS:
        raise Unreadable(f"The file holds more than {MOST_CHARACTERS:,} characters.")
    return Reading(pages, extractor, version(extractor) if extractor != "plain" else "1")


def _pdf(stream: BinaryIO) -> tuple[list[str], str]:
    try:
        document = pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"The PDF cannot be opened: {error}") from error
    with document:
        if len(document) > MOST_PAGES:
            raise Unreadable(f"The PDF has {len(document):,} pages; at most {MOST_PAGES:,} are read.")
        return [_pdf_page(page) for page in document], "pypdfium2"


def _pdf_page(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage()
    try:
        return text.get_text_bounded()
    finally:
        text.close()
        page.close()


def _docx(stream: BinaryIO) -> tuple[list[str], str]:
    """Word keeps no pages: a new one begins at each explicit page break."""
    try:
        document = docx.Document(stream)
    except Exception as error:  # python-docx lets errors of several libraries through
        raise Unreadable(f"The Word document cannot be opened: {error}") from error
    pages: list[list[str]] = [[]]
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            pages[-1] += ["\t".join(cell.text for cell in row.cells) for row in block.rows]
            continue
        if pages[-1] and any(each.get(qn("w:type")) == "page" for each in block._p.iter(qn("w:br"))):
            pages.append([])
        pages[-1].append(block.text)
    return ["\n".join(lines) for lines in pages], "python-docx"


def _html(stream: BinaryIO) -> tuple[list[str], str]:
    text = trafilatura.extract(stream.read(), include_comments=False, include_tables=True, favor_recall=True)
    if text is None:
        raise Unreadable("The page holds no readable text.")
    return [text], "trafilatura"


def _plain(stream: BinaryIO) -> tuple[list[str], str]:
    """UTF-8 where it is UTF-8, else the most likely encoding; a form feed begins a new page."""
    raw = stream.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(raw).best()
        if best is None:
            raise Unreadable("The encoding of the text cannot be told.")
        text = str(best)
    return text.split("\f"), "plain"


def _tidy(text: str) -> str:
    """NFC, line ends as line feeds, no NUL (PostgreSQL keeps none)."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))


READERS: dict[str, Callable[[BinaryIO], tuple[list[str], str]]] = {
    PDF: _pdf,
    DOCX: _docx,
    HTML: _html,
    TEXT: _plain,
}
