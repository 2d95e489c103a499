import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from accounts.models import User
from evidence.choices import Reliability, SourceClass
from evidence.models.typed import TypedRecord
from evidence.models.weighing import Weighing
from ledger import triggers
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.fields import CountryField
from ledger.models import WithdrawableRecord


class Source(Weighing, TypedRecord, WithdrawableRecord):
    """Who speaks: a ministry, a court, an agency, an outlet, a researcher, a network.

    Sources with the same owner are one origin: what they say in chorus counts once.
    """

    kind = "source"
    searched = {"title": "name", "body": ("homepage", "description")}
    typed = ("name", "description")
    weighs = ("source_class", "country", "owner")
    leans_on = "owner"
    extra_triggers = (
        triggers.Call(
            "source_has_no_cycle",
            name="no_cycle",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("owner_id"),
        ),
    )

    name = models.CharField(max_length=300)
    source_class = models.CharField("class", max_length=30, choices=SourceClass)
    country = CountryField()
    owner = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="owned", help_text="Same owner, same origin."
    )
    homepage = models.URLField(max_length=500, blank=True, default="")
    description = models.TextField(blank=True, default="")
    reliability = models.CharField(max_length=1, choices=Reliability, default=Reliability.F)
    reliability_reason = models.TextField("reason for the grade", blank=True, default="")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(reliability__in=Reliability.values), name="reliability_is_a_to_f"),
            models.CheckConstraint(
                condition=Q(owner=None) | ~Q(owner=F("id")),
                name="source_does_not_own_itself",
                violation_error_message="A source cannot own itself.",
            ),
            models.UniqueConstraint(
                fields=["workspace", "name"],
                condition=Q(status="active"),
                name="source_is_named_once_per_workspace",
                violation_error_message="This workspace has a source of this name already.",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "marking", "-id"], name="source_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("source", self.pk)

    def clean(self) -> None:
        super().clean()
        if self.owner_id != self.pk and self.pk in self.owners():
            raise ValidationError({"owner": "This would make the source an owner of its own owner."})

    def owners(self) -> list:
        """Ids of the owners above this source, nearest first, as far as one may read them. Queries once per owner.

        PostgreSQL looks past that, and refuses a circle of owners whoever closes it.
        """
        found, above = [], self.owner_id
        while above and above not in found:
            found.append(above)
            above = Source.objects.filter(pk=above).values_list("owner", flat=True).first()
        return found

    @transaction.atomic
    def regrade(self, *, by: User, reliability: str, reason: str, version: int | None = None) -> None:
        """Judge the source anew. The reason is asked for; the ledger keeps every grade."""
        self._require_writer(by)
        if not reason.strip():
            raise ValidationError({"reason": "Say why the grade changes."})
        self.reliability, self.reliability_reason = reliability, reason.strip()
        self.full_clean()
        with taking("regrade", reason):
            self._update(version or self.version, reliability=reliability, reliability_reason=self.reliability_reason)
        self.say_moved(by=by, reason=f"{self} is now graded {reliability}: {self.reliability_reason}")

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take the source out of use: what it gave us carries nothing any more, nor does what repeats it."""
        super().withdraw(by=by, reason=reason)
        self.say_moved(by=by, reason=f"The source {self} was withdrawn: {reason.strip()}")
