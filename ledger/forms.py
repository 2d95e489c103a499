"""Forms over records. They ask; the model's verbs decide and write."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError

from accounts.errors import StaleVersion
from accounts.models import User
from ledger.models import Comment, Record, Task
from ledger.notices import readers_of


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


class NothingForm(forms.Form):
    """A step that wants nothing but the press of its button."""


class WordForm(forms.Form):
    """A step that wants a word."""

    word = forms.CharField(max_length=300, help_text="Like “done”, “agreed”, or what was decided.")


class CommentForm(forms.Form):
    """What somebody says, to which thread, and who is told of it."""

    text = forms.CharField(widget=forms.Textarea, error_messages={"required": "Write what you want to say."})
    reply_to = forms.ModelChoiceField(queryset=Comment.objects.none(), required=False)
    mentions = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, people: list[User], **options) -> None:
        super().__init__(*args, **options)
        self.fields["reply_to"].queryset = Comment.objects.all()
        self.fields["mentions"].choices = [(str(each.pk), each.name) for each in people]

    def clean_mentions(self) -> list[UUID]:
        return [UUID(each) for each in self.cleaned_data["mentions"]]


class AssignForm(forms.Form):
    """Who is to do it."""

    assignee = forms.ModelChoiceField(queryset=User.objects.none(), required=False, empty_label="Nobody")

    def __init__(self, *args, people, **options) -> None:
        super().__init__(*args, **options)
        self.fields["assignee"].queryset = people


class TaskForm(RecordForm):
    """A new task. About a record it lies where that lies, so neither workspace nor marking is asked."""

    due = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    class Meta:
        model = Task
        fields = ["title", "note", "assignee", "due", "workspace", "marking"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        about: Record | None = self.start.get("about") or (None if self.is_new else self.instance)
        if about is not None:
            people = readers_of(about.workspace_id, about.marking)
        else:
            rooms = [room.pk for room in self.user.workspaces()]
            people = User.objects.filter(memberships__workspace__in=rooms, memberships__ended_at=None, is_active=True)
        if "assignee" in self.fields:
            self.fields["assignee"].queryset = people.order_by("name").distinct()
        if self.start.get("about") or self.instance.about_id:
            for name in set(self.fields) & {"workspace", "marking"}:
                del self.fields[name]


class TaskEditForm(TaskForm):
    """A task keeps its workspace, and is assigned by a step of its own."""

    class Meta(TaskForm.Meta):
        fields = ["title", "note", "due", "marking"]


class CommaSeparated(SimpleArrayField):
    """A list typed with commas between; spaces around an entry do not count."""

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value):
        return super().clean(",".join(each.strip() for each in (value or "").split(",") if each.strip()))
