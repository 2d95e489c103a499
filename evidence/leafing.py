"""Leafing through the text of an item: which pages are shown, and where words are found in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from evidence.alarms import PAGES_AT_ONCE
from evidence.choices import BytesState
from evidence.detection import is_drawn, is_played
from evidence.marking import segments
from evidence.models import EvidenceItem, Passage, TextPage
from evidence.quoting import places_of

MOST_FOUND = 50
"""Pages that are listed as holding the words that are sought."""


@dataclass
class Sought:
    """Where words stand on a page, beside its passages."""

    start: int
    end: int
    pk: None = None


@dataclass
class Leaf:
    """A page as it is shown: cut where passages and sought words begin and end. `place` counts from 1 in the item."""

    page: TextPage
    place: int
    passages: list[Passage]
    sought: list[Sought] = field(default_factory=list)

    def __post_init__(self) -> None:
        file = self.page.file
        is_there = file.bytes_state != BytesState.EXPUNGED
        self.is_drawn = is_there and is_drawn(file.media_type)
        self.is_played = is_there and is_played(file.media_type)
        words = [each for each in self.passages if not each.fragment]
        self.segments = [
            (each, any(isinstance(one, Passage) for one in each.passages), [p for p in each.begins if p.pk])
            for each in segments(self.page.text, [*words, *self.sought])
        ]


@dataclass
class Leaves:
    """A stretch of an item's pages, and where the stretches around it begin."""

    leaves: list[Leaf]
    count: int
    first: int
    sought: str
    found: list[tuple[int, TextPage]]

    @property
    def previous(self) -> int | None:
        return max(1, self.first - PAGES_AT_ONCE) if self.first > 1 else None

    @property
    def next(self) -> int | None:
        last = self.first + len(self.leaves)
        return last if last <= self.count else None

    @property
    def pages(self) -> list[TextPage]:
        return [leaf.page for leaf in self.leaves]


def leaves_of(item: EvidenceItem, passages: Iterable[Passage], asked: Mapping[str, str]) -> Leaves:
    """The pages that an address asks for: from a number (`page`), at a page's id (`at`), with words sought (`find`)."""
    order = list(item.pages.current().order_by("file", "number").values_list("pk", flat=True))
    first = _first(item, order, asked)
    wanted = order[first - 1 : first - 1 + PAGES_AT_ONCE]
    pages = {page.pk: page for page in TextPage.objects.filter(pk__in=wanted).select_related("file")}
    sought = asked.get("find", "").strip()
    marked = list(passages)
    leaves = [
        Leaf(
            pages[pk],
            place,
            [each for each in marked if each.page_id == pk],
            [Sought(*span) for span in places_of(pages[pk].text, sought)] if sought else [],
        )
        for place, pk in enumerate(wanted, start=first)
    ]
    return Leaves(leaves, len(order), first, sought, _found(item, order, sought))


def _first(item: EvidenceItem, order: list[UUID], asked: Mapping[str, str]) -> int:
    """Where the stretch begins, from 1. A page of an earlier reading leads to its number in the one that counts."""
    if asked.get("page", "").isdigit():
        return max(1, min(int(asked["page"]), len(order) or 1))
    try:
        wanted = UUID(asked.get("at", ""))
    except ValueError:
        return 1
    if wanted not in order:
        past = TextPage.objects.filter(pk=wanted, item=item).first()
        now = past and item.pages.current().filter(file=past.file_id, number=past.number).first()
        if not now:
            return 1
        wanted = now.pk
    place = order.index(wanted)
    return place - place % PAGES_AT_ONCE + 1


def _found(item: EvidenceItem, order: list[UUID], sought: str) -> list[tuple[int, TextPage]]:
    """Pages that hold the words, with their places in the item."""
    if not sought:
        return []
    holding = item.pages.current().filter(text__icontains=sought).only("number", "file_id", "item_id")[:MOST_FOUND]
    places = {pk: place for place, pk in enumerate(order, start=1)}
    found = ((places[page.pk], page) for page in holding if page.pk in places)
    return sorted(found, key=lambda each: each[0])
