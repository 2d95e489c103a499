"""How the ranking of the hypotheses moved over time: entries of the ledger replayed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from cases.matrix import Id, Matrix, Row

MOST_DAYS = 60
"""Days with a change that a history holds: the newest."""

UNGRADED = ("F", 6)
"""Reliability and credibility of what was not there yet: nothing is known of it."""


@dataclass(frozen=True)
class Entry:
    """One version of a thing that weighs in a matrix, as told on a day."""

    on: date
    kind: str
    id: Id
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Ranking:
    """How the hypotheses stood at the end of a day, and how many entries of each kind moved them."""

    on: date
    scores: Mapping[Id, Fraction]
    untested: frozenset
    leaders: frozenset
    evaluators: int
    moved_by: Mapping[str, int]


@dataclass
class Standing:
    """Everything that weighs, as it stands after the entries taken so far."""

    hypotheses: dict[Id, bool] = field(default_factory=dict)  # whether in use
    ratings: dict[Id, Mapping[str, Any]] = field(default_factory=dict)
    items: dict[Id, Mapping[str, Any]] = field(default_factory=dict)
    reliabilities: dict[Id, str] = field(default_factory=dict)

    def take(self, entry: Entry) -> bool:
        """Take an entry; whether it changed anything that weighs. A thing's first grade changes nothing yet."""
        match entry.kind:
            case "hypothesis":
                return _put(self.hypotheses, entry.id, entry.told["status"] == "active")
            case "rating":
                return _put(self.ratings, entry.id, entry.told)
            case "evidence_item":
                return _put(self.items, entry.id, entry.told, first_counts=False)
            case "source":
                return _put(self.reliabilities, entry.id, entry.told["reliability"], first_counts=False)
        return False

    def matrix(self) -> Matrix:
        rated: dict[Id, dict[Id, dict[Id, str]]] = {}
        for each in self.ratings.values():
            rated.setdefault(each["item"], {}).setdefault(each["hypothesis"], {})[each["analyst"]] = each["rating"]
        in_use = tuple(one for one, is_in_use in self.hypotheses.items() if is_in_use)
        return Matrix(in_use, tuple(self._row(item, ratings) for item, ratings in rated.items()))

    def _row(self, item: Id, ratings: Mapping[Id, Mapping[Id, str]]) -> Row:
        told = self.items.get(item, {})
        source = told.get("source")
        return Row(
            item,
            source,
            reliability=self.reliabilities.get(source, UNGRADED[0]),
            credibility=told.get("credibility", UNGRADED[1]),
            ratings=ratings,
            is_active=told.get("status", "active") == "active",
        )


def rankings(entries: Iterable[Entry], *, most_days: int = MOST_DAYS) -> list[Ranking]:
    """The ranking at the end of each day on which it changed, oldest first. Entries come in ledger order."""
    days = _days(entries)
    trial = Standing()
    changing = [on for on, told in days if sum(trial.take(entry) for entry in told)]
    shown, standing = set(changing[-most_days:]), Standing()
    found: list[Ranking] = []
    for on, told in days:
        moved = Counter(entry.kind for entry in told if standing.take(entry))
        if on not in shown:
            continue
        matrix = standing.matrix()
        ranking = Ranking(on, matrix.scores, matrix.untested, matrix.leaders, len(matrix.evaluators), dict(moved))
        if ranking.evaluators and not (found and _stands_alike(found[-1], ranking)):
            found.append(ranking)
    return found


def _days(entries: Iterable[Entry]) -> list[tuple[date, list[Entry]]]:
    days: dict[date, list[Entry]] = {}
    for each in entries:
        days.setdefault(each.on, []).append(each)
    return sorted(days.items())


def _stands_alike(one: Ranking, other: Ranking) -> bool:
    return (one.scores, one.evaluators) == (other.scores, other.evaluators)


def _put(where: dict, key: Id, value: Any, *, first_counts: bool = True) -> bool:
    changed = where[key] != value if key in where else first_counts
    where[key] = value
    return changed


# --- Drawn ---------------------------------------------------------------------------------------

WIDE, HIGH = 640, 160
"""The drawing, in units of its own."""


def steps(history: list[Ranking], hypothesis: Id) -> str:
    """The points of a step line: from left to right in time, the least inconsistent at the top."""
    lowest = min((score for each in history for score in each.scores.values()), default=Fraction(0)) or Fraction(-1)
    first, last = history[0].on.toordinal(), history[-1].on.toordinal()
    points: list[tuple[float, float]] = []
    for each in history:
        if hypothesis not in each.scores:
            continue
        x = WIDE * (each.on.toordinal() - first) / ((last - first) or 1)
        y = HIGH * float(each.scores[hypothesis] / lowest)
        if points:
            points.append((x, points[-1][1]))
        points.append((x, y))
    if points:
        points.append((WIDE, points[-1][1]))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
