"""The legal library."""

from __future__ import annotations

from typing import Any

from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordList, RecordWithdraw
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


class ProvisionEdit(RecordEdit):
    form_class = ProvisionEditForm
    queryset = LegalProvision.objects.all()
    title = "Edit the provision"


class ProvisionWithdraw(RecordWithdraw):
    queryset = LegalProvision.objects.all()
    title = "Withdraw this provision from the library"
