"""Questions about many records at once."""

from django.db.models import Case, CharField, Q, QuerySet, Value, When

from cases.choices import Confidence, Label, Likelihood
from cases.workflow import Status

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

    def written_by(self, person) -> "AttributionQuerySet":
        return self.filter(Q(author=person) | Q(co_authors__person=person)).distinct()
