"""Find a passage again in a text that was taken anew: exact, moved, alike, or nowhere. Pure.

What stands in the same place is exact. The same words elsewhere, or spelled otherwise (`evidence.spelling`), have
moved. Words that are merely alike, or stand in several places that fit equally well, are for a person to confirm
(W3C Web Annotation, text quote selector: prefix and suffix choose between places).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rapidfuzz import fuzz

from evidence.choices import AnchorState
from evidence.quoting import Anchor, anchor_at, places_of
from evidence.spelling import read

ALIKE = 75
"""How alike words must be to be proposed, of 100 (partial ratio of edits)."""

NEAR = 2
"""Pages before and after that are looked at for words that are alike, before all others."""

SHORTEST = 12
"""Characters. Shorter words are alike by accident."""


class Stood(NamedTuple):
    """A passage as it stood: the number of its page, and its anchor there."""

    page: int
    anchor: Anchor


class Found(NamedTuple):
    """Where it stands now; `page` and `anchor` are None where it stands nowhere. `likeness` is of 100."""

    state: AnchorState
    page: int | None
    anchor: Anchor | None
    likeness: int


NOWHERE = Found(AnchorState.ORPHAN, None, None, 0)


def found_again(stood: Stood, pages: Mapping[int, str]) -> Found:
    """Where a passage stands in these pages, by number."""
    quote, start, end = stood.anchor.quote, stood.anchor.start, stood.anchor.end
    if pages.get(stood.page, "")[start:end] == quote:
        return Found(AnchorState.EXACT, stood.page, anchor_at(pages[stood.page], start, end), 100)
    places = [(number, anchor_at(text, *place)) for number, text in pages.items() for place in places_of(text, quote)]
    if places:
        return _best(stood, places)
    return _alike(stood, pages)


def _best(stood: Stood, places: list[tuple[int, Anchor]]) -> Found:
    """Of several places the one whose surroundings fit best; where two fit equally well, a person must say."""
    ranked = sorted(places, key=lambda place: _fit(stood, *place), reverse=True)
    page, anchor = ranked[0]
    is_open = len(ranked) > 1 and _fit(stood, *ranked[1])[:2] == _fit(stood, page, anchor)[:2]
    return Found(AnchorState.FUZZY if is_open else AnchorState.MOVED, page, anchor, 100)


def _fit(stood: Stood, page: int, anchor: Anchor) -> tuple[int, bool, int]:
    """How well the surroundings fit (of 20), whether it is the same page, and how near it is."""
    around = fuzz.ratio(read(stood.anchor.prefix).text, read(anchor.prefix).text) + fuzz.ratio(
        read(stood.anchor.suffix).text, read(anchor.suffix).text
    )
    return round(around / 10), page == stood.page, -abs(anchor.start - stood.anchor.start)


def _alike(stood: Stood, pages: Mapping[int, str]) -> Found:
    wanted = read(stood.anchor.quote).text.strip()
    if len(wanted) < SHORTEST:
        return NOWHERE
    best = NOWHERE
    for number in _nearest_first(stood.page, pages):
        if best.anchor and abs(number - stood.page) > NEAR:
            break
        page = read(pages[number])
        found = fuzz.partial_ratio_alignment(wanted, page.text, score_cutoff=max(ALIKE, best.likeness + 1))
        if found and found.dest_end > found.dest_start:
            place = page.span(*_without_margins(page.text, found.dest_start, found.dest_end))
            best = Found(AnchorState.FUZZY, number, anchor_at(pages[number], *place), int(found.score))
    return best


def _nearest_first(page: int, pages: Mapping[int, str]) -> Iterator[int]:
    yield from sorted(pages, key=lambda number: (abs(number - page), number))


def _without_margins(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    if not words.strip():
        return start, end
    return start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))
