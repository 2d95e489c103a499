"""The life of an attribution: its states, and the steps between them. Pure."""

from datetime import timedelta
from typing import NamedTuple

from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"
    STALE = "stale", "Stale"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Superseded"


OPEN_TO_EDIT = frozenset({Status.DRAFT, Status.RETURNED, Status.STALE})
"""Where the author may change the claim and its citations."""

UNDER_REVIEW = frozenset({Status.IN_REVIEW})


class Step(NamedTuple):
    """A step leads from any of its sources to one target."""

    sources: frozenset[Status]
    target: Status


STEPS = {
    "submit": Step(OPEN_TO_EDIT, Status.IN_REVIEW),
    "approve": Step(UNDER_REVIEW, Status.APPROVED),
    "return": Step(UNDER_REVIEW, Status.RETURNED),
    "go_stale": Step(frozenset({Status.APPROVED}), Status.STALE),
    "supersede": Step(frozenset({Status.APPROVED, Status.STALE}), Status.SUPERSEDED),
    "withdraw": Step(OPEN_TO_EDIT | UNDER_REVIEW | {Status.APPROVED}, Status.WITHDRAWN),
}

ACTS = {
    "claim": UNDER_REVIEW,
    "release": UNDER_REVIEW,
    "reassign": UNDER_REVIEW,
    "set_due": UNDER_REVIEW,
    "conclude": UNDER_REVIEW,
    "answer": OPEN_TO_EDIT,
    "hand_over": OPEN_TO_EDIT,
}
"""What is done without leaving a state, and in which states."""


class ClaimStatus(models.TextChoices):
    """How a reviewer's claim stands. Every state but the first is its end."""

    OPEN = "open", "Open"
    RELEASED = "released", "Released"
    REASSIGNED = "reassigned", "Reassigned"
    CONCLUDED = "concluded", "Concluded"
    CLOSED = "closed", "Closed"


REVIEW_TAKES = timedelta(days=7)
"""How long a reviewer has from claiming a review, unless a supervisor sets another date."""


def sources_of(step: str) -> frozenset[Status]:
    """The states in which a step or an act is possible."""
    return STEPS[step].sources if step in STEPS else ACTS[step]


def refusal(step: str, status: str) -> str:
    """Why a step cannot be taken from a state, as a sentence."""
    wanted = " or ".join(sorted(Status(each).label.lower() for each in sources_of(step)))
    return f"Cannot {step.replace('_', ' ')}: the attribution is {Status(status).label.lower()}, not {wanted}."
