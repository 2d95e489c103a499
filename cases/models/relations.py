from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from cases.choices import MUTUAL, Relation
from cases.models.actors import Actor
from cases.models.corridors import CITED, KNOWN
from evidence.models import Passage
from ledger.addresses import address_of
from ledger.bounded import BoundedRecord
from ledger.fields import PartialDateField, is_before
from ledger.models import WithdrawableRecord


class ActorRelation(BoundedRecord, WithdrawableRecord):
    """How one actor stands to another: who controls, directs, funds or supplies whom."""

    kind = "actor_relation"
    bounded_by = ("from_actor", "to_actor")

    from_actor = models.ForeignKey(Actor, models.PROTECT, related_name="relations_from", verbose_name="from")
    to_actor = models.ForeignKey(Actor, models.PROTECT, related_name="relations_to", verbose_name="to")
    relation = models.CharField(max_length=20, choices=Relation)
    since = PartialDateField(help_text=KNOWN)
    until = PartialDateField(help_text="As known; empty while it continues.")
    passage = models.ForeignKey(Passage, **CITED)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["relation", "since", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="relation_is_known"),
            models.CheckConstraint(
                condition=~Q(from_actor=F("to_actor")),
                name="no_actor_is_related_to_itself",
                violation_error_message="An actor is not related to itself.",
            ),
            models.UniqueConstraint(
                fields=["from_actor", "to_actor", "relation", "since"],
                condition=Q(status="active"),
                name="relation_is_recorded_once",
                violation_error_message="This relation is recorded already.",
            ),
        ]
        indexes = [
            models.Index(fields=["to_actor"], name="relation_to"),
            models.Index(fields=["workspace", "marking", "-id"], name="relation_list"),
        ]

    def __str__(self) -> str:
        return f"{self.from_actor} {self.get_relation_display().lower()} {self.to_actor}"

    def get_absolute_url(self) -> str:
        return f"{address_of('actor', self.from_actor_id)}#relation-{self.pk}"

    @property
    def is_mutual(self) -> bool:
        """Whether it holds both ways."""
        return self.relation in MUTUAL

    def clean(self) -> None:
        super().clean()
        if is_before(self.until, self.since):
            raise ValidationError({"until": "It ends after it began."})
