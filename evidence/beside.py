"""Two texts laid side by side where they run alike. Pure."""

from collections import Counter
from difflib import SequenceMatcher
from itertools import islice
from typing import NamedTuple

from evidence.shingles import WORDS_OF_A_SHINGLE, Word, words_of

MOST_SEARCHED = 20_000
"""Words of each text among which the stretch is sought."""

MOST_SHOWN = 500
"""Words of each text that are shown."""

LEAD = 12
"""Words shown before the first common ones."""

LEAST_RUN = 3
"""Fewer words in a row that are alike are chance."""


class Piece(NamedTuple):
    text: str
    is_common: bool


class Beside(NamedTuple):
    """The stretch of each text where they run alike, cut where they begin and cease to."""

    one: list[Piece]
    other: list[Piece]


def beside(one: str, other: str) -> Beside | None:
    """The longest way that two texts go together; None where they share no five words in a row."""
    words = [list(islice(words_of(text), MOST_SEARCHED)) for text in (one, other)]
    start = _where_they_meet(*words)
    if start is None:
        return None
    shown = [each[max(0, at - LEAD) : at + MOST_SHOWN - LEAD] for each, at in zip(words, start, strict=True)]
    folded = [[word.folded for word in each] for each in shown]
    matcher = SequenceMatcher(None, folded[0], folded[1], autojunk=False)
    runs = [run for run in matcher.get_matching_blocks() if run.size >= LEAST_RUN]
    return Beside(
        _pieces(one, shown[0], [(run.a, run.a + run.size) for run in runs]),
        _pieces(other, shown[1], [(run.b, run.b + run.size) for run in runs]),
    )


def _where_they_meet(one: list[Word], other: list[Word]) -> tuple[int, int] | None:
    """Where the way begins on which most runs of five words are common: the same distance apart in both texts."""
    places: dict[tuple[str, ...], int] = {}
    for at in range(len(other) - WORDS_OF_A_SHINGLE + 1):
        places.setdefault(_run(other, at), at)
    common = [
        (at, there)
        for at in range(len(one) - WORDS_OF_A_SHINGLE + 1)
        if (there := places.get(_run(one, at))) is not None
    ]
    if not common:
        return None
    apart = Counter(at - there for at, there in common).most_common(1)[0][0]
    return next((at, there) for at, there in common if at - there == apart)


def _run(words: list[Word], at: int) -> tuple[str, ...]:
    return tuple(word.folded for word in words[at : at + WORDS_OF_A_SHINGLE])


def _pieces(text: str, words: list[Word], common: list[tuple[int, int]]) -> list[Piece]:
    """The words' stretch of the text, cut at the runs of words that are common."""
    pieces, at, end = [], words[0].start, words[-1].end
    for first, last in common:
        begins, ends = words[first].start, words[last - 1].end
        pieces += [Piece(text[at:begins], False), Piece(text[begins:ends], True)]
        at = ends
    return [piece for piece in (*pieces, Piece(text[at:end], False)) if piece.text]
