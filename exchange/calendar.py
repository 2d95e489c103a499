"""A person's dates as an iCalendar feed (RFC 5545): what is due and when measures begin and end.

Calendar programs keep what they fetch in places that we do not know. So of a record marked above
TLP:AMBER the feed says, as mail does, nothing but that there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from icalendar import Calendar, Event

from accounts.choices import Marking
from accounts.models import User
from cases.models import Attribution
from cases.models.review_claims import claims_of
from ledger.digests import MAILED_BY_NAME
from ledger.kinds import name_of
from ledger.models import Record, Task
from policy.models import BorderEnforcement, PolicyResponse
from policy.workflow import OVER, Status

REACHES_BACK = timedelta(days=366)
"""How long the days of a measure stay in the feed. What is open stays, however late it is."""

FETCH_EVERY = timedelta(hours=1)
"""How often programs are asked to look again."""

CAME_TO_NOTHING = frozenset({Status.DECLINED, Status.WITHDRAWN, Status.LIFTED})
"""Such a response has no days: its measure was not taken, or ended before its time."""


@dataclass(frozen=True)
class Entry:
    """One day of one record. Record and `what` name it for good, whatever day it falls on."""

    kind: str
    pk: UUID
    what: str
    day: date
    words: str
    title: str
    address: str
    marking: str
    changed: datetime

    @property
    def uid(self) -> str:
        return f"{self.kind}-{self.pk}-{self.what}@{urlsplit(settings.BASE_URL).hostname}"

    @property
    def summary(self) -> str:
        marking = Marking(self.marking)
        if marking.level > MAILED_BY_NAME.level:
            return f"A record marked {marking.label}"
        return f"{self.words}: {self.title}"


def feed_for(person: User) -> bytes:
    """The feed of who acts, in a fixed number of queries. Call inside `acting_as` for that person."""
    entries = [*_of_responses(person), *_of_tasks(person), *_of_attributions(person), *_of_claims(person)]
    return drawn(sorted(entries, key=lambda each: (each.day, each.uid)))


def drawn(entries: Iterable[Entry]) -> bytes:
    """Entries as iCalendar text. The same entries give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Attest//Dates//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "Attest")
    calendar.add("x-wr-calname", "Attest")
    calendar.add("refresh-interval", FETCH_EVERY, {"VALUE": "DURATION"})
    for each in entries:
        calendar.add_component(_event(each))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed)  # RFC 5545, 3.8.7.2: without a METHOD, when it was last revised
    event.add("last-modified", entry.changed)
    event.add("dtstart", entry.day)
    event.add("summary", entry.summary)
    event.add("description", Marking(entry.marking).label)
    event.add("url", settings.BASE_URL + entry.address)
    event.add("transp", "TRANSPARENT")  # it keeps nobody busy
    return event


def _of_responses(person: User) -> Iterator[Entry]:
    for response in PolicyResponse.objects.of(person).select_related("border_enforcement"):
        if response.due and response.status not in OVER:
            yield _entry(response, "due", response.due, "Response due")
        if response.status not in CAME_TO_NOTHING:
            yield from _of_measure(response)


def _of_measure(response: PolicyResponse) -> Iterator[Entry]:
    """When the measure begins and ends, where the day is known and not long past."""
    border = getattr(response, "border_enforcement", None)
    border = border if border and border.status == "active" else None
    days = {"begins": _beginning(response, border), "ends": border.ends if border else None}
    changed = max(response.updated_at, border.updated_at) if border else response.updated_at
    for what, day in days.items():
        if day and day >= timezone.localdate() - REACHES_BACK:
            yield _entry(response, what, day, f"Measure {what}", changed=changed)


def _beginning(response: PolicyResponse, border: BorderEnforcement | None) -> date | None:
    if border and border.starts:
        return border.starts
    told = response.measure_date
    return date.fromisoformat(told) if len(told) == len("2021-07-02") else None


def _of_tasks(person: User) -> Iterator[Entry]:
    for task in Task.objects.open().filter(assignee=person, due__isnull=False):
        yield _entry(task, "due", task.due, "Task")


def _of_attributions(person: User) -> Iterator[Entry]:
    """Review dates of what stands approved and the person wrote or approved."""
    written = Attribution.objects.written_by(person).order_by().values("pk")
    theirs = Attribution.objects.approved().filter(Q(pk__in=written) | Q(approver=person))
    for attribution in theirs.filter(review_by__isnull=False):
        yield _entry(attribution, "review", attribution.review_by, "Look again")


def _of_claims(person: User) -> Iterator[Entry]:
    for claim in claims_of(person):
        yield _entry(claim, "due", claim.due_on, "Review due", title=name_of(claim.attribution))


def _entry(
    record: Record, what: str, day: date, words: str, *, title: str = "", changed: datetime | None = None
) -> Entry:
    return Entry(
        kind=record.kind,
        pk=record.pk,
        what=what,
        day=day,
        words=words,
        title=title or name_of(record),
        address=record.get_absolute_url(),
        marking=record.marking,
        changed=changed or record.updated_at,
    )
