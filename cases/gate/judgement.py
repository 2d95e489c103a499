"""Checks of how the judgement was reached, by whom, and how it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from accounts.choices import Marking
from cases.choices import Label, Supports
from cases.gate.mechanics import Missing, check, count
from cases.ground import Ground, Told
from cases.policies import Policy
from evidence.choices import Harm
from evidence.harm import harms_in


@check(
    "legal",
    "Legal basis",
    holds="The state's part is graded, and its legal basis is cited or set aside as political.",
    where="claim",
)
def legal(ground: Ground, policy: Policy) -> Iterator[Missing]:
    attribution = ground.attribution
    if not attribution.state_involvement:
        yield Missing("The state's involvement is not graded.", "Choose it in the claim.")
    if not attribution.legal_basis:
        yield Missing("No legal basis is given.", "Choose ILC articles, or political attribution only.")
    elif not attribution.is_political_only and not ground.cites(Supports.LEGAL_BASIS):
        yield Missing("The ILC basis has no citation.", "Cite a passage for the legal basis.", where="citations")


def _deciding(ground: Ground, policy: Policy) -> Iterator[Missing]:
    """Items that decide the ranking alone, once the matrix can be read."""
    if any(incomplete(ground, policy)):
        return
    claimed = ground.claimed_hypothesis
    for flip in ground.matrix.decisive:
        if ground.label == Label.NOT_ATTRIBUTED and not (claimed and claimed.id in flip.leaders):
            continue  # which of the others leads does not matter to a finding that claims none
        yield Missing(
            f"“{ground.name_of(flip.about)}” alone decides which hypothesis leads.",
            "Look for evidence that does not depend on it.",
            warns=True,
        )


@check(
    "alternatives",
    "Alternatives",
    holds="The other explanations were weighed, and the one claimed is the least inconsistent.",
    where="matrix",
    hints=_deciding,
)
def alternatives(ground: Ground, policy: Policy) -> Iterator[Missing]:
    if missing := list(incomplete(ground, policy)):
        yield from missing
        return
    yield from _not_leading(ground)


def incomplete(ground: Ground, policy: Policy) -> Iterator[Missing]:
    """What keeps the matrix from being read at all."""
    if ground.missing_hypotheses:
        lacking = ", ".join(kind.label.lower() for kind in ground.missing_hypotheses)
        yield Missing(f"The matrix lacks a hypothesis: {lacking}.", "Add it to the matrix.")
    empty = ground.matrix.empty_cells(ground.cited_items)
    if empty:
        item, hypothesis = empty[0]
        yield Missing(
            f"{count(len(empty), 'cell')} of cited items {'is' if len(empty) == 1 else 'are'} empty, the first "
            f"“{ground.name_of(item)}” against “{ground.hypothesis(hypothesis)}”.",
            "Rate the cited items in the matrix.",
        )
    whole = len(ground.matrix.whole_evaluators(ground.cited_items))
    if whole < policy["evaluators"]:
        yield Missing(
            f"{count(whole, 'evaluator')} {'has' if whole == 1 else 'have'} rated every cited item; "
            f"{policy['evaluators']} are needed.",
            "Ask another evaluator to fill the matrix.",
        )


def _not_leading(ground: Ground) -> Iterator[Missing]:
    claimed, leaders = ground.claimed_hypothesis, ground.matrix.leaders
    if ground.label == Label.NOT_ATTRIBUTED:
        if ground.is_state and claimed and leaders == {claimed.id}:
            yield Missing(
                f"“{claimed.name}” is the least inconsistent in the matrix, though the finding is not attributed.",
                "Say in the claim why the evidence does not suffice.",
                warns=True,
                where="claim",
            )
    elif claimed is None:
        yield Missing(
            "The claim takes no hypothesis of this incident.", "Choose the hypothesis in the claim.", where="claim"
        )
    elif claimed.id in ground.matrix.untested:
        yield Missing(
            f"“{claimed.name}” is untested: nothing was rated inconsistent with it.",
            "Look for evidence against it, and rate it in the matrix.",
        )
    elif leaders != {claimed.id}:
        ahead = " and ".join(f"“{ground.hypothesis(each)}”" for each in sorted(leaders - {claimed.id}, key=str))
        tied = " together with" if claimed.id in leaders else ", not the claimed"
        yield Missing(
            f"{ahead} is the least inconsistent{tied} “{claimed.name}”.",
            "Weigh the evidence again, or change the claim.",
        )


@check("contrary", "Contrary evidence", holds="The other side is cited, or was sought in vain.", where="citations")
def contrary(ground: Ground, policy: Policy) -> Iterator[Missing]:
    if ground.cites(Supports.CONTRARY):
        return
    attribution = ground.attribution
    if not (attribution.contrary_search_note.strip() and attribution.contrary_searched_on):
        yield Missing(
            "The accused party's position is not cited, and no dated search for it is noted.",
            "Cite it as contrary evidence, or note in the claim where and when it was sought, and that none was found.",
        )
    elif attribution.contrary_searched_on > ground.today:
        yield Missing("The search for contrary evidence is dated in the future.", "Give the day on which you searched.")


JUDGEMENT_WORDS = re.compile(
    r"\b(likely|unlikely|probabl[ey]|almost certain(ly)?|remote|confidence|no chance|even chance)\b", re.IGNORECASE
)


@check("wording", "Wording", holds="Likelihood and confidence are set, and kept apart.", where="claim")
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


@check("people", "People", holds="Author, reviewer and approver are different people.", where="reviews")
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


@check("dissent", "Dissent", holds="Every dissent is answered.", where="reviews")
def dissent(ground: Ground, policy: Policy) -> Iterator[Missing]:
    open_ones = sum(not each.dissent_answered for each in ground.reviews)
    if open_ones:
        yield Missing(f"{count(open_ones, 'dissent')} {'has' if open_ones == 1 else 'have'} no answer.", "Answer it.")


harms_once = lru_cache(maxsize=4096)(harms_in)
"""What an unchanged text holds does not change: it is read once for many evaluations."""


@check(
    "harm", "No harm", holds="No text identifies a person on the move or takes a people for the threat.", where="claim"
)
def harm(ground: Ground, policy: Policy) -> Iterator[Missing]:
    for told in _own_texts(ground):
        for found in harms_once(told.text):
            yield Missing(
                f"{told.where}: {found.sentence}", "Take it out of the text; write of organised actors and of counts."
            )
    for each in ground.citations:
        for found in harms_once(each.passage.quote) if each.passage else []:
            yield Missing(
                f"A quotation: {found.sentence}",
                "Cite other words, or mark the passage without it.",
                warns=found.kind in OF_AN_OFFICE_TOO,
            )


OF_AN_OFFICE_TOO = frozenset({Harm.EMAIL, Harm.TELEPHONE, Harm.PEOPLE_AS_THREAT})
"""In somebody else's words these may belong to an office, or be what is documented: a warning there."""

CLAIM_TEXTS = {
    "statement": "The statement",
    "key_assumptions": "The key assumptions",
    "gaps": "The gaps",
    "source_summary": "The source summary",
    "contrary_search_note": "The contrary search note",
    "ai_use_note": "The note on the use of AI",
    "what_would_change": "What would change this",
}


def _own_texts(ground: Ground) -> Iterator[Told]:
    """Every text of ours that goes out with the attribution."""
    for name, where in CLAIM_TEXTS.items():
        yield Told(where, getattr(ground.attribution, name))
    for each in ground.citations:
        yield Told("The note of a citation", each.note)
    for finding in ground.findings:
        yield Told(f"The finding on {finding['element']}", finding["rationale"])
    for hypothesis in ground.hypotheses:
        yield Told("A hypothesis", hypothesis.name)
    yield from ground.review_texts


@check(
    "sourcing",
    "Sourcing",
    holds="Sources, assumptions and the use of AI are stated; the marking covers what is cited.",
    where="claim",
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


@check("life", "Review date", holds="It is looked at again within twelve months.", where="claim")
def life(ground: Ground, policy: Policy) -> Iterator[Missing]:
    due = ground.attribution.review_by
    if due is None:
        yield Missing("No date is set to look at it again.", "Set a date within twelve months.")
    elif due < ground.today:
        yield Missing("The date to look at it again has passed.", "Look at it, and set a new date.")
    elif due > ground.today + policy.longest_review_period:
        yield Missing("The date to look at it again is more than twelve months away.", "Set an earlier date.")
