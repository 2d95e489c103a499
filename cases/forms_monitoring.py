"""Forms of corridors, presences, relations and flows."""

from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.choices import Marking
from cases.choices import FlowCategory, FlowUnit
from cases.forms import FEW_LINES, PassageChoice, countries
from cases.geography import read_crossing_points, read_line, write_crossing_points, write_line
from cases.models import ActorRelation, Corridor, CorridorPresence, FlowObservation
from cases.pasting import Row, Sheet, read_counts, read_sheet
from evidence.models import Passage
from ledger.forms import RecordForm
from ledger.models import Record


class LinesField(forms.CharField):
    """A list typed one entry a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, read, write, **options) -> None:
        super().__init__(required=False, **options)
        self.read, self.write = read, write

    def prepare_value(self, value):
        return self.write(value) if isinstance(value, list) else value

    def clean(self, value) -> list:
        try:
            return self.read(super().clean(value))
        except ValueError as fault:
            raise ValidationError(str(fault))

    def has_changed(self, initial, data) -> bool:
        return self.prepare_value(initial) != data


class CorridorForm(RecordForm):
    countries = countries("Countries")
    line = LinesField(
        read=read_line,
        write=write_line,
        help_text="One point a line, in the direction of travel: longitude, latitude (decimal degrees, WGS 84).",
    )
    crossing_points = LinesField(
        read=read_crossing_points, write=write_crossing_points, help_text="One a line, like Kuznica: 23.65, 53.51"
    )

    class Meta:
        model = Corridor
        fields = ["workspace", "name", "countries", "marking", "description", "line", "crossing_points"]


class CorridorEditForm(CorridorForm):
    class Meta(CorridorForm.Meta):
        fields = CorridorForm.Meta.fields[1:]


class MayCiteForm(RecordForm):
    """A form that may name the words its statement comes from, and chooses within the workspace."""

    passage = PassageChoice(
        queryset=Passage.objects.none(),
        widget=forms.RadioSelect,
        required=False,
        blank=True,
        empty_label="None yet: unsourced, to verify",
        label="Comes from",
    )

    def __init__(self, *args, offered=(), room=None, **options) -> None:
        super().__init__(*args, **options)
        kept = self.instance.passage_id
        self.fields["passage"].queryset = offered_in(room, [*offered, self.data.get("passage")], kept)
        if kept and not self.fields["passage"].queryset.filter(pk=kept).exists():
            del self.fields["passage"]  # the editor may not read it, and so keeps it
        if "actor" in self.fields:
            self.fields["actor"].queryset = self.fields["actor"].queryset.filter(workspace=room, status="active")


def offered_in(room, passages, kept=None) -> QuerySet[Passage]:
    """Active passages of a workspace out of those offered or named, and the one kept. What is no id is left out."""
    wanted = set()
    for each in passages:
        with suppress(ValidationError):
            wanted.add(Passage._meta.pk.to_python(getattr(each, "pk", each)))
    chosen = Q(pk__in=wanted - {None}, status="active") | Q(pk=kept)
    return Passage.objects.filter(chosen, workspace=room).select_related("item")


class PresenceForm(MayCiteForm):
    class Meta:
        model = CorridorPresence
        fields = ["actor", "activity", "since", "until", "note", "passage"]
        widgets = {"note": FEW_LINES}


class PresenceEditForm(PresenceForm):
    """What is done, where and by whom stays; another presence is recorded anew."""

    class Meta(PresenceForm.Meta):
        fields = PresenceForm.Meta.fields[2:]


class RelationForm(MayCiteForm):
    class Meta:
        model = ActorRelation
        fields = ["relation", "to_actor", "since", "until", "marking", "note", "passage"]
        widgets = {"note": FEW_LINES}

    def __init__(self, *args, room=None, **options) -> None:
        super().__init__(*args, room=room, **options)
        if actor := self.start.get("from_actor"):
            others = self.fields["to_actor"].queryset.filter(workspace=room, status="active").exclude(pk=actor.pk)
            self.fields["to_actor"].queryset = others
            self.fields["marking"].initial = actor.marking
            self.fields["marking"].help_text = "At least as strict as both actors."


class RelationEditForm(RelationForm):
    class Meta(RelationForm.Meta):
        fields = RelationForm.Meta.fields[2:]


class FlowForm(MayCiteForm):
    class Meta:
        model = FlowObservation
        fields = [
            "observed_from",
            "observed_to",
            "low",
            "high",
            "unit",
            "category",
            "of_country",
            "marking",
            "note",
            "passage",
        ]
        widgets = {"note": FEW_LINES}

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.fields["high"].required = False
        self.fields["high"].help_text = "Empty where the count is exact."
        for parent in self.start.values():
            self.fields["marking"].initial = parent.marking
            self.fields["marking"].help_text = "At least as strict as what it belongs to."

    def clean_high(self) -> int | None:
        high = self.cleaned_data.get("high")
        return self.cleaned_data.get("low") if high is None else high


SAME_COUNT = ("unit", "category", "of_country", "observed_from", "observed_to", "low", "high", "passage_id")
"""Where these agree, an incident's or corridor's count is the same one."""

COLUMN_OF = {"observed_from": "from", "observed_to": "to", "of_country": "country"}


class PasteForm(forms.Form):
    """Rows copied from a spreadsheet, with what holds for all of them. All are recorded, or none."""

    rows = forms.CharField(
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "wrap": "off"}),
        error_messages={"required": "Paste at least one row."},
    )
    unit = forms.ChoiceField(choices=[("", "As each row says"), *FlowUnit.choices], required=False)
    category = forms.ChoiceField(choices=FlowCategory.choices, help_text="Where a row says none.")
    of_country = forms.CharField(required=False, max_length=2, help_text="Whose nationals, where a row says none.")
    marking = forms.ChoiceField(choices=Marking.choices)
    passage = PassageChoice(
        queryset=Passage.objects.none(),
        widget=forms.RadioSelect,
        required=False,
        blank=True,
        empty_label="None yet: unsourced, to verify",
        label="All come from",
    )

    def __init__(self, *args, user, parent_name: str, parent: Record, offered=(), **options) -> None:
        super().__init__(*args, **options)
        self.user, self.parent_name, self.parent = user, parent_name, parent
        self.sheet = Sheet([])
        self.fields["marking"].initial = parent.marking
        self.fields["passage"].queryset = offered_in(parent.workspace_id, [*offered, self.data.get("passage")])

    def clean_marking(self) -> str:
        chosen, least = Marking(self.cleaned_data["marking"]), Marking(self.parent.marking)
        if chosen.level < least.level:
            raise ValidationError(f"They hang on something marked {least.label}: mark them at least so.")
        return chosen.value

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if "rows" in told and not self.errors:
            self.sheet = read_sheet(told["rows"])
            read_counts(self.sheet, units=FlowUnit.choices, categories=FlowCategory.choices)
            if self.sheet.error:
                self.add_error("rows", self.sheet.error)
            else:
                self._examine()
        return told

    def _examine(self) -> None:
        """Hold every row against the rules of the record, without a question to the database for each."""
        known = set(self.parent.flows.filter(status="active").values_list(*SAME_COUNT))
        for row in self.sheet.rows:
            self._complete(row)
            if row.errors:
                continue
            count = FlowObservation(**row.fields, workspace_id=self.parent.workspace_id)
            try:
                count.clean_fields(exclude=["incident", "corridor", "passage", "workspace"])
                count.clean()
            except ValidationError as refusal:
                refuse(row, refusal)
            if tuple(getattr(count, name) for name in SAME_COUNT) in known:
                row.refuse("number", "This count is recorded already.")

    def _complete(self, row: Row) -> None:
        """What holds for all rows, where this one says nothing."""
        told = self.cleaned_data
        row.fields |= {self.parent_name: self.parent, "marking": told["marking"], "passage": told["passage"]}
        row.fields.setdefault("category", told["category"])
        row.fields.setdefault("of_country", told["of_country"].upper())
        if told["unit"]:
            row.fields.setdefault("unit", told["unit"])
        if "unit" not in row.fields and "unit" not in row.errors:
            row.refuse("unit", "Say what is counted: in this row, or for all rows.")
        if not row.fields["observed_from"]:
            row.refuse("from", "Say when it was counted.")

    @transaction.atomic
    def record(self) -> int:
        """Record all rows, or none. Returns how many; 0 leaves the reasons on the rows."""
        for row in self.sheet.rows:
            try:
                FlowObservation.add(by=self.user, **row.fields)
            except ValidationError as refusal:
                refuse(row, refusal)
        if self.sheet.faults:
            transaction.set_rollback(True)
            return 0
        return len(self.sheet.rows)


def refuse(row: Row, refusal: ValidationError) -> None:
    """Note on a row what the record's rules say, under the column it is about."""
    told = refusal.error_dict if hasattr(refusal, "error_dict") else {"__all__": refusal.error_list}
    for name, errors in told.items():
        plain = "number" if name in ("low", "high") and "number" in row.cells else name
        for error in errors:
            row.refuse(COLUMN_OF.get(plain, "" if plain == "__all__" else plain), " ".join(error.messages))
