"""Filters of lists, for the pages and the API alike."""

import django_filters

from evidence.choices import Category, Credibility, EvidenceKind, ItemStatus, Reliability, SourceClass
from evidence.models import EvidenceItem, Source
from ledger.fields import validate_country, validate_partial_date
from ledger.filters import EitherFilter, RecordFilterSet


def sources(request):
    return Source.objects.order_by("name")


class SourceFilter(RecordFilterSet):
    source_class = django_filters.MultipleChoiceFilter(choices=SourceClass.choices, label="Class")
    reliability = django_filters.MultipleChoiceFilter(choices=Reliability.choices)
    country = django_filters.CharFilter(validators=[validate_country], help_text="Like PL")
    owner = django_filters.ModelChoiceFilter(queryset=sources)
    status = django_filters.CharFilter()

    class Meta:
        model = Source
        fields: list[str] = []


class EvidenceItemFilter(RecordFilterSet):
    evidence_kind = django_filters.MultipleChoiceFilter(choices=EvidenceKind.choices, label="Kind")
    reliability = django_filters.MultipleChoiceFilter(
        choices=Reliability.choices, field_name="source__reliability", label="Reliability of the source"
    )
    credibility = django_filters.MultipleChoiceFilter(choices=Credibility.choices)
    category = django_filters.MultipleChoiceFilter(choices=Category.choices)
    source = django_filters.ModelChoiceFilter(queryset=sources)
    source_class = django_filters.MultipleChoiceFilter(
        choices=SourceClass.choices, field_name="source__source_class", label="Class of the source"
    )
    status = django_filters.MultipleChoiceFilter(choices=ItemStatus.choices)
    published_from = django_filters.CharFilter(
        field_name="published", lookup_expr="gte", validators=[validate_partial_date]
    )
    published_to = django_filters.CharFilter(
        field_name="published", lookup_expr="lte", validators=[validate_partial_date]
    )
    is_abstract = EitherFilter(label="Own abstract")

    class Meta:
        model = EvidenceItem
        fields: list[str] = []
