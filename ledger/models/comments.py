from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from ledger import notices, triggers
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.choices import Event
from ledger.mentions import mentioned
from ledger.models.about import AboutRecord
from ledger.models.records import PERSON, RecordStatus, WithdrawableRecord


class Comment(AboutRecord, WithdrawableRecord):
    """What somebody says about a record. Talk, not claim: it may be said while the record is frozen.

    The first comment of a thread is its head; the others reply to it. Words stay as written.
    """

    kind = "comment"
    not_about = ("comment",)
    searched = {"title": "resolution", "body": ("text",)}
    extra_triggers = (
        *AboutRecord.about_triggers,
        triggers.keep("text,mentions,reply_to_id", "A comment stays as it was written."),
    )

    text = models.TextField()
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    mentions = ArrayField(models.UUIDField(), default=list, blank=True, help_text="Ids of those who are told of it.")
    resolution = models.TextField(blank=True, default="", editable=False, help_text="The word that closed the thread.")
    resolved_by = models.ForeignKey("accounts.User", **PERSON)
    resolved_at = models.DateTimeField(null=True, editable=False)

    class Meta(AboutRecord.Meta):
        ordering = ["id"]
        constraints = [
            *AboutRecord.Meta.constraints,
            models.CheckConstraint(condition=~Q(about_kind=""), name="comment_is_about_something"),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | Q(reply_to=None), name="only_the_head_of_a_thread_is_resolved"
            ),
            models.CheckConstraint(
                condition=Q(resolution="", resolved_at=None, resolved_by=None)
                | (~Q(resolution="") & Q(resolved_at__isnull=False, resolved_by__isnull=False)),
                name="resolved_with_a_word_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        if self.status == RecordStatus.WITHDRAWN:
            return "A withdrawn comment"
        return self.text if len(self.text) <= 120 else f"{self.text[:117]}..."

    def get_absolute_url(self) -> str:
        return f"{address_of('discussion', self.about_kind, self.about_id)}#comment-{self.pk}"

    @classmethod
    @transaction.atomic
    def add(cls, *, by: User, text: str, mentions: Iterable[UUID] = (), **fields: Any) -> Self:
        """Say something about a record. Who is named with an @ or in `mentions` is told."""
        comment = cls(**fields)
        comment._take_scope()
        if comment.about is None:
            raise ValidationError({"about_id": "Say what it is about."})
        chosen = set(mentions)
        names = dict(notices.readers_of(comment.workspace_id, comment.marking).values_list("pk", "name"))
        if chosen - names.keys():
            raise ValidationError({"mentions": "Choose members of this workspace who may read this."})
        chosen |= mentioned(text, names)
        added = super().add(by=by, text=text.strip(), mentions=sorted(chosen), **fields)
        added._tell(by, chosen)
        return added

    def clean(self) -> None:
        super().clean()
        head = self.reply_to
        if head is None:
            return
        if head.about_id != self.about_id or head.about_kind != self.about_kind:
            raise ValidationError({"reply_to": "A reply is about the same record."})
        if head.reply_to_id:
            raise ValidationError({"reply_to": "Reply to the first comment of the thread."})
        if head.resolved_at and self._state.adding:
            raise IllegalStep("This thread is resolved: reopen it, or begin another.")

    # --- Steps --------------------------------------------------------------------------------

    @transaction.atomic
    def resolve(self, *, by: User, word: str) -> None:
        """Close a thread with a word, like “done” or “agreed”."""
        self._require_writer(by)
        if not word.strip():
            raise ValidationError({"word": "Say how it was resolved."})
        with taking("resolve", word):
            still_open = Comment.objects.filter(pk=self.pk, reply_to=None, resolved_at=None)
            if not still_open.update(resolution=word.strip(), resolved_by=by, resolved_at=timezone.now()):
                raise IllegalStep("This is a reply, or a thread that is resolved already.")
        self.refresh_from_db()

    @transaction.atomic
    def reopen(self, *, by: User) -> None:
        """Take up a resolved thread again."""
        self._require_writer(by)
        with taking("reopen"):
            resolved = Comment.objects.filter(pk=self.pk, resolved_at__isnull=False)
            if not resolved.update(resolution="", resolved_by=None, resolved_at=None):
                raise IllegalStep("This thread is open.")
        self.refresh_from_db()

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take back one's own words, with a reason. The history keeps them."""
        self._require_writer(by)
        if by.pk != self.created_by_id:
            raise NotYours("Only who wrote a comment withdraws it.")
        super().withdraw(by=by, reason=reason)

    # --- Who is told --------------------------------------------------------------------------

    def _tell(self, by: User, chosen: set[UUID]) -> None:
        """The named ones of being named; of the rest, those who speak in the thread or own the record."""
        notices.tell(chosen, about=self, event=Event.MENTIONED, sentence=f"By {by}.")
        notices.tell(self._listeners() - chosen, about=self, event=Event.COMMENTED, sentence=f"By {by}.")

    def _listeners(self) -> set[UUID]:
        if self.reply_to_id:
            thread = Comment.objects.filter(Q(pk=self.reply_to_id) | Q(reply_to=self.reply_to_id))
            return set(thread.values_list("created_by", flat=True)) - {None}
        owners = (getattr(self.about, name, None) for name in ("author_id", "lead_id", "assignee_id", "created_by_id"))
        return {each for each in owners if each}
