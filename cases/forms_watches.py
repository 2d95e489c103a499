"""Forms of watches: one for each sort."""

from typing import Any

from django import forms

from cases.models import Watch
from ledger.forms import RecordForm

DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


class SearchForm(RecordForm):
    class Meta:
        model = Watch
        fields = ["title", "over", "query", "workspace", "marking"]
        widgets = {"query": forms.TextInput}
        help_texts = {"query": "As they stand in the address of the list. Empty: everything in it."}

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.fields["over"].required = True

    def add(self, **fields: Any) -> Watch:
        return Watch.add(by=self.user, sort="search", **fields)


class SearchEditForm(SearchForm):
    class Meta(SearchForm.Meta):
        fields = ["title", "query", "marking"]

    def __init__(self, *args, **options) -> None:
        super(SearchForm, self).__init__(*args, **options)


class DateForm(RecordForm):
    look_on = forms.DateField(label="Look again on", **DAY)

    class Meta:
        model = Watch
        fields = ["title", "look_on", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def add(self, **fields: Any) -> Watch:
        return Watch.add(by=self.user, sort="date", **fields)


class FlowForm(RecordForm):
    """A number that a single count is to reach: counts are never added."""

    class Meta:
        model = Watch
        fields = ["title", "unit", "at_least", "counted_from", "counted_to"]
        help_texts = {"at_least": "Of a single count, its upper figure. Counts are never added."}

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].required = self.fields["at_least"].required = True

    def add(self, **fields: Any) -> Watch:
        return Watch.add(by=self.user, sort="flow", **fields)
