"""Forms by which bytes come in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from evidence.choices import Credibility, Reliability, SourceClass
from evidence.forms import ABOUT, ItemEditForm
from evidence.intake import found_upload, take_in
from evidence.models import EvidenceItem, Source, StoredFile, Upload
from ledger.forms import RecordForm


class UploadField(forms.UUIDField):
    """A file that the page has sent already, in pieces (`static/js/intake.js`)."""

    def __init__(self) -> None:
        super().__init__(
            required=False, label="The file that was sent", widget=forms.HiddenInput(attrs={"data-sent": ""})
        )

    def clean(self, value: Any) -> Upload | None:
        key = super().clean(value)
        try:
            return found_upload(key) if key else None
        except ValidationError as refusal:
            raise ValidationError(refusal.messages) from refusal


def show_beside_the_file(form: forms.Form) -> None:
    """What is wrong with a file that was sent before: its own field is hidden."""
    if told := form.errors.get("upload"):
        form.add_error("file", told)


def _bytes_given(typed: dict[str, Any]) -> int:
    """How many of file, upload and text were given."""
    return sum(map(bool, (typed.get("file"), typed.get("upload"), (typed.get("text") or "").strip())))


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
        help_text="PDF, Word, Excel, web pages and archives, mails, tables and text are read; mails and ZIP files are "
        "opened; anything else is kept as it is.",
        widget=forms.ClearableFileInput(attrs={"data-drop": ""}),
    )
    upload = UploadField()
    text = forms.CharField(
        required=False, label="Or paste the text", widget=forms.Textarea(attrs={"rows": 6}), strip=False
    )
    fetch = forms.BooleanField(
        required=False,
        label="Fetch this address and keep what it answers",
        help_text="In the background, as a web archive (WARC). File and text may then be left out.",
    )
    confirmed_repeat = forms.BooleanField(
        required=False, label="Keep the same bytes once more", widget=forms.HiddenInput
    )

    class Meta(ItemEditForm.Meta):
        fields = ["workspace", *ABOUT, "credibility", "credibility_reason"]

    field_order = ["file", "upload", "text", "url", "fetch", "workspace", "title", "source", "new_source"]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.fields["confirmed_repeat"] = self.fields.pop("confirmed_repeat")
        if self.is_bound and self.data.get(self.add_prefix("confirmed_repeat")):
            self._ask_about_repeat()

    def _ask_about_repeat(self) -> None:
        self.fields["confirmed_repeat"].widget = forms.CheckboxInput()

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        show_beside_the_file(self)
        given = _bytes_given(typed)
        if given != 1 and not (typed.get("fetch") and not given):
            self.add_error("file", "Give a file, or paste text: one of the two.")
        if typed.get("fetch") and not typed.get("url"):
            self.add_error("url", "Say which address is to be fetched.")
        if bool(typed.get("source")) == bool(typed.get("new_source")):
            self.add_error("source", "Choose a source, or name a new one: one of the two.")
        if typed.get("new_source") and not typed.get("new_source_class"):
            self.add_error("new_source_class", "Say of which class the new source is.")
        if self.errors and typed.get("file"):
            self.add_error("file", CHOOSE_AGAIN)
        return typed

    def take_errors(self, refusal: ValidationError) -> None:
        if "confirmed_repeat" in getattr(refusal, "error_dict", {}):
            self._ask_about_repeat()
        super().take_errors(refusal)
        if self.files:
            self.add_error("file", CHOOSE_AGAIN)

    def add(
        self,
        *,
        file,
        upload: Upload | None,
        text: str,
        fetch: bool,
        confirmed_repeat: bool,
        new_source: str,
        new_source_class: str,
        **fields: Any,
    ) -> EvidenceItem:
        if new_source:
            fields["source"] = Source.add(
                by=self.user,
                workspace=fields["workspace"],
                marking=fields["marking"],
                name=new_source,
                source_class=new_source_class,
                reliability=Reliability.F,
                confirmed_harmless=fields.get("confirmed_harmless", False),
            )
        return take_in(
            by=self.user,
            file=file,
            upload=upload,
            text=text,
            fetch=fetch,
            confirmed_repeat=confirmed_repeat,
            **fields,
        )


class ManyForm(RecordForm):
    """What goes for many new items at once. The page sends each file by the API and takes it in there."""

    new_source = forms.CharField(
        max_length=300, required=False, label="Or name a new source", help_text="It begins ungraded (F)."
    )
    new_source_class = forms.ChoiceField(
        choices=[("", "---------"), *SourceClass.choices], required=False, label="Class of the new source"
    )

    class Meta:
        model = EvidenceItem
        fields = ["workspace", "source", "evidence_kind", "category", "language", "marking"]

    field_order = ["workspace", "source", "new_source", "new_source_class"]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.fields["source"].required = False


class BytesForm(forms.Form):
    """Another file or text for an item, or a later version of one that it has."""

    file = forms.FileField(required=False, widget=forms.ClearableFileInput(attrs={"data-drop": ""}))
    upload = UploadField()
    text = forms.CharField(
        required=False, label="Or paste the text", widget=forms.Textarea(attrs={"rows": 8}), strip=False
    )
    replaces = forms.ModelChoiceField(
        queryset=StoredFile.objects.none(),
        required=False,
        label="A later version of",
        empty_label="None: a file beside the others",
        help_text="The earlier version stays as it was. Its passages go over to this one, once it is read.",
    )

    def __init__(self, *args, item: EvidenceItem, **options) -> None:
        super().__init__(*args, **options)
        self.fields["replaces"].queryset = item.files.filter(replaced_by=None)

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        show_beside_the_file(self)
        if _bytes_given(typed) != 1:
            raise ValidationError("Give a file, or paste text: one of the two.")
        return typed


class CaptureForm(forms.Form):
    """An address to be fetched, and what was copied from it by hand if it cannot be."""

    requested_url = forms.CharField(
        max_length=2000,
        label="Address",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="Fetched in the background without cookies or a sign-in, and kept as a web archive (WARC).",
    )
    text = forms.CharField(
        required=False,
        label="What stands there, pasted",
        widget=forms.Textarea(attrs={"rows": 8}),
        strip=False,
        help_text="Kept as it is, whatever becomes of the address.",
    )
