"""The life of a policy response: its states, and the steps between them. Pure."""

from typing import NamedTuple

from django.db import models


class Status(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    IN_FORCE = "in_force", "In force"
    COMPLETED = "completed", "Completed"
    DECLINED = "declined", "Declined"
    LIFTED = "lifted", "Lifted"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Basis(models.TextChoices):
    """Whether what a response rests on still stands."""

    SOUND = "sound", "Basis sound"
    IN_QUESTION = "in_question", "Basis in question"
    CONFIRMED = "confirmed", "Basis confirmed"


OPEN_TO_EDIT = frozenset({Status.PROPOSED})
STANDING = frozenset({Status.APPROVED, Status.IN_FORCE})
"""Approved and not yet over: what such a response rests on is watched."""

TAKEN = frozenset({Status.IN_FORCE, Status.COMPLETED, Status.LIFTED})
"""The measure was taken, by us or by others."""

WATCHED = frozenset({Status.PROPOSED, Status.IN_REVIEW, *STANDING})
"""Not over: when what such a response rests on falls, its basis is in question."""

OVER = frozenset(Status) - WATCHED


class Step(NamedTuple):
    sources: frozenset[Status]
    target: Status


STEPS = {
    "submit": Step(OPEN_TO_EDIT, Status.IN_REVIEW),
    "return": Step(frozenset({Status.IN_REVIEW}), Status.PROPOSED),
    "approve": Step(frozenset({Status.IN_REVIEW}), Status.APPROVED),
    "decline": Step(frozenset({Status.IN_REVIEW}), Status.DECLINED),
    "put_in_force": Step(frozenset({Status.APPROVED}), Status.IN_FORCE),
    "complete": Step(frozenset({Status.IN_FORCE}), Status.COMPLETED),
    "lift": Step(frozenset({Status.IN_FORCE}), Status.LIFTED),
    "withdraw": Step(frozenset({Status.PROPOSED, Status.IN_REVIEW, Status.APPROVED}), Status.WITHDRAWN),
}
FORWARD = frozenset({"submit", "approve", "put_in_force", "complete"})
"""Steps that a response whose basis is in question does not take."""

BY_A_DECIDER = frozenset({"return", "approve", "decline"})
"""Steps that a supervisor takes who did not propose it."""

WITHOUT_WORDS = frozenset({"submit", "put_in_force", "complete"})
"""Steps that need neither a reason nor a second factor: a press of a button takes them."""


def steps_from(status: str) -> list[str]:
    """The steps that lead on from a state."""
    return [name for name, step in STEPS.items() if status in step.sources]


def step_between(status: str, target: str) -> str | None:
    """The step that leads from one state to another, if there is one."""
    return next((name for name in steps_from(status) if STEPS[name].target == target), None)


def refusal(step: str, status: str) -> str:
    """Why a step cannot be taken from a state, as a sentence."""
    wanted = " or ".join(sorted(Status(each).label.lower() for each in STEPS[step].sources))
    return f"Cannot {step.replace('_', ' ')}: the response is {Status(status).label.lower()}, not {wanted}."
