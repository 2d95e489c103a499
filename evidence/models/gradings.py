from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple, Self
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q

from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from evidence.choices import Credibility, ItemStatus, Outcome, Question, Reliability
from evidence.confirming import require_confirmed
from evidence.models.items import EvidenceItem
from ledger import triggers
from ledger.acting import taking
from ledger.choices import Event
from ledger.models import Record, needed
from ledger.notices import tell


class Grading(Record):
    """What one analyst finds an item to be worth, given blind: nobody else sees it before a second is given.

    PostgreSQL holds that (`shown_if`), for every door and for the ledger. It pairs the second with
    the first, and refuses one by whoever has graded the item already, blind or in the open.
    """

    kind = "grading"
    scoped_by = "item"
    shown_if = "(grader_id = attest_user() OR outcome IN ('agree', 'differ', 'settled'))"
    extra_triggers = (
        triggers.keep("item_id,grader_id,question,reliability,credibility,reason", "A grading stays as it was given."),
        triggers.Call(
            "grading_is_blind",
            name="is_blind",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
        triggers.Call("grading_pairs", name="pairs", when=pgtrigger.After, operation=pgtrigger.Insert),
    )

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="gradings")
    grader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    question = models.CharField(max_length=10, choices=Question, default=Question.SO)
    reliability = models.CharField("reliability of the source in this", max_length=1, choices=Reliability)
    credibility = models.PositiveSmallIntegerField(choices=Credibility)
    reason = models.TextField()
    first = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="second", help_text="The grading it met."
    )
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(credibility__gte=1, credibility__lte=6), name="blind_credibility_is_one_to_six"
            ),
            models.CheckConstraint(condition=Q(reliability__in=Reliability.values), name="blind_reliability_is_a_to_f"),
            models.CheckConstraint(condition=Q(question__in=Question.values), name="grading_answers_a_question"),
            models.CheckConstraint(condition=~Q(reason=""), name="grading_gives_its_reason"),
            models.CheckConstraint(condition=~Q(first=F("id")), name="grading_does_not_meet_itself"),
            models.UniqueConstraint(
                fields=["item", "question", "grader"],
                condition=~Q(outcome=Outcome.WITHDRAWN),
                name="analyst_grades_blind_once",
                violation_error_message="You have given your grading already.",
            ),
            models.UniqueConstraint(
                fields=["item", "question"],
                condition=Q(outcome=Outcome.WAITING),
                name="one_first_grading_waits",
                violation_error_message="A first grading waits already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_question_display()}: {self.grade}"

    def get_absolute_url(self) -> str:
        return f"{self.item.get_absolute_url()}#grades"

    @property
    def grade(self) -> str:
        return f"{self.reliability}{self.credibility}"

    @classmethod
    @transaction.atomic
    def add(cls, *, by: User, **fields: Any) -> Self:
        """Give one's grading. The second one, where it agrees, becomes the item's grade.

        Raises `NotYours` to who has graded the item in the open, `IllegalStep` to who has given theirs.
        """
        grading = super().add(by=by, **fields)
        grading.refresh_from_db()
        if grading.outcome == Outcome.AGREE:
            grading._take_effect(by=by)
        if grading.first_id:
            grading._tell_the_first()
        return grading

    def _tell_the_first(self) -> None:
        agree = "agree" if self.outcome == Outcome.AGREE else "differ"
        sentence = f"A second grading of “{self.item}” was given: the two {agree}."
        tell([self.first.grader_id], about=self.item, event=Event.SECOND_GRADING, sentence=sentence)

    @classmethod
    def _begun(cls, by: User, fields: dict[str, Any]) -> Self:
        grading = super()._begun(by, fields)
        if grading.item.status != ItemStatus.ACTIVE:
            raise IllegalStep("This item is no longer active; it stays as it was.")
        hindrance = standing_of(grading.item_id)[grading.question].hindrance if grading.is_known_question else ""
        if hindrance == Hindrance.GIVEN:
            raise IllegalStep(SENTENCES[Hindrance.GIVEN])
        if hindrance:
            raise NotYours(SENTENCES[Hindrance(hindrance)])
        return grading

    @classmethod
    def _completed(cls, by: User, fields: dict[str, Any]) -> dict[str, Any]:
        """One grades in one's own name."""
        return super()._completed(by, {**fields, "grader": by, "reason": fields.get("reason", "").strip()})

    @property
    def is_known_question(self) -> bool:
        return self.question in Question.values

    def clean(self) -> None:
        super().clean()
        if self.question == Question.SO and self._state.adding:
            require_confirmed(self.item_id, self.credibility)

    def _take_effect(self, *, by: User) -> None:
        """Make what both found the item's grade, unless it is that already."""
        item = EvidenceItem.objects.select_for_update(no_key=True).get(pk=self.item_id)
        reason = f"Graded alike by {self.first.grader} and {self.grader}, neither seeing the other's. {self.reason}"
        if self.question == Question.SAID and item.said_grade != self.grade:
            item.grade_said(by=by, reliability=self.reliability, credibility=self.credibility, reason=reason)
        elif self.question == Question.SO and item.credibility != self.credibility:
            item.regrade(by=by, credibility=self.credibility, reason=reason)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take one's own grading back, while nobody has met it. Nobody sees what it was."""
        if by.pk != self.grader_id:
            raise NotYours("A grading is taken back by who gave it.")
        self._require_writer(by)
        with taking("withdraw", needed(reason)):
            waiting = Grading.objects.filter(pk=self.pk, outcome=Outcome.WAITING)
            if not waiting.update(outcome=Outcome.WITHDRAWN, state_note=reason.strip()):
                raise IllegalStep("Only a grading that waits for its second is taken back.")
        self.refresh_from_db()


class Hindrance(StrEnum):
    """Why somebody gives no blind grading."""

    GIVEN = "given"
    GRADED = "graded"


SENTENCES = {
    Hindrance.GIVEN: "You have given your grading already.",
    Hindrance.GRADED: "You graded this item yourself: another analyst gives the blind grading.",
}


class Standing(NamedTuple):
    """How blind grading of an item stands to its reader, in one question."""

    is_waiting: bool
    """A first grading was given, and waits for its second."""

    hindrance: str
    """Why this reader may not give one: a `Hindrance`, or nothing."""

    @property
    def why_not(self) -> str:
        return SENTENCES[Hindrance(self.hindrance)] if self.hindrance else ""


def standing_of(item: UUID) -> dict[str, Standing]:
    """How blind grading stands, by question; past the wall, without anything of what was found. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT question, is_waiting, hindrance FROM grading_standing(%s)", [item])
        return {question: Standing(*rest) for question, *rest in cursor.fetchall()}
