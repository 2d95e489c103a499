from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.errors import IllegalStep
from accounts.models import User
from ledger import notices
from ledger.acting import as_owner, taking
from ledger.addresses import address_of
from ledger.choices import Event, TaskStatus
from ledger.deadlines import WEEK, reminder_of
from ledger.models.about import AboutRecord
from ledger.models.records import PERSON, Record, needed


class TaskQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(status=TaskStatus.OPEN)

    def overdue(self) -> Self:
        return self.open().filter(due__lt=timezone.localdate())

    def soonest_first(self) -> Self:
        """What is due first; what has no date last."""
        return self.order_by(F("due").asc(nulls_last=True), "pk")


class Task(AboutRecord, Record):
    """Something that somebody is to do, perhaps about a record, perhaps by a date."""

    kind = "task"
    searched = {"title": "title", "body": ("note",)}
    extra_triggers = AboutRecord.about_triggers

    title = models.CharField(max_length=300)
    note = models.TextField(blank=True, default="")
    assignee = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    due = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=TaskStatus, default=TaskStatus.OPEN, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey("accounts.User", **PERSON)

    objects = TaskQuerySet.as_manager()

    class Meta(AboutRecord.Meta):
        ordering = ["-id"]
        constraints = [
            *AboutRecord.Meta.constraints,
            models.CheckConstraint(condition=Q(status__in=TaskStatus.values), name="task_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=TaskStatus.DONE, done_at__isnull=False, done_by__isnull=False)
                | (~Q(status=TaskStatus.DONE) & Q(done_at=None, done_by=None)),
                name="done_task_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(status=TaskStatus.WITHDRAWN) | ~Q(state_note=""), name="withdrawn_task_says_why"
            ),
        ]
        indexes = [
            *AboutRecord.Meta.indexes,
            models.Index(fields=["workspace", "marking", "-id"], name="task_list"),
            models.Index(fields=["assignee", "due"], condition=Q(status="open"), name="task_to_do"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("task", self.pk)

    @property
    def is_overdue(self) -> bool:
        return self.status == TaskStatus.OPEN and self.due is not None and self.due < timezone.localdate()

    @property
    def due_sentence(self) -> str:
        return f"Due {self.due:%d %B %Y}." if self.due else ""

    @classmethod
    @transaction.atomic
    def add(cls, *, by: User, **fields: Any) -> Self:
        """Record something to do. Whom it is given to is told."""
        task = super().add(by=by, **fields)
        task._tell_assignee()
        return task

    def clean(self) -> None:
        super().clean()
        if self.assignee_id and not self._readers().filter(pk=self.assignee_id).exists():
            raise ValidationError({"assignee": "Choose a member of this workspace who may read this."})

    def _require_open_to_change(self, names: set[str]) -> None:
        super()._require_open_to_change(names)
        if self.status != TaskStatus.OPEN:
            raise IllegalStep(f"This task is {self.get_status_display().lower()}.")

    @classmethod
    def tell_due(cls) -> int:
        """Remind assignees of open tasks a week and a day ahead and when overdue; once each for a date. For the worker.

        It looks past the wall, because no one person reads all tasks; telling keeps to the wall.
        """
        today = timezone.localdate()
        with as_owner():
            found = list(cls.objects.open().filter(due__lte=today + timedelta(days=WEEK), assignee__isnull=False))
        told = ((task, reminder) for task in found if (reminder := reminder_of(task.due, today)))
        return notices.tell_all(
            notices.Notice(task.assignee_id, task, Event.TASK_DUE, reminder.sentence, reminder.key)
            for task, reminder in told
        )

    # --- Steps --------------------------------------------------------------------------------

    @transaction.atomic
    def assign(self, *, by: User, assignee: User | None) -> None:
        """Give it to a member who may read it, or to nobody."""
        self._require_writer(by)
        self.assignee = assignee
        self.full_clean()
        self._take("assign", {TaskStatus.OPEN}, TaskStatus.OPEN, assignee=assignee)
        self._tell_assignee()

    @transaction.atomic
    def finish(self, *, by: User, note: str = "") -> None:
        """It is done. Of two who finish at once, the second is told."""
        self._require_writer(by)
        done = {"done_at": timezone.now(), "done_by": by, "state_note": note.strip()}
        self._take("finish", {TaskStatus.OPEN}, TaskStatus.DONE, note, **done)

    @transaction.atomic
    def reopen(self, *, by: User, reason: str) -> None:
        """It is not done after all, or wanted again."""
        self._require_writer(by)
        note = needed(reason)
        undone = {"done_at": None, "done_by": None, "state_note": note}
        self._take("reopen", {TaskStatus.DONE, TaskStatus.WITHDRAWN}, TaskStatus.OPEN, note, **undone)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """It need not be done."""
        self._require_writer(by)
        note = needed(reason)
        self._take("withdraw", {TaskStatus.OPEN}, TaskStatus.WITHDRAWN, note, state_note=note)

    def _take(self, step: str, sources: set[str], target: str, reason: str = "", **fields: Any) -> None:
        """The one writer of the status. The filtered update is both the check and the lock."""
        with taking(step, reason):
            ready = Task.objects.filter(pk=self.pk, status__in=sources)
            if not ready.update(status=target, **fields):
                now = Task.objects.get(pk=self.pk).get_status_display().lower()
                raise IllegalStep(f"Cannot {step}: the task is {now}.")
        self.refresh_from_db()

    def _readers(self) -> models.QuerySet[User]:
        return notices.readers_of(self.workspace_id, self.marking)

    def _tell_assignee(self) -> None:
        if self.assignee_id:
            notices.tell([self.assignee_id], about=self, event=Event.TASK_ASSIGNED, sentence=self.due_sentence)
