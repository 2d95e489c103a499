"""How a check of the gate of responses is registered and run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cases.gate import Check, GateResult, Missing, Outcome
from cases.gate.mechanics import found
from policy.choices import ResponseKind
from policy.ground import Ground

POLICY = "responses-2026-2"
"""The version of these rules; every approval names the one it passed."""

EVERY_KIND = frozenset(ResponseKind)
WITH_PROVISION = frozenset({ResponseKind.SANCTIONS, ResponseKind.BORDER_ENFORCEMENT, ResponseKind.PROSECUTION})

Rule = Callable[[Ground], Iterator[Missing]]


@dataclass(frozen=True)
class _Check:
    key: str
    title: str
    holds: str
    where: str
    kinds: frozenset
    rule: Rule


CHECKS: list[_Check] = []


def check(key: str, title: str, *, holds: str, where: str, kinds=EVERY_KIND):
    """Register a rule as a check of some kinds. `where` is the part of the response's page where to mend it."""

    def register(rule: Rule) -> Rule:
        CHECKS.append(_Check(key, title, holds, where, frozenset(kinds), rule))
        return rule

    return register


def evaluate(ground: Ground) -> GateResult:
    """Run every check that this kind of response is asked."""
    return GateResult(POLICY, [_run(each, ground) for each in CHECKS if ground.kind in each.kinds])


def _run(each: _Check, ground: Ground) -> Check:
    missing = list(each.rule(ground))
    if not missing:
        return Check(each.key, each.title, Outcome.PASSED, each.holds)
    return found(each.key, each.title, missing, _place(each.where, ground))


def _place(where: str, ground: Ground) -> str:
    """The part of the response's page where to mend what is missing."""
    return f"{ground.response.get_absolute_url()}#{where}"
