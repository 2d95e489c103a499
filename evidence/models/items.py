import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.choices import strictest
from accounts.errors import IllegalStep
from accounts.models import User
from evidence.choices import (
    BasisOfKnowledge,
    Category,
    Credibility,
    EvidenceKind,
    ItemStatus,
    Nature,
    Outcome,
    Question,
    Reliability,
)
from evidence.confirming import require_confirmed
from evidence.lineage import hold_lineage
from evidence.models.sources import Source
from evidence.models.typed import TypedRecord
from evidence.models.weighing import Weighing
from evidence.signals import ground_moved
from ledger import triggers
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.fields import PartialDateField
from ledger.models import PERSON, Record, WithdrawableRecord, needed

GRADES = {
    "credibility",
    "credibility_reason",
    "said_reliability",
    "said_credibility",
    "said_credibility_reason",
}
"""What an edit leaves alone: grades change by grading anew."""


class EvidenceItem(Weighing, TypedRecord, Record):
    """One document, recording, data set or record, graded apart from the source that gave it.

    `credibility` says how far what it says is so. That its source truly said it is another question,
    with a grade of its own (`said_reliability`, `said_credibility`), which carries no attribution.
    """

    kind = "evidence_item"
    searched = {"title": "title", "body": ("summary", "reference_number", "url")}
    typed = ("title", "summary")
    weighs = ("source", "evidence_kind", "category", "instances", "marking", "basis_of_knowledge")
    leans_on = "source"
    extra_triggers = (
        triggers.Call(
            "item_is_graded_openly",
            name="graded_openly",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    title = models.CharField(max_length=500)
    source = models.ForeignKey(Source, models.PROTECT, related_name="items")
    evidence_kind = models.CharField("kind", max_length=30, choices=EvidenceKind)
    category = models.CharField(max_length=20, choices=Category)
    instances = ArrayField(
        PartialDateField(blank=False),
        default=list,
        blank=True,
        help_text="For a pattern: the dates of its instances, to the precision known, separated by commas.",
    )
    published = PartialDateField(help_text="As known: 2021, 2021-07 or 2021-07-02.")
    collected_at = models.DateTimeField(default=timezone.now)
    collected_by = models.ForeignKey("accounts.User", **PERSON)
    language = models.CharField(max_length=8, blank=True, default="", help_text="ISO 639-1, like en or pl.")
    url = models.URLField("address", max_length=1000, blank=True, default="")
    reference_number = models.CharField(max_length=200, blank=True, default="")
    credibility = models.PositiveSmallIntegerField(choices=Credibility, default=Credibility.CANNOT_BE_JUDGED)
    credibility_reason = models.TextField("reason for the grade", blank=True, default="")
    said_reliability = models.CharField(
        "it was said: reliability", max_length=1, choices=Reliability, blank=True, default=""
    )
    said_credibility = models.PositiveSmallIntegerField(
        "it was said: credibility", choices=Credibility, null=True, blank=True, help_text="Null: not graded."
    )
    said_credibility_reason = models.TextField("it was said: reason", blank=True, default="")
    basis_of_knowledge = models.CharField(max_length=30, choices=BasisOfKnowledge, default=BasisOfKnowledge.UNKNOWN)
    summary = models.TextField(blank=True, default="", help_text="In your own words.")
    is_abstract = models.BooleanField(
        "own abstract", default=False, help_text="We hold our own abstract, not the original bytes."
    )
    status = models.CharField(max_length=20, choices=ItemStatus, default=ItemStatus.ACTIVE, editable=False)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="supersedes")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(credibility__gte=1, credibility__lte=6), name="credibility_is_one_to_six"
            ),
            models.CheckConstraint(
                condition=Q(said_reliability="", said_credibility__isnull=True)
                | Q(said_reliability__in=Reliability.values, said_credibility__gte=1, said_credibility__lte=6),
                name="said_grade_is_whole_or_absent",
                violation_error_message="That it was said is graded by reliability and credibility together.",
            ),
            models.CheckConstraint(
                condition=Q(status=ItemStatus.SUPERSEDED, superseded_by__isnull=False)
                | (~Q(status=ItemStatus.SUPERSEDED) & Q(superseded_by__isnull=True)),
                name="superseded_item_names_its_successor",
            ),
            models.CheckConstraint(
                condition=Q(status=ItemStatus.ACTIVE) | ~Q(state_note=""), name="fallen_item_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "marking", "-id"], name="item_list"),
            models.Index(fields=["source"], name="item_by_source"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("evidence_item", self.pk)

    @property
    def grade(self) -> str:
        """Reliability of the source and credibility of the item, side by side: `B2`."""
        return f"{self.source.reliability}{self.credibility}"

    @property
    def said_grade(self) -> str:
        """How sure it is that its source said it: `A1`, or nothing before it is graded."""
        return f"{self.said_reliability}{self.said_credibility or ''}"

    def clean(self) -> None:
        super().clean()
        if self._state.adding:
            require_confirmed(self.pk, self.credibility)

    @transaction.atomic
    def regrade(self, *, by: User, credibility: int, reason: str, version: int | None = None) -> None:
        """Judge anew whether it is so. The reason is asked for; the ledger keeps every grade."""
        self._require_writer(by)
        self._require_none_waiting(Question.SO, by)
        reason = needed(reason, "Say why the grade changes.")
        require_confirmed(self.pk, credibility)
        self.credibility, self.credibility_reason = credibility, reason
        self.full_clean()
        with taking("regrade", reason):
            self._update(version or self.version, credibility=credibility, credibility_reason=reason)
            self._settle(Question.SO)
        self.say_moved(by=by, reason=f"“{self}” is now graded {self.grade}: {self.credibility_reason}")

    @transaction.atomic
    def grade_said(
        self, *, by: User, reliability: str, credibility: int, reason: str, version: int | None = None
    ) -> None:
        """Judge whether its source truly said it. No attribution rests on that, so none is looked at again."""
        self._require_writer(by)
        self._require_none_waiting(Question.SAID, by)
        reason = needed(reason, "Say why the grade changes.")
        given = {
            "said_reliability": reliability,
            "said_credibility": credibility,
            "said_credibility_reason": reason,
        }
        for name, value in given.items():
            setattr(self, name, value)
        self.full_clean()
        with taking("grade_said", reason):
            self._update(version or self.version, **given)
            self._settle(Question.SAID)

    def _require_none_waiting(self, question: Question, by: User) -> None:
        """Who grades in the open while their own blind grading waits would show it to the second."""
        if self.gradings.filter(question=question, grader=by, outcome=Outcome.WAITING).exists():
            raise IllegalStep("Your blind grading waits for a second: take it back before you grade in the open.")

    def _settle(self, question: Question) -> None:
        """An open grade with its reason ends the disagreement of two blind ones."""
        self.gradings.filter(question=question, outcome=Outcome.DIFFER).update(outcome=Outcome.SETTLED)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take the item out of use. It stays readable; what rests on it is looked at again."""
        self._fall("withdraw", ItemStatus.WITHDRAWN, by=by, reason=reason)

    @transaction.atomic
    def supersede(self, *, by: User, successor: "EvidenceItem", reason: str) -> None:
        """Put another item in this one's place."""
        if successor.pk == self.pk or successor.workspace_id != self.workspace_id:
            raise ValidationError({"successor": "Choose another item of the same workspace."})
        self._fall("supersede", ItemStatus.SUPERSEDED, by=by, reason=reason, superseded_by=successor)

    def _fall(self, step: str, target: str, *, by: User, reason: str, **fields) -> None:
        """Leave the active state: the filtered update is both check and lock."""
        self._require_writer(by)
        if not reason.strip():
            raise ValidationError({"reason": "Say why."})
        with taking(step, reason):
            active = EvidenceItem.objects.filter(pk=self.pk, status=ItemStatus.ACTIVE)
            if not active.update(status=target, state_note=reason.strip(), **fields):
                raise IllegalStep(f"Cannot {step}: the item is not active.")
        self.refresh_from_db()
        self.say_moved(by=by, reason=f"“{self}” was {self.get_status_display().lower()}: {reason.strip()}")

    def require_active(self) -> None:
        """Refuse what is done to an item that is out of use."""
        if self.status != ItemStatus.ACTIVE:
            raise IllegalStep("This item is no longer active; nothing is added to it.")

    def _require_open_to_change(self, names: set[str]) -> None:
        if self.status != ItemStatus.ACTIVE:
            raise IllegalStep("This item is no longer active; it stays as it was.")
        if graded := names & GRADES:
            raise ValidationError({graded.pop(): "Grades change by grading anew, with a reason."})


class Derivation(WithdrawableRecord):
    """One item repeats another: both are one origin. Nothing repeats itself, through however many others."""

    kind = "derivation"
    scoped_by = "item"
    extra_triggers = (
        triggers.Call(
            "derivation_has_no_cycle",
            name="no_cycle",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="derivations")
    original = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="echoes")
    nature = models.CharField(
        max_length=20,
        choices=Nature,
        default=Nature.REPEATS,
        db_default=Nature.REPEATS,
        help_text="How it repeats it.",
    )
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(nature__in=Nature.values), name="nature_of_a_link_is_known"),
            models.UniqueConstraint(
                fields=["item", "original"],
                condition=Q(status="active"),
                name="derivation_is_recorded_once",
                violation_error_message="This link is recorded already.",
            ),
            models.CheckConstraint(
                condition=~Q(item=F("original")),
                name="item_does_not_repeat_itself",
                violation_error_message="An item cannot repeat itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} repeats {self.original}"

    def get_absolute_url(self) -> str:
        return self.item.get_absolute_url()

    @classmethod
    @transaction.atomic
    def add(cls, *, by: User, **fields) -> "Derivation":
        link = super().add(by=by, **fields)
        link._relinked(by=by, reason=f"“{link.item}” was found to repeat “{link.original}”.")
        return link

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        super().withdraw(by=by, reason=reason)
        told = f"“{self.item}” is no longer held to repeat “{self.original}”: {reason.strip()}"
        self._relinked(by=by, reason=told)

    def _relinked(self, *, by: User, reason: str) -> None:
        """Hold both ends still, then have what rests on the item, or on what repeats it, looked at again."""
        list(EvidenceItem.objects.select_for_update(no_key=True).filter(pk=self.item_id).values_list("pk"))
        hold_lineage(items=[self.original_id])
        marking = strictest([self.item.marking, self.original.marking])
        ground_moved.send(Derivation, moved=self.item, by=by, reason=reason, marking=marking)


class Confirmation(WithdrawableRecord):
    """Another item confirms this one: credibility 1 needs two, of two other independent origins."""

    kind = "confirmation"
    scoped_by = "item"

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="confirmations")
    confirming = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="confirms")
    note = models.CharField(max_length=500, blank=True, default="", help_text="What it confirms.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "confirming"],
                condition=Q(status="active"),
                name="confirmation_is_recorded_once",
                violation_error_message="This link is recorded already.",
            ),
            models.CheckConstraint(
                condition=~Q(item=F("confirming")),
                name="item_does_not_confirm_itself",
                violation_error_message="An item cannot confirm itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.confirming} confirms {self.item}"

    def get_absolute_url(self) -> str:
        return f"{self.item.get_absolute_url()}#grades"
