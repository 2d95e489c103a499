from __future__ import annotations

from typing import Self

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from cases import telling
from cases.choices import Conclusion
from cases.models.attributions import Attribution
from cases.workflow import ClaimStatus, Status
from ledger import triggers
from ledger.acting import taking
from ledger.models import PERSON, Record


class Review(Record):
    """What a reviewer concluded on one submitted version. Written once."""

    kind = "review"
    scoped_by = "attribution"
    searched = {"anchor": "attribution_id", "title": "conclusion", "body": ("reasons",)}
    extra_triggers = (
        triggers.keep("attribution_id,round,reviewer_id,conclusion,reasons,interests", "A review stays as concluded."),
        triggers.Call(
            "review_is_by_another",
            name="by_another",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
        ),
        triggers.Call(
            "review_waits_for_the_claim",
            name="waits_for_the_claim",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
        ),
    )

    attribution = models.ForeignKey(Attribution, models.PROTECT, related_name="reviews")
    round = models.PositiveIntegerField(editable=False)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    conclusion = models.CharField(max_length=30, choices=Conclusion)
    reasons = models.TextField(blank=True, default="")
    interests = models.TextField("declared interests", help_text="Declare them, or say that there are none.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["attribution", "round", "reviewer"],
                name="reviewer_concludes_once_per_version",
                violation_error_message="You have concluded your review of this version already.",
            ),
            models.CheckConstraint(
                condition=Q(conclusion=Conclusion.CONCUR) | ~Q(reasons=""),
                name="comment_and_dissent_give_reasons",
                violation_error_message="Give your reasons.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.get_conclusion_display()}"

    def get_absolute_url(self) -> str:
        return f"{self.attribution.get_absolute_url()}#review-{self.pk}"

    @classmethod
    @transaction.atomic
    def conclude(
        cls, *, by: User, attribution: Attribution, conclusion: str, interests: str, reasons: str = "", **more
    ) -> Self:
        """Conclude a review of the version that is in review. Never of one's own work.

        Who has claimed it concludes; while nobody has, whoever may review does.
        """
        attribution._require_reviewer(by)
        attribution._lock("conclude")
        held = attribution.open_claim()
        if held and held.reviewer_id != by.pk:
            raise IllegalStep(f"{held.reviewer} has claimed this review, until {held.due_on:%-d %B %Y}.")
        if conclusion != Conclusion.CONCUR and not reasons.strip():
            raise ValidationError({"reasons": "Give your reasons."})
        review = cls.add(
            by=by,
            attribution=attribution,
            round=attribution.round,
            reviewer=by,
            conclusion=conclusion,
            interests=interests.strip(),
            reasons=reasons.strip(),
            **more,
        )
        dissents = conclusion == Conclusion.DISSENT
        if dissents:
            Dissent.add(by=by, review=review, reasons=reasons.strip())
        if held:
            held._end(ClaimStatus.CONCLUDED, step="conclude")
        telling.concluded(review, dissents=dissents, by=by)
        return review


class Dissent(Record):
    """A reasoned no, which the approver must answer before anything is approved."""

    kind = "dissent"
    scoped_by = "review"
    searched = {"anchor": "review_id", "title": "reasons", "body": ("answer",)}
    extra_triggers = (triggers.keep("review_id,reasons", "A dissent stays as it was given."),)

    review = models.ForeignKey(Review, models.PROTECT, related_name="dissents")
    reasons = models.TextField()
    answer = models.TextField(blank=True, default="", editable=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["review"], name="a_review_dissents_once")]

    def __str__(self) -> str:
        return self.reasons

    def get_absolute_url(self) -> str:
        return self.review.get_absolute_url()

    @property
    def is_answered(self) -> bool:
        return bool(self.answer)

    @transaction.atomic
    def give_answer(self, *, by: User, answer: str) -> None:
        """Answer the dissent, as one who may decide on the attribution. Once."""
        attribution = self.review.attribution
        attribution._require_decider(by)
        if by.pk == self.review.reviewer_id:
            raise NotYours("Somebody else must answer your dissent.")
        if not answer.strip():
            raise ValidationError({"answer": "Write an answer."})
        if attribution.status != Status.IN_REVIEW or self.review.round != attribution.round:
            raise IllegalStep("This version is no longer in review.")
        with taking("answer", answer):
            unanswered = Dissent.objects.filter(pk=self.pk, answer="")
            if not unanswered.update(answer=answer.strip(), answered_by=by, answered_at=timezone.now()):
                raise IllegalStep("This dissent has an answer already.")
        self.refresh_from_db()
        telling.answered(self, by=by)
