"""What every filter set shares. One filter set serves the page and the API."""

import django_filters
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.choices import Marking
from accounts.models import Workspace


def rooms_of(request) -> QuerySet[Workspace]:
    """The workspaces of who asks; nobody's where nobody is signed in."""
    if request is None or not request.user.is_authenticated:
        return Workspace.objects.none()
    return Workspace.objects.filter(memberships__user=request.user, memberships__ended_at=None)


class RecordFilterSet(django_filters.FilterSet):
    """Words, workspace and marking. A subclass names its own fields after them."""

    q = django_filters.CharFilter(label="Words", method="having_words")
    workspace = django_filters.ModelChoiceFilter(queryset=rooms_of, label="Workspace")
    marking = django_filters.MultipleChoiceFilter(choices=Marking.choices, label="Marking")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("workspace", "marking"):  # asked for least, so shown last
            self.filters[name] = self.filters.pop(name)

    def having_words(self, queryset: QuerySet, name: str, words: str) -> QuerySet:
        """Records whose own words, or those of their parts, match a web-style query."""
        return queryset.filter(pk__in=RawSQL("SELECT anchor_id FROM search_matches(%s)", [words]))
