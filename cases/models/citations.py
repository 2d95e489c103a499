"""What belongs to an attribution: who wrote it with its author, what it rests on, what was sealed."""

import hashlib
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.choices import SUPERVISORS, WRITERS
from accounts.errors import IllegalStep
from accounts.models import User
from cases import telling
from cases.choices import Element, IntentBasis, Supports
from cases.models.attributions import Attribution
from cases.models.incidents import ACROSS_FLOORS
from cases.standing import members_of
from cases.workflow import ClaimStatus, Status
from evidence.choices import Custody
from evidence.models import CustodyEvent, Passage, StoredFile
from ledger import triggers
from ledger.acting import require_person, taking
from ledger.addresses import address_of
from ledger.models import Record, RecordStatus, WithdrawableRecord, needed


class CoAuthor(WithdrawableRecord):
    """Somebody who wrote an attribution with its author."""

    kind = "co_author"
    scoped_by = "attribution"
    extra_triggers = (
        triggers.keep("attribution_id,person_id,status", "Who wrote it is not unwritten."),
        triggers.Call(
            "co_author_joins_in_the_open", name="in_the_open", when=pgtrigger.Before, operation=pgtrigger.Insert
        ),
    )

    attribution = models.ForeignKey(Attribution, models.PROTECT, related_name="co_authors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["attribution", "person"],
                name="co_author_is_named_once",
                violation_error_message="This person is a co-author already.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    def get_absolute_url(self) -> str:
        return self.attribution.get_absolute_url()

    def clean(self) -> None:
        super().clean()
        if self.person_id == self.attribution.author_id:
            raise ValidationError({"person": "The author needs no second mention."})
        if self.person_id and self.person.membership_in(self.workspace_id) is None:
            raise ValidationError({"person": "Choose a member of this workspace."})

    @classmethod
    @transaction.atomic
    def take_over(cls, *, by: User, attribution: Attribution, to: User, reason: str) -> Self:
        """Name another member co-author, as a supervisor, so that somebody may edit and submit."""
        attribution._require_writer(by, SUPERVISORS)
        require_person()
        reason = needed(reason, "Say why.")
        attribution._lock("hand_over")
        if to.pk in attribution.author_ids():
            raise ValidationError({"to": f"{to} is an author already."})
        if to.pk not in {each.pk for each in members_of(attribution.workspace_id, attribution.marking, WRITERS)}:
            raise ValidationError({"to": "Choose a member who may write here and whose clearance covers it."})
        joined = cls.add(by=by, attribution=attribution, person=to)
        with taking("hand_over", reason):  # no column moves: the entry stands in the attribution's own history
            Attribution.objects.filter(pk=attribution.pk).update(round=F("round"))
        attribution.refresh_from_db()
        telling.handed_over(attribution, to=to, by=by, reason=reason)
        return joined

    def _require_writer(self, by: User, roles: frozenset | None = None) -> None:
        """An author names co-authors; a supervisor does, to hand it over."""
        super()._require_writer(by, roles)
        if by.role_in(self.workspace_id) not in SUPERVISORS:
            self.attribution._require_author(by)
        self.attribution._require_open_to_change(set())

    def _require_open_to_change(self, names: set[str]) -> None:
        raise IllegalStep("Who wrote it is not unwritten.")


class Citation(WithdrawableRecord):
    """A passage, and why the claim rests on it."""

    kind = "citation"
    scoped_by = "attribution"
    searched = {"anchor": "attribution_id", "title": "note", "body": ("supports",)}
    extra_triggers = (
        triggers.keep("passage_id", "A citation keeps its passage."),
        triggers.Call(
            "citation_moves_only_in_the_open",
            name="only_in_the_open",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    attribution = models.ForeignKey(Attribution, models.PROTECT, related_name="citations")
    passage = models.ForeignKey(Passage, **ACROSS_FLOORS)
    supports = models.CharField(max_length=20, choices=Supports)
    intent_basis = models.CharField(max_length=20, choices=IntentBasis, blank=True, default="")
    note = models.TextField("why", blank=True, default="", help_text="Why the claim rests on these words.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["attribution", "passage", "supports"],
                condition=Q(status="active"),
                name="passage_is_cited_once_for_each_thing",
                violation_error_message="The attribution cites this passage for this already.",
            ),
            models.CheckConstraint(
                condition=Q(intent_basis="") | Q(supports=Element.OBJECTIVE.value),
                name="only_the_objective_has_an_intent_basis",
                violation_error_message="An intent basis belongs to a citation for the objective.",
            ),
        ]
        indexes = [models.Index(fields=["passage"], name="citation_by_passage")]

    def __str__(self) -> str:
        return f"{self.get_supports_display()}: {self.passage}"

    def get_absolute_url(self) -> str:
        return f"{self.attribution.get_absolute_url()}#citation-{self.pk}"

    @property
    def seen_passage(self) -> Passage | None:
        """The passage, or None where the reader's clearance does not cover it. Wants it prefetched."""
        if "passage" in self._state.fields_cache:
            return self._state.fields_cache["passage"]
        return Passage.objects.filter(pk=self.passage_id).first()

    def _require_writer(self, by: User, roles: frozenset | None = None) -> None:
        super()._require_writer(by, roles)
        self.attribution._require_author(by)
        self.attribution._require_open_to_change(set())


class SubmittedVersion(Record):
    """What was submitted, word for word: claim, citations, findings and matrix, in canonical JSON (RFC 8785).

    `decision` and `decided_at` say how it left review; both are empty while it is there.
    """

    kind = "submitted_version"
    scoped_by = "attribution"
    extra_triggers = (triggers.keep("attribution_id,round,canonical,sha256", "What was submitted stays as it was."),)

    attribution = models.ForeignKey(Attribution, models.PROTECT, related_name="submitted_versions")
    round = models.PositiveIntegerField()
    canonical = models.TextField()
    sha256 = models.CharField(max_length=64)
    decision = models.CharField(max_length=20, choices=Status, blank=True, default="", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["attribution", "round"], name="a_version_is_submitted_once")]
        indexes = [models.Index(fields=["workspace", "decided_at"], name="version_by_decision")]

    def __str__(self) -> str:
        return f"submitted version {self.round}"

    @classmethod
    def leave_review(cls, attribution: Attribution, decision: str) -> None:
        """Note how the version left review, and close the claim under which somebody still reviewed it."""
        version = cls.objects.filter(attribution=attribution, round=attribution.round, decision="")
        version.update(decision=decision, decided_at=timezone.now())
        for held in attribution.review_claims.open():
            held._end(ClaimStatus.CLOSED, step="close")

    def get_absolute_url(self) -> str:
        return self.attribution.get_absolute_url()


class SealedPacket(Record):
    """What was approved, word for word: canonical JSON (RFC 8785) and its SHA-256."""

    kind = "sealed_packet"
    scoped_by = "attribution"
    extra_triggers = (triggers.keep("attribution_id,round,canonical,sha256,policy", "What is sealed stays sealed."),)

    attribution = models.ForeignKey(Attribution, models.PROTECT, related_name="packets")
    round = models.PositiveIntegerField()
    canonical = models.TextField()
    sha256 = models.CharField(max_length=64)
    policy = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["attribution", "round"], name="a_version_is_sealed_once")]

    def __str__(self) -> str:
        return self.sha256

    @classmethod
    @transaction.atomic
    def add(cls, *, by: User, **fields: Any) -> Self:
        """Seal what was approved, and have custody tell of it at each file whose words it holds."""
        packet = super().add(by=by, **fields)
        cited = packet.attribution.citations.filter(status=RecordStatus.ACTIVE).values("passage__page__file")
        sealed = [
            {"file": file, "action": Custody.SEALED, "note": packet.sha256}
            for file in StoredFile.objects.filter(pk__in=cited).order_by("pk")
        ]
        CustodyEvent.add_all(sealed, by=by)
        return packet

    @property
    def fits_its_seal(self) -> bool:
        """Whether it is still what was sealed; not once words were expunged from it."""
        return hashlib.sha256(self.canonical.encode()).hexdigest() == self.sha256

    def get_absolute_url(self) -> str:
        return address_of("sealed_packet", self.attribution_id, self.round)
