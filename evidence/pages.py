"""Pages as readers give them: text, and where each word stands on the page. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

MOST_PAGES = 10_000
"""Of one file. Past it the file is kept and its text refused."""

FULL = 10_000
"""Width and height of a page, in the units in which words are placed on it."""


class Word(NamedTuple):
    """Where a stretch of a page's text stands: offsets in code points (`end` exclusive), and its box in `FULL`ths.

    The box is measured from the upper left corner of the page as it is seen.
    """

    start: int
    end: int
    left: int
    top: int
    width: int
    height: int


class Page(NamedTuple):
    """One page. `size` is its width and height in points or pixels; without one there is nothing to draw.

    `confidence` is how sure OCR was, 0 to 100; None where the text is the file's own.
    """

    text: str
    words: tuple[Word, ...] = ()
    size: tuple[int, int] | None = None
    confidence: int | None = None


class Opened(NamedTuple):
    """A file that is being read: how many pages it has, what reads it, and the pages as they come."""

    page_count: int
    extractor: str
    extractor_version: str
    pages: Iterator[Page]


class Mark(NamedTuple):
    """Text as it comes, with its box; None for what has no place, like white space between words."""

    text: str
    box: tuple[int, int, int, int] | None


def page_of(marks: Iterable[Mark], size: tuple[int, int], confidence: int | None = None) -> Page:
    """Join words and what stands between them, so that each word's offsets count in the text as it is kept."""
    text: list[str] = []
    words: list[Word] = []
    at = 0
    for mark in marks:
        kept = tidy(mark.text)
        if mark.box and kept:
            words.append(Word(at, at + len(kept), *mark.box))
        text.append(kept)
        at += len(kept)
    return Page("".join(text), tuple(words), size, confidence)


def tidy(text: str) -> str:
    """NFC, line ends as line feeds, no NUL (PostgreSQL keeps none) and no lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
