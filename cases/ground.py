"""The ground of an attribution: all that the gate looks at, and nothing else. Pure.

`cases.gathering` loads it; `Ground.without` shows it as if some evidence were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts.choices import Marking
from cases.choices import CORE_HYPOTHESES, Element, HypothesisKind, Label
from cases.matrix import Matrix
from cases.policies import Policy
from evidence.choices import Credibility, Reliability

if TYPE_CHECKING:
    from cases.models import Attribution

NOT_JUDGED = {Reliability.F, Credibility.CANNOT_BE_JUDGED}
SOUND_RELIABILITY = {Reliability.A, Reliability.B, Reliability.C}
STRONG_RELIABILITY = {Reliability.A, Reliability.B}
SOUND_CREDIBILITY = {Credibility.CONFIRMED, Credibility.PROBABLY_TRUE, Credibility.POSSIBLY_TRUE}
ELEMENTS = frozenset(Element.values)
STRONG_CREDIBILITY = {Credibility.CONFIRMED, Credibility.PROBABLY_TRUE}


@dataclass(frozen=True)
class Cited:
    """One active citation, with what it rests on. `passage` is None if the reader may not see it."""

    id: UUID
    supports: str
    intent_basis: str
    note: str
    passage: Any  # a Passage
    item: Any  # its EvidenceItem
    origin: int | None
    bytes_verify: bool
    is_groundless: bool = False
    """It repeats, at any depth, something that was withdrawn."""

    @property
    def holds(self) -> bool:
        """Whether its passage is seen and may be cited (`Passage.holds`)."""
        return self.passage is not None and self.passage.holds(
            bytes_verify=self.bytes_verify, is_groundless=self.is_groundless
        )

    @property
    def is_sound(self) -> bool:
        """C3 or better."""
        return (
            self.item is not None
            and self.item.source.reliability in SOUND_RELIABILITY
            and self.item.credibility in SOUND_CREDIBILITY
        )

    @property
    def is_strong(self) -> bool:
        """A or B, with 1 or 2."""
        return (
            self.item is not None
            and self.item.source.reliability in STRONG_RELIABILITY
            and self.item.credibility in STRONG_CREDIBILITY
        )

    @property
    def is_doubtful(self) -> bool:
        """D or 4, and neither E nor 5 nor unjudged: counts only beside sound evidence."""
        if self.item is None or self.is_sound:
            return False
        grades = {self.item.source.reliability, self.item.credibility}
        return not grades & (NOT_JUDGED | {Reliability.E, Credibility.IMPROBABLE})


@dataclass(frozen=True)
class Reviewed:
    """One conclusion of the present round."""

    reviewer_id: UUID
    conclusion: str
    interests: str
    dissent_answered: bool


@dataclass(frozen=True)
class Explained:
    """A hypothesis as the matrix names it."""

    id: UUID
    hypothesis_kind: str
    name: str


@dataclass(frozen=True)
class Told:
    """A text that goes out with the attribution: where it stands, in words, and what it says."""

    where: str
    text: str


@dataclass(frozen=True)
class Ground:
    """Everything the gate may look at. From submission on, matrix and findings are those submitted."""

    attribution: Attribution
    policy: Policy
    label: Label
    is_state: bool
    accusers: frozenset[str]
    authors: frozenset[UUID]
    approver_id: UUID | None
    citations: list[Cited]
    reviews: list[Reviewed]
    hypotheses: list[Explained]
    matrix: Matrix
    findings: list[Mapping[str, str]]
    review_texts: list[Told]
    today: date
    item_names: Mapping[Hashable, str]

    @cached_property
    def supporting(self) -> list[Cited]:
        """Citations for an element that hold; contrary evidence supports nothing."""
        return [each for each in self.citations if each.supports in ELEMENTS and each.holds]

    def for_element(self, element: str) -> list[Cited]:
        return [each for each in self.supporting if each.supports == element]

    def cites(self, supports: str) -> bool:
        return any(each.supports == supports and each.holds for each in self.citations)

    @property
    def strictest_marking(self) -> int:
        """The level of the strictest marking cited; -1 where nothing is."""
        return max((Marking(each.item.marking).level for each in self.citations if each.item), default=-1)

    @property
    def cited_items(self) -> list[UUID]:
        """Ids of the items cited, each once, as far as the reader may see them."""
        return list(dict.fromkeys(each.item.pk for each in self.citations if each.item))

    @property
    def claimed_hypothesis(self) -> Explained | None:
        """The explanation that the judgement takes: the one chosen, or the one that the actor's kind implies."""
        chosen = self.attribution.hypothesis_id
        implied = HypothesisKind.STATE_STRATEGY if self.is_state else HypothesisKind.CRIMINAL_PROFIT
        return next(
            (each for each in self.hypotheses if each.id == chosen or (not chosen and each.hypothesis_kind == implied)),
            None,
        )

    def name_of(self, item: Hashable) -> str:
        """What an item is called, as far as the reader may know."""
        cited = next((each.item.title for each in self.citations if each.item and each.item.pk == item), "")
        return cited or self.item_names.get(item, "an item that is not cited")

    def hypothesis(self, id: Hashable) -> str:
        """What a hypothesis is called."""
        return next(each.name for each in self.hypotheses if each.id == id)

    @property
    def missing_hypotheses(self) -> list[HypothesisKind]:
        """Of the four that every matrix holds, those that this one lacks."""
        present = {each.hypothesis_kind for each in self.hypotheses}
        return [kind for kind in CORE_HYPOTHESES if kind not in present]

    def without(self, items: Iterable[UUID]) -> Ground:
        """The same ground if these items were false: neither cited nor weighed."""
        left_out = set(items)
        kept = [each for each in self.citations if each.item is None or each.item.pk not in left_out]
        return replace(self, citations=kept, matrix=self.matrix.without(left_out))


def origins(citations: Iterable[Cited], that: Callable[[Cited], bool] = lambda cited: True) -> set[int]:
    """The distinct origins among citations."""
    return {each.origin for each in citations if each.origin is not None and that(each)}


def counted_origins(citations: list[Cited]) -> set[int]:
    """Origins that count: sound ones, and doubtful ones where a sound one stands beside them."""
    sound = origins(citations, lambda cited: cited.is_sound)
    return sound | origins(citations, lambda cited: cited.is_doubtful) if sound else set()
