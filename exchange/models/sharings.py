"""What left the house: a product that was shared with a partner."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.choices import Marking, strictest
from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from evidence import storage
from evidence.choices import Custody
from evidence.models import CustodyEvent, EvidenceItem, StoredFile
from exchange.agreed import SharedProduct, agreed_of, product_for, why_not_shared
from exchange.assembly import draw
from exchange.choices import Form, SharingStatus
from ledger import triggers
from ledger.acting import current_actor, taking
from ledger.bounded import BoundedRecord
from ledger.models import WithdrawableRecord, needed
from policy.models import PolicyResponse

AS_SHARED = "response_id,partner,under,form,title,included,held_back,sha256,size"


class Sharing(BoundedRecord, WithdrawableRecord):
    """What was handed to a partner of a response, under which marking, byte for byte.

    It lies where its response lies, and at least under the marking that it was shared under. Its
    bytes are kept under their SHA-256. `included` lists kind, id and version of what is in it;
    `held_back` says by kind how much was not.
    """

    kind = "sharing"
    bounded_by = ("response",)
    searched = {"title": "title", "body": ("partner",)}
    extra_triggers = (
        triggers.keep(AS_SHARED, "What was shared stays as it left."),
        triggers.Call(
            "sharing_keeps_to_what_was_agreed",
            name="agreed",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="sharings")
    partner = models.CharField(max_length=200, help_text="One of the response's partners.")
    under = models.CharField("shared under", max_length=20, choices=Marking)
    form = models.CharField(max_length=10, choices=Form, default=Form.PDF)
    title = models.CharField(max_length=300, editable=False)
    included = models.JSONField(default=list, editable=False)
    held_back = models.JSONField(default=dict, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(editable=False, help_text="Bytes.")
    status = models.CharField(max_length=20, choices=SharingStatus, default=SharingStatus.SHARED, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="sharing_has_its_hash"),
            models.CheckConstraint(condition=Q(form__in=Form.values), name="sharing_form_is_known"),
            models.CheckConstraint(condition=Q(under__in=Marking.values), name="sharing_marking_is_known"),
            models.CheckConstraint(condition=Q(status__in=SharingStatus.values), name="sharing_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status=SharingStatus.RECALLED) | ~Q(state_note=""), name="recalled_sharing_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "marking", "-id"], name="sharing_list"),
            models.Index(fields=["response"], name="sharing_by_response"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, to {self.partner}, {self.get_under_display()}"

    def get_absolute_url(self) -> str:
        return reverse("sharing", args=[self.pk])

    # --- Sharing --------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def share(
        cls, *, by: User, response: PolicyResponse, partner: str, under: str = "", form: str = Form.PDF, **more: Any
    ) -> Self:
        """Make the product, keep its bytes, and note at each piece of evidence in it who has it now.

        For the response's author, its owner or a supervisor, in person. Raises `NotYours`,
        `IllegalStep` (not approved, or in question) or `ValidationError` (partner, marking, nothing to share).
        """
        _require_sharer(response, by)
        _require_in_force(response)
        agreed = agreed_of(response)
        if partner not in agreed.partners:
            raise ValidationError({"partner": "Choose a partner that the response names."})
        product = product_for(response, agreed, under=under or agreed.highest_marking, partner=partner, reader=by)
        product.require_fit_to_leave()
        _hold_still(product)
        _require_shareable(response)
        sha256, size = storage.keep(ContentFile(draw(product.dossier, form)))
        made = cls.add(
            by=by,
            response=response,
            marking=strictest([response.marking, product.under]),
            partner=partner,
            under=product.under,
            form=form,
            title=product.dossier.title,
            included=product.included(),
            held_back=product.material.held.counts(),
            sha256=sha256,
            size=size,
            **more,
        )
        made._note_custody(by, product)
        return made

    def _note_custody(self, by: User, product: SharedProduct) -> None:
        """At the files that are quoted, and of items that are only named at all their files."""
        quoted = StoredFile.objects.filter(pk__in=product.material.quoted_files)
        items = [each.pk for each in product.material.included if isinstance(each, EvidenceItem)]
        named = StoredFile.objects.filter(item__in=items).exclude(item__in=quoted.values("item"))
        for words, files in (("Quoted", quoted), ("Named", named)):
            for file in files:
                note = f"{words} in sharing {self.pk} with {self._partner_for(file)}"
                CustodyEvent.add(by=by, file=file, action=Custody.SHARED, note=note)

    def _partner_for(self, file: StoredFile) -> str:
        """Who the partner is, told only where custody is read by no wider circle than the sharing."""
        is_covered = Marking(file.marking).level >= Marking(self.marking).level
        return self.partner if is_covered else "a partner"

    # --- Afterwards -----------------------------------------------------------------------------

    def open(self):
        """The bytes as they left, whatever became of the sharing since."""
        return default_storage.open(storage.path_of(self.sha256))

    @transaction.atomic
    def recall(self, *, by: User, reason: str) -> None:
        """Note that the partner is asked to destroy it. It stays on record."""
        _require_sharer(self.response, by)
        self._require_writer(by)
        why = needed(reason, "Say why it is recalled.")
        with taking("recall", why):
            shared = Sharing.objects.filter(pk=self.pk, status=SharingStatus.SHARED)
            if not shared.update(status=SharingStatus.RECALLED, state_note=why):
                raise IllegalStep("This sharing is recalled already.")
        self.refresh_from_db()

    withdraw = recall

    def _require_open_to_change(self, names: set[str]) -> None:
        raise IllegalStep("What was shared stays as it left; share again instead.")


def _require_sharer(response: PolicyResponse, by: User) -> None:
    response._require_worker(by)
    if current_actor().token:
        raise NotYours("A token never shares or recalls: a person must sign in.")


def _require_in_force(response: PolicyResponse) -> None:
    if why := why_not_shared(response):
        raise IllegalStep(why)


def _hold_still(product: SharedProduct) -> None:
    """Keep the evidence that is in it from moving until it has left; before the response, as who withdraws does."""
    versions = {each.pk: each.version for each in product.material.included if isinstance(each, EvidenceItem)}
    held = EvidenceItem.objects.select_for_update(no_key=True).filter(pk__in=versions).order_by("pk")
    if dict(held.values_list("pk", "version")) != versions:
        raise IllegalStep("Something in it moved while it was made: look at it again.")


def _require_shareable(response: PolicyResponse) -> None:
    """Hold the row, so that what is shared is approved until it has left."""
    _require_in_force(PolicyResponse.objects.select_for_update().get(pk=response.pk))
