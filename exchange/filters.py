"""Filters of lists, for the pages and the API alike."""

import django_filters

from cases.models import Attribution
from exchange.choices import Form
from exchange.models import Release
from ledger.filters import RecordFilterSet
from ledger.models import RecordStatus


class ReleaseFilter(RecordFilterSet):
    form = django_filters.MultipleChoiceFilter(choices=Form.choices)
    status = django_filters.MultipleChoiceFilter(choices=RecordStatus.choices)
    attribution = django_filters.ModelChoiceFilter(queryset=lambda request: Attribution.objects.order_by("-pk"))

    class Meta:
        model = Release
        fields: list[str] = []
