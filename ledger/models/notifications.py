from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.choices import Marking
from accounts.ids import new_id
from accounts.models import User, Workspace
from ledger.choices import Event
from ledger.models.about import attach
from ledger.models.records import Record


class NotificationQuerySet(models.QuerySet):
    def unread(self) -> Self:
        return self.filter(read_at=None)

    def unread_first(self) -> Self:
        return self.order_by(F("read_at").desc(nulls_first=True), "-pk")

    def mark_read(self) -> int:
        """Note that the receiver, who acts, has seen them."""
        return self.unread().update(read_at=timezone.now())

    def shown(self) -> list[Notification]:
        """Those whose record the receiver may read now, each with it. A query for each kind."""
        found = list(self)
        attach(found)
        return [each for each in found if each.about is not None]


class Notification(models.Model):
    """That a person was told of a record. Not a record itself: only the receiver has it.

    It lies where the record lies and follows it, so that row-level security hides it as soon as the
    receiver may not read the record any more. Written by `ledger.notices.tell` alone.
    """

    kept_for = "receiver_id"
    follows_about = True
    grants = "SELECT, UPDATE (read_at, mailed_at)"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    receiver = models.ForeignKey(User, models.PROTECT, related_name="+")
    about_kind = models.CharField(max_length=40)
    about_id = models.UUIDField()
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="+")
    marking = models.CharField(max_length=20, choices=Marking)
    event = models.CharField(max_length=30, choices=Event)
    sentence = models.TextField(blank=True, default="")
    key = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(event__in=Event.values), name="event_is_known"),
            models.UniqueConstraint(
                fields=["receiver", "about_id", "event", "key"],
                condition=~Q(key=""),
                name="what_has_a_key_is_told_once",
            ),
        ]
        indexes = [
            models.Index(fields=["receiver", "-id"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["receiver", "-id"], name="notification_by_receiver"),
            models.Index(fields=["about_id"], name="notification_by_about"),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()}: {self.about_kind} {self.about_id}"

    @property
    def about(self) -> Record | None:
        """The record, or None where the receiver may not read it now. Wants `shown` or `attach`."""
        return self._about
