"""Endpoints of what is said, what is to be done, and what one was told."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.response import Response

from accounts.errors import NotYours
from accounts.models import User
from ledger.api import (
    FEWEST,
    IF_MATCH,
    MOST,
    EmptySerializer,
    ReasonSerializer,
    RecordViewSet,
    StrictSerializer,
    described,
    document_serializer,
    withdrawable,
)
from ledger.describing import filter_parameters, list_parameters
from ledger.filters import CommentFilter, NotificationFilter, TaskFilter
from ledger.kinds import name_of
from ledger.models import Comment, Notification, Record, Task
from ledger.models.about import readable_record


class Word(StrictSerializer):
    word = serializers.CharField()


class FinishNote(StrictSerializer):
    note = serializers.CharField(required=False, allow_blank=True)


class Assignee(StrictSerializer):
    assignee_id = serializers.PrimaryKeyRelatedField(queryset=User.objects.all(), source="assignee", allow_null=True)


class AboutViewSet(RecordViewSet):
    """Records about other records; what one may not read is not there to be named."""

    def _input(self, serializer_class, *, partial: bool = False) -> dict[str, Any]:
        given = super()._input(serializer_class, partial=partial)
        kind, pk = given.get("about_kind"), given.get("about_id")
        if (kind or pk) and not (pk and readable_record(kind or "", pk)):
            raise Malformed({"about_id": "There is no such record that you may read."})
        return given


@described
@withdrawable
class CommentViewSet(AboutViewSet):
    """What is said about records. Words stay as written."""

    model = Comment
    filterset_class = CommentFilter
    fields = ("about_kind", "about_id", "text", "reply_to", "mentions")
    http_method_names = ("get", "post", "head", "options")

    def _same_again(self, known: Record, fields: dict[str, Any]) -> Response:
        fields.pop("mentions", None)  # those named in the text were added
        return super()._same_again(known, fields)

    @extend_schema(request=Word, responses=document_serializer(Comment), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def resolve(self, request, pk=None) -> Response:
        """Close a thread, by its first comment, with a word."""
        return self.step(Word, lambda comment, given: comment.resolve(by=request.user, **given))

    @extend_schema(request=EmptySerializer, responses=document_serializer(Comment), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk=None) -> Response:
        """Take up a resolved thread again."""
        return self.step(EmptySerializer, lambda comment, given: comment.reopen(by=request.user))


@described
@withdrawable
class TaskViewSet(AboutViewSet):
    """What is to be done. About a record, a task lies where that lies, whatever marking is sent."""

    model = Task
    filterset_class = TaskFilter
    fields = ("workspace", "marking", "title", "note", "assignee", "due", "about_kind", "about_id")
    fixed = ("workspace", "assignee", "about_kind", "about_id")

    @extend_schema(request=Assignee, responses=document_serializer(Task), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def assign(self, request, pk=None) -> Response:
        """Give it to a member who may read it, or with null to nobody."""
        return self.step(Assignee, lambda task, given: task.assign(by=request.user, **given))

    @extend_schema(request=FinishNote, responses=document_serializer(Task), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def finish(self, request, pk=None) -> Response:
        """It is done."""
        return self.step(FinishNote, lambda task, given: task.finish(by=request.user, **given))

    @extend_schema(request=ReasonSerializer, responses=document_serializer(Task), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk=None) -> Response:
        """It is not done after all, or wanted again."""
        return self.step(ReasonSerializer, lambda task, given: task.reopen(by=request.user, **given))


class NotificationDocument(serializers.Serializer):
    """A notification as its receiver sees it."""

    id = serializers.UUIDField()
    event = serializers.CharField()
    about_kind = serializers.CharField()
    about_id = serializers.UUIDField()
    workspace_id = serializers.UUIDField()
    marking = serializers.CharField()
    title = serializers.SerializerMethodField()
    sentence = serializers.CharField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)

    def get_title(self, notification: Notification) -> str:
        return name_of(notification.about)


class NotificationPage(serializers.Serializer):
    results = NotificationDocument(many=True)
    next = serializers.URLField(allow_null=True)
    count = serializers.IntegerField(required=False)


class Marked(serializers.Serializer):
    marked = serializers.IntegerField(help_text="How many were not read before.")


class NotificationViewSet(RecordViewSet):
    """What the one who asks was told, as far as they may read it now. A token is told of its own room only."""

    model = Notification
    filterset_class = NotificationFilter
    http_method_names = ("get", "post", "head", "options")

    def known_parameters(self) -> frozenset[str]:
        return super().known_parameters() - {"fields", "include"}

    def get_queryset(self):
        return Notification.objects.all()

    @extend_schema(
        responses=NotificationPage,
        parameters=[
            *list_parameters([]),
            *filter_parameters(NotificationFilter),
        ],
    )
    def list(self, request, *args, **kwargs) -> Response:
        found = self._filtered(self.get_queryset())
        limit = self._number("limit", FEWEST, MOST)
        answer: dict[str, Any] = {"count": found.count()} if self._is_counted() else {}
        if "cursor" in request.query_params:
            found = found.filter(pk__lt=self._uuid("cursor"))
        ids = list(found.order_by("-pk").values_list("pk", flat=True)[: limit + 1])
        shown = Notification.objects.filter(pk__in=ids[:limit]).order_by("-pk").shown()
        answer["results"] = NotificationDocument(shown, many=True).data
        answer["next"] = self._next_url(str(ids[limit - 1])) if len(ids) > limit else None
        return Response(answer)

    @extend_schema(responses=NotificationDocument)
    def retrieve(self, request, *args, **kwargs) -> Response:
        return self._told(self.get_object())

    @extend_schema(exclude=True)
    def create(self, request, *args, **kwargs) -> Response:
        """Nobody tells by hand."""
        return self.http_method_not_allowed(request)

    @extend_schema(request=EmptySerializer, responses=NotificationDocument)
    @action(detail=True, methods=["post"])
    def read(self, request, pk=None) -> Response:
        """Mark one as read."""
        notification = self.get_object()
        self._mark(Notification.objects.filter(pk=notification.pk))
        return self._told(self.get_object())

    @extend_schema(request=EmptySerializer, responses=Marked)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request) -> Response:
        """Mark all as read; answers with how many were not."""
        return Response({"marked": self._mark(Notification.objects.all())})

    def _mark(self, notifications) -> int:
        self._input(EmptySerializer)
        if self.request.auth and self.request.auth.scope == self.request.auth.Scope.READ:
            raise NotYours("This token only reads.")
        return notifications.mark_read()

    def _told(self, notification: Notification) -> Response:
        shown = Notification.objects.filter(pk=notification.pk).shown()
        return Response(NotificationDocument(shown[0]).data)
