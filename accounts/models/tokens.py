"""The API clients that act for members: tokens and OAuth clients."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.allowance import LEAST, Allowance
from accounts.choices import Scope, Sort
from accounts.errors import IllegalStep, NotYours
from accounts.ids import digest_of, new_id
from accounts.models.access import AccessToken, TokenEvent
from accounts.models.people import Membership, User, require_keeper
from accounts.prepared import Prepared

TOKEN, CLIENT, ACCESS = "att_", "ats_", "ata_"
"""How secrets begin: of tokens, of OAuth clients, and the access tokens that these are given."""

BEGINNING = 8
"""Characters of a secret by which it is known again."""

MOST_GRACE_DAYS = 7
TOLD_BEFORE = timedelta(days=14)
"""How long before a token expires its owner is told."""

LAST_USE_IS_NOTED_EVERY = timedelta(minutes=1)

NOTE_USE = """
UPDATE accounts_apitoken SET last_used_at = %s WHERE id = (
    SELECT id FROM accounts_apitoken WHERE id = %s AND (last_used_at IS NULL OR last_used_at < %s)
    FOR NO KEY UPDATE SKIP LOCKED)
"""


def new_secret(prefix: str) -> str:
    return prefix + secrets.token_urlsafe(32)


class ApiTokenQuerySet(models.QuerySet):
    def live(self, now: datetime | None = None) -> Self:
        """Those that still open something, with their members."""
        found = self.select_related("membership__user", "membership__workspace")
        found = found.filter(revoked_at=None, expires_at__gt=now or timezone.now())
        return found.filter(membership__ended_at=None, membership__user__is_active=True)

    def expiring(self) -> Self:
        """Those of which their owners are to know."""
        return self.filter(expires_at__lt=timezone.now() + TOLD_BEFORE)

    def by_secret(self, digest: str, now: datetime) -> Self:
        """Who sends the secret of this digest, or sent it before the last rotation, within its grace."""
        return self.filter(Q(secret_sha256=digest) | Q(previous_sha256=digest, previous_until__gt=now))

    def by_access(self, digest: str, now: datetime) -> Self:
        """The OAuth client whose access token has a secret of this digest; what that may do is told as `granted`."""
        given = {"access_tokens__secret_sha256": digest, "access_tokens__expires_at__gt": now}
        return self.filter(**given).annotate(granted=F("access_tokens__scope"))

    def counted(self, usual: int) -> Self:
        """Takes one request from the bucket of each that is found: in the same statement, told as `owed`.

        `usual` is how many a minute may be made by default.
        """
        limit = Coalesce(F("requests_per_minute"), usual)
        owed = models.Func(F("pk"), limit, function="token_take", output_field=models.FloatField())
        return self.annotate(owed=owed)


class ApiToken(models.Model):
    """A secret by which a program acts for one member in one workspace.

    A token's secret goes with each request; an OAuth client's is exchanged for access tokens, which
    last minutes. Only the SHA-256 of a secret is kept. Either reads, or reads and writes; it never
    reviews or approves, whatever its owner may do.
    """

    Scope, Sort = Scope, Sort

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100, help_text="What uses this token, so that you know it when you revoke it.")
    sort = models.CharField(max_length=10, choices=Sort, default=Sort.TOKEN, editable=False)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.READ)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    beginning = models.CharField(max_length=12, editable=False)
    previous_sha256 = models.CharField(max_length=64, unique=True, null=True, editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    requests_per_minute = models.PositiveIntegerField(null=True, editable=False, help_text="Empty: the default.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    told_expiring_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="token_expires_after_it_is_made",
                violation_error_message="A token must expire after it is made.",
            ),
            models.CheckConstraint(condition=Q(sort__in=["token", "client"]), name="token_sort_is_known"),
            models.CheckConstraint(
                condition=Q(previous_sha256=None, previous_until=None)
                | Q(previous_sha256__isnull=False, previous_until__isnull=False),
                name="a_former_secret_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(requests_per_minute=None) | Q(requests_per_minute__gte=LEAST),
                name="token_may_ask_ten_times_a_minute",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}...)"

    # --- What it is ---------------------------------------------------------------------------

    @property
    def workspace(self):
        return self.membership.workspace

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    def still_opens(self) -> bool:
        """Whether it opens anything now, as the database has it. Queries."""
        return ApiToken.objects.live().filter(pk=self.pk).exists()

    @property
    def expires_soon(self) -> bool:
        return self.is_live and self.expires_at < timezone.now() + TOLD_BEFORE

    @property
    def has_former_secret(self) -> bool:
        """Whether the secret before the last rotation still opens."""
        return self.is_live and self.previous_until is not None and self.previous_until > timezone.now()

    @property
    def limit(self) -> int:
        """Requests per minute."""
        return self.requests_per_minute or settings.API_REQUESTS_PER_MINUTE

    # --- Finding ------------------------------------------------------------------------------

    @classmethod
    def find(cls, secret: str) -> Self | None:
        """The live token that a secret belongs to, with its member; counts the request and notes the use.

        One query, which commits by itself where it runs outside a transaction. `allowance` is what is
        left, `scope` what this secret may do, `is_itself` whether it is the current secret of a token.
        """
        asked = _by_access if secret.startswith(ACCESS) else _by_secret
        return cls._met(asked, secret)

    @classmethod
    def find_client(cls, client_id: UUID, secret: str) -> Self | None:
        """The live OAuth client of this id and secret; counts the request and notes the use."""
        return cls._met(_by_client, secret, client_id)

    @classmethod
    def _met(cls, asked: Prepared, secret: str, *more: UUID) -> Self | None:
        found = asked(digest_of(secret), timezone.now(), settings.API_REQUESTS_PER_MINUTE, *more)
        token = next(iter(found), None)
        if token is None:
            return None
        token.allowance = Allowance(token.limit, token.owed)
        token.is_itself = token.secret_sha256 == digest_of(secret)
        token.scope = getattr(token, "granted", token.scope)
        token.membership.user.stay_in(token.membership)
        token._note_use(timezone.now())
        return token

    def _note_use(self, now: datetime) -> None:
        """Once a minute, and never waiting for another request that notes it."""
        since = now - LAST_USE_IS_NOTED_EVERY
        if self.last_used_at is None or self.last_used_at < since:
            with connection.cursor() as cursor:
                cursor.execute(NOTE_USE, [now, self.pk, since])

    # --- Steps --------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def issue(
        cls, *, by: User, membership: Membership, name: str, scope: str, expires_at: datetime, sort: str = Sort.TOKEN
    ) -> tuple[Self, str]:
        """Make a token for one's own membership. Returns it and its secret, shown only now."""
        if membership.user_id != by.pk:
            raise NotYours("A token is made by the person it acts for.")
        if membership.ended_at:
            raise IllegalStep("This membership has ended.")
        if scope == cls.Scope.WRITE and not membership.writes:
            raise ValidationError({"scope": "A viewer's token can only read."})
        secret = new_secret(CLIENT if sort == cls.Sort.CLIENT else TOKEN)
        token = cls(membership=membership, name=name, scope=scope, sort=sort, expires_at=expires_at)
        token.secret_sha256, token.beginning = digest_of(secret), secret[:BEGINNING]
        token.full_clean()
        token.save()
        token._note(TokenEvent.Step.ISSUED, by=by)
        return token, secret

    @transaction.atomic
    def rotate(self, *, by: User, grace_days: int = 0, by_itself: bool = False) -> str:
        """Give the token a new secret, returned and shown only now. The old one lives on for some days.

        Its owner may, or the token itself by its current secret. It expires when it would have.
        """
        if self.membership.user_id != by.pk:
            raise NotYours("A token is rotated by the person it acts for.")
        if not 0 <= grace_days <= MOST_GRACE_DAYS:
            raise ValidationError({"grace_days": f"From 0 to {MOST_GRACE_DAYS} days."})
        now = timezone.now()
        secret = new_secret(CLIENT if self.sort == self.Sort.CLIENT else TOKEN)
        was = self.secret_sha256
        fields = {
            "secret_sha256": digest_of(secret),
            "beginning": secret[:BEGINNING],
            "previous_sha256": was if grace_days else None,
            "previous_until": now + timedelta(days=grace_days) if grace_days else None,
        }
        ready = ApiToken.objects.filter(pk=self.pk, secret_sha256=was, revoked_at=None, expires_at__gt=now)
        if not ready.update(**fields):
            raise IllegalStep("This token expired, was revoked, or was rotated meanwhile.")
        self._take(fields)
        self._note(TokenEvent.Step.ROTATED, by=by, by_itself=by_itself, note=f"old secret kept {grace_days} d")
        return secret

    @transaction.atomic
    def revoke(self, *, by: User, by_itself: bool = False) -> None:
        """Stop a token, and with an OAuth client its access tokens. Its owner may, and who keeps the room."""
        if self.membership.user_id != by.pk:
            require_keeper(by, self.membership.workspace_id)
        now = timezone.now()
        if not ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=now):
            raise IllegalStep("This token is revoked already.")
        self.revoked_at = now
        self._note(TokenEvent.Step.REVOKED, by=by, by_itself=by_itself)

    @classmethod
    def revoke_all(cls, membership: Membership, *, by: User) -> None:
        """Stop what a membership leaves behind."""
        left = cls.objects.filter(membership=membership, revoked_at=None).select_related("membership")
        for token in left.select_for_update(of=["self"]):
            token.revoke(by=by)

    @transaction.atomic
    def set_limit(self, *, by: User, requests_per_minute: int | None) -> None:
        """Let it ask more or less often than by default (None); as one who keeps the room."""
        require_keeper(by, self.membership.workspace_id)
        most = settings.API_MOST_REQUESTS_PER_MINUTE
        if requests_per_minute is not None and not LEAST <= requests_per_minute <= most:
            raise ValidationError({"requests_per_minute": f"From {LEAST} to {most}, or empty for the default."})
        fields = {"requests_per_minute": requests_per_minute}
        if not ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(**fields):
            raise IllegalStep("This token is revoked.")
        self._take(fields)
        self._note(TokenEvent.Step.LIMITED, by=by, note=f"{self.limit} per minute")

    def give_access(self, *, scope: str) -> tuple[AccessToken, str]:
        """An access token of an OAuth client and its secret. It ends with its client at the latest."""
        secret = new_secret(ACCESS)
        now = timezone.now()
        until = min(now + timedelta(minutes=settings.ACCESS_TOKEN_MINUTES), self.expires_at)
        access = AccessToken(client=self, scope=scope, secret_sha256=digest_of(secret), given_at=now, expires_at=until)
        access.save(force_insert=True)
        return access, secret

    def _take(self, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            setattr(self, name, value)

    def _note(self, step: str, *, by: User, by_itself: bool = False, note: str = "") -> None:
        TokenEvent.objects.create(token=self, step=step, by=by, by_itself=by_itself, note=note)


@Prepared
def _by_secret(digest: str, now: datetime, usual: int) -> ApiTokenQuerySet:
    return ApiToken.objects.live(now).by_secret(digest, now).filter(sort=Sort.TOKEN).counted(usual)


@Prepared
def _by_access(digest: str, now: datetime, usual: int) -> ApiTokenQuerySet:
    return ApiToken.objects.live(now).by_access(digest, now).counted(usual)


@Prepared
def _by_client(digest: str, now: datetime, usual: int, client_id: UUID) -> ApiTokenQuerySet:
    return ApiToken.objects.live(now).by_secret(digest, now).filter(sort=Sort.CLIENT, pk=client_id).counted(usual)
