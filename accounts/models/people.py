"""People and the rooms they work in."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.choices import STEWARDS, SUPERVISORS, WRITERS, Digest, Marking, Role
from accounts.errors import IllegalStep, NotYours
from accounts.ids import digest_of, new_id
from accounts.prepared import Prepared
from accounts.signals import membership_changed


class People(BaseUserManager):
    """Creates people; the e-mail address is their name at the door."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may read and do follows from their memberships only.

    `is_superuser` opens the technical admin; it gives no say over any record.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    digest = models.CharField(
        "notifications by mail",
        max_length=20,
        choices=Digest,
        default=Digest.NONE,
        help_text="Titles of records marked above TLP:AMBER are never mailed.",
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = People()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="email_is_used_once", violation_error_message="This address is taken."
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def membership_in(self, workspace_id) -> "Membership | None":
        """This person's standing in a workspace; asked of the database once per request."""
        if not hasattr(self, "_memberships"):
            self._memberships = {each.workspace_id: each for each in _memberships_of(self.pk)}
        return self._memberships.get(workspace_id)

    def stay_in(self, membership: "Membership") -> None:
        """Be a member of this one room only, as who acts by a token is. Saves asking."""
        self._memberships = {membership.workspace_id: membership}

    def forget_memberships(self) -> None:
        """Drop what `membership_in` remembers, after a change of memberships."""
        self.__dict__.pop("_memberships", None)

    def role_in(self, workspace_id) -> str | None:
        membership = self.membership_in(workspace_id)
        return membership.role if membership else None

    def workspaces(self) -> list["Workspace"]:
        """The rooms this person works in, by name."""
        self.membership_in(None)
        return sorted((each.workspace for each in self._memberships.values()), key=lambda room: room.name)

    def rooms_to_write_in(self) -> list["Workspace"]:
        """The rooms where this person may record something."""
        return [room for room in self.workspaces() if self.role_in(room.pk) in WRITERS]


class Workspace(models.Model):
    """A team's room. Every record lies in exactly one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def invite(self, *, by: User, email: str, role: str, clearance: str) -> tuple["Invitation", str]:
        """Invite a person. Returns the invitation and the secret for its link, shown only now."""
        require_keeper(by, self.pk)
        secret = secrets.token_urlsafe(32)
        invitation = Invitation(
            workspace=self,
            email=email.strip().lower(),
            role=role,
            clearance=clearance,
            invited_by=by,
            secret_sha256=digest_of(secret),
            expires_at=timezone.now() + timedelta(days=settings.INVITATION_DAYS),
        )
        invitation.full_clean()
        invitation.save()
        return invitation, secret


class MembershipQuerySet(models.QuerySet):
    def current(self) -> "MembershipQuerySet":
        return self.filter(ended_at=None)


class Membership(models.Model):
    """A person's place in a workspace: what they may do, and up to which marking they read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    clearance = models.CharField(max_length=20, choices=Marking, default=Marking.AMBER)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty while the membership lasts.")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["workspace__name", "user__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "workspace"],
                condition=Q(ended_at=None),
                name="one_current_membership_per_person_and_workspace",
                violation_error_message="This person is a member already.",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_is_known"),
            models.CheckConstraint(condition=Q(clearance__in=Marking.values), name="membership_clearance_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display().lower()} in {self.workspace}"

    @property
    def writes(self) -> bool:
        return self.role in WRITERS

    @transaction.atomic
    def change(self, *, by: User, role: str, clearance: str) -> None:
        """Give this member another role or clearance; nobody changes their own."""
        self._require_another_keeper(by)
        self.role, self.clearance = role, clearance
        self.full_clean()
        if not Membership.objects.filter(pk=self.pk, ended_at=None).update(role=role, clearance=clearance):
            raise IllegalStep("This membership has ended.")
        membership_changed.send(Membership, membership=self, by=by)

    @transaction.atomic
    def end(self, *, by: User) -> None:
        """Let a member go. Their tokens stop with them; their work stays."""
        self._require_another_keeper(by)
        now = timezone.now()
        if not Membership.objects.filter(pk=self.pk, ended_at=None).update(ended_at=now):
            raise IllegalStep("This membership has ended already.")
        self.tokens.model.revoke_all(self, by=by)
        self.ended_at = now
        membership_changed.send(Membership, membership=self, by=by)

    def _require_another_keeper(self, by: User) -> None:
        require_keeper(by, self.workspace_id)
        if by.pk == self.user_id:
            raise NotYours("Another supervisor or steward must change your own membership.")


@Prepared
def _memberships_of(person: UUID) -> MembershipQuerySet:
    return Membership.objects.current().filter(user=person).select_related("workspace")


def people_by_name(ids: Iterable[UUID]) -> list[User]:
    """These people by name, as far as they are called something. At most one query."""
    wanted = list(ids)
    return _people(wanted) if wanted else []


@Prepared
def _people(ids: list[UUID]) -> models.QuerySet[User]:
    return User.objects.filter(pk__among=ids).only("name", "email").order_by("name")


class Invitation(models.Model):
    """An offer of membership to an address, open until used, revoked or expired."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    clearance = models.CharField(max_length=20, choices=Marking, default=Marking.AMBER)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_address_and_workspace",
                violation_error_message="This address has an open invitation already; revoke it first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.workspace}"

    @classmethod
    def open_by(cls, secret: str) -> "Invitation | None":
        """The invitation that a link's secret opens, if it is still open."""
        return (
            cls.objects.select_related("workspace", "invited_by")
            .filter(secret_sha256=digest_of(secret), accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
            .first()
        )

    @transaction.atomic
    def accept(self, *, by: User) -> Membership:
        """Turn the invitation into a membership of the person it was sent to."""
        if by.email.lower() != self.email:
            raise NotYours("This invitation was sent to another address.")
        still_open = Invitation.objects.filter(
            pk=self.pk, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        )
        if not still_open.update(accepted_at=timezone.now()):
            raise IllegalStep("This invitation is no longer open.")
        try:
            with transaction.atomic():
                membership = Membership.objects.create(
                    user=by, workspace=self.workspace, role=self.role, clearance=self.clearance
                )
        except IntegrityError:
            raise IllegalStep("You are a member of this workspace already.")
        by.forget_memberships()
        return membership

    def revoke(self, *, by: User) -> None:
        require_keeper(by, self.workspace_id)
        now = timezone.now()
        if not Invitation.objects.filter(pk=self.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
            raise IllegalStep("This invitation is no longer open.")
        self.revoked_at = now


def require_keeper(by: User, workspace_id) -> None:
    """Refuse who is neither supervisor nor steward of a workspace."""
    if by.role_in(workspace_id) not in SUPERVISORS | STEWARDS:
        raise NotYours("Only a supervisor or a steward of this workspace may do this.")
