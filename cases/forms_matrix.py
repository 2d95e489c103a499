"""Forms of the matrix and of the gate's policy."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases import policies
from cases.forms import FEW_LINES
from cases.models import Hypothesis, MatrixRow
from evidence.models import EvidenceItem
from ledger.forms import RecordForm


class HypothesisForm(RecordForm):
    class Meta:
        model = Hypothesis
        fields = ["name", "description"]
        widgets = {"description": FEW_LINES}


class ItemChoice(forms.ModelChoiceField):
    """An evidence item, chosen by its title."""

    def label_from_instance(self, item: EvidenceItem) -> str:
        return f"{item.grade} {item.title}: {item.source}"


class MatrixRowForm(RecordForm):
    item = ItemChoice(
        queryset=EvidenceItem.objects.none(), widget=forms.RadioSelect, error_messages={"required": "Choose an item."}
    )

    class Meta:
        model = MatrixRow
        fields = ["item", "note"]

    def __init__(self, *args, offered=(), **options) -> None:
        super().__init__(*args, **options)
        of_room = EvidenceItem.objects.filter(workspace=self.start["incident"].workspace_id, status="active")
        chosen = [self.data["item"]] if self.data.get("item") else []
        try:
            found = of_room.filter(pk__in=[*(each.pk for each in offered), *chosen]).select_related("source")
        except ValidationError:
            found = of_room.none()
        self.fields["item"].queryset = found


class GatePolicyForm(forms.Form):
    """A field for each number of the gate, beside what the product sets and how far a workspace may move it."""

    def __init__(self, *args, base: policies.Policy, in_force: policies.Policy, **options) -> None:
        super().__init__(*args, **options)
        self.base = base
        for name, bounds in base.bounds.items():
            self.fields[name] = forms.IntegerField(
                label=bounds.title,
                initial=in_force[name],
                help_text=f"{bounds.least} to {bounds.most}; the product sets {bounds.value}.",
            )
        self.fields["reason"] = forms.CharField(
            widget=FEW_LINES, help_text="Why this workspace asks for other numbers; every member reads it."
        )

    @property
    def numbers(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in self.base.bounds if name in self.cleaned_data}

    def clean(self) -> dict[str, Any]:
        for name, sentence in policies.refusals(self.numbers, self.base).items():
            self.add_error(name, sentence)
        return self.cleaned_data
