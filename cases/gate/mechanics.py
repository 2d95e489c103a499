"""How a check is registered and run, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.urls import reverse

from cases.choices import Label
from cases.ground import Ground
from cases.policies import Policy


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Check:
    """What one check found. `link` is the address where to mend it."""

    key: str
    title: str
    outcome: Outcome
    sentence: str
    remedy: str = ""
    link: str = ""


@dataclass(frozen=True)
class GateResult:
    """The whole gate, under one policy."""

    policy: str
    checks: list[Check]

    @property
    def is_passed(self) -> bool:
        return not self.failed

    @property
    def failed(self) -> list[Check]:
        return [check for check in self.checks if check.outcome == Outcome.FAILED]

    def as_json(self) -> dict:
        """As it is stored with an approval and sealed into the packet."""
        return {"policy": self.policy, "passed": self.is_passed, "checks": [asdict(check) for check in self.checks]}


@dataclass(frozen=True)
class Missing:
    """A thing that is not as it must be, and what to do about it. A warning does not fail.

    `where` is set if it is mended elsewhere than what its check finds as a rule.
    """

    sentence: str
    remedy: str
    warns: bool = False
    where: str = ""


Rule = Callable[[Ground, Policy], Iterator[Missing]]

WHERE: dict[str, Callable[[Ground], str]] = {
    "citations": lambda ground: f"{ground.attribution.get_absolute_url()}#citations",
    "claim": lambda ground: reverse("attribution_edit", args=[ground.attribution.pk]),
    "reviews": lambda ground: f"{ground.attribution.get_absolute_url()}#reviews",
    "matrix": lambda ground: reverse("matrix", args=[ground.attribution.incident_id]),
}
"""Where to mend what a check found missing."""


@dataclass(frozen=True)
class _Check:
    key: str
    title: str
    holds: str
    where: str
    rule: Rule
    hints: Rule | None


CHECKS: list[_Check] = []


def check(key: str, title: str, *, holds: str, where: str, hints: Rule | None = None):
    """Register a rule as a check. `holds` is the sentence shown when nothing is missing.

    `hints` only warn; they are left out where only the verdict counts.
    """

    def register(rule: Rule) -> Rule:
        CHECKS.append(_Check(key, title, holds, where, rule, hints))
        return rule

    return register


def evaluate(ground: Ground, policy: Policy | None = None, *, with_help: bool = True) -> GateResult:
    """Run every check on this ground, under its own policy or another.

    Without help, hints and links are left out: for many evaluations in a row.
    """
    policy = policy or ground.policy
    return GateResult(policy.id, [_run(each, ground, policy, with_help) for each in CHECKS])


def holds(ground: Ground) -> bool:
    """Whether nothing fails. Stops at the first failure, for many evaluations in a row."""
    return not any(
        not one.warns
        for each in CHECKS
        if ground.policy.asks(each.key, label=ground.label, is_state=ground.is_state)
        for one in each.rule(ground, ground.policy)
    )


def _run(each: _Check, ground: Ground, policy: Policy, with_help: bool) -> Check:
    if not policy.asks(each.key, label=ground.label, is_state=ground.is_state):
        return Check(each.key, each.title, Outcome.NOT_APPLICABLE, _not_asked(ground))
    missing = list(each.rule(ground, policy))
    if with_help and each.hints:
        missing += each.hints(ground, policy)
    if not missing:
        return Check(each.key, each.title, Outcome.PASSED, each.holds)
    first = next((one for one in missing if not one.warns), missing[0])
    return found(each.key, each.title, missing, WHERE[first.where or each.where](ground) if with_help else "")


def found(key: str, title: str, missing: list[Missing], link: str) -> Check:
    """A check that found something missing: each sentence and each remedy once, failed unless all only warn."""
    outcome = Outcome.WARNED if all(one.warns for one in missing) else Outcome.FAILED
    sentences = " ".join(dict.fromkeys(one.sentence for one in missing))
    remedies = " ".join(dict.fromkeys(one.remedy for one in missing))
    return Check(key, title, outcome, sentences, remedies, link)


def _not_asked(ground: Ground) -> str:
    if ground.label == Label.NOT_ATTRIBUTED:
        return "Not asked of a finding that claims no act."
    return "Asked only where a state is named."


def count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
