"""Text as it reads, whatever it was spelled with: what search by eye would call the same words. Pure.

Runs of white space read as one space; ligatures, presentation forms and full-width letters as their letters (NFKC);
soft hyphens, joiners and marks of direction as nothing; a hyphen at a line's end as nothing; dashes and quotation
marks as the plain ones. Case and accents stay: they are other words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

UNSEEN = "\x02\ufffe"
"""How some extractors tell of a hyphen at a line's end."""

PLAIN = {
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
}

TOKEN = re.compile(r"(?<=\w)[-\u2010]\s*\n\s*(?=\w)|\s+|.", re.DOTALL)


class Read(NamedTuple):
    """A text as it reads, and for each of its characters the stretch of the text that it came from."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of what reads so (not empty) stands in the text that came."""
        return self.starts[start], self.ends[end - 1]


def read(text: str) -> Read:
    """A text as it reads. Of longer tokens, those that are no white space are hyphens at a line's end."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for token in TOKEN.finditer(text):
        plain = _plain(token[0]) if len(token[0]) == 1 else " " if token[0].isspace() else ""
        out.append(plain)
        starts += [token.start()] * len(plain)
        ends += [token.end()] * len(plain)
    return Read("".join(out), starts, ends)


@cache
def _plain(character: str) -> str:
    if character.isspace():
        return " "
    if character in UNSEEN or unicodedata.category(character) == "Cf":
        return ""
    return "".join(PLAIN.get(each, each) for each in unicodedata.normalize("NFKC", character))
