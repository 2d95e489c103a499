"""What owners of responses are reminded of. For the worker, in nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import F
from django.utils import timezone

from ledger import notices
from ledger.acting import as_owner
from ledger.choices import Event
from ledger.deadlines import WEEK, Reminder, reminder_of, told
from policy.models import PolicyResponse
from policy.workflow import OVER, Status

FORTNIGHT = 14
"""Days before its end at which the owner of a border measure is reminded."""


def remind() -> int:
    """Remind owners of due dates, and of border measures that end or have ended; once each for a date.

    It looks past the wall, because no one person reads all responses; telling keeps to the wall.
    """
    today = timezone.localdate()
    with as_owner():
        found = [*_due(today), *_ending(today)]
    return notices.tell_all(found)


def _due(today: date) -> Iterator[notices.Notice]:
    wanted = PolicyResponse.objects.filter(due__lte=today + timedelta(days=WEEK), owner__isnull=False)
    for response in wanted.exclude(status__in=OVER):
        if reminder := reminder_of(response.due, today):
            yield notices.Notice(response.owner_id, response, Event.RESPONSE_DUE, reminder.sentence, reminder.key)


def _ending(today: date) -> Iterator[notices.Notice]:
    in_force = PolicyResponse.objects.filter(status=Status.IN_FORCE, owner__isnull=False)
    last = today + timedelta(days=FORTNIGHT)
    ending = in_force.filter(border_enforcement__status="active", border_enforcement__ends__lte=last)
    for response in ending.annotate(ends=F("border_enforcement__ends")):
        reminder = end_of_measure(response.ends, today)
        yield notices.Notice(response.owner_id, response, Event.MEASURE_ENDS, reminder.sentence, reminder.key)


def end_of_measure(ends: date, today: date) -> Reminder:
    """What is said of a measure in force that ends within a fortnight, or should have ended."""
    if ends < today:
        return Reminder(f"{ends} ended", f"Ended on {told(ends)}, and is still in force here.")
    return Reminder(f"{ends} ends", f"Ends on {told(ends)}.")
