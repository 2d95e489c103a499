from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.errors import IllegalStep
from accounts.models import User
from cases.choices import (
    ACCUSING_FORMS,
    CORE_HYPOTHESES,
    ClaimForm,
    EngineeredType,
    IncidentStatus,
    InvolvementRole,
    MobilityClass,
    Severity,
    Vector,
)
from cases.models.actors import Actor
from cases.signals import claim_withdrawn
from evidence.models import EvidenceItem, Passage, Source
from evidence.models.weighing import Weighing
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.fields import CountryField, PartialDateField, is_before
from ledger.models import Record, WithdrawableRecord

ACROSS_FLOORS = {"on_delete": models.PROTECT, "related_name": "+"}


def countries(help_text: str) -> ArrayField:
    return ArrayField(CountryField(blank=False), default=list, blank=True, help_text=help_text)


class ReferenceCounter(models.Model):
    """The last number given to an incident of a workspace in a year."""

    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "year"], name="one_counter_per_workspace_and_year")]

    def __str__(self) -> str:
        return f"{self.workspace} {self.year}: {self.last}"

    @classmethod
    def take(cls, workspace_id: UUID, count: int = 1) -> list[str]:
        """This year's next free references. The row stays locked until the transaction ends: no gaps."""
        year = timezone.now().year
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_referencecounter AS counter (workspace_id, year, last) VALUES (%s, %s, %s) "
                "ON CONFLICT (workspace_id, year) DO UPDATE SET last = counter.last + excluded.last RETURNING last",
                [workspace_id, year, count],
            )
            last = cursor.fetchone()[0]
        return [f"INC-{year}-{number:04}" for number in range(last - count + 1, last + 1)]


class Incident(Weighing, Record):
    """A bounded event or campaign in which movement across a border may have been used as leverage."""

    kind = "incident"
    searched = {"title": "title", "body": ("reference", "summary", "border_section", "corridor")}
    weighs = ("target_countries",)

    reference = models.CharField(max_length=20, editable=False)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True, default="")
    began = PartialDateField(help_text="As known: 2021, 2021-07 or 2021-07-02.")
    ended = PartialDateField(help_text="As known; empty while it continues.")
    target_countries = countries("Two-letter codes separated by commas, like PL, LT.")
    transit_countries = countries("Two-letter codes separated by commas.")
    origin_countries = countries("Two-letter codes separated by commas.")
    border_section = models.CharField(max_length=300, blank=True, default="")
    along = models.ForeignKey(
        "cases.Corridor", models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name="corridor"
    )
    corridor = models.CharField("corridor in words", max_length=300, blank=True, default="")
    latitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text="Decimal degrees, WGS 84.",
    )
    longitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text="Decimal degrees, WGS 84.",
    )
    vectors = ArrayField(models.CharField(max_length=40, choices=Vector), default=list, blank=True)
    engineered_type = models.CharField(
        max_length=20, choices=EngineeredType, default=EngineeredType.DISPUTED, help_text="After Greenhill."
    )
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.THREE)
    status = models.CharField(max_length=20, choices=IncidentStatus, default=IncidentStatus.OPEN)
    lead = models.ForeignKey("accounts.User", null=True, blank=True, **ACROSS_FLOORS)
    mobility_class = ArrayField(models.CharField(max_length=30, choices=MobilityClass), default=list, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "reference"], name="reference_is_used_once_per_workspace"),
            models.CheckConstraint(condition=Q(severity__gte=1, severity__lte=5), name="severity_is_one_to_five"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                name="a_point_has_both_coordinates",
                violation_error_message="Give both latitude and longitude, or neither.",
            ),
            models.CheckConstraint(condition=Q(status__in=IncidentStatus.values), name="incident_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status=IncidentStatus.WITHDRAWN) | ~Q(state_note=""), name="withdrawn_incident_says_why"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "marking", "-id"], name="incident_list")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return address_of("incident", self.pk)

    @classmethod
    @transaction.atomic
    def add(cls, *, by: User, **fields) -> Self:
        """Record an incident under the next reference of its workspace, with its four hypotheses."""
        (reference,) = ReferenceCounter.take(_room(fields))
        incident = super().add(by=by, reference=reference, **fields)
        _open_hypotheses([incident], by=by)
        return incident

    @classmethod
    @transaction.atomic
    def add_all(cls, rows: Sequence[dict[str, Any]], *, by: User) -> list[Self]:
        """Many incidents, each with its reference and its four hypotheses."""
        rooms = Counter(_room(fields) for fields in rows)
        free = {room: iter(ReferenceCounter.take(room, count)) for room, count in rooms.items()}
        numbered = [{**fields, "reference": next(free[_room(fields)])} for fields in rows]
        incidents = cls._add_together(numbered, by=by)
        _open_hypotheses(incidents, by=by)
        return incidents

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take an incident out of use, one recorded twice for instance. It stays readable."""
        self._require_writer(by)
        if not reason.strip():
            raise ValidationError({"reason": "Say why."})
        with taking("withdraw", reason):
            in_use = Incident.objects.filter(pk=self.pk).exclude(status=IncidentStatus.WITHDRAWN)
            if not in_use.update(status=IncidentStatus.WITHDRAWN, state_note=reason.strip()):
                raise IllegalStep("This incident is withdrawn already.")
        self.refresh_from_db()

    def clean(self) -> None:
        super().clean()
        if is_before(self.ended, self.began):
            raise ValidationError({"ended": "An incident ends after it began."})
        if self.status == IncidentStatus.WITHDRAWN:
            raise ValidationError({"status": "An incident is withdrawn by a step of its own, with a reason."})


def _room(fields: dict[str, Any]) -> UUID:
    return fields["workspace"].pk if "workspace" in fields else fields["workspace_id"]


def _open_hypotheses(incidents: list[Incident], *, by: User) -> None:
    """Every incident begins with the four explanations that are always asked about."""
    hypotheses = Incident.hypotheses.rel.related_model
    hypotheses.add_all(
        [
            {"incident": incident, "hypothesis_kind": kind, "name": kind.label}
            for incident in incidents
            for kind in CORE_HYPOTHESES
        ],
        by=by,
    )


class Involvement(WithdrawableRecord):
    """An actor's part in an incident, as alleged or known."""

    kind = "involvement"
    scoped_by = "incident"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="involvements")
    actor = models.ForeignKey(Actor, models.PROTECT, related_name="involvements")
    role = models.CharField(max_length=30, choices=InvolvementRole)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "actor", "role"],
                condition=Q(status="active"),
                name="actor_has_a_role_once_per_incident",
                violation_error_message="This actor has this role in the incident already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} as {self.get_role_display().lower()}"

    def get_absolute_url(self) -> str:
        return self.incident.get_absolute_url()


class PublicClaim(WithdrawableRecord):
    """Who said who did it. No endorsement: it stands apart from our own judgement."""

    kind = "public_claim"
    scoped_by = "incident"
    searched = {"anchor": "incident_id", "title": "claimant", "body": ("what",)}

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="claims")
    actor = models.ForeignKey(Actor, models.PROTECT, null=True, blank=True, related_name="claims")
    claimant = models.CharField(max_length=300, help_text="Who said it.")
    source = models.ForeignKey(Source, null=True, blank=True, **ACROSS_FLOORS)
    made = PartialDateField("date", help_text="As known: 2021, 2021-07 or 2021-07-02.")
    form = models.CharField(max_length=30, choices=ClaimForm)
    what = models.TextField(help_text="What was said, in your own words.")
    item = models.ForeignKey(
        EvidenceItem,
        null=True,
        blank=True,
        help_text="Where it can be read. Empty: unsourced, to verify.",
        **ACROSS_FLOORS,
    )
    passage = models.ForeignKey(Passage, null=True, blank=True, **ACROSS_FLOORS)

    class Meta:
        ordering = [F("made").asc(), "id"]
        indexes = [models.Index(fields=["incident", "made"], name="claim_by_incident")]

    def __str__(self) -> str:
        return f"{self.claimant}: {self.what}"

    def get_absolute_url(self) -> str:
        return f"{self.incident.get_absolute_url()}#claim-{self.pk}"

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take it out of use; whatever repeats it learns of it."""
        super().withdraw(by=by, reason=reason)
        claim_withdrawn.send(PublicClaim, claim=self, by=by)

    @property
    def accuses(self) -> bool:
        """Whether it says that somebody did it. A denial does not."""
        return self.form in ACCUSING_FORMS

    @property
    def is_sourced(self) -> bool:
        """Whether a document is named in which the claim can be read."""
        return self.item_id is not None or self.passage_id is not None
