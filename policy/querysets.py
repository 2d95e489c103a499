"""Questions about many responses at once."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.choices import REVIEWERS, SUPERVISORS
from accounts.models import User
from policy.workflow import OVER, WATCHED, Basis, Status


class PolicyResponseQuerySet(QuerySet):
    def overdue(self) -> "PolicyResponseQuerySet":
        """Due before today, and not over."""
        return self.filter(due__lt=timezone.localdate()).exclude(status__in=OVER)

    def of(self, person: User) -> "PolicyResponseQuerySet":
        """Those that a person owns."""
        return self.filter(owner=person)

    def in_question(self) -> "PolicyResponseQuerySet":
        return self.filter(basis=Basis.IN_QUESTION, status__in=WATCHED)

    def resting_on(self, attributions: Iterable[Any]) -> "PolicyResponseQuerySet":
        """Not over, and resting on one of these attributions."""
        return self.resting(attribution__in=[each.pk for each in attributions])

    def repeating(self, claim: Any) -> "PolicyResponseQuerySet":
        """Not over, and repeating this public claim."""
        return self.resting(claim=claim.pk)

    def resting(self, **on: Any) -> "PolicyResponseQuerySet":
        """Not over, and resting on such a ground."""
        grounds = self.model._meta.get_field("grounds").related_model.objects.filter(status="active", **on)
        return self.filter(pk__in=grounds.values("response"), status__in=WATCHED, is_on_record=False)

    def to_review_by(self, person: User) -> "PolicyResponseQuerySet":
        """In review, not their own, and not concluded by them on this version."""
        return self._in_review_beside(person, REVIEWERS).exclude(Exists(self._reviews().filter(reviewer=person)))

    def to_decide_by(self, person: User) -> "PolicyResponseQuerySet":
        """In review, not their own, and reviewed by somebody: their decision is what is missing."""
        return self._in_review_beside(person, SUPERVISORS).filter(Exists(self._reviews().exclude(reviewer=person)))

    def _in_review_beside(self, person: User, roles: frozenset) -> "PolicyResponseQuerySet":
        rooms = [room.pk for room in person.workspaces() if person.role_in(room.pk) in roles]
        theirs = self.filter(status=Status.IN_REVIEW, workspace__in=rooms).exclude(author=person)
        return theirs.order_by("submitted_at", "pk")

    def _reviews(self) -> QuerySet:
        reviews = self.model._meta.get_field("reviews").related_model.objects
        return reviews.filter(response=OuterRef("pk"), round=OuterRef("round"))
