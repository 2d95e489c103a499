"""Filters of lists, for the pages and the API alike."""

import django_filters

from accounts.choices import Marking
from cases.models import Attribution
from exchange.choices import Form, SharingStatus
from exchange.models import Release, Sharing
from ledger.filters import RecordFilterSet
from ledger.models import RecordStatus
from policy.models import PolicyResponse


class ReleaseFilter(RecordFilterSet):
    form = django_filters.MultipleChoiceFilter(choices=Form.choices)
    status = django_filters.MultipleChoiceFilter(choices=RecordStatus.choices)
    attribution = django_filters.ModelChoiceFilter(queryset=lambda request: Attribution.objects.order_by("-pk"))

    class Meta:
        model = Release
        fields: list[str] = []


class SharingFilter(RecordFilterSet):
    form = django_filters.MultipleChoiceFilter(choices=Form.choices)
    status = django_filters.MultipleChoiceFilter(choices=SharingStatus.choices)
    under = django_filters.MultipleChoiceFilter(choices=Marking.choices)
    response = django_filters.ModelChoiceFilter(queryset=lambda request: PolicyResponse.objects.order_by("-pk"))

    class Meta:
        model = Sharing
        fields: list[str] = []
