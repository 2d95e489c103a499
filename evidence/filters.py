"""Filters of lists, for the pages and the API alike."""

import django_filters
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from evidence.choices import (
    BytesState,
    CaptureStatus,
    Category,
    CopyGround,
    CopyStatus,
    Credibility,
    Custody,
    EvidenceKind,
    ExpungingStatus,
    Extent,
    Ground,
    ItemStatus,
    Nature,
    Opening,
    Outcome,
    Question,
    Reliability,
    SourceClass,
    Trait,
)
from evidence.models import (
    Capture,
    Confirmation,
    ContainerPart,
    CustodyEvent,
    Derivation,
    EvidenceItem,
    Expunging,
    Grading,
    NearCopy,
    Source,
    StoredFile,
    TextPage,
    TimeStamp,
)
from ledger.fields import validate_country, validate_partial_date
from ledger.filters import AboutFilterSet, EitherFilter, RecordFilterSet, members, those_that
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
    traits = django_filters.MultipleChoiceFilter(method="having_traits", choices=Trait.choices, label="Its files")
    came_in = EitherFilter(method="out_of_container", label="Came in another file")

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

    def having_traits(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        """Items of whose files one has any of the traits."""
        if not value:
            return queryset
        having = StoredFile.objects.filter(traits__overlap=value).order_by().values("item")
        return queryset.filter(pk__in=having)

    def out_of_container(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, value, pk__in=ContainerPart.objects.order_by().values("item"))


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
    media_type = django_filters.CharFilter(label="Type, as detected")
    traits = django_filters.MultipleChoiceFilter(method="having_traits", choices=Trait.choices)
    opening = django_filters.MultipleChoiceFilter(choices=[each for each in Opening.choices if each[0]])

    class Meta:
        model = StoredFile
        fields: list[str] = []

    def having_traits(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        """Files that have any of them."""
        return queryset.filter(traits__overlap=value) if value else queryset

    def not_whole(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, not value, bytes_state=BytesState.WHOLE)


class TextPageFilter(RecordFilterSet):
    item = django_filters.ModelChoiceFilter(queryset=items)
    file = django_filters.ModelChoiceFilter(queryset=files)
    current = EitherFilter(method="counting", label="Of the reading that counts")
    was_ocr = EitherFilter(label="Read by OCR")
    language = django_filters.CharFilter()

    class Meta:
        model = TextPage
        fields: list[str] = []

    def counting(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return those_that(queryset, value, reading=F("file__reading"), file__replaced_by=None)


class ContainerPartFilter(RecordFilterSet):
    item = django_filters.ModelChoiceFilter(queryset=items)
    container = django_filters.ModelChoiceFilter(queryset=files)
    container_item = django_filters.ModelChoiceFilter(
        queryset=items, field_name="container__item", label="Item that holds it"
    )
    outermost = django_filters.ModelChoiceFilter(queryset=files)
    sha256 = django_filters.CharFilter(label="SHA-256")

    class Meta:
        model = ContainerPart
        fields: list[str] = []


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


class CaptureFilter(RecordFilterSet):
    item = django_filters.ModelChoiceFilter(queryset=items)
    status = django_filters.MultipleChoiceFilter(choices=CaptureStatus.choices)
    requested_url = django_filters.CharFilter(label="Address that was asked for")

    class Meta:
        model = Capture
        fields: list[str] = []


class ExpungingFilter(AboutFilterSet):
    status = django_filters.MultipleChoiceFilter(choices=ExpungingStatus.choices)
    extent = django_filters.MultipleChoiceFilter(choices=Extent.choices)
    ground = django_filters.MultipleChoiceFilter(choices=Ground.choices)

    class Meta:
        model = Expunging
        fields: list[str] = []
