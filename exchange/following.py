"""What follows from a sharing: the page of its response shows it, and its evidence does not fall unsaid."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.dispatch import receiver

from accounts.choices import Marking
from accounts.models import User
from evidence.choices import ItemStatus
from evidence.models import EvidenceItem
from evidence.signals import asks_what_left, asks_what_rests, ground_moved
from exchange.agreed import OF_THE_KIND, why_not_shared
from exchange.choices import SharingStatus
from exchange.models import Release, Sharing
from ledger.acting import as_owner
from ledger.choices import Event
from ledger.models import Record
from ledger.notices import tell
from policy.abilities import is_worker
from policy.models import PolicyResponse
from policy.signals import asks_what_follows

PANEL = "exchange/_sharings.html"


@receiver(asks_what_follows, dispatch_uid="exchange.what_follows")
def what_is_shared(sender, *, response: PolicyResponse, by: User, **kwargs) -> dict[str, Any] | None:
    """A panel for the page of an intelligence cooperation: what was shared with whom, and the way to share."""
    if response.response_kind != OF_THE_KIND:
        return None
    return {
        "template": PANEL,
        "response": response,
        "sharings": Sharing.objects.filter(response=response).select_related("created_by"),
        "may_share": is_worker(response, by) and not response.is_on_record,
        "why_not": why_not_shared(response),
    }


@receiver(asks_what_rests, dispatch_uid="exchange.what_rests")
def partners_who_have(sender, *, item: EvidenceItem, **kwargs) -> list[dict[str, str]]:
    """Before an item is taken out of use: the sharings that it is in, as the reader may see them."""
    return [
        {"label": f"Shared: {each}", "url": each.get_absolute_url(), "status": each.get_status_display()}
        for each in _with(item).order_by("-pk")
    ]


@receiver(asks_what_left, dispatch_uid="exchange.what_left")
def what_left(sender, *, records, **kwargs) -> list[dict[str, str]]:
    """Releases and sharings that quote some records, as the reader may see them: their bytes stay as they left."""
    packets, passages, items = (
        [each.id for each in records if each.kind == kind] for kind in ("sealed_packet", "passage", "evidence_item")
    )
    quoting = Q(packet__in=packets) | Q(attribution__citations__passage__in=passages)
    released = Release.objects.filter(quoting).distinct()
    shared = (each for item in EvidenceItem.objects.filter(pk__in=items) for each in _with(item))
    told = {each.pk: each for each in [*released, *shared]}
    why = "Its bytes are as they left"
    return [{"label": str(each), "url": each.get_absolute_url(), "why": why} for each in told.values()]


@receiver(ground_moved, dispatch_uid="exchange.shared_item_fell")
def tell_owners(sender, *, moved: Record, **kwargs) -> None:
    """Once an item is out of use, owners learn that partners hold it, whoever took it away."""
    if not isinstance(moved, EvidenceItem) or moved.status == ItemStatus.ACTIVE:
        return
    with as_owner():
        found = list(
            _with(moved).filter(status=SharingStatus.SHARED).select_related("response").order_by("response", "pk")
        )
    for response, sharings in groupby(found, key=lambda each: each.response):
        tell(
            [response.owner_id or response.author_id],
            about=response,
            event=Event.BASIS_IN_QUESTION,
            sentence=_told(moved, response, list(sharings)),
            key=f"shared:{moved.pk}",
        )


def _with(item: EvidenceItem) -> QuerySet[Sharing]:
    return Sharing.objects.filter(included__contains=[{"kind": item.kind, "id": str(item.pk)}])


def _told(item: EvidenceItem, response: PolicyResponse, sharings: list[Sharing]) -> str:
    """Which partners hold it, with nothing stricter than the response is."""
    is_covered = Marking(item.marking).level <= Marking(response.marking).level
    what = f"“{item}”" if is_covered else "An item of evidence"
    held = "; ".join(f"{each.partner}, {each.created_at:%-d %B %Y} ({each.get_form_display()})" for each in sharings)
    fallen = item.get_status_display().lower()
    return f"{what} was {fallen}, and partners hold it: {held}. Recall it, or tell them: {response}"
