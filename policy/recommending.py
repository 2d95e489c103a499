"""Which kinds of response are open to an incident now, and what each still lacks. Pure.

Facts only: what was approved, claimed and named, and what the legal library holds. Nothing is scored or preferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cases.choices import Label
from policy.choices import ResponseKind
from policy.gate import CHECKS, WITH_PROVISION

ACCUSING = (Label.ATTRIBUTED, Label.SUSPECTED)
OF_ITS_OWN = frozenset({"objective", "detail", "targets", "border", "sharing", "tests", "rights"})
"""Checks that a proposal answers by what is written in it."""


@dataclass(frozen=True)
class Fact:
    """Something that stands on record, in a sentence, and where."""

    sentence: str
    url: str = ""


@dataclass(frozen=True)
class Judged:
    """An attribution to the incident. `lacks` names the checks that its gate still fails."""

    statement: str
    url: str
    label: str
    is_approved: bool
    is_of_state: bool
    actor: str
    standing: str
    lacks: tuple[str, ...] = ()

    @property
    def accuses(self) -> bool:
        return self.is_approved and self.label in ACCUSING


@dataclass(frozen=True)
class Facts:
    """All that is looked at, as the reader may see it."""

    is_withdrawn: bool = False
    judged: tuple[Judged, ...] = ()
    claims: tuple[Fact, ...] = ()
    organised: tuple[Fact, ...] = ()
    """Actors with a part in it that are no state."""
    provisions: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    """Provisions in force today that permit a measure, by the kind that may rely on them."""


@dataclass(frozen=True)
class Opening:
    """One kind: what it can rest on, what is missing before it can, and what a proposal will have to say."""

    kind: ResponseKind
    rests_on: tuple[Fact, ...]
    law: tuple[Fact, ...]
    lacks: tuple[Fact, ...]
    asks: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return not self.lacks


Found = tuple[list[Fact], list[Fact]]
"""What it can rest on, and what is missing."""


def openings(facts: Facts) -> list[Opening]:
    """The five kinds in their order."""
    return [_opening(kind, facts) for kind in ResponseKind]


def _opening(kind: ResponseKind, facts: Facts) -> Opening:
    rests_on, lacks = BASES[kind](facts)
    law = facts.provisions.get(kind.value, ())
    if kind in WITH_PROVISION and not law:
        lacks = [*lacks, Fact(f"The legal library holds no provision in force that permits {kind.label.lower()}.")]
    if facts.is_withdrawn:
        lacks = [Fact("The incident is withdrawn.")]
    return Opening(kind, tuple(rests_on), law, tuple(lacks), _asks(kind))


def _asks(kind: ResponseKind) -> tuple[str, ...]:
    return tuple(check.title for check in CHECKS if kind in check.kinds and check.key in OF_ITS_OWN)


# --- What each kind rests on -------------------------------------------------------------------------


def _protest(facts: Facts) -> Found:
    found = [*_stated(each for each in facts.judged if each.accuses), *facts.claims]
    lacks = [] if found else [Fact("No public claim is recorded that it could repeat."), *_on_the_way(facts, ACCUSING)]
    return found, lacks


def _sanctions(facts: Facts) -> Found:
    wanted = (Label.ATTRIBUTED,)
    found = list(_stated(each for each in facts.judged if each.accuses and each.label in wanted))
    return found, ([] if found else list(_on_the_way(facts, wanted)))


def _border(facts: Facts) -> Found:
    return list(_stated(each for each in facts.judged if each.accuses)), []


def _cooperation(facts: Facts) -> Found:
    return list(_stated(each for each in facts.judged if each.is_approved)), []


def _prosecution(facts: Facts) -> Found:
    judged = _stated(each for each in facts.judged if each.accuses and not each.is_of_state)
    found = [*judged, *facts.organised]
    return found, ([] if found else [Fact("No actor that is no state has a part in it; states are not prosecuted.")])


BASES: dict[ResponseKind, Callable[[Facts], Found]] = {
    ResponseKind.DIPLOMATIC_PROTEST: _protest,
    ResponseKind.SANCTIONS: _sanctions,
    ResponseKind.BORDER_ENFORCEMENT: _border,
    ResponseKind.INTELLIGENCE_COOPERATION: _cooperation,
    ResponseKind.PROSECUTION: _prosecution,
}


def _stated(judged: Iterable[Judged]) -> Iterator[Fact]:
    for each in judged:
        yield Fact(f"{each.actor}, {Label(each.label).label.lower()}: {each.statement}", each.url)


def _on_the_way(facts: Facts, wanted: tuple[Label, ...]) -> Iterator[Fact]:
    """Why no attribution carries it yet: that there is none, or what each of them lacks."""
    if not facts.judged:
        yield Fact("Nobody has judged who stands behind it.")
    for each in facts.judged:
        yield Fact(f"“{each.statement}” {_why_not(each, wanted)}", each.url)


def _why_not(judged: Judged, wanted: tuple[Label, ...]) -> str:
    label = Label(judged.label).label.lower()
    if judged.label not in wanted:
        needed = " or ".join(each.label.lower() for each in wanted)
        return f"is {judged.standing} and {label}; it would have to be {needed}, and approved."
    if judged.lacks:
        return f"is {judged.standing}, not approved; its gate lacks: {', '.join(judged.lacks)}."
    return f"is {judged.standing}, not approved."
