"""Forms of the case pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from cases.choices import Conclusion, IncidentStatus, LegalBasis, MobilityClass, Vector
from cases.models import (
    Actor,
    Attribution,
    Citation,
    ElementFinding,
    FindingCitation,
    Incident,
    Involvement,
    PublicClaim,
)
from cases.models.attributions import CLAIM_FIELDS
from evidence.models import Passage
from ledger.forms import CommaSeparated, RecordForm

DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
FEW_LINES = forms.Textarea(attrs={"rows": 3})


def countries(label: str) -> CommaSeparated:
    return CommaSeparated(
        forms.CharField(max_length=2), required=False, label=label, help_text="Two-letter codes with commas between."
    )


class IncidentForm(RecordForm):
    target_countries = countries("Target countries")
    transit_countries = countries("Transit countries")
    origin_countries = countries("Origin countries")
    vectors = forms.MultipleChoiceField(choices=Vector.choices, required=False, widget=forms.CheckboxSelectMultiple)
    mobility_class = forms.MultipleChoiceField(
        choices=MobilityClass.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Incident
        fields = [
            "workspace",
            "title",
            "summary",
            "began",
            "ended",
            "target_countries",
            "transit_countries",
            "origin_countries",
            "border_section",
            "along",
            "corridor",
            "latitude",
            "longitude",
            "severity",
            "status",
            "engineered_type",
            "mobility_class",
            "vectors",
            "lead",
            "marking",
        ]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        rooms = [room.pk for room in self.user.workspaces()]
        members = User.objects.filter(memberships__workspace__in=rooms, memberships__ended_at=None)
        self.fields["status"].choices = [each for each in IncidentStatus.choices if each[0] != "withdrawn"]
        self.fields["lead"].queryset = members.distinct()
        here = rooms if self.is_new else [self.instance.workspace_id]
        self.fields["along"].queryset = self.fields["along"].queryset.filter(workspace__in=here, status="active")


class IncidentEditForm(IncidentForm):
    """A record keeps its workspace."""

    class Meta(IncidentForm.Meta):
        fields = IncidentForm.Meta.fields[1:]


class ActorForm(RecordForm):
    aliases = CommaSeparated(forms.CharField(max_length=300), required=False, help_text="With commas between.")

    class Meta:
        model = Actor
        fields = ["workspace", "name", "actor_kind", "country", "aliases", "description", "marking"]


class ActorEditForm(ActorForm):
    class Meta(ActorForm.Meta):
        fields = ActorForm.Meta.fields[1:]


class _InIncident(RecordForm):
    """A child of an incident chooses among the records of its workspace."""

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        incident = self.start.get("incident") or self.instance.incident
        for name in set(self.fields) & {"actor", "source", "item"}:
            field = self.fields[name]
            field.queryset = field.queryset.filter(workspace=incident.workspace_id)


class InvolvementForm(_InIncident):
    class Meta:
        model = Involvement
        fields = ["actor", "role", "note"]


class ClaimForm(_InIncident):
    class Meta:
        model = PublicClaim
        fields = ["claimant", "form", "made", "actor", "what", "source", "item"]


class FindingForm(RecordForm):
    class Meta:
        model = ElementFinding
        fields = ["finding", "rationale"]


class AttributionForm(_InIncident):
    """The claim. What is missing is said by the gate, not by this form."""

    legal_basis = forms.MultipleChoiceField(
        choices=LegalBasis.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    contrary_searched_on = forms.DateField(required=False, **DAY)
    review_by = forms.DateField(required=False, help_text="At most twelve months from now.", **DAY)

    class Meta:
        model = Attribution
        fields = [*(name for name in CLAIM_FIELDS if name != "incident"), "marking"]
        widgets = dict.fromkeys(
            [
                "statement",
                "key_assumptions",
                "gaps",
                "source_summary",
                "contrary_search_note",
                "ai_use_note",
                "what_would_change",
            ],
            FEW_LINES,
        )

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        incident = self.start.get("incident") or self.instance.incident
        self.fields["hypothesis"].queryset = incident.hypotheses.filter(status="active")
        self.fields["hypothesis"].empty_label = "As the kind of actor implies"

    def add(self, **fields: Any) -> Attribution:
        return Attribution.add(by=self.user, workspace_id=fields["incident"].workspace_id, **fields)


class AttributionEditForm(AttributionForm):
    """An attribution keeps its subject."""

    class Meta(AttributionForm.Meta):
        fields = AttributionForm.Meta.fields[1:]


class PassageChoice(forms.ModelChoiceField):
    """A passage, chosen by its words."""

    def label_from_instance(self, passage: Passage) -> str:
        words = passage.quote if len(passage.quote) <= 140 else passage.quote[:137] + "..."
        return f"{passage.item.title[:60]}: {words}"


class CitingForm(RecordForm):
    """A form that cites a passage of the same workspace, offered by search or given in the address."""

    passage = PassageChoice(
        queryset=Passage.objects.none(), widget=forms.RadioSelect, error_messages={"required": "Choose a passage."}
    )

    def __init__(self, *args, offered=(), **options) -> None:
        super().__init__(*args, **options)
        parent = next(iter(self.start.values()))
        offered_ids = [each.pk for each in offered]
        if self.data.get("passage"):
            offered_ids.append(self.data["passage"])
        try:
            of_room = Passage.objects.filter(workspace=parent.workspace_id, status="active", pk__in=offered_ids)
            self.fields["passage"].queryset = of_room.select_related("item")
            self.fields["passage"].queryset.exists()
        except ValidationError:
            self.fields["passage"].queryset = Passage.objects.none()


class CitationForm(CitingForm):
    class Meta:
        model = Citation
        fields = ["passage", "supports", "intent_basis", "note"]

    def add(self, *, attribution: Attribution, **fields: Any) -> Citation:
        return attribution.cite(by=self.user, **fields)


class FindingCitationForm(CitingForm):
    class Meta:
        model = FindingCitation
        fields = ["passage", "bearing", "note"]


class CoAuthorForm(forms.Form):
    person = forms.ModelChoiceField(queryset=User.objects.none())

    def __init__(self, *args, attribution: Attribution, **options) -> None:
        super().__init__(*args, **options)
        members = User.objects.filter(
            memberships__workspace=attribution.workspace_id, memberships__ended_at=None, is_active=True
        )
        self.fields["person"].queryset = members.exclude(pk__in=attribution.author_ids())


class ReviewForm(forms.Form):
    conclusion = forms.ChoiceField(choices=Conclusion.choices, widget=forms.RadioSelect)
    reasons = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text="Needed for a comment and for a dissent.",
    )
    interests = forms.CharField(
        label="Declared interests",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Anything that could sway you, or that there is nothing.",
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(widget=forms.Textarea(attrs={"rows": 5}))
