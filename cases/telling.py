"""Whom the steps of a judgement concern, and the sentence that says what happened.

`tell` only sends the signal `told`; who keeps notices or sends mail receives it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.choices import REVIEWERS, SUPERVISORS
from accounts.models import User
from cases.signals import told, told_many
from cases.standing import members_of
from ledger.models import Record

if TYPE_CHECKING:
    from cases.models import Attribution, Dissent, Review, ReviewClaim


class Event(StrEnum):
    """What people are told of."""

    SUBMITTED = "submitted"
    REVIEW_CLAIMED = "review_claimed"
    REVIEW_RELEASED = "review_released"
    REVIEW_DUE = "review_due"
    REASSIGNED = "reassigned"
    CONCLUDED = "concluded"
    DISSENT = "dissent"
    ANSWERED = "answered"
    RETURNED = "returned"
    DECLINED = "declined"
    APPROVED = "approved"
    ATTRIBUTION_STALE = "attribution_stale"


def tell(event: Event, *, about: Record, people: Iterable[User], sentence: str, by: User | None) -> None:
    """Say what happened to those whom it concerns; who did it knows already."""
    concerned = {each.pk: each for each in people if by is None or each.pk != by.pk}
    if concerned:
        told.send(
            type(about), about=about, event=event.value, people=list(concerned.values()), sentence=sentence, by=by
        )


Row = tuple[Iterable[UUID], Record, str]
"""Whom to tell (ids), of which record, and the sentence."""


def tell_all(event: Event, rows: Iterable[Row], *, by: User | None) -> None:
    """Say what happened to many records at once."""
    told_many.send(None, rows=list(rows), event=event.value, by=by)


# --- Whom it concerns -----------------------------------------------------------------------------


def authors_of(attribution: Attribution) -> list[User]:
    return [attribution.author, *(each.person for each in attribution.co_authors.select_related("person"))]


def supervisors_of(attribution: Attribution) -> list[User]:
    return list(members_of(attribution.workspace_id, attribution.marking, SUPERVISORS))


def reviewers_of(attribution: Attribution) -> list[User]:
    """Those who concluded on the version last submitted, or claimed its review."""
    round = attribution.round
    found = chain(
        attribution.reviews.filter(round=round).select_related("reviewer"),
        attribution.review_claims.filter(round=round).select_related("reviewer"),
    )
    return [each.reviewer for each in found]


# --- What happened --------------------------------------------------------------------------------


def submitted(attribution: Attribution, *, by: User) -> None:
    """Nobody has claimed a version that was submitted just now, so everybody who could is told."""
    asked = members_of(attribution.workspace_id, attribution.marking, REVIEWERS)
    people = asked.exclude(pk__in=attribution.author_ids())
    tell(Event.SUBMITTED, about=attribution, people=people, sentence=f"Waits for review: {attribution}", by=by)


def claimed(claim: ReviewClaim, *, by: User) -> None:
    sentence = f"{claim.reviewer} reviews it until {claim.due_on:%-d %B %Y}: {claim.attribution}"
    tell(Event.REVIEW_CLAIMED, about=claim, people=supervisors_of(claim.attribution), sentence=sentence, by=by)


def released(claim: ReviewClaim, *, by: User | None) -> None:
    why = f" ({claim.state_note})" if claim.state_note else ""
    people = [claim.reviewer, *supervisors_of(claim.attribution)]
    sentence = f"The review of {claim.reviewer} was released{why}: {claim.attribution}"
    tell(Event.REVIEW_RELEASED, about=claim, people=people, sentence=sentence, by=by)


def reassigned(claim: ReviewClaim, *, before: User | None, by: User) -> None:
    sentence = f"{claim.reviewer} reviews it from now on ({claim.state_note}): {claim.attribution}"
    people = [claim.reviewer, *([before] if before else [])]
    tell(Event.REASSIGNED, about=claim, people=people, sentence=sentence, by=by)


def overdue(claim: ReviewClaim) -> None:
    sentence = f"The review of {claim.reviewer} was due on {claim.due_on:%-d %B %Y}: {claim.attribution}"
    people = [claim.reviewer, *supervisors_of(claim.attribution)]
    tell(Event.REVIEW_DUE, about=claim, people=people, sentence=sentence, by=None)


def handed_over(attribution: Attribution, *, to: User, by: User, reason: str) -> None:
    sentence = f"{to} carries it on with {attribution.author} ({reason}): {attribution}"
    tell(Event.REASSIGNED, about=attribution, people=[to, *authors_of(attribution)], sentence=sentence, by=by)


def concluded(review: Review, *, dissents: bool, by: User) -> None:
    attribution = review.attribution
    sentence = f"{review.reviewer} concludes “{review.get_conclusion_display().lower()}”: {attribution}"
    people = [*authors_of(attribution), *supervisors_of(attribution)]
    tell(Event.DISSENT if dissents else Event.CONCLUDED, about=review, people=people, sentence=sentence, by=by)


def answered(dissent: Dissent, *, by: User) -> None:
    sentence = f"{by} answers your dissent: {dissent.review.attribution}"
    tell(Event.ANSWERED, about=dissent, people=[dissent.review.reviewer], sentence=sentence, by=by)


def returned(attribution: Attribution, *, by: User) -> None:
    sentence = f"Returned ({attribution.state_note}): {attribution}"
    _to_all_of_it(Event.RETURNED, attribution, sentence, by)


def approved(attribution: Attribution, *, by: User) -> None:
    _to_all_of_it(Event.APPROVED, attribution, f"Approved and sealed: {attribution}", by)


def _to_all_of_it(event: Event, attribution: Attribution, sentence: str, by: User | None, *more: User) -> None:
    people = [*authors_of(attribution), *reviewers_of(attribution), *more]
    tell(event, about=attribution, people=people, sentence=sentence, by=by)
