from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.choices import STATE_KINDS, ActorKind
from evidence.models.weighing import Weighing
from ledger.addresses import address_of
from ledger.fields import CountryField
from ledger.models import WithdrawableRecord


class Actor(Weighing, WithdrawableRecord):
    """A state, organ, organisation or network. Never a person on the move.

    A shared alias never makes two actors one: aliases help to find, nothing else.
    """

    kind = "actor"
    searched = {"title": "name", "body": ("aliases", "description")}
    weighs = ("actor_kind",)

    name = models.CharField(max_length=300)
    actor_kind = models.CharField("kind", max_length=30, choices=ActorKind)
    aliases = ArrayField(models.CharField(max_length=300), default=list, blank=True, help_text="Separated by commas.")
    country = CountryField()
    description = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(actor_kind__in=ActorKind.values), name="actor_kind_is_known"),
            models.UniqueConstraint(
                fields=["workspace", "name", "actor_kind"],
                condition=Q(status="active"),
                name="actor_is_named_once_per_workspace_and_kind",
                violation_error_message="This workspace has an actor of this name and kind already.",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "marking", "-id"], name="actor_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("actor", self.pk)

    @property
    def is_state(self) -> bool:
        """Whether its conduct is a state's own."""
        return self.actor_kind in STATE_KINDS
