"""Find exact words in a text, and describe where they stand so that they can be found again."""

import unicodedata
from typing import NamedTuple

from django.core.exceptions import ValidationError

from evidence.spelling import read

CONTEXT = 64
"""Characters kept on either side of a quote."""

LONGEST_QUOTE = 4000
"""Characters. A passage is words to cite, not a chapter."""


class Anchor(NamedTuple):
    """Where words stand: offsets in code points (`end` exclusive) and their surroundings."""

    quote: str
    prefix: str
    suffix: str
    start: int
    end: int


def locate(text: str, quote: str, *, start: int | None = None) -> Anchor:
    """Anchor `quote` in `text`, where both read the same (`evidence.spelling`); the anchor holds the text's own words.

    Raises `ValidationError` on `quote` if the words are not there (at `start`, where given), or
    occur more than once and `start` does not say which is meant.
    """
    wanted = unicodedata.normalize("NFC", quote).strip()
    if not wanted:
        raise _refusal("Mark some words first.", "empty")
    if len(wanted) > LONGEST_QUOTE:
        raise _refusal(f"A passage holds at most {LONGEST_QUOTE} characters; mark the words that matter.", "too_long")
    places = places_of(text, wanted)
    if start is not None:
        leading = len(quote) - len(quote.lstrip())
        places = [place for place in places if place[0] in (start, start + leading)]
    if not places:
        raise _refusal("These words are not in the text of this page.", "not_in_text")
    if len(places) > 1:
        raise _refusal(
            f"These words occur {len(places)} times on this page. Add words around them, or say where they start.",
            "ambiguous",
        )
    return anchor_at(text, *places[0])


def places_of(text: str, words: str) -> list[tuple[int, int]]:
    """Where words stand in a text, as it reads: offsets in code points, `end` exclusive; none overlap."""
    page, wanted = read(text), read(words).text.strip()
    places: list[tuple[int, int]] = []
    at = page.text.find(wanted) if wanted else -1
    while at >= 0:
        places.append(page.span(at, at + len(wanted)))
        at = page.text.find(wanted, at + len(wanted))
    return places


def anchor_at(text: str, start: int, end: int) -> Anchor:
    """The anchor of `text[start:end]`."""
    return Anchor(
        quote=text[start:end],
        prefix=text[max(0, start - CONTEXT) : start],
        suffix=text[end : end + CONTEXT],
        start=start,
        end=end,
    )


def _refusal(sentence: str, code: str) -> ValidationError:
    return ValidationError({"quote": ValidationError(sentence, code=code)})
