"""What left the room under a lower marking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.choices import SUPERVISORS, Marking
from accounts.errors import IllegalStep
from accounts.models import User
from cases.models import Attribution, Citation, SealedPacket
from cases.workflow import Status
from evidence import storage
from evidence.choices import Custody
from evidence.models import CustodyEvent, StoredFile
from exchange.assembly import draw, lower_version, sealed_packet
from exchange.choices import Form, FreeText
from ledger import triggers
from ledger.acting import as_owner, require_person
from ledger.models import WithdrawableRecord, needed

ACROSS_FLOORS = {"on_delete": models.PROTECT, "related_name": "+"}
AS_MADE = "attribution_id,packet_id,title,form,reason,texts,left_out,sha256,size"


class Release(WithdrawableRecord):
    """A dossier that a supervisor let go under a marking below the attribution's own.

    It lies under the marking it was released under, so those it was made for can read it. Its
    bytes are kept under their SHA-256: what left can be shown again, word for word.
    """

    kind = "release"
    searched = {"title": "title", "body": ("reason",)}
    writable_by = SUPERVISORS
    extra_triggers = (triggers.keep(AS_MADE, "What was released stays as it left."),)

    attribution = models.ForeignKey(Attribution, **ACROSS_FLOORS)
    packet = models.ForeignKey(SealedPacket, **ACROSS_FLOORS)
    title = models.CharField(max_length=300, editable=False)
    form = models.CharField(max_length=10, choices=Form, default=Form.PDF)
    reason = models.TextField(help_text="For whom and what for. Readable under the release's own marking.")
    texts = ArrayField(
        models.CharField(max_length=30, choices=FreeText),
        default=list,
        blank=True,
        help_text="The texts of the claim that may leave under this marking. What is not confirmed is left out.",
    )
    left_out = models.JSONField(default=dict, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(editable=False, help_text="Bytes.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="release_has_its_hash"),
            models.CheckConstraint(
                condition=~Q(reason=""), name="release_says_why", violation_error_message="Say for whom and what for."
            ),
            models.CheckConstraint(condition=Q(form__in=Form.values), name="release_form_is_known"),
        ]
        indexes = [
            models.Index(fields=["workspace", "marking", "-id"], name="release_list"),
            models.Index(fields=["attribution"], name="release_by_attribution"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.get_marking_display()}, {self.get_form_display()}"

    def get_absolute_url(self) -> str:
        return reverse("release", args=[self.pk])

    @classmethod
    @transaction.atomic
    def release(
        cls,
        *,
        by: User,
        attribution: Attribution,
        marking: str,
        reason: str,
        form: str = Form.PDF,
        texts: Iterable[str] = (),
        **more: Any,
    ) -> Self:
        """Make a dossier under a lower marking and keep it. A supervisor in person, and never an author.

        Raises `NotYours`, `IllegalStep` (not approved) or `ValidationError` (the marking is not lower,
        no reason, or a confirmed text names what must be left out).
        """
        attribution._require_decider(by)
        _require_approved(attribution)
        _require_lower(attribution, marking)
        reason = needed(reason, "Say for whom and what for.")
        texts = [each for each in FreeText.values if each in set(texts)]
        sealed = sealed_packet(attribution)
        dossier, left_out, cited = lower_version(attribution, sealed, to=marking, texts=texts)
        sha256, size = storage.keep(ContentFile(draw(dossier, form)))
        made = cls.add(
            by=by,
            workspace_id=attribution.workspace_id,
            marking=marking,
            attribution=attribution,
            packet=sealed,
            title=dossier.title,
            form=form,
            reason=reason,
            texts=texts,
            left_out=left_out.as_json(),
            sha256=sha256,
            size=size,
            **more,
        )
        made._note_custody(by, cited)
        return made

    def _note_custody(self, by: User, cited: list[str]) -> None:
        """Each file that is quoted in what left tells so."""
        passages = Citation.objects.filter(pk__in=cited).values("passage__page__file")
        for file in StoredFile.objects.filter(pk__in=passages):
            CustodyEvent.add(by=by, file=file, action=Custody.EXPORTED, note=f"Quoted in release {self.pk}")

    def open(self):
        """The bytes as they left. A withdrawn release is not handed out again."""
        if self.status != "active":
            raise IllegalStep("This release was withdrawn, and is not handed out again.")
        return default_storage.open(storage.path_of(self.sha256))

    def standing(self) -> str:
        """Where the attribution stands now that this was made from.

        Looks past the wall: who holds a release must learn that its basis fell, and learns no more.
        """
        with as_owner():
            return Attribution.objects.values_list("status", flat=True).get(pk=self.attribution_id)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Hand it out no more; what left is known by its hash for good."""
        require_person()
        super().withdraw(by=by, reason=reason)

    def _require_open_to_change(self, names: set[str]) -> None:
        if names != {"status"}:
            raise IllegalStep("What was released stays as it left; release another version instead.")


def _require_lower(attribution: Attribution, marking: str) -> None:
    if Marking(marking).level >= Marking(attribution.marking).level:
        raise ValidationError({"marking": "Choose a marking below the attribution's own."})


def _require_approved(attribution: Attribution) -> None:
    """Hold the row, so that what is released is approved until it has left."""
    status = Attribution.objects.select_for_update().values_list("status", flat=True).get(pk=attribution.pk)
    if status != Status.APPROVED:
        raise IllegalStep(f"Only an approved attribution is released; this one is {Status(status).label.lower()}.")
