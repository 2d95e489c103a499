"""The secret addresses at which calendar programs fetch a person's dates."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import IllegalStep, NotYours
from accounts.ids import digest_of, new_id

if TYPE_CHECKING:
    from accounts.models import User

LAST_USE_IS_NOTED_EVERY = timedelta(minutes=1)
A_SECOND = timedelta(seconds=1)


class CalendarLink(models.Model):
    """That one person's calendar is read by whoever knows a secret, which stands in the address.

    Only the SHA-256 of the secret is kept. It opens the calendar and nothing else, and shows what
    its person may read at that moment.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="calendar_links")
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    content_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    content_since = models.DateTimeField(
        null=True, editable=False, help_text="When it was first seen to hold what it holds."
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="one_open_calendar_link_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.user}"

    @classmethod
    @transaction.atomic
    def renew(cls, *, by: User) -> tuple[CalendarLink, str]:
        """Make a link to one's own calendar; an earlier one stops. Returns it and its secret, shown only now."""
        get_user_model().objects.select_for_update().get(pk=by.pk)  # of two at once, the later replaces the earlier
        cls.objects.filter(user=by, revoked_at=None).update(revoked_at=timezone.now())
        secret = secrets.token_urlsafe(32)
        return cls.objects.create(user=by, secret_sha256=digest_of(secret)), secret

    @classmethod
    def of(cls, person: User) -> CalendarLink | None:
        """The link that is open to somebody's calendar."""
        return cls.objects.filter(user=person, revoked_at=None).first()

    @classmethod
    def find(cls, secret: str) -> CalendarLink | None:
        """The open link that a secret belongs to, with its person, if they are active; notes the use."""
        now = timezone.now()
        found = cls.objects.select_related("user").filter(
            secret_sha256=digest_of(secret), revoked_at=None, user__is_active=True
        )
        link = found.first()
        if link and (link.last_used_at is None or now - link.last_used_at > LAST_USE_IS_NOTED_EVERY):
            cls.objects.filter(pk=link.pk).update(last_used_at=now)
        return link

    def holds_since(self, content: bytes) -> datetime:
        """Since when, to the second, it holds this content; a change is noted.

        A date of some record would not do: what somebody may no longer read leaves no date behind.
        """
        content_sha256 = hashlib.sha256(content).hexdigest()
        if self.content_since is None or self.content_sha256 != content_sha256:
            now, before = timezone.now().replace(microsecond=0), self.content_since
            self.content_since = max(now, before + A_SECOND) if before else now
            self.content_sha256 = content_sha256
            self.save(update_fields=["content_sha256", "content_since"])
        return self.content_since

    def revoke(self, *, by: User) -> None:
        """Stop it; calendar programs find nothing there any more."""
        if by.pk != self.user_id:
            raise NotYours("A calendar link is revoked by the person whose calendar it opens.")
        now = timezone.now()
        if not CalendarLink.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=now):
            raise IllegalStep("This calendar link is revoked already.")
        self.revoked_at = now
