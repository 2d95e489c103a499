"""The words of a web page."""

import re
from typing import BinaryIO

import trafilatura

from evidence.readers.plain import decoded_somehow, read_whole
from evidence.unreadable import Unreadable

MOST_READ = 20 * 2**20
"""Bytes of a page."""

STATED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
LOOK_AT = 4096
"""Bytes in which a page states its encoding."""


def pages_of(stream: BinaryIO) -> list[str]:
    return [words_of(read_whole(stream, MOST_READ))]


def words_of(raw: bytes, stated: str = "") -> str:
    """What a reader of the page would read. What stands above the page (`stated`) goes before what it says itself."""
    said = STATED.search(raw[:LOOK_AT])
    text = decoded_somehow(raw, stated or (said[1].decode("ascii") if said else ""))
    try:
        words = trafilatura.extract(
            text.replace("\x00", ""), include_comments=False, include_tables=True, favor_recall=True
        )
    except Exception as error:  # errors of several libraries, and pages nested without end
        raise Unreadable("The page cannot be read: its markup is broken.") from error
    if not words:
        raise Unreadable("The page holds no readable text.")
    return words
