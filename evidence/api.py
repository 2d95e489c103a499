"""Endpoints of evidence."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.settings import api_settings

from accounts.errors import IllegalStep
from evidence.alarms import PAGES_AT_ONCE, alarms_of
from evidence.choices import AnchorState, Credibility, Harm, Nature, Question, Reliability
from evidence.drawing_lineage import Edge, told
from evidence.filters import (
    ConfirmationFilter,
    ContainerPartFilter,
    CustodyEventFilter,
    DerivationFilter,
    EvidenceItemFilter,
    GradingFilter,
    NearCopyFilter,
    SourceFilter,
    StoredFileFilter,
    TextPageFilter,
    TimeStampFilter,
)
from evidence.grades import GradesPanel
from evidence.intake import found_upload, receive_upload
from evidence.models import (
    Confirmation,
    ContainerPart,
    CustodyEvent,
    Derivation,
    EvidenceItem,
    Grading,
    NearCopy,
    Passage,
    Source,
    StoredFile,
    TextPage,
    TimeStamp,
)
from evidence.pages import MOST_PAGES
from evidence.serving import as_download
from evidence.stamping import answer_of
from evidence.tracing import DEEPEST, DEPTH, lineage_of
from evidence.unreadable import Unreadable
from evidence.viewing import note_viewing, picture_answer, words_of
from ledger.api import (
    IF_MATCH,
    ReasonSerializer,
    RecordViewSet,
    StrictSerializer,
    described,
    document_serializer,
    input_serializer,
    withdrawable,
)

FILE_OR_JSON = [MultiPartParser, *api_settings.DEFAULT_PARSER_CLASSES]

START = serializers.IntegerField(required=False, min_value=0, help_text="Code points from the page's start.")


CONFIRMED = serializers.BooleanField(
    required=False,
    help_text="True says that somebody looked at words that read as an identifier of a person, or as a people accused.",
)


class RegradeSource(StrictSerializer):
    reliability = serializers.ChoiceField(choices=Reliability.choices)
    reason = serializers.CharField()


class RegradeItem(StrictSerializer):
    credibility = serializers.ChoiceField(choices=Credibility.choices)
    reason = serializers.CharField()


class GradeSaid(StrictSerializer):
    reliability = serializers.ChoiceField(choices=Reliability.choices)
    credibility = serializers.ChoiceField(choices=Credibility.choices)
    reason = serializers.CharField()


class GradedQuestion(serializers.Serializer):
    question = serializers.ChoiceField(choices=Question.choices)
    grade = serializers.CharField(help_text="Reliability and credibility that count, like B2; empty if not graded.")
    graders_differ = serializers.BooleanField(help_text="Two graded it blind and differ, and nobody has settled it.")
    awaits_second = serializers.BooleanField(help_text="A first blind grading was given, by you or another.")
    why_not = serializers.CharField(help_text="Why you may not give a blind grading; empty if you may.")


class Grades(serializers.Serializer):
    results = GradedQuestion(many=True)
    confirming_origins = serializers.IntegerField(help_text="Other origins that confirm it. Credibility 1 needs two.")
    is_unconfirmed = serializers.BooleanField(help_text="It stands at 1, and too few origins confirm it now.")


class Reanchor(StrictSerializer):
    anchor_state = serializers.ChoiceField(choices=AnchorState.choices)
    reason = serializers.CharField()


class Nothing(StrictSerializer):
    """A verb that is told nothing."""


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


class Supersede(StrictSerializer):
    successor_id = serializers.PrimaryKeyRelatedField(queryset=EvidenceItem.objects.all(), source="successor")
    reason = serializers.CharField()


class Text(StrictSerializer):
    text = serializers.CharField(trim_whitespace=False)


class FoundHarm(serializers.Serializer):
    where = serializers.CharField()
    page = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(choices=Harm.choices)
    words = serializers.CharField(help_text="Masked where they identify a person.")
    start = serializers.IntegerField()
    end = serializers.IntegerField(help_text="Exclusive; both in code points of the text that `where` names.")
    sentence = serializers.CharField()


class Harms(serializers.Serializer):
    results = FoundHarm(many=True)
    is_whole = serializers.BooleanField(help_text="False if there was more text than is looked at.")
    next_page = serializers.IntegerField(allow_null=True)


class LineageNode(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["evidence_item", "source"])
    name = serializers.CharField()
    origin = serializers.IntegerField(allow_null=True, help_text="Of an item: those of one number are one origin.")


class LineageEdge(serializers.Serializer):
    kind = serializers.ChoiceField(choices=list(Edge))
    from_id = serializers.UUIDField()
    to_id = serializers.UUIDField()
    nature = serializers.ChoiceField(choices=Nature.choices, allow_blank=True, help_text="Of what repeats.")
    suggested = serializers.BooleanField(help_text="A near copy on which nobody has decided: it counts for nothing.")


class LineageDocument(serializers.Serializer):
    nodes = LineageNode(many=True)
    edges = LineageEdge(many=True)
    is_whole = serializers.BooleanField(help_text="False where more hangs on it than is told.")
    counted = serializers.IntegerField(help_text="Items among which origins were counted.")
    origins = serializers.IntegerField(help_text="Independent origins of these.")


MOST_ASKED = 200
"""Items among which origins are counted in one request."""


class KeptFile(StrictSerializer):
    replaces_id = serializers.PrimaryKeyRelatedField(
        queryset=StoredFile.objects.all(),
        source="replaces",
        required=False,
        help_text="The file of this item of which it is a later version.",
    )


class FileToKeep(KeptFile):
    file = serializers.FileField()


class UploadToKeep(KeptFile):
    upload = serializers.UUIDField(help_text="An upload of yours that is whole; see `/uploads/`.")


class TypedViewSet(RecordViewSet):
    """Endpoints of what people type: `confirmed_harmless` answers the question that the model asks."""

    also: ClassVar[dict[str, serializers.Field]] = {}
    """What else is taken on adding."""

    @classmethod
    def input_for(cls, method: str) -> type[serializers.Serializer]:
        if method == "PATCH":
            names = (name for name in cls.fields if name not in cls.fixed)
            return input_serializer(cls.model, *names, confirmed_harmless=CONFIRMED)
        return input_serializer(cls.model, *cls.fields, confirmed_harmless=CONFIRMED, **cls.also)

    def require_same(self, known, fields) -> None:
        kept = {name: value for name, value in fields.items() if name not in {"confirmed_harmless", *self.also}}
        super().require_same(known, kept)


@described
@withdrawable
class SourceViewSet(TypedViewSet):
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
class EvidenceItemViewSet(TypedViewSet):
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

    def completed(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "collected_by": self.request.user}

    @extend_schema(request=RegradeItem, responses=document_serializer(EvidenceItem), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def regrade(self, request, pk=None) -> Response:
        """Judge the item anew, with a reason."""
        return self.step(RegradeItem, lambda item, given: item.regrade(by=request.user, **given))

    @extend_schema(request=GradeSaid, responses=document_serializer(EvidenceItem), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="grade-said")
    def grade_said(self, request, pk=None) -> Response:
        """Judge whether its source truly said it, with a reason."""
        return self.step(GradeSaid, lambda item, given: item.grade_said(by=request.user, **given))

    @extend_schema(responses=Grades)
    @action(detail=True)
    def grades(self, request, pk=None) -> Response:
        """How its grades stand: that it was said, and that it is so. The blind gradings are under `/gradings/`."""
        panel = GradesPanel.of(self.get_object())
        told = [
            {
                "question": each.question,
                "grade": each.grade,
                "graders_differ": each.differs,
                "awaits_second": each.standing.is_waiting,
                "why_not": each.standing.why_not,
            }
            for each in panel.questions
        ]
        origins = {"confirming_origins": panel.origins, "is_unconfirmed": panel.is_unconfirmed}
        return Response({"results": told, **origins})

    @extend_schema(request=Supersede, responses=document_serializer(EvidenceItem), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def supersede(self, request, pk=None) -> Response:
        """Put another item in its place."""
        return self.step(Supersede, lambda item, given: item.supersede(by=request.user, **given))

    @extend_schema(
        parameters=[OpenApiParameter("page", OpenApiTypes.INT, description="The first page to look at.")],
        responses=Harms,
    )
    @action(detail=True)
    def harms(self, request, pk=None) -> Response:
        """What may stand in it that must not: in its title, its summary, and on twenty pages of its text."""
        item = self.get_object()
        pages = list(item.pages.current().filter(number__gte=self._number("page", 1, MOST_PAGES))[: PAGES_AT_ONCE + 1])
        alarms = alarms_of(item, pages[:PAGES_AT_ONCE])
        found = [{"where": each.where, "page": each.page, **each.found._asdict()} for each in alarms.all]
        next_page = pages[PAGES_AT_ONCE].number if len(pages) > PAGES_AT_ONCE else None
        return Response({"results": found, "is_whole": alarms.is_whole, "next_page": next_page})

    harms.parameters = frozenset({"page"})

    @extend_schema(
        parameters=[
            OpenApiParameter("depth", OpenApiTypes.INT, description=f"Steps from the item, 1 to {DEEPEST}."),
            OpenApiParameter(
                "item",
                OpenApiTypes.UUID,
                many=True,
                description="Whose origins to count; by default all told.",
            ),
        ],
        responses=LineageDocument,
    )
    @action(detail=True)
    def lineage(self, request, pk=None) -> Response:
        """What it repeats and what repeats it, whose sources gave it and who owns these; and how many origins that is.

        Told are the records that you may read. Origins are counted past the wall, so that they are the same for all.
        """
        depth, asked = self._number("depth", DEPTH, DEEPEST), self._items_asked()
        found = lineage_of(self.get_object(), depth=depth, besides=asked)
        return Response(told(found, asked))

    lineage.parameters = frozenset({"depth", "item"})

    def _items_asked(self) -> list[UUID]:
        """The items whose origins are asked for: each must be there for this reader."""
        given = self.request.query_params.getlist("item")
        try:
            asked = list(dict.fromkeys(UUID(each) for each in given))
        except ValueError:
            raise Malformed({"item": "An item is named by its id."})
        if len(asked) > MOST_ASKED:
            raise Malformed({"item": f"At most {MOST_ASKED} at once."})
        if EvidenceItem.objects.filter(pk__in=asked).count() < len(asked):
            raise Malformed({"item": "One of them is no item that you may read."})
        return asked

    @extend_schema(
        request={"multipart/form-data": FileToKeep, "application/json": UploadToKeep},
        responses={201: document_serializer(StoredFile)},
    )
    @action(detail=True, methods=["post"], parser_classes=FILE_OR_JSON)
    def files(self, request, pk=None) -> Response:
        """Keep a file for this item, sent with it or uploaded before. Its text is read in the background."""
        item = self.get_object()
        if request.content_type.startswith("multipart/"):
            given = self._input(FileToKeep)
            content = given.pop("file")
            file = StoredFile.receive(by=request.user, item=item, content=content, name=content.name, **given)
            return self._answer(file, 201)
        given = self._input(UploadToKeep)
        upload = found_upload(given.pop("upload"))
        return self._answer(receive_upload(by=request.user, item=item, upload=upload, **given), 201)

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
    filterset_class = DerivationFilter
    fields = ("item", "original", "nature", "note")
    fixed = ("item", "original")


class ConfirmCopy(StrictSerializer):
    repeating_id = serializers.PrimaryKeyRelatedField(
        queryset=EvidenceItem.objects.all(),
        source="repeating",
        required=False,
        help_text="The one that repeats the other; by default the one published later.",
    )
    nature = serializers.ChoiceField(choices=Nature.choices, default=Nature.REPEATS)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


@described
class NearCopyViewSet(RecordViewSet):
    """Items whose texts Attest finds to be one. Confirming records a derivation; what is dismissed stays so."""

    model = NearCopy
    filterset_class = NearCopyFilter
    http_method_names = ("get", "post", "head", "options")

    @extend_schema(exclude=True)
    def create(self, request, *args, **kwargs) -> Response:
        """The worker suggests."""
        return self.http_method_not_allowed(request)

    @extend_schema(request=ConfirmCopy, responses=document_serializer(NearCopy), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk=None) -> Response:
        """It is so: record which of the two repeats the other. Both are one origin then."""
        return self.step(ConfirmCopy, lambda found, given: found.confirm(by=request.user, **given))

    @extend_schema(request=ReasonSerializer, responses=document_serializer(NearCopy), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def dismiss(self, request, pk=None) -> Response:
        """It is not so, or does not matter. These two are never suggested again."""
        return self.step(ReasonSerializer, lambda found, given: found.dismiss(by=request.user, **given))


@described
@withdrawable
class ConfirmationViewSet(RecordViewSet):
    """What confirms an item: credibility 1 needs two, of two other independent origins."""

    model = Confirmation
    filterset_class = ConfirmationFilter
    fields = ("item", "confirming", "note")
    fixed = ("item", "confirming")


@described
@withdrawable
class GradingViewSet(RecordViewSet):
    """Blind gradings: one's own, and those that have met their second. A grading stays as it was given.

    The database pairs it with the one that waits. Where both agree, it becomes the item's grade.
    """

    model = Grading
    filterset_class = GradingFilter
    fields = ("item", "question", "reliability", "credibility", "reason")
    http_method_names = ("get", "post", "head", "options")


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


@described
class ContainerPartViewSet(ReadOnlyViewSet):
    """Items that came out of a stored file: attachments of a mail, members of an archive."""

    model = ContainerPart
    filterset_class = ContainerPartFilter

    @extend_schema(request=ReadAgain, responses=document_serializer(StoredFile), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="read-again")
    def read_again(self, request, pk=None) -> Response:
        """Have its text taken anew, by what reads such files now. Its passages find their words again."""
        return self.step(ReadAgain, lambda file, given: file.read_again(by=request.user, **given))


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


@described
@withdrawable
class PassageViewSet(TypedViewSet):
    """Exact words, or with `fragment` a part of a picture or recording. Words that are not on the page are refused."""

    model = Passage
    fields = ("page", "quote", "fragment", "note")
    fixed = ("page", "quote", "fragment")
    also = {"start": START}

    def add(self, **fields) -> Passage:
        return Passage.mark(by=self.request.user, **fields)

    def require_same(self, known, fields) -> None:
        """The words for a part of a page are ours."""
        ours = {"quote"} if fields.get("fragment") else set()
        super().require_same(known, {name: value for name, value in fields.items() if name not in ours})

    @extend_schema(request=Nothing, responses=document_serializer(Passage), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="confirm-anchor")
    def confirm_anchor(self, request, pk=None) -> Response:
        """Say, in person, that the words that are proposed for a fuzzy passage are those that were marked."""
        return self.step(Nothing, lambda passage, given: passage.confirm_anchor(by=request.user))

    @extend_schema(request=Reanchor, responses=document_serializer(Passage), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def reanchor(self, request, pk=None) -> Response:
        """Note whether its words still stand where they were marked, with a reason."""
        return self.step(Reanchor, lambda passage, given: passage.reanchor(by=request.user, **given))
