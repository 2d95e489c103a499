from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Left, Length

from ledger.addresses import address_of
from ledger.fields import PartialDateField
from ledger.models import WithdrawableRecord
from policy.choices import ResponseKind


class LegalProvisionQuerySet(models.QuerySet):
    def fitting(self, kind: str) -> "LegalProvisionQuerySet":
        """Those that a response of this kind may rely on: the same as `fits`, in SQL."""
        return self.filter(Q(kinds__contains=[kind]) | Q(kinds=[]))

    def in_force_on(self, day: str) -> "LegalProvisionQuerySet":
        """Law on a day, month or year: the same as `is_in_force_on`, in SQL."""
        length = Length("in_force_to")
        began = Q(in_force_from="") | Q(began__lte=day)
        last = Q(in_force_to="") | Q(in_force_to__gte=Left(Value(day), length))
        return self.alias(began=Left("in_force_from", len(day))).filter(began, last)


class LegalProvision(WithdrawableRecord):
    """An article of a law that permits a measure, with the safeguards it sets. Each workspace keeps its own library."""

    kind = "legal_provision"
    searched = {"title": "instrument", "body": ("article", "permits", "safeguards", "jurisdiction")}

    key = models.SlugField(
        max_length=60, blank=True, default="", editable=False, help_text="Its name in the library that comes along."
    )
    instrument = models.CharField(max_length=300)
    article = models.CharField(max_length=100, blank=True, default="")
    jurisdiction = models.CharField(max_length=100, help_text="A state, the European Union, or international.")
    permits = models.TextField(help_text="What it permits or asks for, in your own words.")
    safeguards = models.TextField(blank=True, default="", help_text="What it forbids, or asks for in return.")
    url = models.URLField("address", max_length=1000, blank=True, default="")
    kinds = ArrayField(
        models.CharField(max_length=30, choices=ResponseKind),
        default=list,
        blank=True,
        help_text="The kinds of response that may rely on it.",
    )
    is_safeguard_only = models.BooleanField(
        "sets limits only", default=False, help_text="It permits no measure by itself, like the ban on return."
    )
    in_force_from = PartialDateField(help_text="As known: 2021, 2021-07 or 2021-07-02.")
    in_force_to = PartialDateField(help_text="Empty while it is in force.")
    tests = ArrayField(
        models.CharField(max_length=500),
        default=list,
        blank=True,
        help_text="Conditions that it sets, each a sentence.",
    )

    objects = LegalProvisionQuerySet.as_manager()

    class Meta:
        ordering = ["jurisdiction", "instrument", "article"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "instrument", "article"],
                condition=Q(status="active"),
                name="provision_stands_once_per_workspace",
                violation_error_message="This workspace's library has this article already.",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "marking", "-id"], name="provision_list")]

    def __str__(self) -> str:
        return f"{self.instrument}, {self.article}" if self.article else self.instrument

    def get_absolute_url(self) -> str:
        return address_of("legal_provision", self.pk)

    def clean(self) -> None:
        super().clean()
        if self.in_force_from and self.in_force_to and self.in_force_to < self.in_force_from[: len(self.in_force_to)]:
            raise ValidationError({"in_force_to": "It ends after it began."})

    def fits(self, kind: str) -> bool:
        """Whether a response of this kind may rely on it. One that names no kinds serves any."""
        return not self.kinds or kind in self.kinds

    def is_in_force_on(self, day: str) -> bool:
        """Whether it was law on a day, month or year (ISO 8601), as far as its own dates are known."""
        began = not self.in_force_from or day >= self.in_force_from[: len(day)]
        return began and (not self.in_force_to or day[: len(self.in_force_to)] <= self.in_force_to)
