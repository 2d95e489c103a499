"""Who has taken a review on, and until when."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.choices import REVIEWERS
from accounts.errors import IllegalStep
from accounts.models import User
from cases import telling
from cases.models.attributions import Attribution
from cases.standing import members_of, stands
from cases.workflow import REVIEW_TAKES, ClaimStatus, Status
from ledger import triggers
from ledger.acting import require_person, taking
from ledger.addresses import address_of
from ledger.models import Record, needed


class ReviewClaimQuerySet(models.QuerySet):
    def open(self) -> ReviewClaimQuerySet:
        """Those under which somebody reviews now, the first due first."""
        return self.filter(status=ClaimStatus.OPEN).order_by("due_on", "id")

    def overdue(self) -> ReviewClaimQuerySet:
        return self.open().filter(due_on__lt=timezone.localdate())

    def lost(self) -> ReviewClaimQuerySet:
        """Open ones of people who no longer have the role or the clearance for it, or have left."""
        return self.open().exclude(stands("reviewer", REVIEWERS))


class ReviewClaim(Record):
    """That one reviewer has taken the review of a submitted version on. One at a time.

    While it is open nobody else concludes, and no approval cuts the reviewer off.
    """

    kind = "review_claim"
    scoped_by = "attribution"
    extra_triggers = (
        triggers.keep("attribution_id,round,reviewer_id", "A review claim keeps its version and its reviewer."),
        triggers.Call(
            "review_claim_is_by_another",
            name="by_another",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    attribution = models.ForeignKey(Attribution, models.PROTECT, related_name="review_claims")
    round = models.PositiveIntegerField(editable=False)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    status = models.CharField(max_length=20, choices=ClaimStatus, default=ClaimStatus.OPEN, editable=False)
    due_on = models.DateField("due")
    ended_at = models.DateTimeField(null=True, editable=False)
    told_overdue_at = models.DateTimeField(
        null=True, editable=False, help_text="When people were told that it is late."
    )

    objects = ReviewClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["attribution", "round"],
                condition=Q(status=ClaimStatus.OPEN),
                name="one_open_claim_per_attribution_and_round",
                violation_error_message="Somebody else has claimed this review.",
            ),
            models.CheckConstraint(condition=Q(status__in=ClaimStatus.values), name="review_claim_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=ClaimStatus.OPEN, ended_at=None) | (~Q(status=ClaimStatus.OPEN) & ~Q(ended_at=None)),
                name="review_claim_ends_with_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["reviewer"], condition=Q(status=ClaimStatus.OPEN), name="open_claim_by_reviewer"),
            models.Index(fields=["due_on"], condition=Q(status=ClaimStatus.OPEN), name="open_claim_by_due"),
        ]

    def __str__(self) -> str:
        return f"Review by {self.reviewer}"

    def get_absolute_url(self) -> str:
        return address_of("review_room", self.attribution_id)

    @property
    def is_open(self) -> bool:
        return self.status == ClaimStatus.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()

    # --- Claiming -----------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def claim(cls, *, by: User, attribution: Attribution, **more: Any) -> Self:
        """Take the review of the version in review on. Of two at once, one does."""
        attribution._require_reviewer(by)
        attribution._lock("claim")
        if held := attribution.open_claim():
            whose = "You have" if held.reviewer_id == by.pk else f"{held.reviewer} has"
            raise IllegalStep(f"{whose} claimed this review already.")
        _refuse_if_concluded(attribution, by, "You have")
        claim = cls._open(by=by, attribution=attribution, reviewer=by, **more)
        telling.claimed(claim, by=by)
        return claim

    @classmethod
    @transaction.atomic
    def reassign(cls, *, by: User, attribution: Attribution, to: User, reason: str) -> Self:
        """Give the review to another, whether or not somebody has claimed it; as one who may decide."""
        attribution._require_decider(by)
        reason = needed(reason, "Say why.")
        attribution._lock("reassign")
        if to.pk not in {each.pk for each in possible_reviewers(attribution)}:
            raise ValidationError(
                {"to": "Choose a reviewer or supervisor whose clearance covers it and who is no author."}
            )
        held = attribution.open_claim()
        if held and held.reviewer_id == to.pk:
            raise IllegalStep(f"{to} has claimed this review already.")
        _refuse_if_concluded(attribution, to, f"{to} has")
        if held:
            held._end(ClaimStatus.REASSIGNED, step="reassign", reason=reason)
        claim = cls._open(by=by, attribution=attribution, reviewer=to, state_note=reason)
        telling.reassigned(claim, before=held.reviewer if held else None, by=by)
        return claim

    @classmethod
    def _open(cls, *, by: User, attribution: Attribution, **fields: Any) -> Self:
        due = timezone.localdate() + REVIEW_TAKES
        return cls.add(by=by, attribution=attribution, round=attribution.round, due_on=due, **fields)

    @classmethod
    def held_on(cls, attribution: Attribution) -> ReviewClaim:
        """The open claim, or `IllegalStep` where nobody holds one."""
        if held := attribution.open_claim():
            return held
        raise IllegalStep("Nobody has claimed this review.")

    # --- While it is open ---------------------------------------------------------------------

    @transaction.atomic
    def release(self, *, by: User, reason: str = "") -> None:
        """Give it back. Its reviewer may, without a word; one who may decide may, with a reason."""
        if by.pk == self.reviewer_id:
            self._require_writer(by)
            require_person()
        else:
            self.attribution._require_decider(by)
            reason = needed(reason, "Say why.")
        self.attribution._lock("release")
        self._end(ClaimStatus.RELEASED, step="release", reason=reason)
        telling.released(self, by=by)

    @transaction.atomic
    def set_due(self, *, by: User, due_on: date, reason: str) -> None:
        """Set another date, with a reason; as one who may decide."""
        self.attribution._require_decider(by)
        reason = needed(reason, "Say why.")
        if due_on < timezone.localdate():
            raise ValidationError({"due_on": "Choose today or a later day."})
        self.attribution._lock("set_due")
        with taking("set_due", reason):
            self._if_open(due_on=due_on, state_note=reason, told_overdue_at=None)

    @transaction.atomic
    def lapse(self) -> None:
        """Release it because its reviewer may no longer review. Called when that is noticed, not by a person."""
        reason = f"{self.reviewer} no longer has the role or the clearance to review it."
        self._end(ClaimStatus.RELEASED, step="release", reason=reason)
        telling.released(self, by=None)

    def _end(self, status: ClaimStatus, *, step: str, reason: str = "") -> None:
        """The one writer of the status. Raises `IllegalStep` if it has ended."""
        with taking(step, reason):
            self._if_open(status=status, ended_at=timezone.now(), state_note=reason.strip())

    def _if_open(self, **fields: Any) -> None:
        """Write while it is open: the filtered update is check and lock."""
        if not ReviewClaim.objects.filter(pk=self.pk, status=ClaimStatus.OPEN).update(**fields):
            raise IllegalStep("This review claim has ended.")
        self.refresh_from_db()

    def _require_open_to_change(self, names: set[str]) -> None:
        raise IllegalStep("A review claim moves by its own steps only.")

    @classmethod
    def tell_overdue(cls) -> int:
        """Tell people, once for each date, of open reviews whose date has passed. Answers how many there were."""
        late = cls.objects.overdue().filter(told_overdue_at=None, attribution__status=Status.IN_REVIEW)
        found = list(late.select_for_update(skip_locked=True, of=["self"]).select_related("attribution", "reviewer"))
        with taking("tell_overdue"):
            cls.objects.filter(pk__in=[each.pk for each in found]).update(told_overdue_at=timezone.now())
        for each in found:
            telling.overdue(each)
        return len(found)


def possible_reviewers(attribution: Attribution) -> models.QuerySet[User]:
    """Who could review it: the room's reviewers and supervisors whose clearance covers it, without its authors."""
    found = members_of(attribution.workspace_id, attribution.marking, REVIEWERS)
    return found.exclude(pk__in=attribution.author_ids())


def claims_of(person: User) -> models.QuerySet[ReviewClaim]:
    """What this person has claimed and not concluded, the first due first."""
    current = ReviewClaim.objects.open().filter(reviewer=person, round=F("attribution__round"))
    return current.select_related("attribution__incident", "attribution__actor", "attribution__author")


def _refuse_if_concluded(attribution: Attribution, person: User, who: str) -> None:
    if attribution.reviews_of_this_round().filter(reviewer=person).exists():
        raise IllegalStep(f"{who} concluded a review of this version already.")
