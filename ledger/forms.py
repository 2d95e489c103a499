"""Forms over records. They ask; the model's verbs decide and write."""

from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError

from accounts.errors import StaleVersion
from accounts.models import User


class RecordForm(forms.ModelForm):
    """A form whose rules are the model's own: `add` for a new record, `change` for a known one.

    `start` holds what the page fixes (a child's parent). After a conflict, `conflict` lists
    (label, stored now, typed here) and a second save overwrites on purpose.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user: User, start: dict[str, Any] | None = None, **options) -> None:
        super().__init__(*args, **options)
        self.user, self.start, self.conflict = user, start or {}, []
        self.is_new = self.instance._state.adding
        if self.is_new:
            del self.fields["version"]
        else:
            self.initial["version"] = self.instance.version
        if "workspace" in self.fields:
            self._offer_rooms()

    def _offer_rooms(self) -> None:
        rooms = self.user.rooms_to_write_in()
        field = self.fields["workspace"]
        field.queryset = field.queryset.filter(pk__in=[room.pk for room in rooms])
        if len(rooms) == 1:
            field.initial = rooms[0].pk

    def _post_clean(self) -> None:
        """Leave the instance alone: the verb sets and checks it."""

    def save(self, commit: bool = True):
        """Run the verb. Returns the record, or None with the errors on the form."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        try:
            if self.is_new:
                return self.add(**self.start, **fields)
            self.instance.change(by=self.user, version=self.cleaned_data["version"], **fields)
            return self.instance
        except ValidationError as refusal:
            self.take_errors(refusal)
        except StaleVersion as stale:
            self._show_conflict(stale)
        return None

    def add(self, **fields: Any):
        """The verb for a new record. A subclass may call another one."""
        return self._meta.model.add(by=self.user, **fields)

    def take_errors(self, refusal: ValidationError) -> None:
        """Put the model's errors beside their fields; those of absent fields go to the top."""
        for name, errors in getattr(refusal, "error_dict", {"__all__": refusal}).items():
            self.add_error(name if name in self.fields else None, errors)

    def _show_conflict(self, stale: StaleVersion) -> None:
        stored = type(self.instance).objects.get(pk=self.instance.pk)
        for name in self.changed_data:
            if name != "version" and getattr(stored, name) != self.cleaned_data[name]:
                self.conflict.append((self.fields[name].label, getattr(stored, name), self.cleaned_data[name]))
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = stored.version
        self.add_error(None, f"{stale.sentence} Compare below; saving again puts your text in place of theirs.")


class ReasonForm(forms.Form):
    """A step that wants its reason."""

    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


class NoteForm(forms.Form):
    """A step that takes a word along."""

    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


class CommaSeparated(SimpleArrayField):
    """A list typed with commas between; spaces around an entry do not count."""

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value):
        return super().clean(",".join(each.strip() for each in (value or "").split(",") if each.strip()))
