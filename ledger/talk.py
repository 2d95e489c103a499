"""What is said about a record and what is to be done about it, for the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from accounts.models import User
from accounts.prepared import Prepared
from ledger.kinds import name_of
from ledger.mentions import pieces
from ledger.models import Comment, Record, RecordStatus, Task
from ledger.notices import readers_by_name

THREADS = 20
"""Threads shown on a record's page: the newest. Its discussion page shows all."""


@dataclass
class Thread:
    """A first comment and what was replied to it."""

    head: Comment
    replies: list[Comment] = field(default_factory=list)

    @property
    def is_resolved(self) -> bool:
        return self.head.resolved_at is not None


class Talk:
    """The discussion and the tasks of one record. Each part queries once, and only when it is shown."""

    def __init__(self, record: Record, reader: User, *, may_write: bool, most: int | None = THREADS) -> None:
        self.record, self.reader, self.may_write, self.most = record, reader, may_write, most
        self.refused: dict[str, Any] = {}
        """After a refusal: `text` and `reply_to` as typed, and the `errors`."""

    @property
    def name(self) -> str:
        return name_of(self.record)

    @cached_property
    def people(self) -> list[User]:
        """Who may be mentioned: members who may read the record."""
        return readers_by_name(self.record.workspace_id, self.record.marking)

    @cached_property
    def _threads(self) -> list[Thread]:
        names, threads = {each.pk: each.name for each in self.people}, {}
        for comment in _said(self.most)(self.record.kind, self.record.pk):
            named = {pk: names[pk] for pk in comment.mentions if pk in names}
            comment.pieces = pieces(comment.text, named)
            comment.is_mine = comment.created_by_id == self.reader.pk and comment.status == RecordStatus.ACTIVE
            if comment.reply_to_id:
                threads[comment.reply_to_id].replies.append(comment)
            else:
                threads[comment.pk] = Thread(comment)
        return list(threads.values())

    @property
    def is_cut(self) -> bool:
        """Whether older threads are left out."""
        return self.most is not None and len(self._threads) > self.most

    @property
    def open_threads(self) -> list[Thread]:
        return [each for each in self._shown if not each.is_resolved]

    @property
    def resolved_threads(self) -> list[Thread]:
        return [each for each in self._shown if each.is_resolved]

    @property
    def _shown(self) -> list[Thread]:
        return self._threads[-self.most :] if self.most else self._threads

    @cached_property
    def tasks(self) -> list[Task]:
        """What is open, the soonest first."""
        return _open_tasks(self.record.kind, self.record.pk)


@cache
def _said(most: int | None) -> Prepared:
    """Comments about the record of this kind and id, oldest first; of the newest threads where `most` says how many."""

    def said_about(kind: str, key: UUID) -> QuerySet[Comment]:
        said = Comment.objects.filter(about_kind=kind, about_id=key)
        if most:
            heads = said.filter(reply_to=None).order_by("-pk").values("pk")[: most + 1]
            said = said.filter(Q(pk__in=heads) | Q(reply_to__in=heads))
        return said.select_related("created_by", "resolved_by").order_by("pk")

    return Prepared(said_about)


@Prepared
def _open_tasks(kind: str, key: UUID) -> QuerySet[Task]:
    about = Task.objects.filter(about_kind=kind, about_id=key)
    return about.open().select_related("assignee").soonest_first()


def with_comment_count(records: QuerySet) -> QuerySet:
    """Annotate `comment_count`: how many comments stand on each record, as the reader sees them."""
    said = Comment.objects.filter(about_kind=records.model.kind, about_id=OuterRef("pk"), status=RecordStatus.ACTIVE)
    counted = said.order_by().values("about_id").annotate(number=Count("pk")).values("number")
    return records.annotate(comment_count=Coalesce(Subquery(counted), 0))
