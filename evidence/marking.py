"""Lay the passages of a page over its text, so that overlapping ones stay apart. Pure."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple


class Segment(NamedTuple):
    """A stretch of text under the same passages. `begins` names the passage that starts here."""

    start: int
    text: str
    passages: tuple
    begins: tuple


def segments(text: str, passages: Iterable) -> list[Segment]:
    """Cut `text` wherever a passage begins or ends. The texts of all segments join to `text`."""
    marked = list(passages)
    cuts = sorted({0, len(text), *(p.start for p in marked), *(p.end for p in marked)})
    return [
        Segment(
            start,
            text[start:end],
            tuple(p for p in marked if p.start <= start and p.end >= end),
            tuple(p for p in marked if p.start == start),
        )
        for start, end in pairwise(cuts)
    ]
