"""Forms of the evidence pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from evidence.choices import AnchorState, Credibility, Nature, Question, Reliability, SourceClass
from evidence.models import Confirmation, Derivation, EvidenceItem, Grading, NearCopy, Passage, Source, StoredFile
from evidence.models.gradings import standing_of
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


class SourceForm(RecordForm):
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


class SourceEditForm(RecordForm):
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


CHOOSE_AGAIN = "Choose the file again: a browser cannot hand it back."


class IntakeForm(ItemEditForm):
    """A new item with its bytes: a file or pasted text, and a source old or new, all at once."""

    source = forms.ModelChoiceField(queryset=Source.objects.all(), required=False)
    new_source = forms.CharField(
        max_length=300, required=False, label="Or name a new source", help_text="It begins ungraded (F)."
    )
    new_source_class = forms.ChoiceField(
        choices=[("", "---------"), *SourceClass.choices], required=False, label="Class of the new source"
    )
    credibility = forms.TypedChoiceField(
        choices=Credibility.choices,
        coerce=int,
        initial=6,
        help_text="In the open. Left at 6, it can be graded blind by you and another analyst.",
    )
    file = forms.FileField(
        required=False,
        help_text="PDF, DOCX, HTML and text are read; anything else is kept as it is.",
        widget=forms.ClearableFileInput(attrs={"data-drop": ""}),
    )
    text = forms.CharField(
        required=False, label="Or paste the text", widget=forms.Textarea(attrs={"rows": 6}), strip=False
    )

    class Meta(ItemEditForm.Meta):
        fields = ["workspace", *ABOUT, "credibility", "credibility_reason"]

    field_order = ["file", "text", "workspace", "title", "source", "new_source", "new_source_class"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if bool(typed.get("file")) == bool((typed.get("text") or "").strip()):
            self.add_error("file", "Give a file, or paste text: one of the two.")
        if bool(typed.get("source")) == bool(typed.get("new_source")):
            self.add_error("source", "Choose a source, or name a new one: one of the two.")
        if typed.get("new_source") and not typed.get("new_source_class"):
            self.add_error("new_source_class", "Say of which class the new source is.")
        if self.errors and typed.get("file"):
            self.add_error("file", CHOOSE_AGAIN)
        return typed

    def take_errors(self, refusal: ValidationError) -> None:
        super().take_errors(refusal)
        if self.files:
            self.add_error("file", CHOOSE_AGAIN)

    def add(self, *, file, text: str, new_source: str, new_source_class: str, **fields: Any) -> EvidenceItem:
        if new_source:
            fields["source"] = Source.add(
                by=self.user,
                workspace=fields["workspace"],
                marking=fields["marking"],
                name=new_source,
                source_class=new_source_class,
                reliability=Reliability.F,
            )
        item = EvidenceItem.add(by=self.user, collected_by=self.user, **fields)
        receive_bytes(by=self.user, item=item, file=file, text=text)
        return item


def receive_bytes(*, by, item: EvidenceItem, file, text: str) -> StoredFile:
    """Keep what came: an uploaded file, else the pasted text."""
    if file:
        return StoredFile.receive(by=by, item=item, content=file, name=file.name)
    return StoredFile.receive_text(by=by, item=item, text=text)


class BytesForm(forms.Form):
    """Another file or text for an item."""

    file = forms.FileField(required=False)
    text = forms.CharField(
        required=False, label="Or paste the text", widget=forms.Textarea(attrs={"rows": 8}), strip=False
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if bool(typed.get("file")) == bool((typed.get("text") or "").strip()):
            raise ValidationError("Give a file, or paste text: one of the two.")
        return typed


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
    quote = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), label="The exact words", strip=False)

    class Meta:
        model = Passage
        fields = ["quote", "note"]

    def __init__(self, *args, **options) -> None:
        page = options["start"].pop("page")
        super().__init__(*args, **options)
        self.page = page

    def add(self, **fields: Any) -> Passage:
        return Passage.mark(by=self.user, page=self.page, **fields)
