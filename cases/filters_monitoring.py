"""Filters of corridors, presences, relations and flows, for the pages and the API alike."""

import django_filters
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, NullIf

from cases.choices import Activity, FlowCategory, FlowUnit, Relation
from cases.filters import CountryFilter
from cases.models import Actor, ActorRelation, Corridor, CorridorPresence, FlowObservation, Incident
from ledger.fields import validate_country, validate_partial_date
from ledger.filters import RecordFilterSet
from ledger.models import RecordStatus

BEYOND = "-99"
"""Sorts behind every month and day, so that a year or month reaches to its end."""


def actors(request) -> QuerySet[Actor]:
    return Actor.objects.order_by("name")


def corridors(request) -> QuerySet[Corridor]:
    return Corridor.objects.order_by("name")


class CorridorFilter(RecordFilterSet):
    country = CountryFilter(field_name="countries", label="Country")
    activity = django_filters.MultipleChoiceFilter(
        choices=Activity.choices, method="where_done", label="What is done there"
    )
    actor = django_filters.ModelChoiceFilter(queryset=actors, method="where_present", label="Actor present")
    status = django_filters.ChoiceFilter(choices=RecordStatus.choices)

    class Meta:
        model = Corridor
        fields: list[str] = []

    def where_done(self, queryset: QuerySet, name: str, chosen: list[str]) -> QuerySet:
        return self._where(queryset, activity__in=chosen) if chosen else queryset

    def where_present(self, queryset: QuerySet, name: str, actor: Actor) -> QuerySet:
        return self._where(queryset, actor=actor)

    def _where(self, queryset: QuerySet, **conditions) -> QuerySet:
        present = CorridorPresence.objects.filter(status=RecordStatus.ACTIVE, **conditions)
        return queryset.filter(pk__in=present.values("corridor"))


class PresenceFilter(RecordFilterSet):
    corridor = django_filters.ModelChoiceFilter(queryset=corridors)
    actor = django_filters.ModelChoiceFilter(queryset=actors)
    activity = django_filters.MultipleChoiceFilter(choices=Activity.choices, label="What is done there")
    status = django_filters.ChoiceFilter(choices=RecordStatus.choices)

    class Meta:
        model = CorridorPresence
        fields: list[str] = []


class RelationFilter(RecordFilterSet):
    relation = django_filters.MultipleChoiceFilter(choices=Relation.choices)
    actor = django_filters.ModelChoiceFilter(queryset=actors, method="on_either_side", label="Actor on either side")
    from_actor = django_filters.ModelChoiceFilter(queryset=actors, label="From")
    to_actor = django_filters.ModelChoiceFilter(queryset=actors, label="To")
    status = django_filters.ChoiceFilter(choices=RecordStatus.choices)

    class Meta:
        model = ActorRelation
        fields: list[str] = []

    def on_either_side(self, queryset: QuerySet, name: str, actor: Actor) -> QuerySet:
        return queryset.filter(Q(from_actor=actor) | Q(to_actor=actor))


class FlowObservationFilter(RecordFilterSet):
    """`observed_from` and `observed_to` find the counts whose period touches that stretch of time."""

    incident = django_filters.ModelChoiceFilter(queryset=lambda request: Incident.objects.order_by("-pk"))
    corridor = django_filters.ModelChoiceFilter(queryset=corridors)
    unit = django_filters.MultipleChoiceFilter(choices=FlowUnit.choices)
    category = django_filters.MultipleChoiceFilter(choices=FlowCategory.choices)
    of_country = django_filters.CharFilter(validators=[validate_country], label="Of country", help_text="Like SY")
    observed_from = django_filters.CharFilter(
        method="not_over_before", label="Observed from", validators=[validate_partial_date]
    )
    observed_to = django_filters.CharFilter(
        method="not_begun_after", label="Observed up to", validators=[validate_partial_date]
    )
    status = django_filters.ChoiceFilter(choices=RecordStatus.choices)

    class Meta:
        model = FlowObservation
        fields: list[str] = []

    def not_over_before(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        ended = Coalesce(NullIf("observed_to", Value("")), F("observed_from"))
        return queryset.alias(ended=Concat(ended, Value(BEYOND))).filter(ended__gte=value)

    def not_begun_after(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(observed_from__lte=value + BEYOND)
