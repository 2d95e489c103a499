"""Questions about many records at once."""

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.choices import REVIEWERS, WRITERS
from cases.choices import Confidence, Label, Likelihood
from cases.standing import stands
from cases.workflow import OPEN_TO_EDIT, ClaimStatus, Status

SURE = [Likelihood.VERY_LIKELY, Likelihood.ALMOST_CERTAIN]


class AttributionQuerySet(QuerySet):
    def with_label(self) -> "AttributionQuerySet":
        """Annotate `computed_label`, the same as the property `label`, for filters."""
        return self.annotate(
            computed_label=Case(
                When(Q(likelihood="") | Q(confidence=""), then=Value(Label.UNJUDGED.value)),
                When(Q(likelihood__in=SURE) & ~Q(confidence=Confidence.LOW), then=Value(Label.ATTRIBUTED.value)),
                When(Q(likelihood__in=[*SURE, Likelihood.LIKELY]), then=Value(Label.SUSPECTED.value)),
                default=Value(Label.NOT_ATTRIBUTED.value),
                output_field=CharField(),
            )
        )

    def citing(self, items) -> "AttributionQuerySet":
        """Those that rest on a passage of these items."""
        return self.filter(citations__status="active", citations__passage__item__in=items).distinct()

    def approved(self) -> "AttributionQuerySet":
        return self.filter(status=Status.APPROVED)

    def waiting(self) -> "AttributionQuerySet":
        """The review queue, longest waiting first."""
        return self.filter(status=Status.IN_REVIEW).order_by("submitted_at", "id")

    def waiting_for(self, person) -> "AttributionQuerySet":
        """What waits for this person's review or decision: not their own, and not claimed by somebody else."""
        rooms = [room.pk for room in person.workspaces() if person.role_in(room.pk) in REVIEWERS]
        theirs = self.waiting().filter(workspace__in=rooms).exclude(author=person)
        others = Q(review_claims__status=ClaimStatus.OPEN) & ~Q(review_claims__reviewer=person)
        return theirs.exclude(pk__in=self.model.objects.filter(others).values("pk")).exclude(
            pk__in=self.model.objects.filter(co_authors__person=person).values("pk")
        )

    def unclaimed(self) -> "AttributionQuerySet":
        """In review, and nobody has claimed it."""
        claimed = self.model.objects.filter(review_claims__status=ClaimStatus.OPEN)
        return self.filter(status=Status.IN_REVIEW).exclude(pk__in=claimed.values("pk"))

    def claimed_by(self, person) -> "AttributionQuerySet":
        return self.filter(
            pk__in=self.model.objects.filter(
                review_claims__status=ClaimStatus.OPEN, review_claims__reviewer=person
            ).values("pk")
        )

    def overdue(self) -> "AttributionQuerySet":
        """In review under a claim whose date has passed."""
        late = self.model.objects.filter(
            review_claims__status=ClaimStatus.OPEN, review_claims__due_on__lt=timezone.localdate()
        )
        return self.filter(pk__in=late.values("pk"))

    def left_behind(self) -> "AttributionQuerySet":
        """Open to edit, and none of its authors may write in its room any more."""
        carried = self.model.objects.filter(co_authors__in=self._co_authors_who_write()).values("pk")
        return self.filter(status__in=OPEN_TO_EDIT).exclude(stands("author", WRITERS)).exclude(pk__in=carried)

    def _co_authors_who_write(self) -> QuerySet:
        return self.model._meta.get_field("co_authors").related_model.objects.filter(stands("person", WRITERS))

    def written_by(self, person) -> "AttributionQuerySet":
        return self.filter(Q(author=person) | Q(co_authors__person=person)).distinct()
