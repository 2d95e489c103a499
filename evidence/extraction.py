"""Text out of bytes, page by page. Pure: it reads a stream and knows no record."""

import unicodedata
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import BinaryIO, NamedTuple

import pypdfium2

from evidence.detection import PDF
from evidence.readers import FORMATS, Pages, why_kept
from evidence.readers.plain import cut, whole
from evidence.unreadable import Unreadable

__all__ = ["MOST_CHARACTERS", "MOST_PAGES", "READERS", "Reading", "Unreadable", "read"]

MOST_PAGES = 10_000
MOST_CHARACTERS = 50_000_000
"""Of one file. Past either bound the file is kept and its text refused."""


class Reading(NamedTuple):
    """The text of each page, in order, in Unicode NFC, and what took it."""

    pages: list[str]
    extractor: str
    extractor_version: str


def read(stream: BinaryIO, media_type: str) -> Reading:
    """Take the text of a file. Raises `Unreadable`."""
    reader = READERS.get(media_type)
    if reader is None:
        raise Unreadable(why_kept(media_type))
    pages, extractor = reader(stream)
    pages = [piece for page in pages for piece in cut(_tidy(page))]
    if len(pages) > MOST_PAGES:
        raise Unreadable(f"The file has {len(pages):,} pages; at most {MOST_PAGES:,} are read.")
    if sum(map(len, pages)) > MOST_CHARACTERS:
        raise Unreadable(f"The file holds more than {MOST_CHARACTERS:,} characters.")
    return Reading(pages, extractor, _version_of(extractor))


def _version_of(extractor: str) -> str:
    try:
        return version(extractor)
    except PackageNotFoundError:  # ours
        return "1"


def _pdf(stream: BinaryIO) -> tuple[list[str], str]:
    try:
        document = pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"The PDF cannot be opened: {error}") from error
    with document:
        if len(document) > MOST_PAGES:
            raise Unreadable(f"The PDF has {len(document):,} pages; at most {MOST_PAGES:,} are read.")
        try:
            return [_pdf_page(page) for page in document], "pypdfium2"
        except pypdfium2.PdfiumError as error:
            raise Unreadable("The PDF is broken: one of its pages cannot be opened.") from error


def _pdf_page(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage()
    try:
        return text.get_text_bounded()
    finally:
        text.close()
        page.close()


def _tidy(text: str) -> str:
    """NFC, line ends as line feeds, no NUL (PostgreSQL keeps none) and no half of a character."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return unicodedata.normalize("NFC", whole(text))


def _by_format(pages_of: Pages, extractor: str, stream: BinaryIO) -> tuple[list[str], str]:
    return pages_of(stream), extractor


READERS: dict[str, Callable[[BinaryIO], tuple[list[str], str]]] = {
    PDF: _pdf,
    **{media_type: partial(_by_format, *how) for media_type, how in FORMATS.items()},
}
