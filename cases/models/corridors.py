from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from cases.choices import Activity
from cases.geography import validate_crossing_points, validate_line
from cases.models.actors import Actor
from evidence.models import Passage
from ledger.addresses import address_of
from ledger.fields import CountryField, PartialDateField, is_before
from ledger.models import WithdrawableRecord

KNOWN = "As known: 2021, 2021-07 or 2021-07-02."
CITED: dict[str, Any] = {
    "on_delete": models.PROTECT,
    "related_name": "+",
    "null": True,
    "blank": True,
    "help_text": "The words it comes from. Empty: unsourced, to verify.",
}


class Corridor(WithdrawableRecord):
    """A route along which people move or are moved.

    `line` holds [longitude, latitude] points in decimal degrees (WGS 84), in the direction of travel;
    `crossing_points` hold a name and such a point each.
    """

    kind = "corridor"
    searched = {"title": "name", "body": ("description",)}

    name = models.CharField(max_length=300)
    countries = ArrayField(
        CountryField(blank=False), default=list, blank=True, help_text="Two-letter codes with commas between."
    )
    line = models.JSONField(default=list, blank=True, validators=[validate_line])
    crossing_points = models.JSONField(default=list, blank=True, validators=[validate_crossing_points])
    description = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"],
                condition=Q(status="active"),
                name="corridor_is_named_once_per_workspace",
                violation_error_message="This workspace has a corridor of this name already.",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "marking", "-id"], name="corridor_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("corridor", self.pk)


class CorridorPresence(WithdrawableRecord):
    """What an actor does on a corridor, from when to when, and the words that say so."""

    kind = "corridor_presence"
    scoped_by = "corridor"

    corridor = models.ForeignKey(Corridor, models.PROTECT, related_name="presences")
    actor = models.ForeignKey(Actor, models.PROTECT, related_name="presences")
    activity = models.CharField("what it does there", max_length=30, choices=Activity)
    since = PartialDateField(help_text=KNOWN)
    until = PartialDateField(help_text="As known; empty while it continues.")
    passage = models.ForeignKey(Passage, **CITED)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["activity", "since", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(activity__in=Activity.values), name="activity_is_known"),
            models.UniqueConstraint(
                fields=["corridor", "actor", "activity", "since"],
                condition=Q(status="active"),
                name="presence_is_recorded_once",
                violation_error_message="This presence is recorded already.",
            ),
        ]
        indexes = [models.Index(fields=["actor"], name="presence_by_actor")]

    def __str__(self) -> str:
        return f"{self.actor} {self.get_activity_display().lower()} on {self.corridor}"

    def get_absolute_url(self) -> str:
        return f"{address_of('corridor', self.corridor_id)}#presence-{self.pk}"

    def clean(self) -> None:
        super().clean()
        if is_before(self.until, self.since):
            raise ValidationError({"until": "It ends after it began."})
