"""Where a text gives a nationality or a people as the threat. Pure.

The threat is an organised actor: a state, its organs, a service, a network. `threat from the
Belarusian government` says so; `Syrians are a threat` puts a people in its place. The rule reads
words one by one and looks a few words to either side of a people, never further.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from evidence.folding import words

DEMONYMS = Path(__file__).with_name("demonyms.txt")

WORD = re.compile(r"[^\W\d_]{1,40}+|\d{1,12}+|[.,;:!?()\"“”]|\n[ \t]{0,8}+\n")

PERSONS = words(
    "migrant migrants immigrant immigrants emigrants refugee refugees seeker seekers arrivals national "
    "nationals citizen citizens people peoples person persons man men woman women boys girls youth youths "
    "children family families worker workers population populations community communities minority minorities "
    "diaspora foreigners newcomers aliens deportees males females applicants settlers expatriates returnees "
    "evacuees exiles"
)
SORTS_OF_PERSONS = words("asylum irregular illegal undocumented economic young male female labour labor war")
THREATS = words(
    "threat threats danger dangers menace menaces risk risks hazard hazards invasion invasions flood floods "
    "flooding swarm swarms horde hordes plague onslaught tsunami avalanche infestation enemy enemies invader "
    "invaders vermin parasites"
)
ATTACKS = words(
    "threaten threatens threatening endanger endangers endangering invade invades invading flood floods "
    "flooding swarm swarms swarming overrun overruns overrunning infest infests infesting"
)
INSULTS = words("dangerous terrorists criminals rapists murderers parasites vermin invaders enemies")
LINKS = words(
    "are is were was be been being remain remains become becomes became pose poses posed posing represent "
    "represents represented representing present presents presented constitute constitutes constituted "
    "constituting form forms as"
)
BEFORE_LINKS = words(
    "who that which will would may might could can must have has had also still now really simply clearly all always"
)
RELATIVES = frozenset({"who", "that", "which"})
FILLERS = words(
    "a an the our their its this your huge serious real grave major growing great big direct clear constant "
    "permanent potential existential security public national internal external terrorist terror criminal "
    "violent biological cultural demographic economic and very such more most increasing immediate imminent "
    "significant dangerous health hybrid"
)
OF_PEOPLE = words("from of by")
COMING = words("posed presented represented caused coming emanating stemming arising created")
QUALIFIERS = words(
    "the these those some many all more most other our young single military age aged illegal irregular "
    "undocumented so called poor armed violent radical muslim angry thousands hundreds millions tens dozens "
    "hordes masses numbers waves large of"
)
SUFFERED = words("threat threats danger dangers risk risks hazard hazards")
"""With `of`, what befalls a people as well: the risk of Syrians being returned."""
NEVER_A_PEOPLE = frozenset({"poles", "polish", "turkey"})
"""Only with a capital letter: poles in the ground are no Poles."""
LONGEST_PLACE = 6
"""Words of the name of a place."""
FEW = 4
"""Words skipped on either side."""


class Peoples(NamedTuple):
    """Words for peoples: adjectives (`syrian`), plural nouns (`syrians`), and names of places in words."""

    adjectives: frozenset[str]
    plurals: frozenset[str]
    places: frozenset[tuple[str, ...]]


class Word(NamedTuple):
    low: str
    text: str
    start: int
    end: int


@cache
def peoples() -> Peoples:
    """The words of `demonyms.txt`. Of a demonym in two words the last one counts."""
    columns: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for line in DEMONYMS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            for column, told in zip(columns, line.split("|"), strict=True):
                column |= {each.strip().lower() for each in told.split(",") if each.strip()}
    places, adjectives, plurals = columns
    return Peoples(
        frozenset(each.split()[-1] for each in adjectives),
        frozenset(each.split()[-1] for each in plurals),
        frozenset(tuple(WORD.findall(each)) for each in places),
    )


def accused_in(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a text that give a people as the threat."""
    told = [Word(found[0].lower(), found[0], *found.span()) for found in WORD.finditer(text)]
    at = 0
    while at < len(told):
        last = _people_at(told, at)
        if last is None:
            at += 1
            continue
        first = _threat_before(told, at, last)
        end = _threat_after(told, last) if first is None else last
        if first is not None or end is not None:
            yield told[at if first is None else first].start, told[last if end is None else end].end
        at = last + 1


def _low(told: list[Word], at: int) -> str:
    return told[at].low if 0 <= at < len(told) else ""


def _people_at(told: list[Word], at: int) -> int | None:
    """The last word of a people that begins at a word: `Syrians`, `Afghan asylum seekers`, `migrants from Iraq`."""
    word, known = told[at], peoples()
    if word.low in NEVER_A_PEOPLE and not word.text[0].isupper():
        return None
    if word.low in known.adjectives or word.low in known.plurals:
        end = at
        while end - at < FEW and _low(told, end + 1) in SORTS_OF_PERSONS:
            end += 1
        if _low(told, end + 1) in PERSONS:
            return end + 1
        return at if word.low in known.plurals or _stands_alone(told, at) else None
    return _people_of_a_place(told, at) if word.low in PERSONS else None


def _stands_alone(told: list[Word], at: int) -> bool:
    """`the Chinese are`: an adjective that is no adjective of anything."""
    after = _low(told, at + 1)
    return _low(told, at - 1) == "the" and (after in LINKS - {"as", "form", "forms"} or after in ATTACKS)


def _people_of_a_place(told: list[Word], at: int) -> int | None:
    if _low(told, at + 1) not in ("from", "of"):
        return None
    start = at + 3 if _low(told, at + 2) == "the" else at + 2
    for length in range(min(LONGEST_PLACE, len(told) - start), 0, -1):
        if tuple(word.low for word in told[start : start + length]) in peoples().places:
            return start + length - 1
    return None


def _threat_before(told: list[Word], first: int, last: int) -> int | None:
    """The word of threat that a people is said to be or to bring: `the threat posed by`, `a flood of`."""
    at, skipped = first - 1, 0
    while skipped < FEW + 2 and (_low(told, at) in QUALIFIERS or _low(told, at).isdigit()):
        if _low(told, at) == "of" and _low(told, at - 1) in THREATS:
            break
        at, skipped = at - 1, skipped + 1
    if _low(told, at) not in OF_PEOPLE:
        return None
    threat = at - 2 if _low(told, at - 1) in COMING else at - 1
    if _low(told, threat) not in THREATS:
        return None
    if _low(told, at) == "of" and _low(told, threat) in SUFFERED and _low(told, last + 1).endswith("ing"):
        return None
    return threat


def _threat_after(told: list[Word], last: int) -> int | None:
    """The word by which a people is called a threat: `are a threat`, `pose a serious danger`, `invade`."""
    at = last + 1
    if _low(told, at) in THREATS and told[last].low in PERSONS:
        return at
    at = _past(told, at + (_low(told, at) == "," and _low(told, at + 1) in RELATIVES), BEFORE_LINKS)
    if _low(told, at) in LINKS:
        at = _past(told, at + 1, FILLERS | BEFORE_LINKS)
        if _low(told, at) in THREATS | ATTACKS | INSULTS:
            return at
        return at - 1 if _low(told, at - 1) in INSULTS else None
    return at if _low(told, at) in ATTACKS else None


def _past(told: list[Word], at: int, those: frozenset[str]) -> int:
    """The next word that is not one of those, a few words on at most."""
    for _ in range(FEW + 1):
        if _low(told, at) not in those:
            break
        at += 1
    return at
