"""Adding parts to a response, and taking them out of use."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from cases.views.citing import MayCite
from cases.views.passages import OffersPassages
from ledger.pages import RecordCreate, RecordEdit, RecordWithdraw
from policy.choices import ResponseKind, RightsQuestion
from policy.forms import (
    OutcomeForm,
    ReliedEditForm,
    ReliedProvisionForm,
    ResponseCitationForm,
    RightsForm,
    TestAnswerForm,
)
from policy.forms_grounds import AnsweredIncidentForm, GroundForm, TargetForm
from policy.models import (
    AnsweredIncident,
    LegalProvision,
    Outcome,
    ReliedProvision,
    ResponseCitation,
    ResponseGround,
    SanctionTarget,
)
from policy.views.responses import WITH_ALL


class PartAdd(RecordCreate):
    """A part of the response in the address; afterwards back to where it stands on its page."""

    parent_queryset, parent_name = WITH_ALL, "response"
    where = ""

    def back_url(self) -> str:
        return f"{self.parent.get_absolute_url()}#{self.where}"

    def success_url_for(self, record) -> str:
        return self.back_url()


class IncidentAdd(PartAdd):
    form_class, where = AnsweredIncidentForm, "proposal"
    title, button, done = "Name another incident that it answers", "Add", "Added."


class GroundAdd(PartAdd):
    form_class, where = GroundForm, "grounds"
    title, button, done = "Say what it rests on", "Add", "Added."


class TargetAdd(PartAdd):
    form_class, where = TargetForm, "detail"
    title, button, done = "List an actor", "List", "Listed."

    def get_form(self, form_class=None):
        if self.parent.response_kind != ResponseKind.SANCTIONS:
            raise Http404
        return super().get_form(form_class)


class ProvisionRely(PartAdd):
    form_class, where = ReliedProvisionForm, "provisions"
    title, button, done = "Rely on a legal provision", "Rely on it", "Added."


class CitationAdd(OffersPassages, PartAdd):
    form_class, where = ResponseCitationForm, "citations"
    title, button, done = "Cite a passage", "Cite", "Cited."


class RightsSet(MayCite, PartAdd):
    """Answer a question on rights: the first time it is recorded, later it is edited."""

    form_class, where = RightsForm, "rights"
    done = "Saved."

    @property
    def question(self) -> RightsQuestion:
        if self.kwargs["question"] not in RightsQuestion.values:
            raise Http404
        return RightsQuestion(self.kwargs["question"])

    @property
    def title(self) -> str:
        return self.question.label

    def get_form_kwargs(self) -> dict[str, Any]:
        known = self.parent.rights.filter(question=self.question, status="active").first()
        kwargs = super().get_form_kwargs()
        kwargs["start"]["question"] = self.question.value
        return kwargs | ({"instance": known} if known else {})


class TestAnswerSet(MayCite, PartAdd):
    """Answer a test that the law sets: the first time it is recorded, later it is edited."""

    form_class, where = TestAnswerForm, "tests"
    done = "Saved."

    @cached_property
    def provision(self) -> LegalProvision:
        relied = self.parent.provisions.filter(status="active", provision=self.kwargs["provision"])
        return get_object_or_404(relied.select_related("provision")).provision

    @property
    def title(self) -> str:
        return self.test

    @property
    def test(self) -> str:
        number = self.kwargs["number"]
        if number >= len(self.provision.tests):
            raise Http404
        return self.provision.tests[number]

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = {"provision": self.provision, "test": self.test}
        known = self.parent.test_answers.filter(**asked, status="active").first()
        kwargs = super().get_form_kwargs()
        kwargs["start"] |= asked
        return kwargs | ({"instance": known} if known else {})


class OutcomeAdd(MayCite, PartAdd):
    form_class, where = OutcomeForm, "outcomes"
    title, button, done = "Record what was observed", "Record", "Recorded."


class ReliedEdit(RecordEdit):
    form_class = ReliedEditForm
    queryset = ReliedProvision.objects.select_related("response", "provision")
    title = "How the measure stays within it"


class IncidentWithdraw(RecordWithdraw):
    queryset = AnsweredIncident.objects.select_related("response", "incident")
    title = "It answers this incident no longer"


class GroundWithdraw(RecordWithdraw):
    queryset = ResponseGround.objects.select_related("response", "attribution", "claim", "actor")
    title = "It rests on this no longer"


class TargetWithdraw(RecordWithdraw):
    queryset = SanctionTarget.objects.select_related("response", "actor")
    title = "Take this actor off the list"


class ReliedWithdraw(RecordWithdraw):
    queryset = ReliedProvision.objects.select_related("response", "provision")
    title = "It relies on this provision no longer"


class CitationWithdraw(RecordWithdraw):
    queryset = ResponseCitation.objects.select_related("response", "passage")
    title = "Withdraw this citation"


class OutcomeWithdraw(RecordWithdraw):
    queryset = Outcome.objects.select_related("response")
    title = "Withdraw this outcome"
