"""Text out of bytes, page by page. Pure: it reads a file and knows no record.

What it opens is hostile: it runs in a process of its own, within limits (`evidence.apart`).
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PIL import Image
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from evidence.detection import PDF, is_drawn, is_played
from evidence.pages import MOST_PAGES, Opened, Page, tidy
from evidence.readers import image, pdf, plain
from evidence.readers.formats import FORMATS, why_kept
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
    return _bounded(_at_once(path, media_type)), ocr


def _at_once(path: Path, media_type: str) -> Opened:
    """Of the formats whose text is taken all at once: a page that is too long is cut into several."""
    if media_type not in FORMATS:
        raise Unsupported(why_kept(media_type))
    pages_of, extractor = FORMATS[media_type]
    with path.open("rb") as stream:
        texts = [piece for text in pages_of(stream) for piece in plain.cut(tidy(text))]
    if len(texts) > MOST_PAGES:
        raise Unreadable(f"The file has {len(texts):,} pages; at most {MOST_PAGES:,} are read.")
    return Opened(len(texts), extractor, _version(extractor), map(Page, texts))


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
    try:
        return version(extractor)
    except PackageNotFoundError:  # ours
        return "1"
