"""The ground of an attribution: all that the gate looks at, loaded in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from accounts.choices import Marking
from cases.choices import Conclusion, Element, Label
from evidence import storage
from evidence.choices import HOLDING_ANCHORS, Credibility, ItemStatus, Reliability
from evidence.models import Passage
from evidence.origins import origins_of

if TYPE_CHECKING:
    from cases.models import Attribution

NOT_JUDGED = {Reliability.F, Credibility.CANNOT_BE_JUDGED}
SOUND_RELIABILITY = {Reliability.A, Reliability.B, Reliability.C}
STRONG_RELIABILITY = {Reliability.A, Reliability.B}
SOUND_CREDIBILITY = {Credibility.CONFIRMED, Credibility.PROBABLY_TRUE, Credibility.POSSIBLY_TRUE}
STRONG_CREDIBILITY = {Credibility.CONFIRMED, Credibility.PROBABLY_TRUE}


@dataclass(frozen=True)
class Cited:
    """One active citation, with what it rests on. `passage` is None if the reader may not see it."""

    id: UUID
    supports: str
    intent_basis: str
    passage: Any  # a Passage
    item: Any  # its EvidenceItem
    origin: int | None
    bytes_verify: bool

    @property
    def holds(self) -> bool:
        """The words still stand in bytes that still verify, of an item in use."""
        return (
            self.passage is not None
            and self.passage.status == "active"
            and self.passage.anchor_state in HOLDING_ANCHORS
            and self.item.status == ItemStatus.ACTIVE
            and self.bytes_verify
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
class Ground:
    """Everything the gate may look at, and nothing else."""

    attribution: Attribution
    label: Label
    is_state: bool
    accusers: frozenset[str]
    authors: frozenset[UUID]
    approver_id: UUID | None
    citations: list[Cited]
    reviews: list[Reviewed]
    today: date
    leave_out: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def supporting(self) -> list[Cited]:
        """Citations for an element that hold; contrary evidence supports nothing."""
        return [each for each in self.citations if each.supports in Element.values and each.holds]

    def for_element(self, element: str) -> list[Cited]:
        return [each for each in self.supporting if each.supports == element]

    def cites(self, supports: str) -> bool:
        return any(each.supports == supports and each.holds for each in self.citations)

    @property
    def strictest_marking(self) -> int:
        """The level of the strictest marking cited; -1 where nothing is."""
        return max((Marking(each.item.marking).level for each in self.citations if each.item), default=-1)


def origins(citations: Iterable[Cited], that: Callable[[Cited], bool] = lambda cited: True) -> set[int]:
    """The distinct origins among citations."""
    return {each.origin for each in citations if each.origin is not None and that(each)}


def counted_origins(citations: list[Cited]) -> set[int]:
    """Origins that count: sound ones, and doubtful ones where a sound one stands beside them."""
    sound = origins(citations, lambda cited: cited.is_sound)
    return sound | origins(citations, lambda cited: cited.is_doubtful) if sound else set()


def ground_of(attribution, *, approver=None, verify_bytes: bool = False, leave_out: Iterable[UUID] = ()) -> Ground:
    """Load the ground of an attribution.

    `verify_bytes` hashes every cited file again (an approval does); otherwise only their presence
    is looked at. `leave_out` names items to treat as if they were not there.
    """
    left_out = frozenset(leave_out)
    citations = [each for each in _citations(attribution) if _item_id(each) not in left_out]
    items = {item for each in citations if (item := _item_id(each))}
    origin = origins_of(items) if items else {}
    verified = _verified({file for each in citations if (file := _file(each))}, verify_bytes)
    return Ground(
        attribution=attribution,
        label=attribution.label,
        is_state=attribution.actor.is_state,
        accusers=frozenset(attribution.incident.target_countries),
        authors=frozenset(attribution.author_ids()),
        approver_id=approver.pk if approver else attribution.approver_id,
        citations=[_cited(each, origin, verified) for each in citations],
        reviews=[_reviewed(each) for each in attribution.reviews_of_this_round()],
        today=timezone.localdate(),
        leave_out=left_out,
    )


def _citations(attribution) -> list:
    """Active citations with passage, page, file, item and source; hidden passages come as None."""
    passages = Passage.objects.select_related("page__file", "item__source")
    active = attribution.citations.filter(status="active").order_by("id")
    return list(active.prefetch_related(Prefetch("passage", passages)))


def _item_id(citation) -> UUID | None:
    return citation.seen_passage.item_id if citation.seen_passage else None


def _file(citation) -> tuple[str, int] | None:
    file = citation.seen_passage.page.file if citation.seen_passage else None
    return (file.sha256, file.size) if file else None


def _verified(files: set[tuple[str, int]], thoroughly: bool) -> set[str]:
    """The hashes of those files whose bytes are still there and, looked at thoroughly, still match."""
    if thoroughly:
        return {sha256 for sha256, _ in files if storage.hash_of(sha256) == sha256}
    return {sha256 for sha256, size in files if storage.size_of(sha256) == size}


def _cited(citation, origin: dict[UUID, int], verified: set[str]) -> Cited:
    passage = citation.seen_passage
    return Cited(
        id=citation.pk,
        supports=citation.supports,
        intent_basis=citation.intent_basis,
        passage=passage,
        item=passage.item if passage else None,
        origin=origin.get(passage.item_id) if passage else None,
        bytes_verify=bool(passage) and passage.page.file.sha256 in verified,
    )


def _reviewed(review) -> Reviewed:
    dissents = list(review.dissents.all())
    return Reviewed(
        reviewer_id=review.reviewer_id,
        conclusion=review.conclusion,
        interests=review.interests,
        dissent_answered=review.conclusion != Conclusion.DISSENT or all(each.is_answered for each in dissents),
    )
