"""The life of an attribution: its states, and the steps between them. Pure."""

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


class Step(NamedTuple):
    """A step leads from any of its sources to one target."""

    sources: frozenset[Status]
    target: Status


STEPS = {
    "submit": Step(OPEN_TO_EDIT, Status.IN_REVIEW),
    "approve": Step(frozenset({Status.IN_REVIEW}), Status.APPROVED),
    "return": Step(frozenset({Status.IN_REVIEW}), Status.RETURNED),
    "go_stale": Step(frozenset({Status.APPROVED}), Status.STALE),
    "supersede": Step(frozenset({Status.APPROVED, Status.STALE}), Status.SUPERSEDED),
    "withdraw": Step(OPEN_TO_EDIT | {Status.IN_REVIEW, Status.APPROVED}, Status.WITHDRAWN),
}


def refusal(step: str, status: str) -> str:
    """Why a step cannot be taken from a state, as a sentence."""
    wanted = " or ".join(sorted(Status(each).label.lower() for each in STEPS[step].sources))
    return f"Cannot {step.replace('_', ' ')}: the attribution is {Status(status).label.lower()}, not {wanted}."
