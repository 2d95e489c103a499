"""What every filter set shares. One filter set serves the page and the API."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django_filters.widgets import BooleanWidget

from accounts.choices import Marking
from accounts.models import User, Workspace
from ledger.choices import Event, TaskStatus
from ledger.kinds import kinds, title_of
from ledger.models import Comment, Notification, Task


def rooms_of(request) -> QuerySet[Workspace]:
    """The workspaces of who asks; nobody's where nobody is signed in."""
    if request is None or not request.user.is_authenticated:
        return Workspace.objects.none()
    return Workspace.objects.filter(memberships__user=request.user, memberships__ended_at=None)


OFFERED_FIRST = 4
"""Filters of a list that stand in the open."""


class EitherWidget(BooleanWidget):
    """Yes, no, or not asked."""

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs)
        self.choices = [("", "---------"), ("true", "Yes"), ("false", "No")]

    def value_from_datadict(self, data, files, name):
        """Yes, no, or what was sent instead of either, for the field to refuse."""
        known = super().value_from_datadict(data, files, name)
        return (data.get(name) or None) if known is None else known


class EitherField(forms.NullBooleanField):
    """What is neither yes nor no is refused, not left out."""

    widget = EitherWidget

    def to_python(self, value):
        if value not in (None, True, False):
            raise ValidationError("Say true or false.", code="invalid")
        return value


class EitherFilter(django_filters.BooleanFilter):
    """Yes, no, or not asked."""

    field_class = EitherField


def those_that(queryset: QuerySet, value: bool, **conditions: Any) -> QuerySet:
    """The records that meet the conditions, or (`value` false) those that do not."""
    return queryset.filter(**conditions) if value else queryset.exclude(**conditions)


class OwnChoiceFilter(django_filters.ChoiceFilter):
    """A choice among what depends on who asks; `shape` is the JSON schema of what they all look like."""

    def __init__(self, *args, shape: dict[str, str], **options) -> None:
        super().__init__(*args, **options)
        self.shape = shape


class RecordFilterSet(django_filters.FilterSet):
    """Words, workspace and marking. A subclass names its own fields after them."""

    q = django_filters.CharFilter(label="Words", method="having_words")
    workspace = OwnChoiceFilter(label="Workspace", shape={"type": "string", "format": "uuid"})
    marking = django_filters.MultipleChoiceFilter(choices=Marking.choices, label="Marking")

    shown_last: tuple[str, ...] = ("workspace", "marking")
    """Asked for least."""

    is_whole = True
    """Whether all filters are offered."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in self.shown_last:
            self.filters[name] = self.filters.pop(name)
        user = getattr(self.request, "user", None)
        rooms = user.workspaces() if user and user.is_authenticated else []  # remembered: no query of its own
        self.filters["workspace"].extra["choices"] = [(str(room.pk), room.name) for room in rooms]

    def show_first(self) -> None:
        """Offer only the first few: the others cost nothing until somebody wants them."""
        self.is_whole = len(self.filters) <= OFFERED_FIRST
        for name in list(self.filters)[OFFERED_FIRST:]:
            del self.filters[name]

    def having_words(self, queryset: QuerySet, name: str, words: str) -> QuerySet:
        """Records whose own words, or those of their parts, match a web-style query."""
        return queryset.filter(pk__in=RawSQL("SELECT anchor_id FROM search_matches(%s)", [words]))


def members(request) -> QuerySet[User]:
    """The members of one's rooms."""
    return User.objects.filter(memberships__workspace__in=rooms_of(request)).order_by("name").distinct()


def kind_choices() -> list[tuple[str, str]]:
    return [(kind, title_of(kind)) for kind in kinds()]


class AboutFilterSet(RecordFilterSet):
    """Records about other records."""

    shown_last = ("about_kind", "about_id", "workspace", "marking")

    about_kind = django_filters.ChoiceFilter(choices=kind_choices, label="About a")
    about_id = django_filters.UUIDFilter(label="About the record with id")


class CommentFilter(AboutFilterSet):
    author = django_filters.ModelChoiceFilter(queryset=members, field_name="created_by")
    mentions_me = EitherFilter(method="naming_me", label="Mentions me")
    is_resolved = EitherFilter(field_name="resolved_at", lookup_expr="isnull", exclude=True)
    thread = django_filters.ModelChoiceFilter(
        queryset=lambda request: Comment.objects.all(), field_name="reply_to", label="Replies to"
    )

    class Meta:
        model = Comment
        fields: list[str] = []

    def naming_me(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, value, mentions__contains=[self.request.user.pk])


class TaskFilter(AboutFilterSet):
    status = django_filters.MultipleChoiceFilter(choices=TaskStatus.choices)
    mine = EitherFilter(method="for_me", label="Mine")
    overdue = EitherFilter(method="past_due", label="Overdue")
    assignee = django_filters.ModelChoiceFilter(queryset=members)
    due_to = django_filters.DateFilter(field_name="due", lookup_expr="lte", label="Due up to")

    class Meta:
        model = Task
        fields: list[str] = []

    def for_me(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, value, assignee=self.request.user)

    def past_due(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, value, pk__in=Task.objects.overdue())


class NotificationFilter(django_filters.FilterSet):
    unread = EitherFilter(field_name="read_at", lookup_expr="isnull", label="Unread")
    event = django_filters.MultipleChoiceFilter(choices=Event.choices, label="Event")
    about_kind = django_filters.ChoiceFilter(choices=kind_choices, label="About a")

    class Meta:
        model = Notification
        fields: list[str] = []
