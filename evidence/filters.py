"""Filters of lists, for the pages and the API alike."""

import django_filters
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from evidence.choices import (
    BytesState,
    Category,
    CopyGround,
    CopyStatus,
    Credibility,
    Custody,
    EvidenceKind,
    ItemStatus,
    Nature,
    Outcome,
    Question,
    Reliability,
    SourceClass,
)
from evidence.models import (
    Confirmation,
    CustodyEvent,
    Derivation,
    EvidenceItem,
    Grading,
    NearCopy,
    Source,
    StoredFile,
    TimeStamp,
)
from ledger.fields import validate_country, validate_partial_date
from ledger.filters import EitherFilter, RecordFilterSet, members, those_that
from ledger.models import RecordStatus


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
    graders_differ = EitherFilter(method="differing", label="Graders differ")
    awaits_second = EitherFilter(method="awaiting", label="Awaits a second grading")
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
    said_reliability = django_filters.MultipleChoiceFilter(
        choices=Reliability.choices, label="It was said: reliability"
    )
    said_credibility = django_filters.MultipleChoiceFilter(
        choices=Credibility.choices, label="It was said: credibility"
    )
    is_abstract = EitherFilter(label="Own abstract")
    bytes_not_whole = EitherFilter(method="not_whole", label="Bytes altered or missing")

    class Meta:
        model = EvidenceItem
        fields: list[str] = []

    def differing(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        differing = Grading.objects.filter(outcome=Outcome.DIFFER).order_by().values("item")
        return those_that(queryset, value, pk__in=differing)

    def awaiting(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        """Items that somebody graded first. Who that was, and how, is not told."""
        return those_that(queryset, value, pk__in=RawSQL("SELECT item_id FROM awaiting_second()", []))

    def not_whole(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        broken = StoredFile.objects.exclude(bytes_state=BytesState.WHOLE).order_by().values("item")
        return those_that(queryset, value, pk__in=broken)


def items(request):
    return EvidenceItem.objects.order_by("title")


class GradingFilter(RecordFilterSet):
    item = django_filters.ModelChoiceFilter(queryset=items)
    question = django_filters.ChoiceFilter(choices=Question.choices)
    outcome = django_filters.MultipleChoiceFilter(choices=Outcome.choices)
    grader = django_filters.ModelChoiceFilter(queryset=members)

    class Meta:
        model = Grading
        fields: list[str] = []


class DerivationFilter(RecordFilterSet):
    item = django_filters.ModelChoiceFilter(queryset=items)
    original = django_filters.ModelChoiceFilter(queryset=items)
    nature = django_filters.MultipleChoiceFilter(choices=Nature.choices)
    status = django_filters.MultipleChoiceFilter(choices=RecordStatus.choices)

    class Meta:
        model = Derivation
        fields: list[str] = []


class NearCopyFilter(RecordFilterSet):
    status = django_filters.MultipleChoiceFilter(choices=CopyStatus.choices)
    ground = django_filters.MultipleChoiceFilter(choices=CopyGround.choices)
    similarity_from = django_filters.NumberFilter(
        field_name="similarity", lookup_expr="gte", min_value=0, max_value=100, label="Percent alike, at least"
    )
    item = django_filters.ModelChoiceFilter(queryset=items, method="of_item", label="Of the item")

    class Meta:
        model = NearCopy
        fields: list[str] = []

    def of_item(self, queryset: QuerySet, name: str, item: EvidenceItem) -> QuerySet:
        return queryset.of(item.pk)


class ConfirmationFilter(RecordFilterSet):
    item = django_filters.ModelChoiceFilter(queryset=items)
    confirming = django_filters.ModelChoiceFilter(queryset=items)
    status = django_filters.MultipleChoiceFilter(choices=RecordStatus.choices)

    class Meta:
        model = Confirmation
        fields: list[str] = []


def files(request):
    return StoredFile.objects.order_by("-pk")


class StoredFileFilter(RecordFilterSet):
    item = django_filters.ModelChoiceFilter(queryset=items)
    sha256 = django_filters.CharFilter(label="SHA-256")
    bytes_not_whole = EitherFilter(method="not_whole", label="Bytes altered or missing")

    class Meta:
        model = StoredFile
        fields: list[str] = []

    def not_whole(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, not value, bytes_state=BytesState.WHOLE)


class CustodyEventFilter(RecordFilterSet):
    file = django_filters.ModelChoiceFilter(queryset=files)
    item = django_filters.ModelChoiceFilter(queryset=items, field_name="file__item")
    action = django_filters.MultipleChoiceFilter(choices=Custody.choices)

    class Meta:
        model = CustodyEvent
        fields: list[str] = []


class TimeStampFilter(RecordFilterSet):
    file = django_filters.ModelChoiceFilter(queryset=files)

    class Meta:
        model = TimeStamp
        fields: list[str] = []
