"""Answers kept for a day, so that a request sent again is answered and not done again."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import User

KEPT = timedelta(hours=24)


class KeptAnswerQuerySet(models.QuerySet):
    def old(self) -> Self:
        return self.filter(at__lt=timezone.now() - KEPT)


class KeptAnswer(models.Model):
    """The first answer to a request of the API that carried an Idempotency-Key.

    Read only by the same client of the same person, and where it holds a record's document only while
    they may read what lies where the document says. `fingerprint` is the SHA-256 of what was asked.
    An answer that held a secret is kept without its body.
    """

    kept_for = "person_id"
    shown_if = (
        "client_id IS NOT DISTINCT FROM attest_client() AND (workspace_id IS NULL OR "
        "(workspace_id, marking) IN (SELECT r.workspace_id, r.marking FROM readable() r))"
    )
    added_if = "client_id IS NOT DISTINCT FROM attest_client()"
    grants = "SELECT, INSERT, DELETE"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    client_id = models.UUIDField(null=True)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    workspace_id = models.UUIDField(null=True)
    marking = models.CharField(max_length=20, null=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "client_id", "key"], nulls_distinct=False, name="a_key_is_used_once_by_a_client"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="kept_answer_by_age")]

    def __str__(self) -> str:
        return f"{self.status} for {self.key}"
