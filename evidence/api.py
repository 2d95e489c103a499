"""Endpoints of evidence."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.settings import api_settings

from evidence.alarms import PAGES_AT_ONCE, alarms_of
from evidence.api_shapes import (
    CONFIRMED,
    START,
    ConfirmCopy,
    FileToKeep,
    Grades,
    GradeSaid,
    Harms,
    LineageDocument,
    Nothing,
    Reanchor,
    RegradeItem,
    RegradeSource,
    Supersede,
    Text,
    UploadToKeep,
)
from evidence.drawing_lineage import told
from evidence.filters import (
    ConfirmationFilter,
    DerivationFilter,
    EvidenceItemFilter,
    GradingFilter,
    NearCopyFilter,
    SourceFilter,
)
from evidence.grades import GradesPanel
from evidence.intake import found_upload, receive_upload
from evidence.models import Confirmation, Derivation, EvidenceItem, Grading, NearCopy, Passage, Source, StoredFile
from evidence.pages import MOST_PAGES
from evidence.tracing import DEEPEST, DEPTH, lineage_of
from ledger.api import (
    IF_MATCH,
    ReasonSerializer,
    RecordViewSet,
    described,
    document_serializer,
    input_serializer,
    withdrawable,
)

FILE_OR_JSON = [MultiPartParser, *api_settings.DEFAULT_PARSER_CLASSES]


MOST_ASKED = 200
"""Items among which origins are counted in one request."""


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


@described
@withdrawable
class DerivationViewSet(RecordViewSet):
    model = Derivation
    filterset_class = DerivationFilter
    fields = ("item", "original", "nature", "note")
    fixed = ("item", "original")


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
