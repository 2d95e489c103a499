"""The legal library."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect

from accounts.models import Workspace
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordList, RecordWithdraw, RoomsFormPage
from policy import library
from policy.filters import ProvisionFilter
from policy.forms import ProvisionEditForm, ProvisionForm
from policy.models import LegalProvision, PolicyResponse, ReliedProvision

MOST_RESPONSES = 50
"""Responses named on the page of a provision."""


class ProvisionList(RecordList):
    template_name = "policy/provision_list.html"
    filterset_class = ProvisionFilter
    queryset = LegalProvision.objects.select_related("workspace")


class ProvisionDetail(RecordDetail):
    template_name = "policy/provision.html"
    queryset = LegalProvision.objects.select_related("workspace")

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        relied = ReliedProvision.objects.filter(provision=self.record, status="active")
        responses = PolicyResponse.objects.filter(pk__in=relied.values("response")).select_related("owner")
        return super().get_context_data(responses=responses[:MOST_RESPONSES], **kwargs)


class ProvisionAdd(RecordCreate):
    form_class = ProvisionForm
    title, button, done = "Record a legal provision", "Record", "Recorded."

    def back_url(self) -> str:
        return "/law/"


class RoomForm(forms.Form):
    """Which workspace's library is filled."""

    workspace = forms.ModelChoiceField(queryset=Workspace.objects.none())

    def __init__(self, *args, rooms, **options) -> None:
        super().__init__(*args, **options)
        field = self.fields["workspace"]
        field.queryset = Workspace.objects.filter(pk__in=[room.pk for room in rooms])
        field.initial = rooms[0].pk if rooms else None


class LibrarySeed(RoomsFormPage):
    """Take a copy of the provisions that come along into a workspace's library. Safe to repeat."""

    form_class = RoomForm
    title, button = "Take over the library that comes along", "Take over"

    def back_url(self) -> str:
        return "/law/"

    def form_valid(self, form):
        with transaction.atomic():
            added = library.seed(by=self.request.user, workspace=form.cleaned_data["workspace"])
        messages.success(self.request, f"{len(added)} provisions were added; what was there stays as it was.")
        return redirect("legal_provisions")


class ProvisionEdit(RecordEdit):
    form_class = ProvisionEditForm
    queryset = LegalProvision.objects.all()
    title = "Edit the provision"


class ProvisionWithdraw(RecordWithdraw):
    queryset = LegalProvision.objects.all()
    title = "Withdraw this provision from the library"
