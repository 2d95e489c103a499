"""Text out of bytes, page by page. Pure: it reads a file and knows no record.

What it opens is hostile: it runs in a process of its own, within limits (`evidence.apart`).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import docx
import trafilatura
from docx.oxml.ns import qn
from PIL import Image
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from evidence.detection import DOCX, HTML, PDF, TEXT, is_drawn, is_played
from evidence.pages import Opened, Page, tidy
from evidence.readers import image, pdf, plain
from evidence.readers.ocr import Ocr
from evidence.unreadable import Unreadable, Unsupported

MOST_CHARACTERS = 50_000_000
"""Of one file. Past it the file is kept and its text refused."""

LOOKED_AT = 4_000
"""Characters by which a page's language is told; fewer than `TOO_FEW` tell none."""

TOO_FEW = 60

SURE = 0.8
"""How sure the language must be before it is said."""


def opened(path: Path, media_type: str, languages: Sequence[str] = ()) -> tuple[Opened, Ocr]:
    """Begin to read a file; its pages come as they are asked for. Raises `Unreadable`, now or then."""
    ocr = Ocr(languages)
    if media_type == PDF:
        return _bounded(pdf.opened(path, ocr)), ocr
    if is_drawn(media_type):
        return image.opened(path, ocr), ocr
    if is_played(media_type):
        return Opened(1, "none", "1", iter([Page("")])), ocr
    reader = READERS.get(media_type)
    if reader is None:
        raise Unsupported(f"No text is taken from {media_type}.")
    with path.open("rb") as stream:
        texts, extractor = reader(stream)
    pages = (Page(tidy(each)) for each in texts)
    return _bounded(Opened(len(texts), extractor, _version(extractor), pages)), ocr


def drawn(path: Path, media_type: str, number: int, width: int) -> Image.Image:
    """A page as a picture, at most so many pixels wide. Raises `Unreadable`."""
    return pdf.drawn(path, number, width) if media_type == PDF else image.drawn(path, number, width)


def language_of(text: str) -> str:
    """The language of a text (ISO 639-1); empty where too little is written, or it cannot be told surely."""
    looked_at = text[:LOOKED_AT]
    if sum(map(str.isalpha, looked_at)) < TOO_FEW:
        return ""
    language, sureness = _identifier().classify(looked_at)
    return language if sureness >= SURE else ""


def warm_up() -> None:
    """Load what each reading needs, once, in the server that readings are forked from."""
    _identifier()


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _bounded(reading: Opened) -> Opened:
    def pages() -> Iterator[Page]:
        left = MOST_CHARACTERS
        for page in reading.pages:
            left -= len(page.text)
            if left < 0:
                raise Unreadable(f"The file holds more than {MOST_CHARACTERS:,} characters.")
            yield page

    return reading._replace(pages=pages())


def _version(extractor: str) -> str:
    return version(extractor) if extractor != "plain" else "1"


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
    return plain.pages_of(stream.read()), "plain"


READERS: dict[str, Callable[[BinaryIO], tuple[list[str], str]]] = {
    DOCX: _docx,
    HTML: _html,
    TEXT: _plain,
}
"""What takes all the text at once; PDF and pictures come page by page, with the place of each word."""
