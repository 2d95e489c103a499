"""Whom the steps of a response concern, and the sentence that says what happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from accounts.choices import REVIEWERS
from accounts.models import User
from cases.standing import members_of
from cases.telling import Event, tell
from ledger import notices
from ledger.choices import Event as NoticeEvent

if TYPE_CHECKING:
    from policy.models import PolicyResponse, ResponseReview


def people_of(response: PolicyResponse) -> list[User]:
    """Its author and its owner."""
    return list(User.objects.filter(pk__in=[response.author_id, response.owner_id]))


def reviewers_of(response: PolicyResponse) -> list[User]:
    """Those who concluded on the version last submitted."""
    return [each.reviewer for each in response.reviews_of_this_round()]


def submitted(response: PolicyResponse, *, by: User) -> None:
    asked = members_of(response.workspace_id, response.marking, REVIEWERS).exclude(pk=response.author_id)
    tell(Event.SUBMITTED, about=response, people=asked, sentence=f"Waits for review: {response}", by=by)


def concluded(review: ResponseReview, *, dissents: bool, by: User) -> None:
    sentence = f"{review.reviewer} concludes “{review.get_conclusion_display().lower()}”: {review.response}"
    event = Event.DISSENT if dissents else Event.CONCLUDED
    tell(event, about=review, people=people_of(review.response), sentence=sentence, by=by)


def answered(review: ResponseReview, *, by: User) -> None:
    sentence = f"{by} answers your dissent: {review.response}"
    tell(Event.ANSWERED, about=review, people=[review.reviewer], sentence=sentence, by=by)


def returned(response: PolicyResponse, *, by: User) -> None:
    _to_all_of_it(Event.RETURNED, response, f"Returned ({response.state_note}): {response}", by)


def declined(response: PolicyResponse, *, by: User) -> None:
    _to_all_of_it(Event.DECLINED, response, f"Declined ({response.state_note}): {response}", by)


def approved(response: PolicyResponse, *, by: User) -> None:
    _to_all_of_it(Event.APPROVED, response, f"Approved and sealed: {response}", by)


def _to_all_of_it(event: Event, response: PolicyResponse, sentence: str, by: User) -> None:
    tell(event, about=response, people=[*people_of(response), *reviewers_of(response)], sentence=sentence, by=by)


def basis_in_question(responses: Iterable[PolicyResponse]) -> None:
    """Its owner is to say what becomes of it; its author where it has none."""
    notices.tell_all(
        notices.Notice(
            response.owner_id or response.author_id,
            response,
            NoticeEvent.BASIS_IN_QUESTION,
            f"{response.basis_note} Confirm or withdraw: {response}",
            key=str(response.version),
        )
        for response in responses
    )
