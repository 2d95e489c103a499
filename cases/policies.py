"""The policies of the gate: data, versioned; every approval names the one it passed.

`gate_policies/*.json` come with the product. A workspace may set other numbers within each one's
`least` and `most` (`cases.models.GatePolicy`); which checks apply is not a workspace's to choose.
Two people, an active citation for each claimed element, and the seal are asked for by every policy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from cases.choices import Element, Label

CURRENT_POLICY = "2026-1"


@dataclass(frozen=True)
class Bounds:
    """A number as the product sets it, and how far a workspace may move it."""

    title: str
    value: int
    least: int
    most: int


@dataclass(frozen=True)
class Policy:
    """What the gate asks for. Origins are independent origins, never documents."""

    id: str
    numbers: Mapping[str, int]
    bounds: Mapping[str, Bounds]
    applies: Mapping[str, frozenset[str]]

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]

    def origins_for(self, element: Element) -> int:
        """How many independent origins an element needs."""
        return self.numbers[f"origins_for_{element.value}"]

    @property
    def longest_review_period(self) -> timedelta:
        return timedelta(days=self.numbers["longest_review_days"])

    def asks(self, key: str, *, label: Label, is_state: bool) -> bool:
        """Whether a check applies to a judgement of this label about this kind of actor."""
        if label == Label.NOT_ATTRIBUTED:
            return key in self.applies["not_attributed"]
        return key in self.applies["state" if is_state else "non_state"]

    def with_numbers(self, id: str, numbers: Mapping[str, int]) -> Policy:
        """The same policy under a workspace's own numbers."""
        return replace(self, id=id, numbers={**self.numbers, **numbers})


def refusals(numbers: Mapping[str, object], base: Policy) -> dict[str, str]:
    """What is wrong with a workspace's numbers, a sentence by name; empty if nothing is."""
    wrong = {name: "The gate has no such number." for name in numbers if name not in base.bounds}
    for name, bounds in base.bounds.items():
        value = numbers.get(name, bounds.value)
        if isinstance(value, bool) or not isinstance(value, int) or not bounds.least <= value <= bounds.most:
            wrong[name] = f"{bounds.title}: a whole number from {bounds.least} to {bounds.most}."
    return wrong


def _read(path: Path) -> Policy:
    told = json.loads(path.read_text())
    bounds = {name: Bounds(**each) for name, each in told["numbers"].items()}
    return Policy(
        id=told["id"],
        numbers={name: each.value for name, each in bounds.items()},
        bounds=bounds,
        applies={name: frozenset(keys) for name, keys in told["applies"].items()},
    )


POLICIES = {
    policy.id: policy for policy in map(_read, sorted(Path(__file__).with_name("gate_policies").glob("*.json")))
}
