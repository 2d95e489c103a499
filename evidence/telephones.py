"""Telephone numbers in a folded text (see `folding`), told from counts, dates, places and citations. Pure."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

FEWEST, MOST = 8, 15
"""Digits of an international number (E.164 sets the upper bound)."""

THOUSANDS = re.compile(r"\+? ?\d{1,3}(?:[ .]\d{3}){1,6}+")
DECIMAL = re.compile(r"\+? ?\d{1,3}\.\d{3,8}")
DATES = re.compile(r"\d{1,2}[ ./-]\d{1,2}[ ./-](?:19|20)\d{2}")
LAST_GROUP = re.compile(r"[ .()/\n-]{1,3}+\d{1,20}+$")
ENDS_IN_A_YEAR = re.compile(r" (?:19|20)\d{2}$")

CHAT = re.compile(r"(?:wa\.me/|whatsapp\.com/send\?phone=|tel:)\+?(?P<number>\d{7,15}+)", re.IGNORECASE)
LABELS = (
    r"tel(?:ephone|éfono|éphone|efon\w{0,3})?|phones?|mobiles?|móvil|cell(?:phone)?|handy|gsm|whats ?app|viber|fax|kom"
    r"|тел(?:ефон\w{0,2})?|моб|هاتف"
)


class Writing(NamedTuple):
    """A way to write a telephone number, and what tells it from a number that is none."""

    pattern: re.Pattern[str]
    is_one: Callable[[str], object]


def digits_of(text: str) -> int:
    """How many digits a text holds."""
    return sum(map(str.isdigit, text))


def _is_count(told: str) -> bool:
    """Thousands with spaces or points between; from nine digits on it reads as a telephone number."""
    return digits_of(told) < 9 and THOUSANDS.fullmatch(told) is not None


def _is_international(told: str) -> bool:
    return digits_of(told) >= FEWEST and not DECIMAL.fullmatch(told) and not _is_count(told)


WRITINGS = [
    # +48 601 234 567, +44 (0)20 7946 0958, 0048-601-234-567
    Writing(
        re.compile(r"(?P<number>(?:(?<![\d+])\+ ?|(?<![\w.,:/+-])00[ -]?)\(?[1-9](?:[ .()/\n-]{0,3}+\d){6,19}+)"),
        _is_international,
    ),
    # (202) 555-0123, 202-555-0123
    Writing(
        re.compile(
            r"(?P<number>(?<![\w.,/+-])(?:1[ .-])?(?:\([2-9]\d{2}\)[ -]?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4})(?![\w-])"
        ),
        lambda told: not ENDS_IN_A_YEAR.search(told),
    ),
    # 030 12345678, 06 12 34 56 78, 07700900123
    Writing(
        re.compile(r"(?P<number>(?<![\w.,:/+-])\(?0[1-9](?:[ .()/-]{0,2}+\d){7,10})(?![\w/])"),
        lambda told: not DATES.match(told) and not DECIMAL.fullmatch(told),
    ),
    # 8 (029) 123-45-67, 29 123-45-67
    Writing(
        re.compile(r"(?P<number>(?<![\w.,:/+-])(?:8[ -]{0,2}+)?\(?\d{2,3}\)?[ -]{1,2}+\d{3}-\d{2}-\d{2})(?![\w-])"),
        lambda told: True,
    ),
    # (22) 123 45 67
    Writing(
        re.compile(r"(?P<number>(?<![\w.])\((?!19|20)\d{2,4}\) ?\d{2,4}(?:[ .-]\d{2,4}){1,3})(?![\w/])"),
        lambda told: digits_of(told) >= 9,
    ),
    # tel. 601 234 567, WhatsApp: 7700900123
    Writing(
        re.compile(
            rf"(?>(?<!\w)(?:{LABELS})(?!\w)\.?)"
            r"(?:[ :.(#=\n-]{0,4}+(?:is|was|no|nr|num|number|numer|número|on|at|номер)(?!\w)){0,2}+"
            r"[ :.#=\n-]{1,4}+(?P<number>\+?\(?\d(?:[ .()/-]{0,3}+\d){5,14}+)",
            re.IGNORECASE,
        ),
        lambda told: not _is_count(told),
    ),
]


def chats_in(text: str) -> Iterator[tuple[int, int]]:
    """Numbers in addresses that open a chat or a call."""
    for found in CHAT.finditer(text):
        yield found.span("number")


def telephones_in(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that read as telephone numbers. They may overlap."""
    for writing in WRITINGS:
        for found in writing.pattern.finditer(text):
            told = _cut(found["number"])
            if told and writing.is_one(told):
                yield found.start("number"), found.start("number") + len(told)


def _cut(told: str) -> str:
    """Without the groups that make it too long: they are another number. Empty if it is one group."""
    most = MOST + 2 * told.startswith("00")
    while digits_of(told) > most:
        shorter = LAST_GROUP.sub("", told)
        if shorter == told:
            return ""
        told = shorter
    return told
