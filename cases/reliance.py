"""Reliance: approvals outlive nothing that they rested on.

Whatever moves the ground sends `ground_moved` in its own transaction; every approval that rests on
it, at any depth, is gated again there and then. It looks past the wall: what the person who moved
the ground may not read falls all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection
from django.dispatch import receiver

from accounts.choices import Marking
from accounts.models import User
from cases import gate
from cases.gathering import grounds_of, resting_on
from cases.ground import Ground
from cases.models import Actor, Attribution, Citation, Incident
from cases.signals import attribution_moved
from cases.telling import Event, tell_all
from evidence.lineage import reached_by
from evidence.models import EvidenceItem, Passage, Source
from evidence.signals import asks_what_cites, asks_what_rests, ground_moved
from ledger.acting import as_owner
from ledger.models import Record

AT_ONCE = 250
"""Approvals gated again with one loading of their grounds."""

AT_MOST = 20
"""Names shown of what rests on an item."""

WITHHELD = "Something that it rests on moved; what it was is marked more strictly than this attribution."
OVERDUE = "The date to look at it again has passed."


@receiver(ground_moved, dispatch_uid="cases.look_again")
def look_again(sender, *, moved: Record, by: User, reason: str, marking: str, **kwargs) -> None:
    """Gate every approval again that rests on what moved; those that fail become stale."""
    with as_owner():
        for batch in _batches(_approved_on(moved)):
            _regate(batch, by=by, reason=reason, marking=marking)


def let_overdue_fall(today: date) -> None:
    """Gate every approval again whose review date has passed. Each batch is a transaction of its own."""
    with as_owner():
        due = Attribution.objects.approved().filter(review_by__lt=today).order_by("pk")
        batches = list(_batches(due.values_list("pk", flat=True)))
    for batch in batches:
        with as_owner():
            _regate(batch, by=None, reason=OVERDUE, marking=Marking.CLEAR)


def _approved_on(moved: Record) -> list[UUID]:
    """Ids of the approvals that rest on a record, in the order in which they are locked. As owner."""
    approved = Attribution.objects.approved().order_by("pk").values_list("pk", flat=True)
    match moved:
        case Source():
            items = reached_by(sources=[moved.pk])
        case EvidenceItem():
            items = reached_by(items=[moved.pk])
        case Passage():
            return list(approved.filter(citations__passage=moved, citations__status="active").distinct())
        case Actor():
            return list(approved.filter(actor=moved))
        case Incident():
            return list(approved.filter(incident=moved))
        case _:
            raise TypeError(f"Nothing rests on a {moved.kind}.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_id FROM resting(%s::uuid[])", [list(items)])
        return list(approved.filter(pk__in=[row[0] for row in cursor.fetchall()]))


def _batches(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    ordered = list(ids)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


def _regate(ids: list[UUID], *, by: User | None, reason: str, marking: str) -> None:
    """Gate some approvals again. As owner.

    They are locked first, always in one order: of two acts that together take an approval's ground
    away, the later one waits here and then sees the earlier.
    """
    list(Attribution.objects.approved().select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values("pk"))
    approved = Attribution.objects.approved().select_related("incident", "actor").filter(pk__in=ids).order_by("pk")
    fallen: dict[str, dict[UUID, str]] = {}
    grounds = grounds_of(approved)
    for pk, ground in grounds.items():
        result = gate.evaluate(ground, with_help=False)
        if not result.is_passed:
            told = reason if _covers(ground, marking) else WITHHELD
            fallen.setdefault(told, {})[pk] = f"{told} {_why(ground, result)}"
    for told, notes in fallen.items():
        gone = Attribution.go_stale_all(notes, reason=told)
        _tell([grounds[pk] for pk in notes if pk in gone], notes, by)


def _covers(ground: Ground, marking: str) -> bool:
    """Whether who may read the attribution may read what is marked so."""
    return Marking(marking).level <= Marking(ground.attribution.marking).level


def _why(ground: Ground, result: gate.GateResult) -> str:
    """What no longer holds, in words that say nothing marked above the attribution."""
    if ground.strictest_marking <= Marking(ground.attribution.marking).level:
        return " ".join(check.sentence for check in result.failed)
    return f"These checks fail: {', '.join(check.title.lower() for check in result.failed)}."


def _tell(grounds: list[Ground], notes: dict[UUID, str], by: User | None) -> None:
    """Tell author, co-authors and approver, and whatever rests on an attribution."""
    rows = [
        (ground.authors | {ground.approver_id}, ground.attribution, f"No longer holds: {notes[ground.attribution.pk]}")
        for ground in grounds
    ]
    tell_all(Event.ATTRIBUTION_STALE, rows, by=by)
    attribution_moved.send(Attribution, attributions=[ground.attribution for ground in grounds], what="stale", by=by)


@receiver(asks_what_rests, dispatch_uid="cases.what_rests")
def what_rests(sender, *, item, **kwargs) -> list[dict[str, str]]:
    """Attributions that cite or weigh an item or what repeats it, as the one who asks may see them."""
    resting = Attribution.objects.filter(pk__in=resting_on(reached_by(items=[item.pk]))).order_by("-pk")[:AT_MOST]
    return [
        {
            "kind": each.kind,
            "label": str(each),
            "url": each.get_absolute_url(),
            "status": each.get_status_display(),
        }
        for each in resting
    ]


@receiver(asks_what_cites, dispatch_uid="cases.what_cites")
def what_cites(sender, *, passages: list[UUID], **kwargs) -> dict[UUID, list[dict[str, str]]]:
    """Attributions that cite each passage, as the one who asks may see them. One query."""
    citations = Citation.objects.filter(passage__in=passages, status="active").select_related(
        "attribution__incident", "attribution__actor"
    )
    cited: dict[UUID, dict[UUID, Attribution]] = {}
    for citation in citations:
        cited.setdefault(citation.passage_id, {})[citation.attribution_id] = citation.attribution
    return {
        passage: [
            {"label": str(each), "url": each.get_absolute_url(), "status": each.get_status_display()}
            for each in attributions.values()
        ]
        for passage, attributions in cited.items()
    }
