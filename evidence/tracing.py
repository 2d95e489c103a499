"""Lineage as its reader may see it: the items around one, their sources, and who owns these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from evidence.models import Derivation, EvidenceItem, NearCopy, Source
from evidence.origins import origins_of

DEPTH, DEEPEST = 3, 6
"""Steps from an item that are followed, and may be."""

MOST_ITEMS = 60
"""Items told at once."""

MOST_OWNERS = 8
"""Owners above one another."""


@dataclass(frozen=True)
class Lineage:
    """What hangs together with an item: links, open suggestions, sources with their owners, origins of items.

    Records are those that the reader may read. Origins are counted past the wall, so that they do not depend on
    who counts: two items may be one origin through a third one that is not shown.
    """

    focus: EvidenceItem
    items: list[EvidenceItem]
    links: list[Derivation]
    copies: list[NearCopy]
    sources: list[Source]
    origins: dict[UUID, int]
    is_whole: bool

    @property
    def is_more_than_itself(self) -> bool:
        return len(self.items) > 1 or len(self.sources) > 1

    @property
    def origin_count(self) -> int:
        return len({self.origins[each.pk] for each in self.items})


def lineage_of(item: EvidenceItem, *, depth: int = DEPTH, besides: Iterable[UUID] = ()) -> Lineage:
    """What hangs together with an item, up to so many steps; `besides` are items whose origins are wanted as well."""
    reached, is_whole = _around(item.pk, depth)
    items = list(EvidenceItem.objects.filter(pk__in=reached).select_related("source"))
    items.sort(key=lambda each: reached.index(each.pk))
    links = Derivation.objects.filter(item__in=reached, original__in=reached, status="active")
    copies = NearCopy.objects.open().filter(item__in=reached, other__in=reached)
    return Lineage(
        focus=item,
        items=items,
        links=list(links),
        copies=list(copies),
        sources=_with_owners({each.source_id: each.source for each in items}),
        origins=origins_of([*reached, *besides]),
        is_whole=is_whole,
    )


def _around(start: UUID, depth: int) -> tuple[list[UUID], bool]:
    """Readable items within some steps, nearest first, and whether these are all. Two queries a step."""
    reached, front = [start], [start]
    for _ in range(depth):
        front = _neighbours(front, reached)
        reached += front[: MOST_ITEMS - len(reached)]
        if not front or len(reached) >= MOST_ITEMS:
            break
    return reached, not _neighbours(reached, reached)


def _neighbours(front: list[UUID], known: list[UUID]) -> list[UUID]:
    """Readable items one step from some, without those known already. In a stable order."""
    links = Derivation.objects.filter(Q(item__in=front) | Q(original__in=front), status="active")
    copies = NearCopy.objects.open().filter(Q(item__in=front) | Q(other__in=front))
    pairs = links.order_by().values_list("item", "original").union(copies.order_by().values_list("item", "other"))
    found = {end for pair in pairs for end in pair} - set(known)
    readable = EvidenceItem.objects.filter(pk__in=found).order_by("pk") if found else EvidenceItem.objects.none()
    return list(readable.values_list("pk", flat=True))


def _with_owners(sources: dict[UUID, Source]) -> list[Source]:
    """Sources and all that own them, as far as these may be read. One query for each owner above another."""
    found = dict(sources)
    for _ in range(MOST_OWNERS):
        missing = {each.owner_id for each in found.values()} - set(found) - {None}
        above = Source.objects.in_bulk(missing) if missing else {}
        if not above:
            break
        found |= above
    return list(found.values())
