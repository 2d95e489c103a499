from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from accounts.errors import IllegalStep
from accounts.models import User
from evidence.choices import CopyGround, CopyStatus, Nature
from evidence.models.items import Derivation, EvidenceItem
from ledger import triggers
from ledger.acting import require_person, taking
from ledger.addresses import address_of
from ledger.bounded import BoundedRecord
from ledger.models import needed


class NearCopyQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Those on which nobody has decided, of items that nobody has linked otherwise meanwhile."""
        links = Derivation.objects.filter(status="active")
        forth = links.filter(item=models.OuterRef("item"), original=models.OuterRef("other"))
        back = links.filter(item=models.OuterRef("other"), original=models.OuterRef("item"))
        return self.filter(~models.Exists(forth), ~models.Exists(back), status=CopyStatus.SUGGESTED)

    def of(self, item: UUID) -> Self:
        """Those of an item, on either side."""
        return self.filter(Q(item=item) | Q(other=item))


class NearCopy(BoundedRecord):
    """Attest suggests that the texts of two items are one: a person confirms it, or dismisses it once for all.

    Found by the worker, past the wall; it is marked as the stricter item, so that nobody hears of an item that
    they may not read. `item` is the one whose text was read last. By itself it changes no count of origins.
    """

    kind = "near_copy"
    bounded_by = ("item", "other")
    extra_triggers = (
        triggers.keep("item_id,other_id,similarity,containment,ground", "What was found stays as it was found."),
    )

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="near_copies", editable=False)
    other = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="near_copies_of", editable=False)
    similarity = models.PositiveSmallIntegerField(
        editable=False, help_text="Percent of all runs of five words of both texts that both have."
    )
    containment = models.PositiveSmallIntegerField(
        editable=False, help_text="Percent of the shorter text's runs of five words that the longer one has."
    )
    ground = models.CharField(max_length=10, choices=CopyGround, editable=False)
    status = models.CharField(max_length=20, choices=CopyStatus, default=CopyStatus.SUGGESTED, editable=False)
    derivation = models.ForeignKey(
        Derivation, models.PROTECT, null=True, editable=False, related_name="+", help_text="What confirming recorded."
    )

    objects = NearCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "near copies"
        constraints = [
            models.UniqueConstraint(
                Least("item", "other"), Greatest("item", "other"), name="two_items_are_suggested_as_copies_once"
            ),
            models.CheckConstraint(condition=~Q(item=F("other")), name="item_is_no_near_copy_of_itself"),
            models.CheckConstraint(
                condition=Q(similarity__lte=100, containment__lte=100), name="likeness_is_in_percent"
            ),
            models.CheckConstraint(condition=Q(ground__in=CopyGround.values), name="copy_ground_is_known"),
            models.CheckConstraint(condition=Q(status__in=CopyStatus.values), name="copy_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=CopyStatus.CONFIRMED, derivation__isnull=False)
                | (~Q(status=CopyStatus.CONFIRMED) & Q(derivation__isnull=True)),
                name="confirmed_copy_names_its_link",
            ),
            models.CheckConstraint(
                condition=~Q(status=CopyStatus.DISMISSED) | ~Q(state_note=""), name="dismissed_copy_says_why"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "marking", "-id"], name="near_copy_list")]

    def __str__(self) -> str:
        return f"“{self.item}” reads like “{self.other}”"

    def get_absolute_url(self) -> str:
        return address_of("near_copy", self.pk)

    @property
    def sentence(self) -> str:
        """How far the texts are alike, in words."""
        if self.ground == CopyGround.INSIDE:
            return f"{self.containment} % of the shorter text stands in the longer one."
        return f"{self.similarity} % of the two texts is common to both."

    def beyond(self, item: UUID) -> EvidenceItem:
        """The other one of the two."""
        return self.other if self.item_id == item else self.item

    @property
    def presumed(self) -> EvidenceItem:
        """Which of the two probably repeats the other: the one published later, or else collected later."""
        precision = min(len(self.item.published), len(self.other.published))
        first, second = self.item.published[:precision], self.other.published[:precision]
        if first != second:
            return self.item if first > second else self.other
        return self.item if self.item.collected_at >= self.other.collected_at else self.other

    def _require_open_to_change(self, names: set[str]) -> None:
        raise IllegalStep("A suggestion is confirmed or dismissed, not edited.")

    # --- Steps ----------------------------------------------------------------------------------

    @transaction.atomic
    def confirm(
        self, *, by: User, repeating: EvidenceItem | None = None, nature: str = Nature.REPEATS, note: str = ""
    ) -> None:
        """It is so: record which repeats which, by default the later one the earlier. Both are one origin then.

        A link that somebody has recorded meanwhile is taken as it is. A person judges that: `NotYours` for a token.
        """
        require_person()
        self._require_writer(by)
        self._hold("confirm")
        link = self._linked() or self._link(by, repeating or self.presumed, nature, note)
        self._take("confirm", CopyStatus.CONFIRMED, note, derivation=link)

    @transaction.atomic
    def dismiss(self, *, by: User, reason: str) -> None:
        """It is not so, or does not matter. These two are never suggested again. A person judges that."""
        require_person()
        self._require_writer(by)
        note = needed(reason)
        self._take("dismiss", CopyStatus.DISMISSED, note, state_note=note)

    def _hold(self, step: str) -> None:
        """Lock the row; of two who decide at once the second is told."""
        waiting = NearCopy.objects.select_for_update().filter(pk=self.pk, status=CopyStatus.SUGGESTED)
        if not waiting.exists():
            raise self._too_late(step)

    def _take(self, step: str, target: str, reason: str = "", **fields: Any) -> None:
        """The one writer of the status. The filtered update is both the check and the lock."""
        with taking(step, reason):
            waiting = NearCopy.objects.filter(pk=self.pk, status=CopyStatus.SUGGESTED)
            if not waiting.update(status=target, **fields):
                raise self._too_late(step)
        self.refresh_from_db()

    def _too_late(self, step: str) -> IllegalStep:
        now = NearCopy.objects.get(pk=self.pk).get_status_display().lower()
        return IllegalStep(f"Cannot {step}: this suggestion is {now}.")

    def _linked(self) -> Derivation | None:
        """The link between the two that is there already, either way."""
        ends = Q(item=self.item_id, original=self.other_id) | Q(item=self.other_id, original=self.item_id)
        return Derivation.objects.filter(ends, status="active").first()

    def _link(self, by: User, repeating: EvidenceItem, nature: str, note: str) -> Derivation:
        if repeating.pk not in (self.item_id, self.other_id):
            raise ValidationError({"repeating": "Choose one of the two items."})
        original = self.beyond(repeating.pk)
        return Derivation.add(by=by, item=repeating, original=original, nature=nature, note=note)


class TextSignature(models.Model):
    """What is kept of an item's text to find near copies by. Nobody reads it: it is made of texts of all markings.

    No record: it is made anew whenever the text was read. `keys` are this item's rows of `Fingerprint`, and the
    MinHash signature of 128 numbers is kept so that bands can be cut anew without reading every text again.
    """

    is_closed = True

    item = models.OneToOneField(EvidenceItem, models.CASCADE, primary_key=True, related_name="+")
    shingles = models.PositiveIntegerField(help_text="0: too short to be compared.")
    signature = models.BinaryField()
    keys = ArrayField(models.BigIntegerField())
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.item_id}: {self.shingles}"


class Fingerprint(models.Model):
    """A key of an item's text: a band of its signature, or a sampled shingle. Items that share one are candidates.

    A row for each, and no array under an inverted index: a key that stands in every text (an imprint) is then
    followed only so far. It names its item without a foreign key, which would want a further index of 142 rows an item.
    """

    is_closed = True

    pk = models.CompositePrimaryKey("hash", "item_id")
    hash = models.BigIntegerField()
    item_id = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.hash}: {self.item_id}"
