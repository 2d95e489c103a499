"""Forms of the evidence pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from evidence.choices import AnchorState, Credibility, Nature, Question, Reliability
from evidence.models import Confirmation, Derivation, EvidenceItem, Grading, NearCopy, Passage, Source
from evidence.models.gradings import standing_of
from evidence.ocr_languages import installed, name_of
from ledger.fields import validate_partial_date
from ledger.forms import CommaSeparated, RecordForm


class ConfirmingForm(RecordForm):
    """A form over typed text. The question whether it is harmless appears when the model asks it."""

    confirmed_harmless = forms.BooleanField(
        required=False, label="I have looked: it tells no person apart and accuses no people", widget=forms.HiddenInput
    )

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.fields["confirmed_harmless"] = self.fields.pop("confirmed_harmless")  # last, beside the button
        if self.is_bound and self.data.get(self.add_prefix("confirmed_harmless")):
            self._ask()

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != "confirmed_harmless"]

    def take_errors(self, refusal: ValidationError) -> None:
        if "confirmed_harmless" in getattr(refusal, "error_dict", {}):
            self._ask()
        super().take_errors(refusal)

    def _ask(self) -> None:
        self.fields["confirmed_harmless"].widget = forms.CheckboxInput()


def of_room(queryset, workspace_id):
    return queryset.filter(workspace=workspace_id)


class SourceForm(ConfirmingForm):
    class Meta:
        model = Source
        fields = [
            "workspace",
            "name",
            "source_class",
            "country",
            "owner",
            "homepage",
            "description",
            "reliability",
            "reliability_reason",
            "marking",
        ]


class SourceEditForm(ConfirmingForm):
    """Grades change by grading anew, with a reason."""

    class Meta:
        model = Source
        fields = ["name", "source_class", "country", "owner", "homepage", "description", "marking"]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        rest = of_room(Source.objects.order_by("name"), self.instance.workspace_id)
        self.fields["owner"].queryset = rest.exclude(pk=self.instance.pk)


ABOUT = [
    "title",
    "source",
    "evidence_kind",
    "category",
    "instances",
    "published",
    "language",
    "url",
    "reference_number",
    "basis_of_knowledge",
    "summary",
    "is_abstract",
    "marking",
]


class ItemEditForm(ConfirmingForm):
    instances = CommaSeparated(
        forms.CharField(validators=[validate_partial_date]),
        required=False,
        help_text="For a pattern: the dates of its instances, as known, with commas between.",
    )

    class Meta:
        model = EvidenceItem
        fields = ABOUT

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        if not self.is_new:
            self.fields["source"].queryset = of_room(Source.objects.order_by("name"), self.instance.workspace_id)


class RegradeSourceForm(forms.Form):
    reliability = forms.ChoiceField(choices=Reliability.choices, widget=forms.RadioSelect)
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


class RegradeItemForm(forms.Form):
    credibility = forms.TypedChoiceField(choices=Credibility.choices, coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


class GradeSaidForm(forms.Form):
    """Whether its source truly said it."""

    reliability = forms.ChoiceField(
        choices=Reliability.choices, widget=forms.RadioSelect, help_text="Of the source, as a witness of its own words."
    )
    credibility = forms.TypedChoiceField(choices=Credibility.choices, coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


class GradingForm(RecordForm):
    """One's own grading, given blind."""

    credibility = forms.TypedChoiceField(choices=Credibility.choices, coerce=int, widget=forms.RadioSelect)

    class Meta:
        model = Grading
        fields = ["question", "reliability", "credibility", "reason"]
        widgets = {
            "question": forms.RadioSelect,
            "reliability": forms.RadioSelect,
            "reason": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.fields["reliability"].choices = Reliability.choices
        standing = standing_of(self.start["item"].pk)
        still_open = [each for each in Question if not standing[each].hindrance] or list(Question)
        self.fields["question"].choices = [(each.value, each.label) for each in still_open]
        self.fields["question"].initial = still_open[-1].value


class ConfirmationForm(RecordForm):
    class Meta:
        model = Confirmation
        fields = ["confirming", "note"]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        item = self.start["item"]
        others = of_room(EvidenceItem.objects.filter(status="active"), item.workspace_id)
        self.fields["confirming"].queryset = others.exclude(pk=item.pk)
        self.fields["confirming"].label = "It is confirmed by"


class ReanchorForm(forms.Form):
    anchor_state = forms.ChoiceField(
        choices=AnchorState.choices,
        widget=forms.RadioSelect,
        label="Its words stand",
        help_text="Exact or moved, they carry a citation; fuzzy or orphan, they carry none.",
    )
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


class ReadAgainForm(forms.Form):
    languages = forms.MultipleChoiceField(
        required=False,
        label="Pictures of text are in",
        widget=forms.CheckboxSelectMultiple,
        help_text="The languages that OCR reads. None chosen: those that are set for all files here.",
    )

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.fields["languages"].choices = [(each, name_of(each)) for each in installed()]
        if not installed():
            self.fields["languages"].help_text = "OCR is not installed here: pictures of text stay unread."


class SupersedeForm(forms.Form):
    successor = forms.ModelChoiceField(queryset=EvidenceItem.objects.none(), label="Put in its place")
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, item: EvidenceItem, **options) -> None:
        super().__init__(*args, **options)
        others = of_room(EvidenceItem.objects.filter(status="active"), item.workspace_id)
        self.fields["successor"].queryset = others.exclude(pk=item.pk)


class ItemBySource(forms.ModelChoiceField):
    """Items told apart by source and date: copies often have one title."""

    def label_from_instance(self, item: EvidenceItem) -> str:
        return f"{item} ({item.source}, {item.published or 'undated'})"


class ConfirmCopyForm(forms.Form):
    """Which of two items repeats the other, and how."""

    repeating = ItemBySource(
        queryset=EvidenceItem.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        label="Which repeats the other",
    )
    nature = forms.ChoiceField(choices=Nature.choices, initial=Nature.REPEATS, label="How")
    note = forms.CharField(max_length=500, required=False)

    def __init__(self, *args, suggestion: NearCopy, **options) -> None:
        super().__init__(*args, **options)
        pair = [suggestion.item_id, suggestion.other_id]
        self.fields["repeating"].queryset = EvidenceItem.objects.filter(pk__in=pair).select_related("source")
        self.fields["repeating"].initial = suggestion.presumed.pk


class DerivationForm(RecordForm):
    class Meta:
        model = Derivation
        fields = ["original", "nature", "note"]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        item = self.start["item"]
        self.fields["original"].queryset = of_room(EvidenceItem.objects.all(), item.workspace_id).exclude(pk=item.pk)
        self.fields["original"].label = "It repeats"


class MarkForm(ConfirmingForm):
    """Words of a page. `start` counts code points; without it the words must occur once."""

    start = forms.IntegerField(required=False, widget=forms.HiddenInput)
    quote = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}), label="The exact words", strip=False
    )
    fragment = forms.CharField(
        required=False,
        label="Or a part of it",
        help_text="xywh=percent:10,20,30,25 for a part of a picture; t=12,31.5 for one of a recording, in seconds.",
    )

    class Meta:
        model = Passage
        fields = ["quote", "fragment", "note"]

    def __init__(self, *args, **options) -> None:
        page = options["start"].pop("page")
        super().__init__(*args, **options)
        self.page = page

    def add(self, **fields: Any) -> Passage:
        return Passage.mark(by=self.user, page=self.page, **fields)
