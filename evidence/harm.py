"""What must never stand in this product, found in a text. Pure.

No record tells a person on the move apart: no number of a passport, visa, permit or case, no
telephone, address or date of birth. And no people is given as the threat: that is an organised
actor. What is found is masked at once, so that no message, log or ledger entry repeats it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from evidence.choices import Harm
from evidence.folding import fold
from evidence.identifiers import hits_in
from evidence.peoples import accused_in

SHOWN = 2
"""Characters of an identifier that are shown."""

WHAT_IT_IS = {
    Harm.PASSPORT_NUMBER: "the number of a passport",
    Harm.VISA_NUMBER: "the number of a visa",
    Harm.ALIEN_NUMBER: "a US alien number",
    Harm.NATIONAL_ID: "a national identity number",
    Harm.RESIDENCE_PERMIT: "the number of a residence permit",
    Harm.ASYLUM_CASE: "the number of an asylum case",
    Harm.BIRTH_DATE: "a date of birth",
    Harm.EMAIL: "somebody's e-mail address",
    Harm.TELEPHONE: "a telephone number",
}
LEAVE_OUT = "This reads like {what}: {words}. Leave it out: nothing here may tell a person on the move apart."
NAME_THE_ACTOR = "This gives a people as the threat: “{words}”. Name the organised actor behind it instead."


class Found(NamedTuple):
    """A stretch of a text that must not stand here. `words` are masked where they identify a person."""

    kind: str
    words: str
    start: int
    end: int
    sentence: str


def harms_in(text: str) -> list[Found]:
    """Everything in a text that must not stand here, in order, each place once.

    Of two readings of one place the longer holds, and of equals the one that a label gave.
    """
    folded = fold(text)
    found: list[Found] = []
    for kind, start, end in sorted(_places(folded.text), key=lambda each: (each[1], -each[2])):
        start, end = folded.span(start, end)
        if found and start < found[-1].end:
            continue
        found.append(_told(kind, text, start, end))
    return found


def masked(identifier: str) -> str:
    """The beginning and the length of an identifier: enough to find it, too little to use it."""
    return f"{identifier[:SHOWN]}… ({len(identifier)} characters)"


def _places(plain: str) -> Iterator[tuple[str, int, int]]:
    yield from hits_in(plain)
    for start, end in accused_in(plain):
        yield Harm.PEOPLE_AS_THREAT, start, end


def _told(kind: str, text: str, start: int, end: int) -> Found:
    if kind == Harm.PEOPLE_AS_THREAT:
        words = " ".join(text[start:end].split())
        return Found(kind, words, start, end, NAME_THE_ACTOR.format(words=words))
    words = masked(text[start:end])
    return Found(kind, words, start, end, LEAVE_OUT.format(what=WHAT_IT_IS[Harm(kind)], words=words))
