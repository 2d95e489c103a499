"""What a reader may do with a response now. The verbs decide again; this only chooses the buttons."""

from __future__ import annotations

from accounts.choices import REVIEWERS, SUPERVISORS, WRITERS
from accounts.models import User
from policy.models import PolicyResponse
from policy.workflow import BY_A_DECIDER, FORWARD, STEPS, Status, step_between, steps_from

LABELS = {
    "submit": "Submit",
    "return": "Return",
    "approve": "Approve",
    "decline": "Decline",
    "put_in_force": "Put in force",
    "complete": "Complete",
    "lift": "Lift",
    "withdraw": "Withdraw",
}
"""What the button of each step says."""


def is_worker(response: PolicyResponse, reader: User) -> bool:
    """Its author, its owner, or a supervisor of its room."""
    role = reader.role_in(response.workspace_id)
    return role in WRITERS and (reader.pk in (response.author_id, response.owner_id) or role in SUPERVISORS)


def is_decider(response: PolicyResponse, reader: User) -> bool:
    """A supervisor who did not propose it."""
    return reader.role_in(response.workspace_id) in SUPERVISORS and reader.pk != response.author_id


def steps_for(response: PolicyResponse, reader: User) -> list[str]:
    """The steps that this reader may take now. No queries."""
    works, decides = is_worker(response, reader), is_decider(response, reader)
    open_ones = [each for each in steps_from(response.status) if decides or each not in BY_A_DECIDER]
    return [each for each in open_ones if (works or each in BY_A_DECIDER) and not _is_held(response, each)]


def _is_held(response: PolicyResponse, step: str) -> bool:
    return response.is_in_question and step in FORWARD


def why_not(response: PolicyResponse, target: str, reader: User) -> str:
    """Why this reader cannot move it to a state now, as a sentence; empty where they can."""
    step = step_between(response.status, target)
    if step is None:
        return f"A response does not go from {response.get_status_display().lower()} to {Status(target).label.lower()}."
    if _is_held(response, step):
        return "Its basis is in question: someone must confirm it, or withdraw the response, first."
    if step in BY_A_DECIDER and not is_decider(response, reader):
        return f"{LABELS[step]}: this is for a supervisor who did not propose it."
    if step not in BY_A_DECIDER and not is_worker(response, reader):
        return f"{LABELS[step]}: this is for its author, its owner or a supervisor."
    return ""


def moves_for(response: PolicyResponse, reader: User) -> list[dict[str, str]]:
    """The steps as buttons: name, label, the state that each leads to, and the name of its page."""
    return [
        {"step": each, "label": LABELS[each], "target": STEPS[each].target.value, "page": f"response_{each}"}
        for each in steps_for(response, reader)
    ]


def abilities(response: PolicyResponse, reader: User) -> dict[str, bool]:
    """Every ability beyond the steps, by name. One query while it is in review, none otherwise."""
    works, decides = is_worker(response, reader), is_decider(response, reader)
    in_review = response.status == Status.IN_REVIEW
    is_author = reader.pk == response.author_id
    reviews = in_review and not is_author and reader.role_in(response.workspace_id) in REVIEWERS
    return {
        "edit": works and (response.is_open_to_edit or response.is_on_record),
        "work": works and not response.is_open_to_edit and not response.is_on_record,
        "review": reviews and not response.reviews.filter(round=response.round, reviewer=reader).exists(),
        "answer": in_review and decides,
        "confirm": decides and response.is_in_question,
        "question_withdraw": works and response.is_in_question and response.status != Status.IN_FORCE,
        "question_lift": works and response.is_in_question and response.status == Status.IN_FORCE,
        "observe": reader.role_in(response.workspace_id) in WRITERS,
        "own_work": in_review and is_author,
    }
