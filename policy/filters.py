"""Filters of responses, their parts and the legal library, for the pages and the API alike."""

from __future__ import annotations

from uuid import UUID

import django_filters
import pycountry
from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Left

from cases.models import Actor, Incident, Involvement
from ledger.fields import COUNTRY, validate_partial_date
from ledger.filters import EitherFilter, OwnChoiceFilter, RecordFilterSet, members, those_that
from ledger.models import Record, RecordStatus
from policy.choices import ResponseKind
from policy.models import (
    AnsweredIncident,
    LegalProvision,
    PolicyResponse,
    ResponseGround,
    SanctionTarget,
)
from policy.workflow import Basis, Status


def incidents(request) -> QuerySet[Incident]:
    return Incident.objects.order_by("-pk")


def actors(request) -> QuerySet[Actor]:
    return Actor.objects.order_by("name")


class ResponseFilter(RecordFilterSet):
    status = django_filters.MultipleChoiceFilter(choices=Status.choices)
    kind = django_filters.MultipleChoiceFilter(choices=ResponseKind.choices, field_name="response_kind", label="Kind")
    owner = django_filters.ModelChoiceFilter(queryset=members)
    basis = django_filters.MultipleChoiceFilter(choices=Basis.choices)
    overdue = EitherFilter(method="past_due", label="Overdue")
    incident = django_filters.ModelChoiceFilter(queryset=incidents, method="answering", label="Answers the incident")
    attribution = django_filters.UUIDFilter(
        method="resting_on", label="Rests on the attribution with id", widget=forms.HiddenInput
    )
    actor = django_filters.ModelChoiceFilter(queryset=actors, method="concerning", label="Concerns the actor")
    package = django_filters.CharFilter(label="Package")

    class Meta:
        model = PolicyResponse
        fields: list[str] = []

    def past_due(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, value, pk__in=PolicyResponse.objects.overdue().values("pk"))

    def answering(self, queryset: QuerySet, name: str, incident: Incident) -> QuerySet:
        answered = AnsweredIncident.objects.filter(incident=incident, status=RecordStatus.ACTIVE)
        return queryset.filter(pk__in=answered.values("response"))

    def resting_on(self, queryset: QuerySet, name: str, attribution: UUID) -> QuerySet:
        grounds = ResponseGround.objects.filter(attribution=attribution, status=RecordStatus.ACTIVE)
        return queryset.filter(pk__in=grounds.values("response"))

    def concerning(self, queryset: QuerySet, name: str, actor: Actor) -> QuerySet:
        """Those that list the actor, name it, or rest on an attribution to it."""
        active = {"status": RecordStatus.ACTIVE}
        listed = SanctionTarget.objects.filter(actor=actor, **active).values("response")
        named = ResponseGround.objects.filter(actor=actor, **active).values("response")
        attributed = ResponseGround.objects.filter(attribution__actor=actor, **active).values("response")
        return queryset.filter(pk__in=listed.union(named, attributed))


def countries_of_actors() -> list[tuple[str, str]]:
    codes = Actor.objects.exclude(country="").order_by("country").values_list("country", flat=True).distinct()
    found = {code: pycountry.countries.get(alpha_2=code) for code in codes}
    return [(code, getattr(land, "common_name", land.name) if land else code) for code, land in found.items()]


def incidents_of(country: str) -> QuerySet[Involvement]:
    """The incidents in which an actor of a country has a part, by id."""
    return Involvement.objects.filter(status=RecordStatus.ACTIVE, actor__country=country).values("incident")


def years_of_incidents() -> list[tuple[str, str]]:
    """The years in which incidents began, the latest first."""
    began = Incident.objects.exclude(began="").order_by().annotate(year=Left("began", 4))
    return [(year, year) for year in sorted(began.values_list("year", flat=True).distinct(), reverse=True)]


class FiguresFilter(RecordFilterSet):
    """Responses, and the incidents that they answer: country and year are asked of the same incident."""

    shown_last = ("q", "workspace", "marking")

    kind = django_filters.MultipleChoiceFilter(choices=ResponseKind.choices, field_name="response_kind", label="Kind")
    country = OwnChoiceFilter(
        method="of_incidents", label="Answers actors of", shape={"type": "string", "pattern": COUNTRY}
    )
    year = OwnChoiceFilter(
        method="of_incidents", label="Incident began in", shape={"type": "string", "pattern": "^[0-9]{4}$"}
    )
    on_record = EitherFilter(field_name="is_on_record", label="On record, not our own")

    class Meta:
        model = PolicyResponse
        fields: list[str] = []

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["country"].extra["choices"] = countries_of_actors()
        self.filters["year"].extra["choices"] = years_of_incidents()

    @property
    def incidents(self) -> QuerySet[Incident]:
        """The incidents asked for."""
        asked, found = self.form.cleaned_data, Incident.objects.exclude(status="withdrawn").order_by()
        if country := asked.get("country"):
            found = found.filter(pk__in=incidents_of(country))
        return found.filter(began__startswith=asked["year"]) if asked.get("year") else found

    def of_incidents(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        answered = AnsweredIncident.objects.filter(status=RecordStatus.ACTIVE, incident__in=self.incidents)
        return queryset.filter(pk__in=answered.values("response"))


class ProvisionFilter(RecordFilterSet):
    kind = django_filters.ChoiceFilter(choices=ResponseKind.choices, method="fitting", label="May be relied on for")
    jurisdiction = django_filters.CharFilter(lookup_expr="iexact")
    in_force_on = django_filters.CharFilter(
        method="being_law_on", label="In force on", validators=[validate_partial_date], help_text="Like 2021-07-02"
    )
    status = django_filters.ChoiceFilter(choices=RecordStatus.choices)

    class Meta:
        model = LegalProvision
        fields: list[str] = []

    def fitting(self, queryset: QuerySet, name: str, kind: str) -> QuerySet:
        return queryset.fitting(kind)

    def being_law_on(self, queryset: QuerySet, name: str, day: str) -> QuerySet:
        return queryset.in_force_on(day)


def part_filter(model: type[Record]) -> type[RecordFilterSet]:
    """Filters of a part of responses: of which one, and its status where it has one."""
    named = {"response": django_filters.UUIDFilter(field_name="response", label="Response")}
    if hasattr(model, "withdraw"):
        named["status"] = django_filters.ChoiceFilter(choices=RecordStatus.choices)
    meta = type("Meta", (), {"model": model, "fields": []})
    return type(f"{model.__name__}Filter", (RecordFilterSet,), {**named, "Meta": meta})
