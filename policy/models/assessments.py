"""What a response does to rights, what reviewers concluded, what was sealed, and what came of it."""

from __future__ import annotations

import hashlib
from typing import Self

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.choices import REVIEWERS
from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from cases.choices import Conclusion
from evidence.models import Passage
from ledger import triggers
from ledger.acting import require_person, taking
from ledger.addresses import address_of
from ledger.fields import PartialDateField
from ledger.models import PERSON, Record, WithdrawableRecord
from policy import telling
from policy.choices import MetOrNot, RightsQuestion
from policy.models.parts import OfResponse, in_the_open
from policy.models.provisions import LegalProvision
from policy.models.responses import ACROSS_FLOORS, PolicyResponse
from policy.workflow import Status


class RightsAnswer(OfResponse):
    """One answer of the rights assessment: five questions, each a text, for border measures with a citation."""

    kind = "rights_answer"
    extra_triggers = (in_the_open(), triggers.keep("question", "An answer keeps its question."))

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="rights")
    question = models.CharField(max_length=30, choices=RightsQuestion)
    answer = models.TextField()
    passage = models.ForeignKey(Passage, null=True, blank=True, **ACROSS_FLOORS)

    class Meta:
        ordering = ["response", "question"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"],
                condition=Q(status="active"),
                name="a_rights_question_is_answered_once",
                violation_error_message="This question is answered already; change the answer.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_question_display()


class ProvisionTestAnswer(OfResponse):
    """Whether a test is met that a provision sets on which a response relies. A person says so, and why."""

    kind = "provision_test_answer"
    extra_triggers = (in_the_open(), triggers.keep("provision_id,test", "An answer keeps its test."))

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="test_answers")
    provision = models.ForeignKey(LegalProvision, models.PROTECT, related_name="+")
    test = models.CharField(max_length=500, help_text="The test, in the words of the legal library.")
    answer = models.CharField(max_length=20, choices=MetOrNot)
    text = models.TextField("why", help_text="What it rests on; where it is not assessed, why not.")
    passage = models.ForeignKey(Passage, null=True, blank=True, **ACROSS_FLOORS)

    class Meta:
        ordering = ["response", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "provision", "test"],
                condition=Q(status="active"),
                name="a_test_of_a_provision_is_answered_once",
                violation_error_message="This test is answered already; change the answer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()}: {self.test}"

    def get_absolute_url(self) -> str:
        return f"{self.response.get_absolute_url()}#tests"

    def clean(self) -> None:
        super().clean()
        if self.test not in self.provision.tests:
            raise ValidationError({"test": "The provision sets no such test."})
        if not self.response.provisions.filter(provision=self.provision_id, status="active").exists():
            raise ValidationError({"provision": "The response does not rely on this provision."})


class ResponseReview(Record):
    """What a reviewer concluded on one submitted version of a response, and the approver's answer to a dissent."""

    kind = "response_review"
    scoped_by = "response"
    extra_triggers = (
        triggers.keep("response_id,round,reviewer_id,conclusion,reasons,interests", "A review stays as concluded."),
        triggers.Call(
            "response_review_is_by_another", name="by_another", when=pgtrigger.Before, operation=pgtrigger.Insert
        ),
    )

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="reviews")
    round = models.PositiveIntegerField(editable=False)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    conclusion = models.CharField(max_length=30, choices=Conclusion)
    reasons = models.TextField(blank=True, default="")
    interests = models.TextField("declared interests", help_text="Declare them, or say that there are none.")
    answer = models.TextField(blank=True, default="", editable=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "round", "reviewer"],
                name="reviewer_concludes_once_per_response_version",
                violation_error_message="You have concluded your review of this version already.",
            ),
            models.CheckConstraint(
                condition=Q(conclusion=Conclusion.CONCUR) | ~Q(reasons=""),
                name="response_comment_and_dissent_give_reasons",
                violation_error_message="Give your reasons.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.get_conclusion_display()}"

    def get_absolute_url(self) -> str:
        return f"{self.response.get_absolute_url()}#review-{self.pk}"

    @property
    def is_open_dissent(self) -> bool:
        return self.conclusion == Conclusion.DISSENT and not self.answer

    @classmethod
    @transaction.atomic
    def conclude(
        cls, *, by: User, response: PolicyResponse, conclusion: str, interests: str, reasons: str = "", **more
    ) -> Self:
        """Conclude a review of the version in review. Never of one's own work, never by a token."""
        response._require_writer(by, REVIEWERS)
        require_person()
        if by.pk == response.author_id:
            raise NotYours("Somebody else must review this: you proposed it.")
        response._lock("return")
        if conclusion != Conclusion.CONCUR and not reasons.strip():
            raise ValidationError({"reasons": "Give your reasons."})
        review = cls.add(
            by=by,
            response=response,
            round=response.round,
            reviewer=by,
            conclusion=conclusion,
            interests=interests.strip(),
            reasons=reasons.strip(),
            **more,
        )
        telling.concluded(review, dissents=conclusion == Conclusion.DISSENT, by=by)
        return review

    @transaction.atomic
    def give_answer(self, *, by: User, answer: str) -> None:
        """Answer the dissent, as one who may decide on the response. Once."""
        response = self.response
        response._require_decider(by)
        if by.pk == self.reviewer_id:
            raise NotYours("Somebody else must answer your dissent.")
        if not answer.strip():
            raise ValidationError({"answer": "Write an answer."})
        if response.status != Status.IN_REVIEW or self.round != response.round:
            raise IllegalStep("This version is no longer in review.")
        with taking("answer", answer):
            open_ones = ResponseReview.objects.filter(pk=self.pk, conclusion=Conclusion.DISSENT, answer="")
            if not open_ones.update(answer=answer.strip(), answered_by=by, answered_at=timezone.now()):
                raise IllegalStep("There is no dissent here that lacks an answer.")
        self.refresh_from_db()
        telling.answered(self, by=by)


class SealedResponse(Record):
    """What was approved, word for word: canonical JSON (RFC 8785) and its SHA-256."""

    kind = "sealed_response"
    scoped_by = "response"
    extra_triggers = (triggers.keep("response_id,round,canonical,sha256,policy", "What is sealed stays sealed."),)

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="packets")
    round = models.PositiveIntegerField()
    canonical = models.TextField()
    sha256 = models.CharField(max_length=64)
    policy = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["response", "round"], name="a_response_version_is_sealed_once")]

    def __str__(self) -> str:
        return self.sha256

    @property
    def fits_its_seal(self) -> bool:
        """Whether it is still what was sealed; not once words were expunged from it."""
        return hashlib.sha256(self.canonical.encode()).hexdigest() == self.sha256

    def get_absolute_url(self) -> str:
        return address_of("sealed_response", self.response_id, self.round)


class Outcome(WithdrawableRecord):
    """What was observed after a measure. Never a claim that the measure caused it."""

    kind = "outcome"
    scoped_by = "response"
    searched = {"anchor": "response_id", "title": "observed", "body": ("note",)}

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="outcomes")
    observed = models.TextField(help_text="What was observed, in your own words.")
    observed_on = PartialDateField("when", help_text="As known: 2021, 2021-07 or 2021-07-02.")
    passage = models.ForeignKey(Passage, null=True, blank=True, **ACROSS_FLOORS)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["observed_on", "id"]

    def __str__(self) -> str:
        return self.observed

    def get_absolute_url(self) -> str:
        return f"{self.response.get_absolute_url()}#outcome-{self.pk}"
