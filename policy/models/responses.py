"""Policy responses: what we recommend against what was found, resting on it."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.choices import SUPERVISORS, WRITERS
from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from cases.standing import members_of
from ledger import triggers
from ledger.acting import require_person, taking
from ledger.addresses import address_of
from ledger.fields import PartialDateField
from ledger.models import PERSON, needed
from policy import gate, seal, telling
from policy.choices import ResponseKind
from policy.ground import ground_of
from policy.models.on_record import OnRecord
from policy.querysets import PolicyResponseQuerySet
from policy.workflow import FORWARD, OPEN_TO_EDIT, OVER, STEPS, Basis, Status, refusal

ACROSS_FLOORS = {"on_delete": models.PROTECT, "related_name": "+"}


class PolicyResponse(OnRecord):
    """One measure against a hostile act, from proposal to its end: proposed, reviewed and approved by three people."""

    kind = "policy_response"
    searched = {"title": "title", "body": ("objective", "addressee", "remarks")}
    extra_triggers = (
        triggers.keep("author_id,response_kind", "A response keeps who proposed it and its kind."),
        triggers.Call(
            "response_keeps_its_life",
            name="life",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    title = models.CharField(max_length=300)
    response_kind = models.CharField("kind", max_length=30, choices=ResponseKind)
    objective = models.TextField(blank=True, default="", help_text="What it is to bring about.")
    addressee = models.CharField(max_length=300, blank=True, default="", help_text="To whom it is addressed.")
    measure_date = PartialDateField("date of the measure", help_text="When it is or was taken, as known.")
    due = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, **ACROSS_FLOORS)
    taken_by = models.CharField(max_length=300, blank=True, default="", help_text="The state or body that takes it.")
    remarks = models.TextField(blank=True, default="")
    is_on_record = models.BooleanField(
        default=False, editable=False, help_text="A measure that others took, recorded for reference."
    )
    package = models.CharField(
        max_length=200, blank=True, default="", help_text="Responses of the same package belong together."
    )
    place = models.PositiveIntegerField("place in the package", default=1)

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.PROPOSED, editable=False)
    basis = models.CharField(max_length=20, choices=Basis, default=Basis.SOUND, editable=False)
    basis_note = models.TextField(blank=True, default="", editable=False)
    round = models.PositiveIntegerField(default=0, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    approved_at = models.DateTimeField(null=True, editable=False)
    gate_result = models.JSONField(null=True, editable=False)
    seal = models.CharField(max_length=64, blank=True, default="", editable=False)

    objects = PolicyResponseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="response_status_is_known"),
            models.CheckConstraint(condition=Q(response_kind__in=ResponseKind.values), name="response_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.APPROVED, Status.IN_FORCE, Status.COMPLETED, Status.LIFTED])
                | Q(is_on_record=True)
                | Q(
                    approver__isnull=False,
                    approved_at__isnull=False,
                    seal__regex=r"^[0-9a-f]{64}$",
                    gate_result__passed=True,
                ),
                name="approved_response_has_approver_seal_and_passed_gate",
            ),
            models.CheckConstraint(
                condition=Q(approver=None) | ~Q(approver=models.F("author")),
                name="nobody_approves_their_own_response",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.DECLINED, Status.LIFTED, Status.WITHDRAWN]) | ~Q(state_note=""),
                name="declined_lifted_and_withdrawn_responses_say_why",
            ),
            models.CheckConstraint(
                condition=~Q(basis=Basis.IN_QUESTION) | ~Q(basis_note=""), name="basis_in_question_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "marking", "-id"], name="response_list"),
            models.Index(fields=["workspace", "status"], name="response_board"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("policy_response", self.pk)

    # --- What it is -----------------------------------------------------------------------------

    @property
    def is_open_to_edit(self) -> bool:
        return self.status in OPEN_TO_EDIT

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.due < timezone.localdate() and self.status not in OVER

    @property
    def is_in_question(self) -> bool:
        """Whether something under it moved, and nobody has said yet whether it stands."""
        return self.basis == Basis.IN_QUESTION and self.status not in OVER

    @property
    def taken_on(self) -> str:
        """The date of the measure as known; of a border measure without one, the day on which it starts. Queries."""
        starts = getattr(getattr(self, "border_enforcement", None), "starts", None)
        return self.measure_date or (starts.isoformat() if starts else "")

    @property
    def detail(self):
        """What its kind has of its own, or None. Queries."""
        return getattr(self, self.response_kind, None)

    def gate(self, *, approver: User | None = None):
        """The gate as it stands now; with `approver`, as it would stand if they approved."""
        return gate.evaluate(ground_of(self, approver=approver))

    def reviews_of_this_round(self):
        return self.reviews.filter(round=self.round).select_related("reviewer").order_by("pk")

    # --- Proposing --------------------------------------------------------------------------------

    @classmethod
    def add(cls, *, by: User, **fields: Any) -> Self:
        """Propose. Who proposes is the author, for good, and the owner until another is named."""
        if fields.get("owner") is None:
            fields["owner"] = by
        if fields["owner"] != by:
            _require_member(fields["owner"], fields)
        return super().add(by=by, author=by, **fields)

    # --- The steps --------------------------------------------------------------------------------

    @transaction.atomic
    def submit(self, *, by: User) -> None:
        """Ask for review. From then on nothing in it moves."""
        self._require_worker(by)
        self._take("submit", by=by, round=models.F("round") + 1, submitted_at=timezone.now(), state_note="")
        telling.submitted(self, by=by)

    @transaction.atomic
    def approve(self, *, by: User, note: str = "") -> None:
        """Accept and seal it. Nobody approves their own."""
        self._require_decider(by)
        self._lock("approve")
        ground = ground_of(self, approver=by, verify=True)
        result = gate.evaluate(ground)
        if not result.is_passed:
            raise IllegalStep("The gate does not let this pass yet.", checks=result.checks)
        sealed = self.packets.model.add(
            by=by, response=self, round=self.round, **seal.seal(self, ground, result, approver=by, note=note)
        )
        self._take(
            "approve",
            by=by,
            reason=note,
            approver=by,
            approved_at=timezone.now(),
            gate_result=result.as_json(),
            seal=sealed.sha256,
        )
        telling.approved(self, by=by)

    @transaction.atomic
    def return_(self, *, by: User, reason: str) -> None:
        """Send it back with what is to be mended."""
        self._require_decider(by)
        self._take("return", by=by, reason=needed(reason, "Say what is to be mended."))
        telling.returned(self, by=by)

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        self._require_decider(by)
        self._take("decline", by=by, reason=needed(reason, "Say why it is declined."))
        telling.declined(self, by=by)

    @transaction.atomic
    def put_in_force(self, *, by: User, note: str = "") -> None:
        self._require_worker(by)
        self._take("put_in_force", by=by, reason=note)

    @transaction.atomic
    def complete(self, *, by: User, note: str = "") -> None:
        self._require_worker(by)
        self._take("complete", by=by, reason=note)

    @transaction.atomic
    def lift(self, *, by: User, reason: str) -> None:
        require_person()
        self._require_worker(by)
        self._take("lift", by=by, reason=needed(reason, "Say why it is lifted."))

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        require_person()
        self._require_worker(by)
        self._take("withdraw", by=by, reason=needed(reason, "Say why."))

    # --- Its basis: put in question by PostgreSQL when what it rests on moves (`response_basis_falls`) ---

    @transaction.atomic
    def confirm_basis(self, *, by: User, reason: str) -> None:
        """Say, after looking, that it stands although something under it moved."""
        self._require_decider(by, own_work="Somebody else must confirm the basis of your response.")
        why = needed(reason, "Say why it stands.")
        with taking("confirm_basis", why):
            ready = PolicyResponse.objects.filter(pk=self.pk, basis=Basis.IN_QUESTION)
            if not ready.update(basis=Basis.CONFIRMED, basis_note=why):
                raise IllegalStep("The basis of this response is not in question.")
        self.refresh_from_db()

    # --- Who may, and the one writer of the status --------------------------------------------------

    def _require_worker(self, by: User) -> None:
        self._require_writer(by)
        if by.pk not in (self.author_id, self.owner_id) and by.role_in(self.workspace_id) not in SUPERVISORS:
            raise NotYours("Only its author, its owner or a supervisor may do this.")

    def _require_decider(self, by: User, own_work: str = "Another supervisor must decide on your response.") -> None:
        self._require_writer(by, SUPERVISORS)
        require_person()
        if by.pk == self.author_id:
            raise NotYours(own_work)

    def _require_open_to_change(self, names: set[str]) -> None:
        work = {"owner", "due", "place", "package"}
        if not self.is_open_to_edit and not (names and names <= work) and not self.is_on_record:
            raise IllegalStep(f"The response is {self.get_status_display().lower()}: nothing in it can be changed.")

    def change(self, *, by: User, **fields: Any) -> None:
        """Edit the proposal, or, later on, who owns it and when it is due."""
        self._require_worker(by)
        if fields.get("owner") and fields["owner"].pk != self.owner_id:
            _require_member(fields["owner"], {"workspace_id": self.workspace_id, "marking": self.marking, **fields})
        super().change(by=by, **fields)

    def _lock(self, step: str) -> None:
        locked = PolicyResponse.objects.select_for_update().filter(pk=self.pk)
        self.status, self.round, self.basis = locked.values_list("status", "round", "basis").get()
        self._require_step(step)

    def _require_step(self, step: str) -> None:
        if self.status not in STEPS[step].sources:
            raise IllegalStep(refusal(step, self.status))
        if step in FORWARD and self.basis == Basis.IN_QUESTION:
            raise IllegalStep("Its basis is in question: someone must confirm it, or withdraw the response, first.")

    def _take(self, step: str, *, by: User, reason: str = "", **fields: Any) -> None:
        """Move along one step. The filtered update is both the check and the lock."""
        sources, target = STEPS[step]
        if reason:
            fields.setdefault("state_note", reason)
        ready = PolicyResponse.objects.filter(pk=self.pk, status__in=sources)
        if step in FORWARD:
            ready = ready.exclude(basis=Basis.IN_QUESTION)
        with taking(step, reason):
            if not ready.update(status=target, **fields):
                self.refresh_from_db()
                self._require_step(step)
        self.refresh_from_db()


def _require_member(owner: User, fields: dict[str, Any]) -> None:
    """Whoever owns a response works in its room and may read it."""
    room = fields.get("workspace_id") or fields["workspace"].pk
    marking = fields.get("marking") or PolicyResponse._meta.get_field("marking").get_default()
    if not members_of(room, marking, WRITERS).filter(pk=owner.pk).exists():
        raise ValidationError({"owner": "Choose somebody who works in this workspace and may read the response."})
