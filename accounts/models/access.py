"""What goes with a token: the access tokens of an OAuth client, its requests, and what was done with it."""

from typing import Self

from django.db import models
from django.utils import timezone

from accounts.choices import Scope
from accounts.ids import new_id
from accounts.models.people import User


class AccessTokenQuerySet(models.QuerySet):
    def expired(self) -> Self:
        return self.filter(expires_at__lt=timezone.now())


class AccessToken(models.Model):
    """What an OAuth client was given in exchange for its secret. Lasts minutes, and never longer than its client."""

    secret_sha256 = models.CharField(max_length=64, primary_key=True, editable=False)
    client = models.ForeignKey("accounts.ApiToken", models.CASCADE, related_name="access_tokens")
    scope = models.CharField(max_length=10, choices=Scope)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = AccessTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.client}, until {self.expires_at:%H:%M}"


class TokenUse(models.Model):
    """How full the bucket of a token is: `full_at` is when it is full again.

    Written by `token_take` alone. The table is UNLOGGED: it costs no flush, and a crash fills every bucket.
    It refers to its token without a constraint, which would lock the token's row.
    """

    token = models.OneToOneField(
        "accounts.ApiToken", models.CASCADE, primary_key=True, related_name="use", db_constraint=False
    )
    full_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.token_id)


class TokenEvent(models.Model):
    """What was done with a token, when and by whom. Never changed."""

    grants = "SELECT, INSERT"

    class Step(models.TextChoices):
        ISSUED = "issued", "Made"
        ROTATED = "rotated", "Rotated"
        LIMITED = "limited", "Limit set"
        REVOKED = "revoked", "Revoked"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token = models.ForeignKey("accounts.ApiToken", models.PROTECT, related_name="events")
    step = models.CharField(max_length=10, choices=Step)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_itself = models.BooleanField(default=False, help_text="By the token, in its owner's name.")
    note = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        whose = "by itself" if self.by_itself else f"by {self.by}"
        return f"{self.get_step_display()} {whose}" + (f", {self.note}" if self.note else "")
