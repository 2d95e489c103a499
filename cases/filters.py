"""Filters of lists, for the pages and the API alike."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.models import User
from cases.choices import (
    ActorKind,
    Confidence,
    EngineeredType,
    IncidentStatus,
    Label,
    Likelihood,
    MobilityClass,
    Relation,
    ReviewStanding,
    Severity,
    Vector,
)
from cases.models import (
    Actor,
    ActorRelation,
    Attribution,
    Corridor,
    Hypothesis,
    Incident,
    MatrixRow,
    Rating,
    ReturnItem,
    ReviewClaim,
)
from cases.workflow import ClaimStatus, Status
from ledger.fields import validate_country, validate_partial_date
from ledger.filters import EitherFilter, RecordFilterSet, rooms_of, those_that


class WholeNumberFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField


class CountryFilter(django_filters.CharFilter):
    """A two-letter code, held by a list of countries."""

    def __init__(self, *args, **options) -> None:
        options.setdefault("lookup_expr", "contains")
        super().__init__(*args, validators=[validate_country], help_text="Like PL", **options)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        return super().filter(queryset, [value.upper()] if value else value)


class IncidentFilter(RecordFilterSet):
    status = django_filters.MultipleChoiceFilter(choices=IncidentStatus.choices)
    target = CountryFilter(field_name="target_countries", label="Target country")
    mobility_class = django_filters.ChoiceFilter(
        choices=MobilityClass.choices, method="holding", label="Mobility class"
    )
    vector = django_filters.ChoiceFilter(choices=Vector.choices, method="holding_vector", label="Vector")
    origin = CountryFilter(field_name="origin_countries", label="Origin country")
    engineered_type = django_filters.MultipleChoiceFilter(choices=EngineeredType.choices, label="Engineered type")
    severity = django_filters.MultipleChoiceFilter(choices=Severity.choices)
    began_from = django_filters.CharFilter(
        field_name="began", lookup_expr="gte", label="Began from", validators=[validate_partial_date]
    )
    began_to = django_filters.CharFilter(
        field_name="began", lookup_expr="lte", label="Began up to", validators=[validate_partial_date]
    )
    label = django_filters.ChoiceFilter(choices=Label.choices, method="with_label", label="Has an attribution")
    actor = django_filters.ModelChoiceFilter(
        queryset=lambda request: Actor.objects.order_by("name"),
        field_name="involvements__actor",
        distinct=True,
        label="Actor involved",
    )
    along = django_filters.ModelChoiceFilter(
        queryset=lambda request: Corridor.objects.order_by("name"), label="Corridor"
    )

    class Meta:
        model = Incident
        fields: list[str] = []

    def holding(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(**{f"{name}__contains": [value]})

    def holding_vector(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(vectors__contains=[value])

    def with_label(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        labelled = Attribution.objects.with_label().filter(computed_label=value)
        return queryset.filter(pk__in=labelled.values("incident"))


class ActorFilter(RecordFilterSet):
    actor_kind = django_filters.MultipleChoiceFilter(choices=ActorKind.choices, label="Kind")
    country = django_filters.CharFilter(validators=[validate_country], help_text="Like BY")
    relation = django_filters.MultipleChoiceFilter(
        choices=Relation.choices, method="standing_in", label="Stands in a relation"
    )
    status = django_filters.CharFilter()

    class Meta:
        model = Actor
        fields: list[str] = []

    def standing_in(self, queryset: QuerySet, name: str, chosen: list[str]) -> QuerySet:
        """Actors on either side of such a relation."""
        if not chosen:
            return queryset
        held = ActorRelation.objects.filter(status="active", relation__in=chosen)
        return queryset.filter(Q(pk__in=held.values("from_actor")) | Q(pk__in=held.values("to_actor")))


class AttributionFilter(RecordFilterSet):
    status = django_filters.MultipleChoiceFilter(choices=Status.choices)
    label = django_filters.MultipleChoiceFilter(choices=Label.choices, field_name="computed_label", label="Label")
    confidence = django_filters.MultipleChoiceFilter(choices=Confidence.choices)
    likelihood = django_filters.MultipleChoiceFilter(choices=Likelihood.choices)
    actor = django_filters.ModelChoiceFilter(queryset=lambda request: Actor.objects.order_by("name"))
    incident = django_filters.ModelChoiceFilter(queryset=lambda request: Incident.objects.order_by("-pk"))
    author = django_filters.ModelChoiceFilter(
        queryset=lambda request: User.objects.filter(memberships__workspace__in=rooms_of(request)).distinct()
    )
    mine = EitherFilter(method="by_me", label="Mine")
    review = django_filters.ChoiceFilter(choices=ReviewStanding.choices, method="whose_review", label="Review")

    class Meta:
        model = Attribution
        fields: list[str] = []

    def whose_review(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        match ReviewStanding(value):
            case ReviewStanding.UNCLAIMED:
                return queryset.unclaimed()
            case ReviewStanding.MINE:
                return queryset.claimed_by(self.request.user)
            case ReviewStanding.OVERDUE:
                return queryset.overdue()

    def by_me(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, value, pk__in=Attribution.objects.written_by(self.request.user))


class ReviewClaimFilter(RecordFilterSet):
    attribution = django_filters.UUIDFilter(field_name="attribution", label="Attribution")
    reviewer = django_filters.UUIDFilter(field_name="reviewer", label="Reviewer")
    status = django_filters.MultipleChoiceFilter(choices=ClaimStatus.choices)

    class Meta:
        model = ReviewClaim
        fields: list[str] = []


class ReturnItemFilter(RecordFilterSet):
    attribution = django_filters.UUIDFilter(field_name="attribution", label="Attribution")
    round = WholeNumberFilter(label="Round")

    class Meta:
        model = ReturnItem
        fields: list[str] = []


class HypothesisFilter(RecordFilterSet):
    incident = django_filters.UUIDFilter(field_name="incident")
    status = django_filters.CharFilter()

    class Meta:
        model = Hypothesis
        fields: list[str] = []


class MatrixRowFilter(RecordFilterSet):
    incident = django_filters.UUIDFilter(field_name="incident")
    item = django_filters.UUIDFilter(field_name="item")
    status = django_filters.CharFilter()

    class Meta:
        model = MatrixRow
        fields: list[str] = []


class RatingFilter(RecordFilterSet):
    incident = django_filters.UUIDFilter(field_name="hypothesis__incident", label="Incident")
    hypothesis = django_filters.UUIDFilter(field_name="hypothesis")
    item = django_filters.UUIDFilter(field_name="item")
    analyst = django_filters.UUIDFilter(field_name="analyst")

    class Meta:
        model = Rating
        fields: list[str] = []
