"""Who stands where in a workspace: the members of some roles whose clearance covers a marking."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, Func, IntegerField, OuterRef, QuerySet

from accounts.choices import Marking
from accounts.models import Membership, User


def members_of(workspace_id: UUID, marking: str, roles: Iterable[str]) -> QuerySet[User]:
    """Members of these roles who may read what is marked so, by name."""
    covering = [each for each in Marking if each.level >= Marking(marking).level]
    return User.objects.filter(
        is_active=True,
        memberships__workspace=workspace_id,
        memberships__ended_at=None,
        memberships__role__in=roles,
        memberships__clearance__in=covering,
    ).order_by("name", "pk")


def stands(person: str, roles: Iterable[str]) -> Exists:
    """Whether the person in this column of a record still has one of these roles, and the clearance, in its room."""
    current = Membership.objects.filter(
        user=OuterRef(person), workspace=OuterRef("workspace"), ended_at=None, role__in=roles, user__is_active=True
    )
    level = Func("clearance", function="marking_level", output_field=IntegerField())
    asked = Func(OuterRef("marking"), function="marking_level", output_field=IntegerField())
    return Exists(current.annotate(level=level).filter(level__gte=asked))
