"""Text as it stands, in whatever encoding."""

import codecs
import re
from typing import BinaryIO

from charset_normalizer import from_bytes

from evidence.unreadable import Unreadable

MOST_READ = 200 * 2**20
"""Bytes of a text that are taken into memory."""

MOST_ON_A_PAGE = 1_000_000
"""Characters. A longer page is cut into several, at the end of a line or of a word where there is one near."""

LOOK_BACK = 10_000
"""Characters before the bound in which a better place to cut is sought."""

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def pages_of(stream: BinaryIO) -> list[str]:
    """A form feed begins a new page."""
    return decoded(read_whole(stream)).split("\f")


def table_of(stream: BinaryIO) -> list[str]:
    """Rows stay exactly as they stand, marks and all, so that a passage quotes what the file says."""
    return [decoded(read_whole(stream))]


def read_whole(stream: BinaryIO, most: int = MOST_READ) -> bytes:
    raw = stream.read(most + 1)
    if len(raw) > most:
        raise Unreadable(f"The text is longer than {most // 2**20} MB.")
    return raw


def decoded(raw: bytes, stated: str = "") -> str:
    """By its own mark, as stated, as UTF-8, or in the most likely encoding. Raises `Unreadable`."""
    marked = next((name for mark, name in MARKS if raw.startswith(mark)), "")
    for name in (marked, stated, "utf-8"):
        try:
            if name:
                return whole(raw.decode(name))
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    best = from_bytes(raw).best()
    if best is None:
        raise Unreadable("The encoding of the text cannot be told.")
    return whole(str(best))


def decoded_somehow(raw: bytes, stated: str = "") -> str:
    """As `decoded`; where no encoding fits, what cannot be read in it stands as `�`."""
    try:
        return decoded(raw, stated)
    except Unreadable:
        return raw.decode("utf-8", "replace")


def whole(text: str) -> str:
    """Halves of characters, which no encoding has, stand as `�`."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def cut(page: str) -> list[str]:
    """A page in pieces of at most `MOST_ON_A_PAGE` characters."""
    pieces, at = [], 0
    while len(page) - at > MOST_ON_A_PAGE:
        end = at + MOST_ON_A_PAGE
        better = max(page.rfind(mark, end - LOOK_BACK, end) for mark in "\n ")
        end = better + 1 if better > at else end
        pieces.append(page[at:end])
        at = end
    return [*pieces, page[at:]]
