from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from cases.choices import FlowCategory, FlowUnit
from cases.models.corridors import CITED, KNOWN, Corridor
from cases.models.incidents import Incident
from evidence.models import Passage
from ledger.addresses import address_of
from ledger.bounded import BoundedRecord
from ledger.fields import CountryField, PartialDateField, is_before
from ledger.models import WithdrawableRecord

ONE_OF_THEM = "A count belongs to an incident or to a corridor, one of them."


class FlowObservation(BoundedRecord, WithdrawableRecord):
    """A count over a period: a number, never a person.

    The period runs from `observed_from` to `observed_to`, both included and to the precision known; without
    `observed_to` it is the day, month or year that `observed_from` names. `low` equals `high` where the
    count is exact. Counts of different units are never added.
    """

    kind = "flow_observation"
    bounded_by = ("incident", "corridor")

    incident = models.ForeignKey(Incident, models.PROTECT, null=True, blank=True, related_name="flows")
    corridor = models.ForeignKey(Corridor, models.PROTECT, null=True, blank=True, related_name="flows")
    observed_from = PartialDateField("from", blank=False, help_text=KNOWN)
    observed_to = PartialDateField("to", help_text="Included. Empty: the day, month or year named above.")
    low = models.PositiveBigIntegerField()
    high = models.PositiveBigIntegerField(help_text="The same as low where the count is exact.")
    unit = models.CharField(max_length=20, choices=FlowUnit, help_text="Different units are never added.")
    category = models.CharField(max_length=30, choices=FlowCategory, default=FlowCategory.ALL)
    of_country = CountryField("of country", help_text="Whose nationals, like SY; empty if mixed or not said.")
    passage = models.ForeignKey(Passage, **CITED)
    note = models.TextField(blank=True, default="", help_text="How the source words it.")

    class Meta:
        ordering = ["unit", "observed_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(incident__isnull=False, corridor=None) | Q(incident=None, corridor__isnull=False),
                name="a_count_belongs_to_an_incident_or_a_corridor",
                violation_error_message=ONE_OF_THEM,
            ),
            models.CheckConstraint(
                condition=Q(low__lte=F("high")),
                name="low_is_at_most_high",
                violation_error_message="The low figure is at most the high one.",
            ),
            models.CheckConstraint(condition=Q(unit__in=FlowUnit.values), name="flow_unit_is_known"),
            models.CheckConstraint(condition=Q(category__in=FlowCategory.values), name="flow_category_is_known"),
            models.UniqueConstraint(
                fields=[
                    "incident",
                    "corridor",
                    "unit",
                    "category",
                    "of_country",
                    "observed_from",
                    "observed_to",
                    "low",
                    "high",
                    "passage",
                ],
                condition=Q(status="active"),
                nulls_distinct=False,
                name="count_is_recorded_once",
                violation_error_message="This count is recorded already.",
            ),
        ]
        indexes = [
            models.Index(fields=["incident", "unit", "observed_from"], name="flow_by_incident"),
            models.Index(fields=["corridor", "unit", "observed_from"], name="flow_by_corridor"),
            models.Index(fields=["workspace", "marking", "-id"], name="flow_list"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_unit_display().lower()}, {self.period}"

    def get_absolute_url(self) -> str:
        place = ("incident", self.incident_id) if self.incident_id else ("corridor", self.corridor_id)
        return f"{address_of(place[0], place[1])}#flow-{self.pk}"

    @classmethod
    def _completed(cls, by: User, fields: dict[str, Any]) -> dict[str, Any]:
        if len(cls(**fields).bounds()) != 1:
            raise ValidationError({"incident": ONE_OF_THEM})
        return super()._completed(by, fields)

    @property
    def number(self) -> str:
        """The count as read: `1,200` or `1,200 to 1,500`."""
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,} to {self.high:,}"

    @property
    def period(self) -> str:
        """When it was counted, in partial dates."""
        return f"{self.observed_from} to {self.observed_to}" if self.observed_to else self.observed_from

    def clean(self) -> None:
        super().clean()
        errors = {}
        if is_before(self.observed_to, self.observed_from):
            errors["observed_to"] = "The period ends after it began."
        if self.low is not None and self.high is not None and self.low > self.high:
            errors["high"] = "The low figure is at most the high one."
        if errors:
            raise ValidationError(errors)
