"""The form by which a measure that others took is put on record."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.forms import FEW_LINES, PassageChoice
from cases.forms_monitoring import offered_in
from cases.models import Incident
from evidence.models import Passage
from ledger.forms import RecordForm
from policy.models import PolicyResponse
from policy.sourcing import SOURCE
from policy.workflow import TAKEN, Status

CHOICES = [(each.value, each.label) for each in Status if each in TAKEN]


class OnRecordForm(RecordForm):
    """As it was taken: what, by whom, when, how it stands, and where that can be read."""

    status = forms.ChoiceField(choices=CHOICES, label="How it stands", initial=Status.COMPLETED)
    others = forms.ModelMultipleChoiceField(
        queryset=Incident.objects.none(),
        required=False,
        label="Other incidents that it answers",
        help_text="Beside the one from which you came.",
    )
    passage = PassageChoice(
        queryset=Passage.objects.none(),
        widget=forms.RadioSelect,
        required=False,
        blank=True,
        empty_label="No passage: the remarks name the source, or it is unsourced, to verify",
        label="Where it can be read",
    )
    field_order = ["title", "response_kind", "taken_by", "measure_date", "status", "others", "passage"]

    class Meta:
        model = PolicyResponse
        fields = ["title", "response_kind", "taken_by", "measure_date", "package", "place", "marking", "remarks"]
        widgets = {"remarks": FEW_LINES}

    def __init__(self, *args, room, offered=(), **options) -> None:
        super().__init__(*args, **options)
        self.fields["passage"].queryset = offered_in(room, [*offered, self.data.get("passage")])
        self.fields["remarks"].help_text = f"A line that begins with “{SOURCE.strip()}” names where it was read."
        beside = Incident.objects.filter(workspace=room).exclude(status="withdrawn").order_by("-pk")
        self.fields["others"].queryset = beside.exclude(pk=self.start["incident"].pk)
        self.fields["taken_by"].required = True
        self.fields["measure_date"].help_text = "As known: 2021, 2021-07 or 2021-07-02."
        self.fields["place"].required = False
        if not self.fields["others"].queryset.exists():
            del self.fields["others"]

    def clean_place(self) -> int:
        return self.cleaned_data["place"] or 1

    def add(self, *, incident: Incident, others=(), passage=None, **fields: Any) -> PolicyResponse:
        return PolicyResponse.put_on_record(
            by=self.user,
            workspace_id=incident.workspace_id,
            incidents=[incident, *others],
            passages=[passage] if passage else [],
            **fields,
        )


class WhichIncidentForm(forms.Form):
    """The incident that a measure answers."""

    incident = forms.ModelChoiceField(queryset=Incident.objects.none())

    def __init__(self, *args, rooms, **options) -> None:
        super().__init__(*args, **options)
        of_rooms = Incident.objects.filter(workspace__in=[room.pk for room in rooms])
        self.fields["incident"].queryset = of_rooms.exclude(status="withdrawn").order_by("-pk")
