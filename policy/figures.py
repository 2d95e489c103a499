"""Responses in numbers: how many of each kind stand where, and how long incidents waited for a first measure. Pure.

A date known to the month or year only is taken for every day that it may mean. So days between two dates
are a range, from the fewest to the most that there can have been, and a median of ranges lies between the
median of the fewest and the median of the most.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any
from uuid import UUID

from django.db import models

from cases.periods import first_day, last_day
from policy.choices import ResponseKind
from policy.workflow import Status

TAKEN = (Status.IN_FORCE, Status.COMPLETED, Status.LIFTED)
"""A measure that was taken, whatever became of it. What is only planned answers no incident yet."""


class Timed(models.TextChoices):
    """The measures to which the time from an incident is told."""

    PROTEST = "protest", "Protest"
    SANCTIONS = "sanctions", "Sanctions"
    CLOSURE = "closure", "Closure of the border"


KIND_OF = {
    Timed.PROTEST: ResponseKind.DIPLOMATIC_PROTEST,
    Timed.SANCTIONS: ResponseKind.SANCTIONS,
    Timed.CLOSURE: ResponseKind.BORDER_ENFORCEMENT,
}
"""The kind of response that each is of."""


@dataclass(frozen=True)
class Span:
    """Days, from the fewest to the most that there can be."""

    least: float
    most: float

    def __str__(self) -> str:
        least, most = (f"{each:g}".replace("-", "−") for each in (self.least, self.most))
        return least if least == most else f"{least} to {most}"


def days_between(began: str, taken: str) -> Span:
    """Between two partial dates. Below zero where the measure may have come before the recorded beginning."""
    return Span(_days(last_day(began), first_day(taken)), _days(first_day(began), last_day(taken)))


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def median_of(spans: Iterable[Span]) -> Span | None:
    told = list(spans)
    return Span(median(each.least for each in told), median(each.most for each in told)) if told else None


# --- From an incident to the first measure -------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """A measure that was taken in answer to an incident. `timed` is empty for one whose time is not told."""

    timed: str
    incident_id: UUID
    incident: str
    began: str
    response_id: UUID
    response: str
    on: str
    """A partial date; empty if unknown."""


@dataclass(frozen=True)
class First:
    """How long one incident waited: the measure named is the one that can have been the earliest."""

    measure: Taken
    days: Span


@dataclass
class Times:
    """What is known of one sort of measure."""

    timed: Timed
    firsts: list[First] = field(default_factory=list)
    no_beginning: int = 0
    """Incidents left out because nobody recorded when they began."""

    no_date: int = 0
    """Incidents left out because no such measure has a date."""

    without: int = 0
    """Incidents that other measures answered, and none of this sort."""

    @property
    def left_out(self) -> int:
        return self.no_beginning + self.no_date

    @property
    def median(self) -> Span | None:
        return median_of(each.days for each in self.firsts)


def times_of(taken: Iterable[Taken], timed: Iterable[Timed] = tuple(Timed)) -> list[Times]:
    """For each sort of measure, how long each incident waited for the first of it; the quickest first."""
    measures = list(taken)
    answered = {each.incident_id for each in measures}
    return [_times(sort, [each for each in measures if each.timed == sort], len(answered)) for sort in timed]


def _times(sort: Timed, measures: list[Taken], answered: int) -> Times:
    by_incident: dict[UUID, list[Taken]] = {}
    for each in measures:
        by_incident.setdefault(each.incident_id, []).append(each)
    told = Times(sort, without=answered - len(by_incident))
    for found in by_incident.values():
        dated = [each for each in found if each.on]
        if not found[0].began:
            told.no_beginning += 1
        elif not dated:
            told.no_date += 1
        else:
            told.firsts.append(_first(dated))
    told.firsts.sort(key=lambda each: (each.days.least, each.days.most, each.measure.incident))
    return told


def _first(measures: list[Taken]) -> First:
    """The first of some dated measures: no earlier than the first day of all, no later than the last day of any."""
    earliest = min(measures, key=lambda each: (first_day(each.on), last_day(each.on), str(each.response_id)))
    spans = [days_between(each.began, each.on) for each in measures]
    return First(earliest, Span(min(each.least for each in spans), min(each.most for each in spans)))


# --- By kind and status ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How many responses of one kind stand in each status, in the order of `Status`."""

    kind: ResponseKind
    by_status: tuple[int, ...]

    @property
    def all(self) -> int:
        return sum(self.by_status)


def counts_of(counted: dict[tuple[str, str], int]) -> list[Counts]:
    """Numbers by kind and status, for every kind that has any."""
    told = [Counts(kind, tuple(counted.get((kind, each), 0) for each in Status)) for kind in ResponseKind]
    return [each for each in told if each.all]


@dataclass(frozen=True)
class Figures:
    """All of it, as far as who asks may read it."""

    counts: list[Counts]
    times: list[Times]

    @property
    def in_all(self) -> list[int]:
        """By status, over all kinds."""
        return [sum(column) for column in zip(*(each.by_status for each in self.counts), strict=True)]

    @property
    def all(self) -> int:
        return sum(each.all for each in self.counts)


# --- Drawn -------------------------------------------------------------------------------------------------------


def drawing_of_counts(figures: Figures) -> dict[str, Any]:
    """One bar per kind, in parts by status; statuses in which nothing stands are left out."""
    kept = [(number, each) for number, each in enumerate(Status) if any(c.by_status[number] for c in figures.counts)]
    return {
        "kinds": [each.kind.label for each in figures.counts],
        "series": [
            {"key": each.value, "label": each.label, "counts": [c.by_status[number] for c in figures.counts]}
            for number, each in kept
        ],
    }


def drawing_of_times(figures: Figures) -> dict[str, Any]:
    """One lane per sort of measure, in it each incident from its fewest to its most days, and the median."""
    return {
        "lanes": [
            {
                "label": each.timed.label,
                "median": [each.median.least, each.median.most] if each.median else None,
                "said": str(each.median or ""),
                "firsts": [_drawn(first) for first in each.firsts],
            }
            for each in figures.times
        ]
    }


def _drawn(first: First) -> dict[str, Any]:
    return {
        "incident": first.measure.incident,
        "measure": first.measure.response,
        "least": first.days.least,
        "most": first.days.most,
        "said": str(first.days),
    }
