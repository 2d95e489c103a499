"""The gate of responses: what must hold before one is approved, for each of the five kinds.

The same mechanics as the gate of attributions: a check is a small function that answers with what
is missing, and one checklist serves the page, the API and the approval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accounts.choices import Marking
from cases.choices import Label
from cases.gate import Check, GateResult, Missing, Outcome
from cases.workflow import Status as AttributionStatus
from evidence.harm import harms_in
from policy.choices import ResponseKind, RightsQuestion
from policy.ground import Ground

POLICY = "responses-2026-1"
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
    outcome = Outcome.WARNED if all(one.warns for one in missing) else Outcome.FAILED
    sentences = " ".join(dict.fromkeys(one.sentence for one in missing))
    remedies = " ".join(dict.fromkeys(one.remedy for one in missing))
    return Check(each.key, each.title, outcome, sentences, remedies, _place(each.where, ground))


def _place(where: str, ground: Ground) -> str:
    """The part of the response's page where to mend what is missing."""
    return f"{ground.response.get_absolute_url()}#{where}"


@check("objective", "Objective", holds="It says what it is to bring about, and what it answers.", where="proposal")
def objective(ground: Ground) -> Iterator[Missing]:
    if not ground.response.objective.strip():
        yield Missing("It does not say what it is to bring about.", "Write its objective.")
    if not ground.response.addressee.strip() and ground.kind == ResponseKind.DIPLOMATIC_PROTEST:
        yield Missing("It has no addressee.", "Name whom it is addressed to.")
    if not ground.incidents:
        yield Missing("It answers no incident.", "Name the incident that it answers.")


@check("detail", "Own fields", holds="What its kind asks for is filled in.", where="detail")
def detail(ground: Ground) -> Iterator[Missing]:
    if ground.detail is None:
        yield Missing(
            f"The fields of its kind ({ground.kind.label.lower()}) are not filled in.", "Fill in the form of its kind."
        )


# --- What it rests on --------------------------------------------------------------------------


@check("standing", "Standing", holds="All that it rests on stands.", where="grounds")
def standing(ground: Ground) -> Iterator[Missing]:
    if any(each.rests_on is None for each in ground.grounds):
        yield Missing(
            "It rests on something that your clearance does not cover.", "Ask someone whose clearance covers it."
        )
    for each in ground.attributions:
        if each.status != AttributionStatus.APPROVED:
            yield Missing(
                f"“{each}” is {each.get_status_display().lower()}, not approved.",
                "Rest it on an approved attribution, or wait for this one.",
            )
    if any(each.status != "active" for each in [*ground.claims, *ground.actors]):
        yield Missing("A claim or an actor that it rests on was withdrawn.", "Rest it on something in use.")


@check(
    "claim",
    "Attribution or claim",
    holds="It rests on an approved attribution, or repeats a public claim that accuses.",
    where="grounds",
    kinds={ResponseKind.DIPLOMATIC_PROTEST},
)
def claim(ground: Ground) -> Iterator[Missing]:
    for each in ground.claims:
        if not each.accuses:
            yield Missing(f"“{each}” is a denial, which a protest does not repeat.", "Take the denial off.")
    if not _accusing(ground) and not any(each.accuses for each in ground.claims):
        yield Missing(
            "It rests on no approved attribution and repeats no public claim that accuses.",
            "Add an approved attribution, or a public claim that says who did it.",
        )


def _accusing(ground: Ground) -> list:
    """Approved attributions that say an actor did it, or is suspected to have."""
    said = (Label.ATTRIBUTED, Label.SUSPECTED)
    return [each for each in ground.attributions if each.status == AttributionStatus.APPROVED and each.label in said]


@check(
    "targets",
    "Targets",
    holds="Each target stands in an approved attribution that names it.",
    where="detail",
    kinds={ResponseKind.SANCTIONS},
)
def targets(ground: Ground) -> Iterator[Missing]:
    if not ground.targets:
        yield Missing("It lists nobody.", "Add the actors that it lists.")
    attributed = {each.actor_id for each in _accusing(ground) if each.label == Label.ATTRIBUTED}
    for target in ground.targets:
        if target.actor_id not in attributed:
            yield Missing(
                f"{target.actor or 'A target'} is listed without an approved attribution of the label attributed.",
                "Rest the response on such an attribution, or take the target off.",
            )
    if ground.detail is not None and not ground.detail.listing_grounds.strip():
        yield Missing("The listing has no text.", "Write the listing grounds.")
    if not any(each.supports == "grounds" and ground.holds(each.seen_passage) for each in ground.citations):
        yield Missing("The listing text cites no passage.", "Cite the words that the listing rests on.")


@check(
    "network",
    "Network",
    holds="It is about organised actors that are no state.",
    where="grounds",
    kinds={ResponseKind.PROSECUTION},
)
def network(ground: Ground) -> Iterator[Missing]:
    named = [*ground.actors, *(each.actor for each in ground.attributions if not each.actor.is_state)]
    if not [each for each in named if not each.is_state]:
        yield Missing(
            "It names no actor that is not a state; a prosecution never rests on the attribution of a state alone.",
            "Add the network that is to be prosecuted.",
        )
    if any(each.is_state for each in ground.actors):
        yield Missing("It names a state as defendant.", "Take the state off: states are not prosecuted.")


# --- The law, and rights -------------------------------------------------------------------------


@check("provisions", "Legal provisions", holds="The law that it relies on fits its kind and date.", where="provisions")
def provisions(ground: Ground) -> Iterator[Missing]:
    relied = [each.provision for each in ground.provisions]
    if not relied and ground.kind in WITH_PROVISION:
        yield Missing("It relies on no legal provision.", "Choose the provision from the legal library.")
    elif ground.kind in WITH_PROVISION and all(each.is_safeguard_only for each in relied):
        yield Missing(
            "All that it relies on sets limits only; nothing permits the measure.",
            "Add the provision that permits it, and keep the safeguards beside it.",
        )
    for each in relied:
        if each.status != "active":
            yield Missing(f"{each} was withdrawn from the library.", "Choose another provision.")
        if not each.fits(ground.kind):
            yield Missing(f"{each} is not a ground for {ground.kind.label.lower()}.", "Choose a provision that fits.")
        if not each.is_in_force_on(ground.day):
            yield Missing(f"{each} was not in force on {ground.day}.", "Choose a provision in force, or mend the date.")


@check("rights", "Rights assessment", holds="The five questions on rights are answered.", where="rights")
def rights(ground: Ground) -> Iterator[Missing]:
    for question in RightsQuestion:
        answer = ground.rights.get(question.value)
        if answer is None or not answer.answer.strip():
            yield Missing(f"Not answered: {question.label}", "Answer it in the rights assessment.")
        elif ground.kind == ResponseKind.BORDER_ENFORCEMENT and not ground.holds(answer.passage):
            yield Missing(f"Answered without a citation: {question.label}", "Cite what the answer rests on.")


@check(
    "border",
    "Border measure",
    holds="It has an end, and says why nothing milder would do.",
    where="detail",
    kinds={ResponseKind.BORDER_ENFORCEMENT},
)
def border(ground: Ground) -> Iterator[Missing]:
    if ground.detail is None:
        return
    if ground.detail.ends is None:
        yield Missing("It has no end date.", "Set the day on which it ends.")
    if ground.detail.starts is None:
        yield Missing("It has no start date.", "Set the day on which it starts.")
    if not ground.detail.necessity.strip():
        yield Missing("It does not say why it is necessary and proportionate.", "Say why nothing milder would do.")


@check(
    "sharing",
    "Sharing",
    holds="Nothing shared is marked above what the partners may have.",
    where="detail",
    kinds={ResponseKind.INTELLIGENCE_COOPERATION},
)
def sharing(ground: Ground) -> Iterator[Missing]:
    if ground.detail is None:
        return
    if not ground.detail.partners:
        yield Missing("It names no partner.", "Name with whom it is shared.")
    if ground.strictest_marking > Marking(ground.detail.highest_marking).level:
        strictest = list(Marking)[ground.strictest_marking].label
        yield Missing(
            f"It shares something marked {strictest}; {Marking(ground.detail.highest_marking).label} is the strictest "
            "that may be shared.",
            "Leave it out, or agree a stricter marking with the partners.",
        )


# --- How it was judged -----------------------------------------------------------------------------


@check(
    "passages", "Passages", holds="Every citation stands in bytes that verify, of an item in use.", where="citations"
)
def passages(ground: Ground) -> Iterator[Missing]:
    for passage in ground.passages:
        if passage is None:
            yield Missing("A citation cannot be read under your clearance.", "Ask someone whose clearance covers it.")
        elif not ground.holds(passage):
            yield Missing(f"“{passage}” no longer holds.", "Withdraw the citation or cite anew.")


@check("marking", "Marking", holds="It is marked at least as strictly as what it rests on.", where="proposal")
def marking(ground: Ground) -> Iterator[Missing]:
    if Marking(ground.response.marking).level < ground.strictest_marking:
        strictest = list(Marking)[ground.strictest_marking].label
        yield Missing(
            f"It is marked {Marking(ground.response.marking).label}, and rests on something marked {strictest}.",
            "Mark it at least as strictly.",
        )


@check("people", "People", holds="Author, reviewer and approver are different people.", where="reviews")
def people(ground: Ground) -> Iterator[Missing]:
    author = ground.response.author_id
    if ground.approver_id == author:
        yield Missing("The approver proposed it.", "Another supervisor must decide.")
    if not [each for each in ground.reviews if each.reviewer_id not in (author, ground.approver_id)]:
        yield Missing("Nobody but author and approver has concluded a review.", "Ask a reviewer to conclude.")


@check("dissent", "Dissent", holds="Every dissent is answered.", where="reviews")
def dissent(ground: Ground) -> Iterator[Missing]:
    if any(each.is_open_dissent for each in ground.reviews):
        yield Missing("A dissent has no answer.", "Answer it.")


@check(
    "harm",
    "No harm",
    holds="No text identifies a person on the move or takes a people for the threat.",
    where="proposal",
)
def harm(ground: Ground) -> Iterator[Missing]:
    texts = [ground.response.title, ground.response.objective, ground.response.remarks, ground.response.addressee]
    texts += [each.answer for each in ground.rights.values()]
    texts += [each.note for each in [*ground.citations, *ground.grounds, *ground.provisions]]
    texts += [each.grounds for each in ground.targets] + [each.reasons for each in ground.reviews]
    texts += [getattr(ground.detail, name, "") for name in ("listing_grounds", "derogations", "necessity", "product")]
    for text in texts:
        for found in harms_in(text):
            yield Missing(found.sentence, "Take it out of the text; write of organised actors and of counts.")
