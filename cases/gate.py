"""The gate: what must hold before an attribution is approved.

One function, `evaluate`, serves the checklist on the page, the answer of the API and the approval
itself. A check is a small function of the ground and the policy that answers with what it found
missing, each a sentence that says what to do; nothing missing is a pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from accounts.choices import Marking
from cases.choices import Confidence, Element, Label, Supports
from cases.ground import Ground, counted_origins, origins
from cases.policies import CURRENT_POLICY, POLICIES, Policy
from evidence.choices import CARRYING_KINDS, EvidenceKind, SourceClass

CLAIMS = frozenset({Label.ATTRIBUTED, Label.SUSPECTED, Label.UNJUDGED})
EVERY_LABEL = CLAIMS | {Label.NOT_ATTRIBUTED}


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Check:
    """What one check found. `link` is the part of the attribution's page where to mend it."""

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
    """A thing that is not as it must be, and what to do about it. A warning does not fail."""

    sentence: str
    remedy: str
    warns: bool = False


Rule = Callable[[Ground, Policy], Iterator[Missing]]


@dataclass(frozen=True)
class _Check:
    key: str
    title: str
    holds: str
    link: str
    labels: frozenset[Label]
    states_only: bool
    rule: Rule


CHECKS: list[_Check] = []


def check(key: str, title: str, *, holds: str, link: str, labels=EVERY_LABEL, states_only=False):
    """Register a rule as a check. `holds` is the sentence shown when nothing is missing."""

    def register(rule: Rule) -> Rule:
        CHECKS.append(_Check(key, title, holds, link, labels, states_only, rule))
        return rule

    return register


def evaluate(ground: Ground, policy_id: str = CURRENT_POLICY) -> GateResult:
    """Run every check on this ground."""
    policy = POLICIES[policy_id]
    return GateResult(policy_id, [_run(each, ground, policy) for each in CHECKS])


def _run(each: _Check, ground: Ground, policy: Policy) -> Check:
    if ground.label not in each.labels:
        return Check(each.key, each.title, Outcome.NOT_APPLICABLE, "Not asked of a finding that claims no act.")
    if each.states_only and not ground.is_state:
        return Check(each.key, each.title, Outcome.NOT_APPLICABLE, "Asked only where a state is named.")
    missing = list(each.rule(ground, policy))
    if not missing:
        return Check(each.key, each.title, Outcome.PASSED, each.holds)
    outcome = Outcome.WARNED if all(one.warns for one in missing) else Outcome.FAILED
    remedies = dict.fromkeys(one.remedy for one in missing)
    return Check(
        each.key, each.title, outcome, " ".join(one.sentence for one in missing), " ".join(remedies), each.link
    )


# --- The evidence ------------------------------------------------------------------------------


@check(
    "elements",
    "Elements",
    holds="Each claimed element rests on enough independent origins.",
    link="citations",
    labels=CLAIMS,
)
def elements(ground: Ground, policy: Policy) -> Iterator[Missing]:
    claimed = {each.supports for each in ground.supporting}
    for element, least in policy.origins_per_element.items():
        if not ground.is_state and element not in claimed:
            continue
        found = len(counted_origins(ground.for_element(element)))
        if found < least:
            yield Missing(
                f"{element.label} rests on {_count(found, 'origin')} that {'counts' if found == 1 else 'count'}; "
                f"it needs {least}.",
                "Cite passages of items from other origins, graded C3 or better.",
            )
    if not ground.is_state and not claimed:
        yield Missing("No element is claimed.", "Cite passages for the elements that you claim.")


@check("passages", "Passages", holds="Every citation stands in bytes that verify, of an item in use.", link="citations")
def passages(ground: Ground, policy: Policy) -> Iterator[Missing]:
    if not ground.citations:
        yield Missing("Nothing is cited.", "Mark a passage in an evidence item and cite it.")
    hidden = sum(each.passage is None for each in ground.citations)
    if hidden:
        yield Missing(
            f"{_count(hidden, 'citation')} cannot be read under your clearance.",
            "Ask someone whose clearance covers them.",
        )
    for each in ground.citations:
        if each.passage is not None and not each.holds:
            yield Missing(f"“{each.passage}” no longer holds: {_why_not(each)}.", "Withdraw the citation or cite anew.")


def _why_not(cited) -> str:
    if cited.item.status != "active":
        return f"its item was {cited.item.get_status_display().lower()}"
    if cited.passage.status != "active":
        return "the passage was withdrawn"
    if not cited.bytes_verify:
        return "the stored file does not have the hash it came with"
    return "its words no longer stand where they were marked"


@check(
    "independence",
    "Independence",
    holds="Independent origins carry the claim, not only the accuser.",
    link="citations",
    labels=CLAIMS,
)
def independence(ground: Ground, policy: Policy) -> Iterator[Missing]:
    counted = counted_origins(ground.supporting)
    supporting = [each for each in ground.supporting if each.origin in counted]
    least = policy.origins if ground.is_state else policy.origins_for_non_state
    if len(counted) < least:
        yield Missing(
            f"The claim rests on {_count(len(counted), 'independent origin')}; it needs {least}.",
            "Cite items that do not repeat each other and whose sources have different owners.",
        )
    if not ground.is_state:
        return
    classes = {each.item.source.source_class for each in supporting}
    if len(classes) < policy.source_classes:
        yield Missing(
            f"The sources are of {_count(len(classes), 'class', 'classes')}; {policy.source_classes} are needed.",
            "Cite a source of another class.",
        )
    beside = counted - origins(supporting, lambda cited: _is_accuser(cited, ground))
    if len(beside) < policy.origins_beside_the_accuser:
        yield Missing(
            "Every origin is an official voice of the accusing state.",
            "Cite an origin that is not the accusing state.",
        )


def _is_accuser(cited, ground: Ground) -> bool:
    """An official source of a target state; one without a country may be any target's."""
    source = cited.item.source
    return source.source_class == SourceClass.TARGET_OFFICIAL and (
        not source.country or source.country in ground.accusers
    )


@check("grades", "Grades", holds="The grades carry this confidence.", link="citations", labels=CLAIMS)
def grades(ground: Ground, policy: Policy) -> Iterator[Missing]:
    confidence = ground.attribution.confidence
    needed = _strong_origins_needed(confidence, policy)
    for element in (Element.FACILITATION, Element.COORDINATION):
        cited = ground.for_element(element)
        found = len(origins(cited, lambda each: each.is_strong))
        if found < needed and (ground.is_state or cited):
            yield Missing(
                f"{Confidence(confidence).label} confidence needs {_count(needed, 'origin')} graded A or B with 1 or 2 "
                f"for {element.label.lower()}; there {'is' if found == 1 else 'are'} {found}.",
                "Cite stronger items, or lower the confidence.",
            )
    for element in Element:
        cited = ground.for_element(element)
        if cited and not any(each.is_sound for each in cited):
            yield Missing(
                f"{element.label} rests on nothing graded C3 or better.",
                "Cite better graded items; E and 5 never count, F and 6 count zero, D and 4 only beside others.",
            )


def _strong_origins_needed(confidence: str, policy: Policy) -> int:
    match confidence:
        case Confidence.HIGH:
            return policy.strong_origins_for_high
        case Confidence.MODERATE:
            return policy.strong_origins_for_moderate
    return 0


@check(
    "kinds",
    "Kinds of evidence",
    holds="Evidence of a kind that can carry a state attribution is cited.",
    link="citations",
    labels=CLAIMS,
    states_only=True,
)
def kinds(ground: Ground, policy: Policy) -> Iterator[Missing]:
    carrying = [each.item for each in ground.supporting if each.item.evidence_kind in CARRYING_KINDS]
    thin = {item for item in carrying if _is_thin_pattern(item, policy)}
    for item in thin:
        yield Missing(
            f"“{item}” shows a pattern with {_count(len(item.instances), 'dated instance')}; "
            f"it needs {policy.pattern_instances}.",
            "Add the dates of its instances to the item.",
        )
    found = {item.evidence_kind for item in carrying if item not in thin}
    high = ground.attribution.confidence == Confidence.HIGH
    least = policy.carrying_kinds_for_high if high else policy.carrying_kinds
    if len(found) < least:
        yield Missing(
            f"{_count(len(found), 'kind')} of the five that can carry a state attribution "
            f"{'is' if len(found) == 1 else 'are'} cited; {'high confidence' if high else 'it'} needs {least}.",
            "Cite a state directive, intelligence assessment, diplomatic communication, policy statement "
            "or a pattern of facilitation.",
        )


def _is_thin_pattern(item, policy: Policy) -> bool:
    return (
        item.evidence_kind == EvidenceKind.FACILITATION_PATTERN and len(set(item.instances)) < policy.pattern_instances
    )


# --- The judgement -----------------------------------------------------------------------------


@check(
    "legal",
    "Legal basis",
    holds="The state's part is graded, and its legal basis is cited or set aside as political.",
    link="claim",
    labels=CLAIMS,
    states_only=True,
)
def legal(ground: Ground, policy: Policy) -> Iterator[Missing]:
    attribution = ground.attribution
    if not attribution.state_involvement:
        yield Missing("The state's involvement is not graded.", "Choose it in the claim.")
    if not attribution.legal_basis:
        yield Missing("No legal basis is given.", "Choose ILC articles, or political attribution only.")
    elif not attribution.is_political_only and not ground.cites(Supports.LEGAL_BASIS):
        yield Missing("The ILC basis has no citation.", "Cite a passage for the legal basis.")


JUDGEMENT_WORDS = re.compile(
    r"\b(likely|unlikely|probabl[ey]|almost certain(ly)?|remote|confidence|no chance|even chance)\b", re.IGNORECASE
)


@check("wording", "Wording", holds="Likelihood and confidence are set, and kept apart.", link="claim")
def wording(ground: Ground, policy: Policy) -> Iterator[Missing]:
    attribution = ground.attribution
    if not attribution.likelihood:
        yield Missing("No likelihood is given.", "Choose one of the seven terms.")
    if not attribution.confidence:
        yield Missing("No confidence is given.", "Choose low, moderate or high.")
    if found := JUDGEMENT_WORDS.search(attribution.statement):
        yield Missing(
            f"The statement says “{found.group()}”, which the likelihood and the confidence say beside it.",
            "Say only who did what in the statement.",
        )
    if ground.label == Label.NOT_ATTRIBUTED and not attribution.what_would_change:
        yield Missing("It does not say what would change this finding.", "Say what evidence would change it.")


@check("people", "People", holds="Author, reviewer and approver are different people.", link="reviews")
def people(ground: Ground, policy: Policy) -> Iterator[Missing]:
    if ground.approver_id in ground.authors:
        yield Missing("The approver is an author.", "Another supervisor must decide.")
    outside = [each for each in ground.reviews if each.reviewer_id not in ground.authors | {ground.approver_id}]
    if ground.is_state and not outside:
        yield Missing(
            "Nobody but author and approver has concluded a review of this version.",
            "Ask a reviewer to conclude.",
        )
    if any(not each.interests.strip() for each in ground.reviews):
        yield Missing(
            "A reviewer has not declared interests.", "Ask the reviewer to declare them, or that there are none."
        )


@check("dissent", "Dissent", holds="Every dissent is answered.", link="reviews")
def dissent(ground: Ground, policy: Policy) -> Iterator[Missing]:
    open_ones = sum(not each.dissent_answered for each in ground.reviews)
    if open_ones:
        yield Missing(f"{_count(open_ones, 'dissent')} {'has' if open_ones == 1 else 'have'} no answer.", "Answer it.")


@check(
    "sourcing",
    "Sourcing",
    holds="Sources, assumptions and the use of AI are stated; the marking covers what is cited.",
    link="claim",
)
def sourcing(ground: Ground, policy: Policy) -> Iterator[Missing]:
    attribution = ground.attribution
    for name, title in [
        ("source_summary", "source summary statement"),
        ("key_assumptions", "statement of key assumptions"),
        ("ai_use_note", "note on the use of AI"),
    ]:
        if not getattr(attribution, name).strip():
            yield Missing(f"The {title} is empty.", "Write it in the claim.")
    if Marking(attribution.marking).level < ground.strictest_marking:
        yield Missing(
            f"It is marked {Marking(attribution.marking).label}, and cites something marked "
            f"{list(Marking)[ground.strictest_marking].label}.",
            "Mark it at least as strictly as what it cites.",
        )


@check("life", "Review date", holds="It is looked at again within twelve months.", link="claim")
def life(ground: Ground, policy: Policy) -> Iterator[Missing]:
    due = ground.attribution.review_by
    if due is None:
        yield Missing("No date is set to look at it again.", "Set a date within twelve months.")
    elif due < ground.today:
        yield Missing("The date to look at it again has passed.", "Look at it, and set a new date.")
    elif due > ground.today + policy.longest_review_period:
        yield Missing("The date to look at it again is more than twelve months away.", "Set an earlier date.")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
