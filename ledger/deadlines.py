"""When people are reminded of a date, and in which words. Pure.

A reminder belongs to a stretch of time before the date, not to one day: a worker that stood still
for a day catches up, and `key` lets nobody be told twice.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

WEEK, DAY = 7, 1
"""Days before a date at which people are reminded."""


class Reminder(NamedTuple):
    key: str
    """Of the date and the stretch: another date starts anew."""

    sentence: str


def reminder_of(due: date, today: date) -> Reminder | None:
    """The reminder whose time has come: from seven days before, from one day before, and once it is past."""
    left = (due - today).days
    if left < 0:
        return Reminder(f"{due} overdue", f"Overdue since {told(due)}.")
    if left <= DAY:
        return Reminder(f"{due} day", f"Due {'tomorrow' if left else 'today'}, {told(due)}.")
    return Reminder(f"{due} week", f"Due in {left} days, on {told(due)}.") if left <= WEEK else None


def told(day: date) -> str:
    return f"{day:%-d %B %Y}"
