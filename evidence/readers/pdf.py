"""PDF: the text of each page with the place of each word, by OCR where a page holds none (pypdfium2)."""

import re
from collections.abc import Iterator
from ctypes import byref, c_double, c_int
from importlib.metadata import version
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from evidence.pages import FULL, MOST_PAGES, Mark, Opened, Page, page_of
from evidence.readers.ocr import SHARP, Ocr
from evidence.unreadable import Unreadable

POINTS_PER_INCH = 72

HYPHENS = str.maketrans(dict.fromkeys("\x02\ufffe", "\N{SOFT HYPHEN}"))
"""How PDFium tells of a hyphen that only a line's end asked for. It becomes a soft one: the word stays whole."""

WORD_OR_SPACE = re.compile(r"\s+|[^\s\x02\ufffe]*[\x02\ufffe]|[^\s\x02\ufffe]+")
"""A word that was parted at a line's end stands in two places, hence counts as two."""

LAST = 0x10FFFF
UNTOLD = "\x00"

Box = tuple[float, float, float, float]


def opened(path: Path, ocr: Ocr) -> Opened:
    """Open a PDF for reading. Raises `Unreadable`."""
    document = _document(path)
    if len(document) > MOST_PAGES:
        raise Unreadable(f"The PDF has {len(document):,} pages; at most {MOST_PAGES:,} are read.")
    return Opened(len(document), "pypdfium2", version("pypdfium2"), _pages(document, ocr))


def drawn(path: Path, number: int, width: int) -> Image.Image:
    """A page as a picture, so many pixels wide. Raises `Unreadable`."""
    with _document(path) as document:
        if not 1 <= number <= len(document):
            raise Unreadable("The PDF has no such page.")
        page = document[number - 1]
        return page.render(scale=width / max(page.get_width(), 1)).to_pil()


def _document(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("The PDF is encrypted: it opens with a password only.") from error
        raise Unreadable(f"The PDF cannot be opened: {error}") from error


def _pages(document: pypdfium2.PdfDocument, ocr: Ocr) -> Iterator[Page]:
    with document:
        for number in range(len(document)):
            try:
                page = document[number]
            except pypdfium2.PdfiumError:
                ocr.notes.add(f"Page {number + 1} is damaged.")
                yield Page("")
                continue
            yield _page(page, number + 1, ocr)
            page.close()


def _page(page: pypdfium2.PdfPage, number: int, ocr: Ocr) -> Page:
    size = (max(1, round(page.get_width())), max(1, round(page.get_height())))
    text = page.get_textpage()
    read = page_of(_marks(page, text), size)
    text.close()
    if read.text.strip() or not _holds_a_picture(page):
        return read
    scale = min(SHARP / POINTS_PER_INCH, Ocr.widest / max(size))
    return ocr.page(page.render(scale=scale).to_pil(), size, where=f"Page {number}")


def _holds_a_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether anything at all is drawn on a page: a blank one needs no OCR."""
    return next(page.get_objects(max_depth=3), None) is not None


def _marks(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> Iterator[Mark]:
    """The words of a page in its own order, and what stands between them."""
    characters = _characters(text)
    for found in WORD_OR_SPACE.finditer(characters):
        if found[0].isspace():
            yield Mark(found[0], None)
        else:
            box = _around(text, found.start(), found.end() - found.start())
            yield Mark(found[0].translate(HYPHENS), _placed(page, box))


def _characters(text: pypdfium2.PdfTextPage) -> str:
    """One character for each that PDFium counts, so that offsets here are its own."""
    count = text.count_chars()
    told = text.get_text_range() if count else ""
    if len(told) == count:
        return told
    codes = (pdfium.FPDFText_GetUnicode(text, index) for index in range(count))
    return "".join(chr(code) if code <= LAST else UNTOLD for code in codes)


def _around(text: pypdfium2.PdfTextPage, start: int, count: int) -> Box | None:
    """What surrounds characters; None where they stand nowhere."""
    left, top, right, bottom = (c_double() for _ in range(4))
    around: Box | None = None
    for number in range(pdfium.FPDFText_CountRects(text, start, count)):
        pdfium.FPDFText_GetRect(text, number, byref(left), byref(top), byref(right), byref(bottom))
        around = _joined(around, (left.value, bottom.value, right.value, top.value))
    return around


def _joined(around: Box | None, box: Box) -> Box:
    if around is None:
        return box
    return min(around[0], box[0]), min(around[1], box[1]), max(around[2], box[2]), max(around[3], box[3])


def _placed(page: pypdfium2.PdfPage, box: Box | None) -> tuple[int, int, int, int] | None:
    """A box as it is seen: turned with its page, from the upper left, in `FULL`ths."""
    if box is None:
        return None
    (x0, y0), (x1, y1) = _seen(page, box[0], box[1]), _seen(page, box[2], box[3])
    left, top = min(x0, x1), min(y0, y1)
    return left, top, abs(x1 - x0), abs(y1 - y0)


def _seen(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[int, int]:
    across, down = c_int(), c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, FULL, FULL, 0, x, y, byref(across), byref(down))
    return max(0, min(FULL, across.value)), max(0, min(FULL, down.value))
