"""Endpoints of evidence."""

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from evidence.choices import AnchorState, Credibility, Custody, Reliability
from evidence.filters import EvidenceItemFilter, SourceFilter
from evidence.models import CustodyEvent, Derivation, EvidenceItem, Passage, Source, StoredFile, TextPage
from ledger.api import (
    IF_MATCH,
    RecordViewSet,
    StrictSerializer,
    described,
    document_serializer,
    input_serializer,
    withdrawable,
)

START = serializers.IntegerField(required=False, min_value=0, help_text="Code points from the page's start.")


class RegradeSource(StrictSerializer):
    reliability = serializers.ChoiceField(choices=Reliability.choices)
    reason = serializers.CharField()


class RegradeItem(StrictSerializer):
    credibility = serializers.ChoiceField(choices=Credibility.choices)
    reason = serializers.CharField()


class Reanchor(StrictSerializer):
    anchor_state = serializers.ChoiceField(choices=AnchorState.choices)
    reason = serializers.CharField()


class Supersede(StrictSerializer):
    successor_id = serializers.PrimaryKeyRelatedField(queryset=EvidenceItem.objects.all(), source="successor")
    reason = serializers.CharField()


class Text(StrictSerializer):
    text = serializers.CharField(trim_whitespace=False)


class Upload(StrictSerializer):
    file = serializers.FileField()


@described
@withdrawable
class SourceViewSet(RecordViewSet):
    model = Source
    filterset_class = SourceFilter
    fields = (
        "workspace",
        "marking",
        "name",
        "source_class",
        "country",
        "owner",
        "homepage",
        "description",
        "reliability",
        "reliability_reason",
    )
    fixed = ("workspace", "reliability", "reliability_reason")

    @extend_schema(request=RegradeSource, responses=document_serializer(Source), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def regrade(self, request, pk=None) -> Response:
        """Judge the source anew, with a reason."""
        return self.step(RegradeSource, lambda source, given: source.regrade(by=request.user, **given))


@described
@withdrawable
class EvidenceItemViewSet(RecordViewSet):
    model = EvidenceItem
    filterset_class = EvidenceItemFilter
    fields = (
        "workspace",
        "marking",
        "title",
        "source",
        "evidence_kind",
        "category",
        "instances",
        "published",
        "language",
        "url",
        "reference_number",
        "credibility",
        "credibility_reason",
        "basis_of_knowledge",
        "summary",
        "is_abstract",
    )
    fixed = ("workspace", "credibility", "credibility_reason")

    def add(self, **fields) -> EvidenceItem:
        return EvidenceItem.add(by=self.request.user, collected_by=self.request.user, **fields)

    @extend_schema(request=RegradeItem, responses=document_serializer(EvidenceItem), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def regrade(self, request, pk=None) -> Response:
        """Judge the item anew, with a reason."""
        return self.step(RegradeItem, lambda item, given: item.regrade(by=request.user, **given))

    @extend_schema(request=Supersede, responses=document_serializer(EvidenceItem), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def supersede(self, request, pk=None) -> Response:
        """Put another item in its place."""
        return self.step(Supersede, lambda item, given: item.supersede(by=request.user, **given))

    @extend_schema(request={"multipart/form-data": Upload}, responses={201: document_serializer(StoredFile)})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def files(self, request, pk=None) -> Response:
        """Keep a file for this item. Its text is read in the background."""
        upload = self._input(Upload)["file"]
        file = StoredFile.receive(by=request.user, item=self.get_object(), content=upload, name=upload.name)
        return self._answer(file, 201)

    @extend_schema(request=Text, responses={201: document_serializer(StoredFile)})
    @action(detail=True, methods=["post"])
    def text(self, request, pk=None) -> Response:
        """Keep a text for this item, and read it at once. A form feed begins a page."""
        file = StoredFile.receive_text(by=request.user, item=self.get_object(), **self._input(Text))
        return self._answer(file, 201)


class ReadOnlyViewSet(RecordViewSet):
    """Records that other verbs write."""

    http_method_names = ("get", "head", "options")


@described
@withdrawable
class DerivationViewSet(RecordViewSet):
    model = Derivation
    fields = ("item", "original", "note")
    fixed = ("item", "original")


@described
class StoredFileViewSet(ReadOnlyViewSet):
    model = StoredFile

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def content(self, request, pk=None) -> FileResponse:
        """The bytes as they came, as a download."""
        file = self.get_object()
        membership = request.user.membership_in(file.workspace_id)
        if membership.writes and not (request.auth and request.auth.scope == "read"):
            CustodyEvent.add(by=request.user, file=file, action=Custody.EXPORTED, note="Through the API")
        answer = FileResponse(file.open(), as_attachment=True, filename=file.original_name)
        answer["Content-Type"] = "application/octet-stream"
        return answer


@described
class TextPageViewSet(ReadOnlyViewSet):
    model = TextPage


@described
class CustodyEventViewSet(ReadOnlyViewSet):
    model = CustodyEvent


@described
@withdrawable
class PassageViewSet(RecordViewSet):
    """Exact words. Adding refuses words that are not in the text of the page."""

    model = Passage
    fields = ("page", "quote", "note")
    fixed = ("page", "quote")

    def get_serializer_class(self):
        if self.request and self.request.method == "PATCH":
            return super().get_serializer_class()
        return input_serializer(Passage, "page", "quote", "note", start=START)

    def add(self, **fields) -> Passage:
        return Passage.mark(by=self.request.user, **fields)

    @extend_schema(request=Reanchor, responses=document_serializer(Passage), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def reanchor(self, request, pk=None) -> Response:
        """Note whether its words still stand where they were marked, with a reason."""
        return self.step(Reanchor, lambda passage, given: passage.reanchor(by=request.user, **given))

    def _same_again(self, known, fields) -> Response:
        fields.pop("start", None)
        return super()._same_again(known, fields)
