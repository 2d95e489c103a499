"""What each sort of watch asks for and finds, and the looking itself, as the owner of the watch."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import QueryDict
from django.utils import timezone

from accounts.choices import Marking
from accounts.models import User
from cases.choices import Watchable, WatchSort, WatchStatus
from cases.filters import ActorFilter, AttributionFilter, IncidentFilter
from cases.filters_monitoring import FlowObservationFilter
from cases.models import Actor, Attribution, FlowObservation, Incident, Watch, WatchLook
from evidence.filters import EvidenceItemFilter
from evidence.models import EvidenceItem
from ledger.acting import acting_as, as_owner
from ledger.choices import Event
from ledger.filters import RecordFilterSet
from ledger.kinds import kinds
from ledger.models import RecordStatus
from ledger.notices import About, Notice, tell_all

TOLD_ONE_BY_ONE = 10
"""New matches of one look that are told each by itself; more are told as a number."""

NOT_FILTERS = {"after", "filters", "format", "workspace"}
"""Of a list's address: where one stands in it, its form, and the room, which is the watch's own."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asker:
    """In whose name a filter set asks, where there is no request."""

    user: User


SEARCHES: dict[str, tuple[type[RecordFilterSet], models.Manager | models.QuerySet]] = {
    Watchable.INCIDENT: (IncidentFilter, Incident.objects.all()),
    Watchable.ATTRIBUTION: (AttributionFilter, Attribution.objects.with_label()),
    Watchable.EVIDENCE_ITEM: (EvidenceItemFilter, EvidenceItem.objects.all()),
    Watchable.ACTOR: (ActorFilter, Actor.objects.all()),
}


def canonical(query: str) -> str:
    """A list's filters as they are kept: without what is empty and what is no filter, in one order."""
    asked = QueryDict(query.removeprefix("?"))
    kept = QueryDict(mutable=True)
    for name in sorted(set(asked) - NOT_FILTERS):
        if values := [each for each in asked.getlist(name) if each]:
            kept.setlist(name, values)
    return kept.urlencode()


def filtered(watch: Watch) -> RecordFilterSet:
    """The filter set of a saved search, asked as the owner."""
    filter_set, records = SEARCHES[watch.over]
    return filter_set(QueryDict(watch.query), queryset=records.all(), request=Asker(watch.owner))


class Search:
    """A list under filters, checked by the same filter set as the page and the API."""

    def check(self, watch: Watch) -> None:
        if watch.over not in SEARCHES:
            raise ValidationError({"over": "Choose a list."})
        watch.query = canonical(watch.query)
        filters = filtered(watch)
        if unknown := set(QueryDict(watch.query)) - set(filters.filters):
            raise ValidationError({"query": f"There is no filter {', '.join(sorted(unknown))}."})
        if not filters.is_valid():
            raise ValidationError({"query": [each for several in filters.errors.values() for each in several]})

    def matches(self, watch: Watch) -> models.QuerySet:
        filters = filtered(watch)
        if not filters.is_valid():
            raise ValidationError({"query": "A filter names something that is no longer there, or not for you."})
        return filters.qs


class Flow:
    """Counts of one unit that reach a number. Counts are never added: two sources may count the same."""

    def check(self, watch: Watch) -> None:
        _require(watch, unit="Say what is counted.", at_least="Give a number above zero.")

    def matches(self, watch: Watch) -> models.QuerySet:
        asked = {"unit": watch.unit, "observed_from": watch.counted_from, "observed_to": watch.counted_to}
        told = QueryDict(mutable=True)
        told.update({name: value for name, value in asked.items() if value})
        counts = FlowObservation.objects.filter(status=RecordStatus.ACTIVE, high__gte=watch.at_least)
        counts = counts.filter(**{watch.about_kind: watch.about_id})
        return FlowObservationFilter(told, queryset=counts, request=Asker(watch.owner)).qs


class Date:
    """A day on which to look at a record again."""

    def check(self, watch: Watch) -> None:
        _require(watch, look_on="Say on which day.")

    def matches(self, watch: Watch) -> models.QuerySet:
        return Watch.objects.none()


def _require(watch: Watch, **sentences: str) -> None:
    """Refuse a watch without what its sort asks for."""
    lacking = {name: sentence for name, sentence in sentences.items() if not getattr(watch, name)}
    if lacking:
        raise ValidationError(lacking)


Watch.rules.update({WatchSort.SEARCH: Search(), WatchSort.FLOW: Flow(), WatchSort.DATE: Date()})


# --- Looking ---------------------------------------------------------------------------------------


def look_out() -> int:
    """Let every active watch look, each as its owner. Returns how many notifications were written."""
    with as_owner():
        active = Watch.objects.filter(status=WatchStatus.ACTIVE, owner__is_active=True).order_by("pk")
        waiting = [(each.pk, each.owner) for each in active.select_related("owner").only("pk", "owner")]
    told = 0
    for pk, owner in waiting:
        try:
            told += look(pk, owner)
        except Exception:  # whatever is wrong with one does not keep the others from looking
            log.exception("A watch could not look: %s", pk)
    return told


@transaction.atomic
def look(pk: UUID, owner: User) -> int:
    """Let one watch look: what it finds and that it was told are kept together or not at all."""
    with acting_as(owner):
        notices = _findings(pk)
    return tell_all(notices)  # in nobody's name: who acts is never told


def _findings(pk: UUID) -> list[Notice]:
    watch = Watch.objects.select_related("owner").filter(pk=pk, status=WatchStatus.ACTIVE).first()
    if watch is None:
        return []
    held = WatchLook.objects.select_for_update().get(watch=watch)
    found, trouble = [], ""
    try:
        found = _due(watch, held) if watch.sort == WatchSort.DATE else _told(watch, watch.take_stock())
    except ValidationError as error:
        trouble = " ".join(error.messages)
    now = timezone.now()
    fired = {"fired_at": now} if found else {}
    WatchLook.objects.filter(watch=watch).update(looked_at=now, trouble=trouble, **fired)
    return found


def _due(watch: Watch, held: WatchLook) -> list[Notice]:
    day, about_id = watch.look_on, watch.about_id
    if day is None or about_id is None or day > timezone.localdate():
        return []
    if held.fired_at and held.fired_at.date() >= day:
        return []
    about = About(watch.about_kind, about_id)
    said = f"Look again: {watch.note or watch.title}"
    return [Notice(watch.owner_id, about, Event.WATCH_FIRED, said, f"{watch.pk}:{day}")]


def _told(watch: Watch, found: list[UUID]) -> list[Notice]:
    """Each match by itself, or their number where they are many."""
    if len(found) > TOLD_ONE_BY_ONE:
        return [Notice(watch.owner_id, watch, Event.WATCH_FIRED, f"{len(found)} new matches.")]
    kind = watch.over or FlowObservation.kind
    records = kinds()[kind]._default_manager.filter(pk__in=found).order_by("pk")
    return [
        Notice(watch.owner_id, About(kind, pk), Event.WATCH_FIRED, _called(watch, marking), f"{watch.pk}")
        for pk, marking in records.values_list("pk", "marking")
    ]


def _called(watch: Watch, marking: str) -> str:
    """Which watch it was; without its title where that is marked more strictly than what it found."""
    if Marking(watch.marking).level > Marking(marking).level:
        return "Found by one of your watches."
    return f"Found by your watch “{watch.title}”."
