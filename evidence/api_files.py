"""Endpoints of files and of what is taken out of them."""

from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.errors import IllegalStep
from evidence.filters import ContainerPartFilter, CustodyEventFilter, StoredFileFilter, TextPageFilter, TimeStampFilter
from evidence.models import ContainerPart, CustodyEvent, StoredFile, TextPage, TimeStamp
from evidence.serving import as_download
from evidence.stamping import answer_of
from evidence.unreadable import Unreadable
from evidence.viewing import note_viewing, picture_answer, words_of
from ledger.api import IF_MATCH, RecordViewSet, StrictSerializer, described, document_serializer


class ReadAgain(StrictSerializer):
    languages = serializers.ListField(
        child=serializers.RegexField(r"^[a-z]{3}(_[a-z]+)*$"),
        required=False,
        max_length=8,
        help_text="In which OCR reads, as tesseract names them, like pol; without it they stay as they are.",
    )


class PlacedWords(serializers.Serializer):
    text = serializers.CharField()
    size = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="Width and height, in points or pixels."
    )
    words = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=6, max_length=6),
        help_text="Start and end in code points of the text; left, top, width, height in ten-thousandths of the page.",
    )


class ReadOnlyViewSet(RecordViewSet):
    """Records that other verbs write."""

    http_method_names = ("get", "head", "options")


@described
class StoredFileViewSet(RecordViewSet):
    """The bytes, which come in through their items."""

    model = StoredFile
    filterset_class = StoredFileFilter
    http_method_names = ("get", "post", "head", "options")

    @extend_schema(exclude=True)
    def create(self, request, *args, **kwargs) -> Response:
        """A file is kept for an item, by a verb of that item."""
        return self.http_method_not_allowed(request)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def content(self, request, pk=None) -> FileResponse:
        """The bytes as they came, as a download. Custody tells of it, also where the token only reads."""
        file = self.get_object()
        return as_download(file.hand_out(is_api=True), file.original_name)

    @extend_schema(request=ReadAgain, responses=document_serializer(StoredFile), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="read-again")
    def read_again(self, request, pk=None) -> Response:
        """Have its text taken anew, by what reads such files now. Its passages find their words again."""
        return self.step(ReadAgain, lambda file, given: file.read_again(by=request.user, **given))


@described
class ContainerPartViewSet(ReadOnlyViewSet):
    """Items that came out of a stored file: attachments of a mail, members of an archive."""

    model = ContainerPart
    filterset_class = ContainerPartFilter


@described
class TextPageViewSet(ReadOnlyViewSet):
    """The text of pages, as each reading of a file gave it. `current` leaves out those that no longer count."""

    model = TextPage
    filterset_class = TextPageFilter

    @extend_schema(responses=PlacedWords)
    @action(detail=True)
    def words(self, request, pk=None) -> Response:
        """The text of a page and the place of each of its words, where they are known."""
        return Response(words_of(self.get_object()))

    @extend_schema(responses={(200, "image/webp"): OpenApiTypes.BINARY})
    @action(detail=True)
    def picture(self, request, pk=None) -> HttpResponse:
        """The page as it looks, of PDF and pictures: drawn here, never the bytes themselves. Custody tells of it."""
        page = self.get_object()
        try:
            answer = picture_answer(page)
        except Unreadable as refusal:
            raise IllegalStep(str(refusal)) from refusal
        note_viewing(page.file)
        return answer


@described
class CustodyEventViewSet(ReadOnlyViewSet):
    model = CustodyEvent
    filterset_class = CustodyEventFilter


@described
class TimeStampViewSet(ReadOnlyViewSet):
    """RFC 3161 time-stamps of stored files, as they were verified when they came."""

    model = TimeStamp
    filterset_class = TimeStampFilter

    @extend_schema(responses={(200, "application/timestamp-reply"): OpenApiTypes.BINARY})
    @action(detail=True)
    def answer(self, request, pk=None) -> HttpResponse:
        """What the authority answered (TimeStampResp, DER), to be checked without Attest."""
        return answer_of(self.get_object())
