"""What falls: judgements as they would stand if some evidence were false. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import comb
from uuid import UUID

from cases import gate
from cases.ground import Ground

DEEPEST = 3
"""Origins that are tried away together, at most."""

NAMED = 3
"""Ways to fall next that are named, at most."""


@dataclass(frozen=True)
class Falls:
    """It would no longer hold: `checks` are those that it would fail."""

    ground: Ground
    checks: list[gate.Check]


@dataclass(frozen=True)
class Margin:
    """How many more origins could go, whichever they are, before it falls.

    `least` is exact where `is_exact`; otherwise nothing up to it makes it fall, and no more was tried.
    `next` names, by items of theirs, sets of origins of which each would make it fall.
    """

    least: int
    is_exact: bool
    next: tuple[tuple[str, ...], ...] = ()

    @property
    def sentence(self) -> str:
        """The margin in words."""
        if self.is_exact and self.least == 0:
            return "Holds, but no further origin could go."
        if self.is_exact:
            return f"Any {_origins(self.least)} could go."
        return f"At least any {_origins(self.least)} could go."


@dataclass(frozen=True)
class Holds:
    """It would still hold, and by so much."""

    ground: Ground
    margin: Margin


@dataclass(frozen=True)
class Untold:
    """It does not hold as the reader sees it even with all its evidence: `checks` say why."""

    ground: Ground
    checks: list[gate.Check]


def is_touched(ground: Ground, items: set[UUID]) -> bool:
    """Whether it cites or weighs any of these items."""
    return not items.isdisjoint(ground.cited_items) or any(row.item in items for row in ground.matrix.rows)


def outlook(ground: Ground, items: set[UUID], *, tries: int) -> Falls | Holds | Untold:
    """What becomes of an approval without these items. `tries` bounds how often the gate is run for its margin."""
    if not gate.holds(ground):
        return Untold(ground, gate.evaluate(ground).failed)
    left = ground.without(items)
    failed = gate.evaluate(left, with_help=False).failed
    return Falls(left, failed) if failed else Holds(left, margin_of(left, tries=tries))


def margin_of(ground: Ground, *, tries: int) -> Margin:
    """The margin of a ground that holds. Single origins are always tried, larger sets as far as `tries` reach."""
    items = items_by_origin(ground)
    spent = 0
    for size in range(1, len(items) + 1):
        spent += comb(len(items), size)
        if size > DEEPEST or (size > 1 and spent > tries):
            return Margin(size - 1, is_exact=False)
        falling = [
            chosen
            for chosen in combinations(sorted(items), size)
            if not gate.holds(ground.without(item for origin in chosen for item in items[origin]))
        ]
        if falling:
            named = tuple(tuple(_name(ground, items[each]) for each in chosen) for chosen in falling[:NAMED])
            return Margin(size - 1, is_exact=True, next=named)
    return Margin(len(items), is_exact=True)


def items_by_origin(ground: Ground) -> dict[int, list[UUID]]:
    """The cited items of each origin."""
    found: dict[int, list[UUID]] = {}
    for each in ground.citations:
        if each.origin is not None and each.item.pk not in found.setdefault(each.origin, []):
            found[each.origin].append(each.item.pk)
    return found


def _name(ground: Ground, items: Iterable[UUID]) -> str:
    """An origin by the items of it that are cited."""
    return " and ".join(f"“{ground.name_of(item)}”" for item in items)


def _origins(number: int) -> str:
    return f"{number} further origin{'' if number == 1 else 's'}"
