"""Forms of responses, their parts and steps, and of the legal library. They offer only what fits."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from accounts.choices import WRITERS, Marking
from cases.forms import DAY, FEW_LINES, CitingForm
from cases.forms_monitoring import LinesField, MayCiteForm
from cases.models import Incident
from cases.standing import members_of
from ledger.forms import CommaSeparated, RecordForm
from policy.choices import ResponseKind, SanctionMeasure
from policy.models import (
    AnsweredIncident,
    BorderEnforcement,
    DiplomaticProtest,
    IntelligenceCooperation,
    LegalProvision,
    Outcome,
    PolicyResponse,
    Prosecution,
    ProvisionTestAnswer,
    ReliedProvision,
    ResponseCitation,
    RightsAnswer,
    Sanctions,
)


class ResponseForm(RecordForm):
    """What it is to bring about, and who carries it. What is missing is said by the gate, not by this form."""

    due = forms.DateField(required=False, **DAY)

    class Meta:
        model = PolicyResponse
        fields = [
            "title",
            "addressee",
            "objective",
            "taken_by",
            "measure_date",
            "owner",
            "due",
            "package",
            "place",
            "marking",
            "remarks",
        ]
        widgets = {"objective": FEW_LINES, "remarks": FEW_LINES}

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        room = self.start["incident"].workspace_id if self.is_new else self.instance.workspace_id
        marking = Marking.CLEAR if self.is_new else self.instance.marking
        self.fields["owner"].queryset = members_of(room, marking, WRITERS)
        self.fields["owner"].empty_label = "Me" if self.is_new else "Nobody"
        self.fields["place"].required = False

    def clean_place(self) -> int:
        return self.cleaned_data["place"] or 1

    @transaction.atomic
    def add(self, *, incident: Incident, response_kind: str, **fields: Any) -> PolicyResponse:
        """Propose it, in answer to the incident."""
        response = PolicyResponse.add(
            by=self.user, workspace_id=incident.workspace_id, response_kind=response_kind, **fields
        )
        AnsweredIncident.add(by=self.user, response=response, incident=incident)
        return response


class WorkForm(ResponseForm):
    """What may still be changed after submission: who owns it, when it is due, and where it belongs."""

    class Meta(ResponseForm.Meta):
        fields = ["owner", "due", "package", "place"]


def of_many(label: str, *, required: bool = False) -> CommaSeparated:
    return CommaSeparated(
        forms.CharField(max_length=200), required=required, label=label, help_text="With commas between."
    )


class ProtestDetailForm(RecordForm):
    partners = of_many("Partners joining")

    class Meta:
        model = DiplomaticProtest
        fields = ["form", "partners"]


class SanctionsForm(RecordForm):
    measures = forms.MultipleChoiceField(choices=SanctionMeasure.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Sanctions
        fields = ["programme", "measures", "listing_grounds"]


class BorderForm(RecordForm):
    starts = forms.DateField(required=False, **DAY)
    ends = forms.DateField(required=False, help_text="A measure without an end is not approved.", **DAY)

    class Meta:
        model = BorderEnforcement
        fields = ["section", "measure", "starts", "ends", "necessity", "derogations"]
        widgets = {"necessity": FEW_LINES, "derogations": FEW_LINES}


class CooperationForm(RecordForm):
    partners = of_many("Partners", required=True)

    class Meta:
        model = IntelligenceCooperation
        fields = ["product", "partners", "highest_marking", "agreement"]


class ProsecutionForm(RecordForm):
    class Meta:
        model = Prosecution
        fields = ["jurisdiction", "offence", "statute", "stage", "defendants"]


DETAIL_FORMS: dict[str, type[RecordForm]] = {
    form._meta.model.response_kind.value: form
    for form in (ProtestDetailForm, SanctionsForm, BorderForm, CooperationForm, ProsecutionForm)
}
"""The form of each kind's own fields."""


class _Relied(RecordForm):
    """How the measure stays within the law."""

    class Meta:
        model = ReliedProvision
        fields = ["note"]
        widgets = {"note": FEW_LINES}


class ReliedProvisionForm(_Relied):
    """Only provisions that fit the kind, and were law on the day of the measure."""

    class Meta(_Relied.Meta):
        fields = ["provision", "note"]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        response = self.start["response"]
        field = self.fields["provision"]
        relied = response.provisions.filter(status="active").values("provision")
        of_room = LegalProvision.objects.filter(workspace=response.workspace_id, status="active")
        day = response.measure_date or timezone.localdate().isoformat()
        field.queryset = of_room.fitting(response.response_kind).in_force_on(day).exclude(pk__in=relied)
        kind = response.get_response_kind_display().lower()
        field.help_text = f"Offered are those that fit {kind} and were law on {day}."


class ReliedEditForm(_Relied):
    """It keeps its provision."""


class ResponseCitationForm(CitingForm):
    class Meta:
        model = ResponseCitation
        fields = ["passage", "supports", "note"]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        if self.start["response"].response_kind != ResponseKind.SANCTIONS:
            kept = [each for each in self.fields["supports"].choices if each[0] != "grounds"]
            self.fields["supports"].choices = kept


class RightsForm(MayCiteForm):
    class Meta:
        model = RightsAnswer
        fields = ["answer", "passage"]
        widgets = {"answer": FEW_LINES}


class TestAnswerForm(MayCiteForm):
    class Meta:
        model = ProvisionTestAnswer
        fields = ["answer", "text", "passage"]
        widgets = {"answer": forms.RadioSelect, "text": FEW_LINES}


class OutcomeForm(MayCiteForm):
    class Meta:
        model = Outcome
        fields = ["observed", "observed_on", "note", "passage"]
        widgets = {"observed": FEW_LINES, "note": FEW_LINES}


class ProvisionForm(RecordForm):
    kinds = forms.MultipleChoiceField(
        choices=ResponseKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Kinds of response that may rely on it",
        help_text="None chosen: any kind.",
    )
    tests = LinesField(
        read=lambda typed: [line.strip() for line in typed.splitlines() if line.strip()],
        write="\n".join,
        label="Conditions that it sets",
        help_text="One a line, each a sentence.",
    )

    class Meta:
        model = LegalProvision
        fields = [
            "workspace",
            "instrument",
            "article",
            "jurisdiction",
            "permits",
            "safeguards",
            "tests",
            "kinds",
            "is_safeguard_only",
            "in_force_from",
            "in_force_to",
            "url",
            "marking",
        ]
        widgets = {"permits": FEW_LINES, "safeguards": FEW_LINES}


class ProvisionEditForm(ProvisionForm):
    """A provision keeps its workspace."""

    class Meta(ProvisionForm.Meta):
        fields = ProvisionForm.Meta.fields[1:]
