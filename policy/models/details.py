"""What each kind of response has of its own: a table each, one row per response."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from accounts.choices import Marking
from cases.models import Actor
from policy.choices import BorderMeasure, Offence, ProsecutionStage, ProtestForm, ResponseKind, SanctionMeasure
from policy.models.parts import OfResponse, in_the_open
from policy.models.responses import ACROSS_FLOORS, PolicyResponse


class Detail(OfResponse):
    """The fields of one kind. A response has only the detail of its own kind."""

    response_kind = ""

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.response_id and self.response.response_kind != self.response_kind:
            label = ResponseKind(self.response_kind).label.lower()
            raise ValidationError({"response": f"This belongs to a response of the kind {label}."})


class DiplomaticProtest(Detail):
    kind = "diplomatic_protest"
    response_kind = ResponseKind.DIPLOMATIC_PROTEST
    extra_triggers = (in_the_open(),)

    response = models.OneToOneField(PolicyResponse, models.PROTECT, related_name="diplomatic_protest")
    form = models.CharField(max_length=30, choices=ProtestForm)
    partners = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, help_text="Who joins, separated by commas."
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_form_display()


class Sanctions(Detail):
    kind = "sanctions"
    response_kind = ResponseKind.SANCTIONS
    extra_triggers = (in_the_open(),)

    response = models.OneToOneField(PolicyResponse, models.PROTECT, related_name="sanctions")
    programme = models.CharField(max_length=300, help_text="The regime under which it lists, like 2012/642/CFSP.")
    measures = ArrayField(models.CharField(max_length=30, choices=SanctionMeasure), default=list)
    listing_grounds = models.TextField(
        blank=True, default="", help_text="Why each target is listed, resting on cited words."
    )

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "sanctions"

    def __str__(self) -> str:
        return self.programme


class SanctionTarget(OfResponse):
    """An actor that sanctions list. Never a person on the move: actors are organised ones."""

    kind = "sanction_target"
    extra_triggers = (in_the_open(),)

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="targets")
    actor = models.ForeignKey(Actor, **ACROSS_FLOORS)
    grounds = models.TextField(blank=True, default="", help_text="Why this actor.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "actor"],
                condition=Q(status="active"),
                name="an_actor_is_listed_once_per_response",
                violation_error_message="This actor is a target already.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.actor)


class BorderEnforcement(Detail):
    kind = "border_enforcement"
    response_kind = ResponseKind.BORDER_ENFORCEMENT
    extra_triggers = (in_the_open(),)

    response = models.OneToOneField(PolicyResponse, models.PROTECT, related_name="border_enforcement")
    section = models.CharField(max_length=300, help_text="The section or crossing points that it covers.")
    measure = models.CharField(max_length=30, choices=BorderMeasure)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True, help_text="A measure without an end is not approved.")
    derogations = models.TextField(blank=True, default="", help_text="Derogations asked for, and from what.")
    necessity = models.TextField(blank=True, default="", help_text="Why nothing milder would do.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="border_measure_ends_after_it_starts",
                violation_error_message="It ends after it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()}: {self.section}"


class IntelligenceCooperation(Detail):
    kind = "intelligence_cooperation"
    response_kind = ResponseKind.INTELLIGENCE_COOPERATION
    extra_triggers = (in_the_open(),)

    response = models.OneToOneField(PolicyResponse, models.PROTECT, related_name="intelligence_cooperation")
    partners = ArrayField(models.CharField(max_length=200), default=list, help_text="Separated by commas.")
    product = models.CharField(max_length=300, help_text="What is shared.")
    highest_marking = models.CharField(
        max_length=20, choices=Marking, default=Marking.GREEN, help_text="The strictest marking that is shared."
    )
    agreement = models.CharField(max_length=300, blank=True, default="", help_text="Under which agreement.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.product


class Prosecution(Detail):
    """Of organised actors; never of a state, and never of people on the move. Defendants are a number."""

    kind = "prosecution"
    response_kind = ResponseKind.PROSECUTION
    extra_triggers = (in_the_open(),)

    response = models.OneToOneField(PolicyResponse, models.PROTECT, related_name="prosecution")
    jurisdiction = models.CharField(max_length=200)
    offence = models.CharField(max_length=20, choices=Offence)
    statute = models.CharField(max_length=300, blank=True, default="")
    stage = models.CharField(max_length=20, choices=ProsecutionStage, default=ProsecutionStage.REFERRAL)
    defendants = models.PositiveIntegerField(null=True, blank=True, help_text="How many; never who.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_offence_display()}, {self.jurisdiction}"


DETAILS = {
    each.response_kind.value: each
    for each in (DiplomaticProtest, Sanctions, BorderEnforcement, IntelligenceCooperation, Prosecution)
}
"""The table of each kind."""
