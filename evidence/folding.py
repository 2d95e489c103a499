"""One plain writing for what looks the same, so that a rule about a text is written once. Pure.

Digits of every script become 0 to 9, spaces and dashes of all sorts become ` ` and `-`, full width
letters become ASCII, and what nobody sees (soft hyphens, marks of direction) goes.
"""

import re
import unicodedata
from array import array
from typing import NamedTuple

MINUS = "\u2212"
FULL_WIDTH = range(0xFF01, 0xFF5F)
LAST_WITH_DIGITS = 0x1FBFF
"""Decimal digits and formatting marks of Unicode stand below it, tags (U+E0000) apart."""


class Folded(NamedTuple):
    """A folded text. `places` tells where each of its characters stood, and is None where none moved."""

    text: str
    places: "array[int] | None"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the folded text stood in the text that came."""
        return (start, end) if self.places is None else (self.places[start], self.places[end - 1] + 1)


def _plain(character: str) -> str | None:
    """What a character is folded to; None for one that stays."""
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.digit(character))
        case "Zs":
            return " "
        case "Pd":
            return "-"
        case "Cf":
            return ""
    if character == MINUS:
        return "-"
    return chr(ord(character) - 0xFEE0) if ord(character) in FULL_WIDTH else None


PLAIN = {
    character: plain
    for character in map(chr, (*range(0x80, LAST_WITH_DIGITS), *range(0xE0000, 0xE0080)))
    if (plain := _plain(character)) is not None
}
FOLDED = re.compile(f"[{''.join(map(re.escape, (each for each, plain in PLAIN.items() if plain)))}]")
UNSEEN = re.compile(f"[{''.join(each for each, plain in PLAIN.items() if not plain)}]")


def fold(text: str) -> Folded:
    """The text in its plain writing."""
    if text.isascii():
        return Folded(text, None)
    plain = FOLDED.sub(lambda found: PLAIN[found[0]], text)
    if not UNSEEN.search(plain):
        return Folded(plain, None)
    seen = array("L", (at for at, each in enumerate(plain) if PLAIN.get(each) != ""))
    return Folded(UNSEEN.sub("", plain), seen)


def words(told: str) -> frozenset[str]:
    """A set of words, written with spaces between."""
    return frozenset(told.split())
