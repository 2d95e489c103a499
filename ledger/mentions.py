"""Who is named in a text: `@Ana Example`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID


def _names(people: Mapping[UUID, str]) -> re.Pattern[str] | None:
    """Any of the names after an @ that begins a word; the longest that fits, whatever the case."""
    longest_first = sorted({name for name in people.values() if name}, key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(rf"(?<![\w@.])@({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def mentioned(text: str, people: Mapping[UUID, str]) -> set[UUID]:
    """The ids of those whose name stands in the text after an @. A shared name means all who bear it."""
    pattern = _names(people)
    named = {found.group(1).casefold() for found in pattern.finditer(text)} if pattern else set()
    return {pk for pk, name in people.items() if name.casefold() in named}


def pieces(text: str, people: Mapping[UUID, str]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it names somebody."""
    pattern, cut, at = _names(people), [], 0
    for found in pattern.finditer(text) if pattern else ():
        cut += [(text[at : found.start()], False), (found.group(), True)]
        at = found.end()
    return [each for each in [*cut, (text[at:], False)] if each[0]]
