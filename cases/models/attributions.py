"""Attributions: who stands behind an incident, in our judgement, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.choices import REVIEWERS, SUPERVISORS
from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from cases import gate, seal, telling
from cases.choices import (
    Confidence,
    Label,
    LegalBasis,
    Likelihood,
    StateInvolvement,
    label_of,
)
from cases.gathering import ground_of, hold_ground
from cases.models.actors import Actor
from cases.models.hypotheses import Hypothesis
from cases.models.incidents import Incident
from cases.querysets import AttributionQuerySet
from cases.signals import attribution_moved
from cases.workflow import OPEN_TO_EDIT, STEPS, Status, refusal, sources_of
from evidence.models import Passage
from ledger import triggers
from ledger.acting import require_person, taking
from ledger.addresses import address_of
from ledger.models import PERSON, Record, needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from cases.models.citations import Citation, CoAuthor
    from cases.models.returns import ReturnItem
    from cases.models.review_claims import ReviewClaim


class Attribution(Record):
    """Our judgement that an actor stands behind an incident, and its life from draft to approval.

    The label (attributed, suspected, not attributed) follows from likelihood and confidence. The
    database refuses an approval without gate, seal, active citation and a second person.
    """

    kind = "attribution"
    searched = {"title": "statement", "body": ("key_assumptions", "gaps", "source_summary", "what_would_change")}
    extra_triggers = (
        triggers.keep("author_id,incident_id,actor_id,previous_id", "An attribution keeps its author and subject."),
        triggers.Call(
            "attribution_keeps_its_life",
            name="life",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
        triggers.Call(
            "attribution_stays_as_submitted",
            name="as_submitted",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
        ),
    )

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="attributions")
    actor = models.ForeignKey(Actor, models.PROTECT, related_name="attributions")
    statement = models.TextField(help_text="One sentence: who did what. Likelihood and confidence stand beside it.")
    state_involvement = models.CharField(max_length=30, choices=StateInvolvement, blank=True, default="")
    legal_basis = ArrayField(models.CharField(max_length=20, choices=LegalBasis), default=list, blank=True)
    likelihood = models.CharField(max_length=30, choices=Likelihood, blank=True, default="")
    confidence = models.CharField(max_length=10, choices=Confidence, blank=True, default="")
    hypothesis = models.ForeignKey(
        Hypothesis,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The explanation that this judgement takes. Empty: state strategy for a state, else criminal profit.",
    )
    key_assumptions = models.TextField(blank=True, default="")
    gaps = models.TextField(blank=True, default="")
    source_summary = models.TextField("source summary statement", blank=True, default="")
    contrary_search_note = models.TextField(
        blank=True, default="", help_text="Where you looked for contrary evidence, and what you found."
    )
    contrary_searched_on = models.DateField(null=True, blank=True)
    ai_use_note = models.TextField("note on the use of AI", blank=True, default="")
    what_would_change = models.TextField("what would change this", blank=True, default="")
    review_by = models.DateField(null=True, blank=True, help_text="At most twelve months from now.")

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT, editable=False)
    round = models.PositiveIntegerField(default=0, editable=False, help_text="How often it was submitted.")
    submitted_at = models.DateTimeField(null=True, editable=False)
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    approved_at = models.DateTimeField(null=True, editable=False)
    gate_result = models.JSONField(null=True, editable=False)
    seal = models.CharField(max_length=64, blank=True, default="", editable=False)
    previous = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="later_versions")

    objects = AttributionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="attribution_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status=Status.APPROVED)
                | Q(
                    approver__isnull=False,
                    approved_at__isnull=False,
                    seal__regex=r"^[0-9a-f]{64}$",
                    gate_result__passed=True,
                ),
                name="approved_has_approver_seal_and_passed_gate",
            ),
            models.CheckConstraint(
                condition=Q(approver=None) | ~Q(approver=models.F("author")), name="nobody_approves_their_own_work"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.RETURNED, Status.STALE, Status.WITHDRAWN]) | ~Q(state_note=""),
                name="returned_stale_and_withdrawn_say_why",
            ),
            models.UniqueConstraint(
                fields=["previous"],
                condition=~Q(status=Status.WITHDRAWN) & Q(previous__isnull=False),
                name="one_open_later_version",
                violation_error_message="A later version exists already.",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "marking", "-id"], name="attribution_list"),
            models.Index(fields=["incident"], name="attribution_by_incident"),
            models.Index(fields=["status", "submitted_at"], name="attribution_queue"),
        ]

    def __str__(self) -> str:
        return self.statement

    def get_absolute_url(self) -> str:
        return address_of("attribution", self.pk)

    # --- What it is ---------------------------------------------------------------------------

    @property
    def label(self) -> Label:
        """Attributed, suspected or not attributed: computed, never typed."""
        return label_of(self.likelihood, self.confidence)

    @property
    def is_political_only(self) -> bool:
        return LegalBasis.POLITICAL_ONLY in self.legal_basis

    @property
    def is_open_to_edit(self) -> bool:
        return self.status in OPEN_TO_EDIT

    def author_ids(self) -> set:
        """Ids of author and co-authors. Queries unless they are prefetched."""
        return {self.author_id, *(each.person_id for each in self.co_authors.all())}

    def reviews_of_this_round(self):
        """What reviewers concluded on the version last submitted."""
        return self.reviews.filter(round=self.round).select_related("reviewer").prefetch_related("dissents")

    def open_claim(self) -> ReviewClaim | None:
        """The claim under which somebody reviews this version now, with its reviewer. Queries."""
        return self.review_claims.open().filter(round=self.round).select_related("reviewer").first()

    def to_mend(self) -> list[ReturnItem]:
        """What was to be mended when it was last returned, while it is open to edit. Queries."""
        if not self.is_open_to_edit:
            return []
        return list(self.return_items.filter(round=self.round).select_related("citation"))

    def gate(self, *, approver: User | None = None) -> gate.GateResult:
        """The gate as it stands now; with `approver`, as it would stand if they approved."""
        return gate.evaluate(ground_of(self, approver=approver))

    def clean(self) -> None:
        super().clean()
        if self.is_political_only and len(self.legal_basis) > 1:
            raise ValidationError({"legal_basis": "Political attribution only stands alone, without ILC articles."})
        if self.actor_id and self.state_involvement and not self.actor.is_state:
            raise ValidationError({"state_involvement": "Only a state's involvement is graded here."})
        if self.hypothesis_id and self.hypothesis.incident_id != self.incident_id:
            raise ValidationError({"hypothesis": "Choose a hypothesis of this incident."})

    # --- Drafting -----------------------------------------------------------------------------

    @classmethod
    def add(cls, *, by: User, **fields: Any) -> Self:
        """Begin a draft. Who begins it is its author, for good."""
        return super().add(by=by, author=by, **fields)

    @transaction.atomic
    def add_co_author(self, *, by: User, person: User, **more) -> CoAuthor:
        """Name somebody who wrote with the author, and so cannot review or approve it."""
        self._require_author(by)
        self._require_open_to_change(set())
        return self.co_authors.model.add(by=by, attribution=self, person=person, **more)

    def hand_over(self, *, by: User, to: User, reason: str) -> CoAuthor:
        """Have another member carry it on as co-author, when its authors cannot. The author stays, for good."""
        return self.co_authors.model.take_over(by=by, attribution=self, to=to, reason=reason)

    @transaction.atomic
    def cite(
        self, *, by: User, passage: Passage, supports: str, intent_basis: str = "", note: str = "", **more
    ) -> Citation:
        """Rest the claim on exact words. Only while it is open to edit, by an author."""
        return self.citations.model.add(
            by=by, attribution=self, passage=passage, supports=supports, intent_basis=intent_basis, note=note, **more
        )

    @transaction.atomic
    def revise(self, *, by: User) -> Attribution:
        """Begin a later version of an approved attribution, with its citations. It stays until then."""
        self._require_writer(by)
        if self.status not in (Status.APPROVED, Status.STALE):
            raise IllegalStep("Only an approved attribution is revised; this one is open to edit or closed.")
        copied = {name: getattr(self, name) for name in CLAIM_FIELDS}
        later = Attribution.add(by=by, workspace_id=self.workspace_id, marking=self.marking, previous=self, **copied)
        for citation in self.citations.filter(status="active").select_related("passage"):
            later.cite(
                by=by,
                passage=citation.passage,
                supports=citation.supports,
                intent_basis=citation.intent_basis,
                note=citation.note,
            )
        return later

    # --- The steps ----------------------------------------------------------------------------

    @transaction.atomic
    def submit(self, *, by: User, answers: Mapping[UUID, Mapping[str, str]] | None = None) -> None:
        """Freeze this version and ask for review. The gate need not pass yet; a citation is needed.

        Claim, citations, findings and matrix are kept as they stand: what is reviewed, approved
        and sealed is this version, whatever is recorded meanwhile. Everything that was to be
        mended wants its answer; `answers` holds `outcome` and `word` by the item's id.
        """
        self._require_author(by)
        self._lock("submit")
        self.return_items.model.answer_all(self, answers or {}, by=by)
        if not self.citations.filter(status="active").exists():
            raise IllegalStep("Cite at least one passage before you submit.")
        version = seal.version(self, ground_of(self), round=self.round + 1)
        self._take("submit", by=by, round=models.F("round") + 1, submitted_at=timezone.now(), state_note="")
        self.submitted_versions.model.add(by=by, attribution=self, round=self.round, **version)
        telling.submitted(self, by=by)

    @transaction.atomic
    def approve(self, *, by: User, note: str = "") -> None:
        """Accept the judgement and seal it. Nobody approves their own work, nobody is exempt."""
        self._require_decider(by)
        self._lock("approve")
        if (held := self.open_claim()) and held.reviewer_id != by.pk:
            raise IllegalStep(f"{held.reviewer} has claimed the review: wait, or release the claim.")
        hold_ground(self)
        ground = ground_of(self, approver=by, verify_bytes=True)
        result = gate.evaluate(ground)
        if not result.is_passed:
            raise IllegalStep("The gate does not let this pass yet.", checks=result.checks)
        packet = self.packets.model.add(
            by=by, attribution=self, round=self.round, **seal.seal(self, ground, result, approver=by, note=note)
        )
        self._take(
            "approve",
            by=by,
            reason=note,
            approver=by,
            approved_at=timezone.now(),
            gate_result=result.as_json(),
            seal=packet.sha256,
            state_note=note,
        )
        if self.previous_id:
            self.previous._supersede(by=by, later=self)
        telling.approved(self, by=by)

    @transaction.atomic
    def return_(self, *, by: User, reason: str, items: Iterable[Mapping[str, Any]] = ()) -> None:
        """Send it back to its author with what is to be mended.

        Each item holds `what`, and at most one of `check_key`, `claim_field` and `citation`.
        """
        self._require_decider(by)
        self._take("return", by=by, reason=needed(reason, "Say what is to be mended."))
        self.return_items.model.write_down(self, items, by=by)
        telling.returned(self, by=by)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take it back, for good. Its authors may; once approved, a supervisor as well."""
        require_person()
        if not (self.approved_at and by.role_in(self.workspace_id) in SUPERVISORS):
            self._require_author(by)
        stood = self.status == Status.APPROVED
        self._take("withdraw", by=by, reason=needed(reason, "Say why."))
        if stood:
            attribution_moved.send(Attribution, attributions=[self], what="withdrawn", by=by)

    def _supersede(self, *, by: User, later: Attribution) -> None:
        if self.status in STEPS["supersede"].sources:
            self._take("supersede", by=by, reason=f"A later version was approved: {later.statement}")
            attribution_moved.send(Attribution, attributions=[self], what="superseded", by=by)

    # --- Who may, and the one writer of the status --------------------------------------------

    def _require_author(self, by: User) -> None:
        self._require_writer(by)
        if by.pk not in self.author_ids():
            raise NotYours("Only its author or a co-author may do this.")

    def _require_decider(self, by: User) -> None:
        self._require_writer(by, SUPERVISORS)
        require_person()
        if by.pk in self.author_ids():
            raise NotYours("Another supervisor must decide: you are an author of this attribution.")

    def _require_reviewer(self, by: User) -> None:
        self._require_writer(by, REVIEWERS)
        require_person()
        if by.pk in self.author_ids():
            raise NotYours("Somebody else must review this: you are an author.")

    def _require_open_to_change(self, names: set[str]) -> None:
        if not self.is_open_to_edit:
            raise IllegalStep(f"The attribution is {self.get_status_display().lower()}: nothing in it can be changed.")

    def change(self, *, by: User, **fields: Any) -> None:
        """Edit the claim. Only an author may, and only while it is open to edit."""
        self._require_author(by)
        super().change(by=by, **fields)

    def _lock(self, step: str) -> None:
        """Hold the row until the transaction ends, and see it as it is now."""
        Attribution.objects.select_for_update().filter(pk=self.pk).values("pk").get()
        self.refresh_from_db()
        if self.status not in sources_of(step):
            raise IllegalStep(refusal(step, self.status))

    def _take(self, step: str, *, by: User, reason: str = "", **fields: Any) -> None:
        """Move along one step. The filtered update is both the check and the lock."""
        sources, target = STEPS[step]
        if reason:
            fields.setdefault("state_note", reason)
        with taking(step, reason):
            ready = Attribution.objects.filter(pk=self.pk, status__in=sources)
            if not ready.update(status=target, **fields):
                now = Attribution.objects.values_list("status", flat=True).get(pk=self.pk)
                raise IllegalStep(refusal(step, now))
            self.refresh_from_db()
            if Status.IN_REVIEW in sources:
                self.submitted_versions.model.leave_review(self, target)

    @classmethod
    def go_stale_all(cls, notes: Mapping[UUID, str], *, reason: str) -> set[UUID]:
        """Note, each with its own words, that what approvals rested on gave way. Called by reliance, not by a person.

        The same filtered update as `_take`, for many at once; `reason` goes into the ledger. Returns
        those that were still approved.
        """
        sources, target = STEPS["go_stale"]
        with taking("go_stale", reason), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cases_attribution a SET status = %s, state_note = fallen.note"
                " FROM unnest(%s::uuid[], %s::text[]) AS fallen (id, note)"
                " WHERE a.id = fallen.id AND a.status = ANY (%s) RETURNING a.id",
                [target, list(notes), list(notes.values()), list(sources)],
            )
            return {row[0] for row in cursor.fetchall()}


CLAIM_FIELDS = (
    "incident",
    "actor",
    "statement",
    "state_involvement",
    "legal_basis",
    "hypothesis",
    "likelihood",
    "confidence",
    "key_assumptions",
    "gaps",
    "source_summary",
    "contrary_search_note",
    "contrary_searched_on",
    "ai_use_note",
    "what_would_change",
    "review_by",
)
"""What the claim says; frozen from submission on."""
