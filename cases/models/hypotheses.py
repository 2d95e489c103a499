"""Competing hypotheses of an incident, and what each evaluator rates the evidence against them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q

from accounts.errors import IllegalStep, NotYours, RowsRefused
from accounts.models import User
from cases.choices import CORE_HYPOTHESES, Consistency, HypothesisKind
from cases.models.incidents import ACROSS_FLOORS, Incident
from evidence.models import EvidenceItem
from ledger import triggers
from ledger.addresses import address_of
from ledger.models import Record, WithdrawableRecord


class Hypothesis(WithdrawableRecord):
    """One explanation of an incident, to be weighed against the others."""

    kind = "hypothesis"
    scoped_by = "incident"
    searched = {"anchor": "incident_id", "title": "name", "body": ("description",)}
    extra_triggers = (triggers.keep("incident_id,hypothesis_kind", "A hypothesis keeps its kind."),)

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="hypotheses")
    hypothesis_kind = models.CharField(
        "kind", max_length=30, choices=HypothesisKind, default=HypothesisKind.OTHER, editable=False
    )
    name = models.CharField(max_length=200, help_text="In a few words, like: Permissive state.")
    description = models.TextField(blank=True, default="", help_text="What would be so if it were true.")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "hypotheses"
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "hypothesis_kind"],
                condition=~Q(hypothesis_kind=HypothesisKind.OTHER),
                name="each_core_hypothesis_stands_once",
                violation_error_message="This incident has that hypothesis already.",
            ),
            models.UniqueConstraint(
                fields=["incident", "name"],
                condition=Q(status="active"),
                name="hypothesis_is_named_once_per_incident",
                violation_error_message="This incident has a hypothesis of this name already.",
            ),
            models.CheckConstraint(
                condition=Q(hypothesis_kind=HypothesisKind.OTHER) | Q(status="active"),
                name="core_hypotheses_stay",
                violation_error_message="The four hypotheses that every incident starts with stay.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("matrix", self.incident_id)

    @property
    def is_core(self) -> bool:
        return self.hypothesis_kind in CORE_HYPOTHESES

    def withdraw(self, *, by: User, reason: str) -> None:
        if self.is_core:
            raise IllegalStep("The four hypotheses that every incident starts with stay.")
        super().withdraw(by=by, reason=reason)


class MatrixRow(WithdrawableRecord):
    """An item that is weighed in the matrix without being cited."""

    kind = "matrix_row"
    scoped_by = "incident"
    extra_triggers = (triggers.keep("incident_id,item_id", "A row keeps its item."),)

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="matrix_rows")
    item = models.ForeignKey(EvidenceItem, **ACROSS_FLOORS)
    note = models.CharField("why", max_length=500, blank=True, default="", help_text="Why it bears on the question.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "item"],
                condition=Q(status="active"),
                name="item_has_one_row_per_matrix",
                violation_error_message="This item has a row already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}"

    def get_absolute_url(self) -> str:
        return f"{address_of('matrix', self.incident_id)}#row-{self.item_id}"


class Rating(Record):
    """What one analyst finds of one item against one hypothesis.

    An evaluator sees what others rated on an item only once their own row on it is whole;
    PostgreSQL holds that (`rating_is_shown`), for every door.
    """

    kind = "rating"
    scoped_by = "hypothesis"
    shown_if = "rating_is_shown(workspace_id, hypothesis_id, item_id, analyst_id)"
    extra_triggers = (
        triggers.keep("hypothesis_id,item_id,analyst_id", "A rating keeps its cell and its analyst."),
        triggers.Call(
            "rating_is_ones_own",
            name="ones_own",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    hypothesis = models.ForeignKey(Hypothesis, models.PROTECT, related_name="ratings")
    item = models.ForeignKey(EvidenceItem, **ACROSS_FLOORS)
    analyst = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    rating = models.CharField(max_length=2, choices=Consistency)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hypothesis", "item", "analyst"],
                name="analyst_rates_a_cell_once",
                violation_error_message="You have rated this cell already; change your rating.",
            ),
            models.CheckConstraint(condition=Q(rating__in=Consistency.values), name="rating_is_known"),
        ]
        indexes = [models.Index(fields=["item"], name="rating_by_item")]

    def __str__(self) -> str:
        return f"{self.get_rating_display()}"

    def get_absolute_url(self) -> str:
        return f"{self.hypothesis.get_absolute_url()}#row-{self.item_id}"

    @classmethod
    def _completed(cls, by: User, fields: dict[str, Any]) -> dict[str, Any]:
        """One rates in one's own name."""
        return super()._completed(by, {**fields, "analyst": by})

    def change(self, *, by: User, **fields) -> None:
        if by.pk != self.analyst_id:
            raise NotYours("Each evaluator rates for themselves.")
        super().change(by=by, **fields)

    def clean(self) -> None:
        super().clean()
        if self.hypothesis_id and self.hypothesis.status != "active":
            raise ValidationError({"hypothesis": "This hypothesis is withdrawn."})


@transaction.atomic
def rate_row(incident: Incident, *, by: User, item: EvidenceItem, ratings: Mapping[UUID | str, str]) -> list[Rating]:
    """Rate an item against some hypotheses (id to rating) at once; unchanged cells are left alone.

    One's own saves of one row take turns, so that the second of two at once sees what the first wrote.
    Raises `ValidationError` naming the hypothesis's id where a rating or hypothesis is unknown.
    """
    with connection.cursor() as cursor:
        turn = f"rate_row {incident.pk} {item.pk} {by.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [turn])
    hypotheses = {str(each.pk): each for each in incident.hypotheses.filter(status="active")}
    mine = Rating.objects.filter(hypothesis__incident=incident, item=item, analyst=by)
    known = {str(each.hypothesis_id): each for each in mine}
    wrong = {key: "This incident has no such hypothesis." for key in map(str, ratings) if key not in hypotheses}
    wrong |= {
        str(key): f"Rate with one of {', '.join(Consistency.values)}."
        for key, value in ratings.items()
        if value not in Consistency.values
    }
    if wrong:
        raise ValidationError(wrong)
    told = {str(key): value for key, value in ratings.items()}
    changed = [known[key] for key, value in told.items() if key in known and known[key].rating != value]
    for each in changed:
        each.change(by=by, rating=told[str(each.hypothesis_id)])
    fresh = [{"hypothesis": hypotheses[k], "item": item, "rating": told[k]} for k in told if k not in known]
    return changed + _rated(fresh, by=by)


def _rated(rows: list[dict[str, Any]], *, by: User) -> list[Rating]:
    try:
        return Rating.add_all(rows, by=by)
    except RowsRefused as refused:
        raise next(iter(refused.refusals.values())) from refused
