"""Putting on record what others did."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect
from django.urls import reverse

from cases.models import Incident
from cases.views.citing import MayCite
from ledger.pages import RecordCreate, RoomsFormPage
from policy.forms_on_record import OnRecordForm, WhichIncidentForm


class WhichIncident(RoomsFormPage):
    """From the list of responses: first the incident, on whose page the measure is recorded."""

    form_class = WhichIncidentForm
    title, button = "Which incident does the measure answer?", "Go on"

    def back_url(self) -> str:
        return reverse("responses")

    def form_valid(self, form):
        return redirect("measure_put_on_record", form.cleaned_data["incident"].pk)


class PutOnRecord(MayCite, RecordCreate):
    """A measure that others took against the incident in the address."""

    form_class = OnRecordForm
    parent_queryset, parent_name = Incident.objects.all(), "incident"
    title, button, done = "Put a measure on record", "Put on record", "On record."

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"marking": self.parent.marking}

    def success_url_for(self, record) -> str:
        return record.get_absolute_url()
