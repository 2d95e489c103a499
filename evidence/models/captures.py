from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.errors import IllegalStep
from accounts.models import User
from evidence.choices import CaptureStatus, ItemStatus
from evidence.guarding import what_is_wrong_with
from evidence.models.items import EvidenceItem
from ledger import triggers
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.models import Record

SWITCHED_OFF = "Fetching addresses is switched off on this installation (ATTEST_CAPTURE): nothing was fetched."

GIVEN_UP_AFTER = timedelta(minutes=5)
"""Beyond the time that fetching may take: a worker that died meanwhile says nothing."""


class Capture(Record):
    """An address that is fetched for an item, and what became of it. What was fetched are files of the item."""

    kind = "capture"
    scoped_by = "item"
    extra_triggers = (triggers.keep("item_id,requested_url", "The address stays as it was asked for."),)

    item = models.ForeignKey(EvidenceItem, models.PROTECT, related_name="captures")
    requested_url = models.CharField("address", max_length=2000, help_text="It begins with http:// or https://.")
    final_url = models.CharField(
        max_length=2000, blank=True, default="", editable=False, help_text="Where redirections led."
    )
    status = models.CharField(max_length=10, choices=CaptureStatus, default=CaptureStatus.WAITING, editable=False)
    note = models.TextField(blank=True, default="", editable=False, help_text="What came of it, or why nothing did.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.requested_url

    def get_absolute_url(self) -> str:
        return f"{address_of('evidence_item', self.item_id)}#captures"

    @classmethod
    @transaction.atomic
    def ask(cls, *, by: User, item: EvidenceItem, requested_url: str, **more: Any) -> Self:
        """Have an address fetched in the background. Raises `ValidationError`, `NotYours` or `IllegalStep`."""
        item._require_writer(by)
        if item.status != ItemStatus.ACTIVE:
            raise IllegalStep("This item is no longer active; nothing is added to it.")
        beginning = {} if settings.CAPTURES else {"status": CaptureStatus.FAILED, "note": SWITCHED_OFF}
        capture = cls.add(by=by, item=item, requested_url=requested_url.strip(), **beginning, **more)
        if settings.CAPTURES:
            capture._queue(by)
        return capture

    @transaction.atomic
    def ask_again(self, *, by: User) -> None:
        """Try once more what could not be fetched, or what waits although its time is over."""
        self._require_writer(by)
        if not self.may_be_asked_again:
            raise IllegalStep("It waits to be fetched, or was fetched already.")
        if not settings.CAPTURES:
            raise IllegalStep(SWITCHED_OFF)
        with taking("ask_again"):
            self._update(self.version, status=CaptureStatus.WAITING, note="")
        self._queue(by)

    @property
    def may_be_asked_again(self) -> bool:
        return self.status == CaptureStatus.FAILED or self.is_overdue

    @property
    def is_under_way(self) -> bool:
        return self.status == CaptureStatus.WAITING and not self.is_overdue

    @property
    def is_overdue(self) -> bool:
        patience = timedelta(seconds=settings.CAPTURE_SECONDS) + GIVEN_UP_AFTER
        return self.status == CaptureStatus.WAITING and self.updated_at < timezone.now() - patience

    def clean(self) -> None:
        super().clean()
        if refusal := what_is_wrong_with(self.requested_url):
            raise ValidationError({"requested_url": refusal})

    def _queue(self, by: User) -> None:
        """The job commits with the row."""
        job = app.configure_task("evidence.capture", queue="capturing")
        job.defer(capture_id=str(self.pk), user_id=str(by.pk))

    def end(self, status: CaptureStatus, note: str, final_url: str = "") -> None:
        """Say what became of it, once: the filtered update is both check and lock. Raises `IllegalStep`."""
        with taking("capture", note):
            waiting = Capture.objects.filter(pk=self.pk, status=CaptureStatus.WAITING)
            if not waiting.update(status=status, note=note, final_url=final_url[:2000]):
                raise IllegalStep("This address waits no longer.")
        self.refresh_from_db()
