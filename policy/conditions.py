"""The tests that a provision sets, beside the elements of our definition that bear on them. Pure.

Our findings say what the evidence shows. Whether a test of the law is met, a person says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cases.choices import Element, Finding


@dataclass(frozen=True)
class Bearing:
    """Which elements bear on a test, and what the test asks beyond them (a sentence; empty where nothing)."""

    elements: tuple[Element, ...] = ()
    beyond: str = ""


@dataclass(frozen=True)
class Found:
    """What is found on one element of an incident, and how many passages are cited for it."""

    element: Element
    finding: Finding | None
    citations: int
    url: str
    of: str = ""
    """Of which incident, where there are several."""

    @property
    def is_established(self) -> bool:
        return self.finding == Finding.SUPPORTED

    @property
    def told(self) -> str:
        return Finding(self.finding).label if self.finding else "Not found on yet"


@dataclass(frozen=True)
class SetTest:
    """One test of a provision, with what is found on the elements that bear on it, and its answer if it has one."""

    number: int
    test: str
    found: tuple[Found, ...]
    beyond: str
    answer: Any = None


@dataclass(frozen=True)
class Condition:
    """A provision with its tests."""

    provision: Any
    tests: tuple[SetTest, ...]


def conditions(
    provisions: Iterable[Any],
    found: Iterable[Found],
    bearings: Mapping[str, Mapping[str, Bearing]],
    answers: Mapping[tuple[Any, str], Any] | None = None,
) -> list[Condition]:
    """Provisions that set tests. `bearings` by key and sentence; `answers` by provision's id and sentence."""
    known, given = list(found), answers or {}
    return [_condition(each, known, bearings.get(each.key, {}), given) for each in provisions if each.tests]


def _condition(provision, found: list[Found], bearings: Mapping[str, Bearing], answers: Mapping) -> Condition:
    tests = []
    for number, test in enumerate(provision.tests):
        bearing = bearings.get(test, Bearing())
        bears = tuple(each for element in bearing.elements for each in found if each.element == element)
        tests.append(SetTest(number, test, bears, bearing.beyond, answers.get((provision.pk, test))))
    return Condition(provision, tuple(tests))
