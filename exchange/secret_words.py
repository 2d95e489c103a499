"""The words of what is held back, which no text that leaves may repeat.

Looked up past the wall: who shares may not read all of them, and learns only that a text repeats some.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from django.db.models import Q

from accounts.choices import Marking
from cases.models import Actor, Attribution, Citation, Incident, PublicClaim
from evidence.models import EvidenceItem, Passage, StoredFile
from ledger.acting import as_owner
from ledger.models import Record
from policy.models import IntelligenceCooperation, PolicyResponse

Above = Mapping[type[Record], set[UUID]]
Words = tuple[str, str]
"""What something is, and its words."""

OF_A_CLAIM = ("statement", "key_assumptions", "gaps", "source_summary", "contrary_search_note", "what_would_change")
OF_A_RECORD: dict[type[Record], tuple[str, ...]] = {
    Incident: ("reference", "title", "summary"),
    Actor: ("name", "description"),
    PublicClaim: ("what",),
    Attribution: OF_A_CLAIM,
    PolicyResponse: ("title", "objective", "remarks"),
}


def secret_words(above: Above, under: str) -> list[Words]:
    """Every word of the records marked above a marking, and of the evidence under them that is."""
    with as_owner():
        found = [words for model, names in OF_A_RECORD.items() for words in _of(model, names, above.get(model, ()))]
        found += _of(IntelligenceCooperation, ("product",), (), response__in=above.get(PolicyResponse, ()))
        aliases = Actor.objects.filter(pk__in=above.get(Actor, ())).values_list("aliases", flat=True)
        found += [("an alias", each) for names in aliases for each in names]
        found += _of_evidence(_items(above, under))
    ids = [("an id", str(pk)) for pks in above.values() for pk in pks]
    return [(what, words) for what, words in [*found, *ids] if words]


def _of(model: type[Record], names: tuple[str, ...], ids: Iterable[UUID], **wanted: object) -> Iterator[Words]:
    rows = model._default_manager.filter(**(wanted or {"pk__in": ids})).values_list(*names)
    return ((name, words) for row in rows for name, words in zip(names, row, strict=True))


def _items(above: Above, under: str) -> set[UUID]:
    """The items that are held back, and those above that attributions held back rest on."""
    allowed = [each.value for each in Marking if each.level <= Marking(under).level]
    cited = Citation.objects.filter(attribution__in=above.get(Attribution, ()), status="active")
    over = cited.exclude(Q(passage__item__marking__in=allowed) & Q(passage__item__source__marking__in=allowed))
    unread = Passage.objects.filter(pk__in=above.get(Passage, ()))
    return {
        *above.get(EvidenceItem, ()),
        *over.values_list("passage__item", flat=True),
        *unread.values_list("item", flat=True),
    }


def _of_evidence(items: set[UUID]) -> Iterator[Words]:
    names = ("title", "summary", "source__name", "url", "reference_number")
    yield from _of(EvidenceItem, names, items)
    yield from _of(Passage, ("quote", "note"), (), item__in=items)
    yield from _of(StoredFile, ("sha256", "original_name"), (), item__in=items)
    yield from (("an id", str(each)) for each in items)
