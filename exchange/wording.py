"""How coded values, dates and hidden characters are told in a dossier. Pure."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from accounts.choices import Marking
from cases.choices import BANDS, Likelihood

OVERRIDES = {"\u202d", "\u202e"}
"""Characters that would turn the order of what is read; shown by name instead."""

BLANK = re.compile(r"\[[^\[\]]{1,200}: not [^\[\]]{1,80}\]")
"""A place that is still open, as `blank` writes it."""


def blank(what: str, why: str = "not filled in") -> str:
    """`[addressee: not filled in]`: a place that the record leaves open. `why` begins with `not`."""
    return f"[{re.sub(r'[][]', '', what)[:200]}: {why}]"


def pieces(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is a blank."""
    plain, blanks = BLANK.split(text), BLANK.findall(text)
    found = [(plain[0], False)]
    for gap, rest in zip(blanks, plain[1:], strict=True):
        found += [(gap, True), (rest, False)]
    return [piece for piece in found if piece[0]]


def label_of(choices: Any, value: Any) -> str:
    """The display name of a coded value; the code itself, made readable, where it is unknown."""
    known = dict(choices.choices)
    return str(known.get(value, str(value or "").replace("_", " ").capitalize()))


def marking_label(marking: str) -> str:
    return label_of(Marking, marking)


def band_of(likelihood: str) -> str:
    """The band of a likelihood term, like `80 to 95 per cent`; empty where none is set."""
    if likelihood not in Likelihood.values:
        return ""
    low, high = BANDS[Likelihood(likelihood)]
    return f"{low} to {high} per cent"


def day(value: str | None) -> str:
    """`2021-07-02` as 2 July 2021, `2021-07` as July 2021, `2021` as 2021."""
    parts = str(value or "").split("-")
    if len(parts) == 1 or not all(part.isdigit() for part in parts):
        return str(value or "")
    month = calendar.month_name[int(parts[1])]
    return f"{month} {parts[0]}" if len(parts) == 2 else f"{int(parts[2])} {month} {parts[0]}"


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def printable(text: str) -> str:
    """Text without characters that no page can hold: they are shown by their code point instead."""
    return "".join(each if _is_printable(each) else f"[U+{ord(each):04X}]" for each in text.replace("\r\n", "\n"))


def _is_printable(character: str) -> bool:
    if character in "\n\t":
        return True
    is_no_character = ord(character) & 0xFFFE == 0xFFFE
    return character not in OVERRIDES and unicodedata.category(character) not in ("Cc", "Cs") and not is_no_character


def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    for character in text:
        match unicodedata.bidirectional(character):
            case "R" | "AL":
                return True
            case "L":
                return False
    return False
