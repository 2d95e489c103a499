"""What a reader may do with an attribution now. The verbs decide again; this only chooses the buttons."""

from __future__ import annotations

from typing import Any

from accounts.choices import REVIEWERS, SUPERVISORS, WRITERS, Marking
from accounts.models import User
from cases.models import Attribution, ReviewClaim
from cases.workflow import STEPS, Status


def abilities(attribution: Attribution, reader: User) -> dict[str, Any]:
    """Every ability by name. Two queries while it is in review, none otherwise."""
    role = reader.role_in(attribution.workspace_id)
    is_author = reader.pk in attribution.author_ids()
    in_review = attribution.status == Status.IN_REVIEW
    held = attribution.open_claim() if in_review else None
    return {
        "edit": is_author and attribution.is_open_to_edit and role in WRITERS,
        "submit": is_author and attribution.is_open_to_edit and role in WRITERS,
        "hand_over": role in SUPERVISORS and attribution.is_open_to_edit,
        "withdraw": attribution.status in STEPS["withdraw"].sources
        and (is_author or (role in SUPERVISORS and attribution.approved_at)),
        "revise": attribution.status in (Status.APPROVED, Status.STALE) and role in WRITERS,
        "release_lower": attribution.status == Status.APPROVED
        and role in SUPERVISORS
        and not is_author
        and attribution.marking != Marking.CLEAR,
        "own_work": is_author and in_review,
        **_in_the_room(attribution, reader, role if in_review and not is_author else None, held),
    }


def _in_the_room(attribution: Attribution, reader: User, role: str | None, held: ReviewClaim | None) -> dict[str, Any]:
    """What concerns the review. `role` is None for who has no part in it."""
    is_mine = held is not None and held.reviewer_id == reader.pk
    is_free = held is None or is_mine
    decides = role in SUPERVISORS
    reviews = role in REVIEWERS and not _has_concluded(attribution, reader)
    return {
        "review": reviews and is_free,
        "claim": reviews and held is None,
        "release": held is not None and role is not None and (is_mine or decides),
        "reassign": decides,
        "set_due": decides and held is not None,
        "decide": decides,
        "approve": decides and is_free,
        "held": held,
        "is_mine": is_mine,
    }


def _has_concluded(attribution: Attribution, reader: User) -> bool:
    return attribution.reviews.filter(round=attribution.round, reviewer=reader).exists()
