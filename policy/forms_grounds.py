"""Forms that choose what a response answers, rests on and lists: each offers only what its kind allows."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.choices import ACCUSING_FORMS, STATE_KINDS, Label
from cases.forms import FEW_LINES
from cases.models import Actor, Attribution, Incident, PublicClaim
from ledger.forms import RecordForm
from policy.choices import ResponseKind
from policy.models import AnsweredIncident, PolicyResponse, ResponseGround, SanctionTarget

SHORT = 110
"""Characters of a name in a list to choose from."""


class AnsweredIncidentForm(RecordForm):
    class Meta:
        model = AnsweredIncident
        fields = ["incident"]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        response = self.start["response"]
        known = response.incidents.filter(status="active").values("incident")
        of_room = Incident.objects.filter(workspace=response.workspace_id).exclude(status="withdrawn")
        self.fields["incident"].queryset = of_room.exclude(pk__in=known).order_by("-pk")


class TargetForm(RecordForm):
    """Only actors whom an approved attribution says to have done it."""

    class Meta:
        model = SanctionTarget
        fields = ["actor", "grounds"]
        widgets = {"grounds": FEW_LINES}

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        response = self.start["response"]
        listed = response.targets.filter(status="active").values("actor")
        self.fields["actor"].queryset = attributed_actors(response.workspace_id).exclude(pk__in=listed)
        self.fields["actor"].help_text = "Offered are actors in an approved attribution of the label attributed."


def attributed_actors(room):
    """Actors of a room whom an approved attribution of the label `attributed` names."""
    held = Attribution.objects.approved().with_label().filter(workspace=room, computed_label=Label.ATTRIBUTED)
    return Actor.objects.filter(pk__in=held.values("actor"), status="active").order_by("name")


class GroundForm(RecordForm):
    """One thing that it rests on, out of what its kind may rest on. A prosecution is never offered a state."""

    on = forms.ChoiceField(label="What it rests on")
    field_order = ["on", "note"]

    class Meta:
        model = ResponseGround
        fields = ["note"]
        widgets = {"note": FEW_LINES}

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.fields["on"].choices = [("", "---------"), *offered(self.start["response"])]

    def add(self, *, on: str, **fields: Any) -> ResponseGround:
        name, _, pk = on.partition(":")
        return super().add(**{f"{name}_id": pk}, **fields)


def offered(response: PolicyResponse) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a response of its kind may rest on, in groups."""
    known = set(response.grounds.filter(status="active").values_list("attribution", "claim", "actor"))
    known = {pk for row in known for pk in row if pk}
    groups = [
        ("Approved attributions", "attribution", attributions_for(response)),
        ("Public claims that accuse, about the incidents it answers", "claim", claims_for(response)),
        ("Organised actors that are no state", "actor", actors_for(response)),
    ]
    return [
        (title, choices)
        for title, name, records in groups
        if (choices := [(f"{name}:{each.pk}", _called(each)) for each in records if each.pk not in known])
    ]


def attributions_for(response: PolicyResponse):
    """Approved ones of its room; those of the incidents it answers first."""
    answered = set(response.incidents.filter(status="active").values_list("incident", flat=True))
    found = Attribution.objects.approved().filter(workspace=response.workspace_id).select_related("actor", "incident")
    if response.response_kind == ResponseKind.PROSECUTION:
        found = found.exclude(actor__actor_kind__in=STATE_KINDS)
    return sorted(found.order_by("-pk"), key=lambda each: each.incident_id not in answered)


def claims_for(response: PolicyResponse):
    if response.response_kind != ResponseKind.DIPLOMATIC_PROTEST:
        return PublicClaim.objects.none()
    answered = response.incidents.filter(status="active").values("incident")
    accusing = PublicClaim.objects.filter(incident__in=answered, status="active", form__in=ACCUSING_FORMS)
    return accusing.order_by("-made", "pk")


def actors_for(response: PolicyResponse):
    if response.response_kind != ResponseKind.PROSECUTION:
        return Actor.objects.none()
    of_room = Actor.objects.filter(workspace=response.workspace_id, status="active")
    return of_room.exclude(actor_kind__in=STATE_KINDS).order_by("name")


def _called(record) -> str:
    label = f"{record.label.label}: {record}" if isinstance(record, Attribution) else str(record)
    return label if len(label) <= SHORT else f"{label[: SHORT - 3]}..."
