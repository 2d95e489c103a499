"""Analysis of competing hypotheses: which explanation the evidence contradicts least. Pure.

After Heuer, "Psychology of Intelligence Analysis" (1999), chapter 8. A score sums what is
inconsistent, weighted by grade; consistency never adds. It is an aid and never a probability.
All sums are exact fractions, so that neither the order of rows nor of evaluators matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

from cases.choices import Consistency
from evidence.choices import Credibility, Reliability

Id = Any
"""Whatever names items, sources, hypotheses and evaluators: hashable, and the same thing always by the same."""

AGAINST = {Consistency.II: -2, Consistency.I: -1}
"""What a rating adds to a score; every other rating adds nothing."""

SCALE = {
    Consistency.CC: 2,
    Consistency.C: 1,
    Consistency.N: 0,
    Consistency.NA: 0,
    Consistency.I: -1,
    Consistency.II: -2,
}
"""Where a rating stands from very consistent to very inconsistent, for diagnosticity and disagreement."""

STRONG, PLAIN, DOUBTFUL, DISCOUNTED = Fraction(1414, 1000), Fraction(1), Fraction(707, 1000), Fraction(0)
"""Weights of a row by the grades of its item and source."""

SURE_SOURCES = (Reliability.A, Reliability.B)
SURE_ITEMS = (Credibility.CONFIRMED, Credibility.PROBABLY_TRUE)

LOWER_RELIABILITY = dict(zip("ABCD", "BCDE", strict=True))
"""One step lower. E has no lower step; F is not on the scale, it says that nothing is known."""

LOWEST_CREDIBILITY = Credibility.IMPROBABLE


@dataclass(frozen=True)
class Row:
    """One item of evidence: its grades, and what each evaluator rated it against each hypothesis."""

    item: Id
    source: Id
    reliability: str
    credibility: int
    ratings: Mapping[Id, Mapping[Id, str]]  # hypothesis -> evaluator -> rating
    is_active: bool = True

    @property
    def weight(self) -> Fraction:
        """The credibility weight. What is no longer in use, or graded E or 5, is discounted to nothing."""
        if not self.is_active or self.reliability == Reliability.E or self.credibility == Credibility.IMPROBABLE:
            return DISCOUNTED
        if self.reliability == Reliability.D or self.credibility == Credibility.DOUBTFUL:
            return DOUBTFUL
        if self.reliability in SURE_SOURCES and self.credibility in SURE_ITEMS:
            return STRONG
        return PLAIN

    @property
    def is_discounted(self) -> bool:
        return self.weight == DISCOUNTED

    def cell(self, hypothesis: Id) -> Mapping[Id, str]:
        """What each evaluator rated, by evaluator."""
        return self.ratings.get(hypothesis, {})

    def against(self, hypothesis: Id) -> Fraction:
        """How strongly the evaluators, on average, find it inconsistent: 0 down to -2.

        What one evaluator finds consistent adds nothing, but stands in the mean beside what another finds against it.
        """
        return _mean(AGAINST.get(Consistency(each), 0) for each in self.cell(hypothesis).values())

    def disagreement(self, hypothesis: Id) -> int:
        """Steps between the evaluators furthest apart on this cell, 0 to 4."""
        steps = [SCALE[Consistency(each)] for each in self.cell(hypothesis).values()]
        return max(steps) - min(steps) if steps else 0

    def spread(self, hypotheses: Iterable[Id]) -> Fraction:
        """Population variance of the row's filled cells on the scale from 2 to -2. Exact."""
        cells = [
            _mean(Fraction(SCALE[Consistency(each)]) for each in self.cell(one).values())
            for one in hypotheses
            if self.cell(one)
        ]
        middle = _mean(cells)
        return _mean((each - middle) ** 2 for each in cells)

    def lowered(self, *, reliability: bool = False) -> Row:
        """The same row graded one step lower: its item's credibility, or its source's reliability."""
        if reliability:
            return replace(self, reliability=LOWER_RELIABILITY.get(self.reliability, self.reliability))
        if self.credibility < LOWEST_CREDIBILITY:
            return replace(self, credibility=self.credibility + 1)
        return self


class Variation(StrEnum):
    """What is tried to see whether the leader depends on it."""

    ROW_OUT = "row_out"
    CREDIBILITY_LOWER = "credibility_lower"
    RELIABILITY_LOWER = "reliability_lower"


Varied = tuple[Variation, Id, list[tuple[Row, Row | None]]]
"""What is tried, about what, and which rows it makes others (None: gone)."""


@dataclass(frozen=True)
class Flip:
    """A single change that would change the leader: `about` is an item, or a source."""

    variation: Variation
    about: Id
    leaders: frozenset


@dataclass(frozen=True)
class Matrix:
    """Items against hypotheses, as rated so far."""

    hypotheses: tuple[Id, ...]
    rows: tuple[Row, ...]

    @cached_property
    def scores(self) -> dict[Id, Fraction]:
        """Inconsistency of each hypothesis: 0 at best, the lower the more is against it."""
        scores = dict.fromkeys(self.hypotheses, Fraction(0))
        for row, against in self._against.values():
            for one, strength in against.items():
                if strength:
                    scores[one] += row.weight * strength
        return scores

    @cached_property
    def _against(self) -> dict[Id, tuple[Row, dict[Id, Fraction]]]:
        """Each row with how strongly it is against each hypothesis, by its item: grades do not change that."""
        return {row.item: (row, {one: row.against(one) for one in self.hypotheses}) for row in self.rows}

    @cached_property
    def untested(self) -> frozenset:
        """Hypotheses that no row with weight was ever rated inconsistent with: not best, only unexamined."""
        return frozenset(one for one, score in self.scores.items() if score == 0)

    @cached_property
    def leaders(self) -> frozenset:
        """The least inconsistent of the tested hypotheses; more than one where they tie, none where none is tested."""
        return _leaders(self.scores)

    @cached_property
    def ranking(self) -> list[Id]:
        """All hypotheses: the tested from least to most inconsistent, then the untested in their order."""
        tested = sorted((one for one in self.hypotheses if one not in self.untested), key=lambda one: -self.scores[one])
        return tested + [one for one in self.hypotheses if one in self.untested]

    @cached_property
    def evaluators(self) -> frozenset:
        """Everybody who rated at least one cell."""
        return frozenset(who for row in self.rows for one in self.hypotheses for who in row.cell(one))

    def empty_cells(self, items: Iterable[Id]) -> list[tuple[Id, Id]]:
        """(item, hypothesis) of these items that nobody has rated, in the order of rows and hypotheses."""
        known = {row.item: row for row in self.rows}
        return [
            (item, one)
            for item in dict.fromkeys(items)
            for one in self.hypotheses
            if item not in known or not known[item].cell(one)
        ]

    def whole_evaluators(self, items: Iterable[Id]) -> frozenset:
        """Evaluators who have rated every one of these items against every hypothesis."""
        wanted = set(items)
        rows = [row for row in self.rows if row.item in wanted]
        if not wanted or len(rows) < len(wanted):
            return frozenset()
        return frozenset(
            who for who in self.evaluators if all(who in row.cell(one) for row in rows for one in self.hypotheses)
        )

    def diagnosticity(self, row: Row) -> float:
        """Population standard deviation of the row's cells: 0 where it does not discriminate."""
        return math.sqrt(row.spread(self.hypotheses))

    def discriminates(self, row: Row) -> bool:
        return row.spread(self.hypotheses) > 0

    def without(self, items: Iterable[Id]) -> Matrix:
        """The same matrix as if these items had never been there."""
        left_out = set(items)
        return Matrix(self.hypotheses, tuple(row for row in self.rows if row.item not in left_out))

    @cached_property
    def flips(self) -> list[Flip]:
        """Every single row left out, and every grade one step lower, that would change the leader."""
        return [*self.decisive, *self._changing(self._lower_grades())]

    @cached_property
    def decisive(self) -> list[Flip]:
        """Every single row that decides the leader: left out, another leads."""
        return list(self._changing((Variation.ROW_OUT, row.item, [(row, None)]) for row in self.rows))

    def _changing(self, variations: Iterable[Varied]) -> Iterator[Flip]:
        for variation, about, changed in variations:
            leaders = _leaders(self._scores_with(changed))
            if leaders != self.leaders:
                yield Flip(variation, about, leaders)

    def _lower_grades(self) -> Iterator[Varied]:
        for row in self.rows:
            yield Variation.CREDIBILITY_LOWER, row.item, [(row, row.lowered())]
        for source in dict.fromkeys(row.source for row in self.rows):
            rows = [row for row in self.rows if row.source == source]
            yield Variation.RELIABILITY_LOWER, source, [(row, row.lowered(reliability=True)) for row in rows]

    def _scores_with(self, changes: list[tuple[Row, Row | None]]) -> dict[Id, Fraction]:
        """The scores if some rows were others (None: gone)."""
        scores = dict(self.scores)
        for row, other in changes:
            shift = (other.weight if other else DISCOUNTED) - row.weight
            if shift:
                for one, against in self._against[row.item][1].items():
                    if against:
                        scores[one] += shift * against
        return scores


def _leaders(scores: Mapping[Id, Fraction]) -> frozenset:
    tested = {one: score for one, score in scores.items() if score < 0}
    best = max(tested.values(), default=None)
    return frozenset(one for one, score in tested.items() if score == best)


def _mean(values: Iterable[Fraction | int]) -> Fraction:
    gathered = list(values)
    return Fraction(sum(gathered), len(gathered)) if gathered else Fraction(0)


def shown(value: Fraction | float, digits: int = 3) -> str:
    """A score or weight as text, to so many digits, without trailing noise; a minus sign for what is against."""
    text = f"{float(value):.{digits}f}"
    return "0" if float(text) == 0 else text
