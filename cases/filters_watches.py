"""Filters of watches, for the page and the API alike."""

import django_filters
from django.db.models import QuerySet

from cases.choices import Watchable, WatchSort, WatchStatus
from cases.models import Watch
from ledger.filters import AboutFilterSet, EitherFilter, members, those_that


class WatchFilter(AboutFilterSet):
    sort = django_filters.MultipleChoiceFilter(choices=WatchSort.choices)
    status = django_filters.MultipleChoiceFilter(choices=WatchStatus.choices)
    mine = EitherFilter(method="of_me", label="Mine")
    owner = django_filters.ModelChoiceFilter(queryset=members)
    over = django_filters.MultipleChoiceFilter(choices=Watchable.choices, label="List")

    class Meta:
        model = Watch
        fields: list[str] = []

    def of_me(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, value, owner=self.request.user)
