"""Incidents and the responses to them in time: what the timeline's table and drawing show. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cases.periods import first_day, last_day
from policy.choices import ResponseKind
from policy.sourcing import is_unsourced


@dataclass(frozen=True)
class Answer:
    """A response as an answer to an incident."""

    response: Any
    is_unsourced: bool

    @property
    def date(self) -> str:
        return self.response.measure_date


@dataclass(frozen=True)
class Row:
    """An incident with the responses to it, earliest first; those without a date come last."""

    incident: Any
    answers: list[Answer]


def rows_of(answered: Iterable) -> list[Row]:
    """Answered incidents (each with `incident` and `response` loaded) by incident, in order of time."""
    groups: dict[Any, Row] = {}
    for each in answered:
        row = groups.setdefault(each.incident_id, Row(each.incident, []))
        row.answers.append(Answer(each.response, _unsourced(each.response)))
    for row in groups.values():
        row.answers.sort(key=lambda each: (not each.date, each.date, each.response.place, str(each.response.pk)))
    return sorted(groups.values(), key=lambda row: (row.incident.began or "9999", row.incident.reference))


def _unsourced(response) -> bool:
    cited = len(response.citations.all())  # active ones, prefetched
    return is_unsourced(is_on_record=response.is_on_record, remarks=response.remarks, citations=cited)


def drawing_of(rows: Iterable[Row]) -> dict[str, Any]:
    """Each incident over its days, and each dated response as a mark of its kind beside it."""
    return {
        "kinds": [{"key": each.value, "label": each.label} for each in ResponseKind],
        "rows": [_drawn(row) for row in rows],
    }


def _drawn(row: Row) -> dict[str, Any]:
    incident = row.incident
    return {
        "title": incident.title,
        "from": first_day(incident.began) if incident.began else None,
        "to": last_day(incident.ended) if incident.ended else None,
        "url": incident.get_absolute_url(),
        "marks": [_mark(each) for each in row.answers if each.date],
    }


def _mark(answer: Answer) -> dict[str, Any]:
    response = answer.response
    return {
        "kind": response.response_kind,
        "title": response.title,
        "by": response.taken_by,
        "from": first_day(answer.date),
        "to": last_day(answer.date),
        "date": answer.date,
        "status": response.get_status_display(),
        "unsourced": answer.is_unsourced,
        "url": response.get_absolute_url(),
    }
