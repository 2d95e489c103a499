"""Watches: what a person wants to be told of later."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.choices import SUPERVISORS
from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from cases.choices import FlowUnit, Watchable, WatchSort, WatchStatus
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.fields import PartialDateField
from ledger.models import AboutRecord, Record


class Rules(Protocol):
    """What a sort of watch asks for, and what it finds. Written in `cases.watching`."""

    def check(self, watch: Watch) -> None: ...

    def matches(self, watch: Watch) -> models.QuerySet: ...


class Watch(AboutRecord, Record):
    """Something to be looked out for. Its workspace may see it; it tells only its owner, as the owner.

    A `search` finds records that newly match, a `flow` counts that reach a number, both in the watch's
    own workspace; a `date` is the day to look at a record again.
    """

    kind = "watch"
    searched = {"title": "title", "body": ("note",)}
    extra_triggers = AboutRecord.about_triggers
    rules: ClassVar[dict[str, Rules]] = {}

    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", editable=False)
    sort = models.CharField(max_length=10, choices=WatchSort)
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=20, choices=WatchStatus, default=WatchStatus.ACTIVE, editable=False)
    over = models.CharField("list", max_length=20, choices=Watchable, blank=True, default="")
    query = models.TextField("filters", blank=True, default="", help_text="As in the address of the list.")
    look_on = models.DateField("look again on", null=True, blank=True)
    note = models.TextField("why", blank=True, default="")
    unit = models.CharField(max_length=20, choices=FlowUnit, blank=True, default="")
    at_least = models.PositiveBigIntegerField(null=True, blank=True)
    counted_from = PartialDateField("counted from", help_text="As known; empty for any time.")
    counted_to = PartialDateField("counted up to", help_text="As known; empty for any time.")

    class Meta(AboutRecord.Meta):
        ordering = ["-id"]
        constraints = [
            *AboutRecord.Meta.constraints,
            models.CheckConstraint(condition=Q(status__in=WatchStatus.values), name="watch_status_is_known"),
            models.CheckConstraint(
                condition=(Q(sort=WatchSort.SEARCH, about_id=None) & ~Q(over=""))
                | Q(sort=WatchSort.DATE, about_id__isnull=False, look_on__isnull=False)
                | Q(
                    ~Q(unit=""),
                    sort=WatchSort.FLOW,
                    about_kind__in=["incident", "corridor"],
                    at_least__isnull=False,
                    at_least__gt=0,
                ),
                name="watch_has_what_its_sort_asks_for",
                violation_error_message="A search names its list; a date its record and day; a flow its incident or "
                "corridor, its unit and a number above zero.",
            ),
            models.CheckConstraint(
                condition=~Q(status=WatchStatus.WITHDRAWN) | ~Q(state_note=""), name="withdrawn_watch_says_why"
            ),
        ]
        indexes = [
            *AboutRecord.Meta.indexes,
            models.Index(fields=["workspace", "marking", "-id"], name="watch_list"),
            models.Index(fields=["owner"], condition=Q(status="active"), name="watch_to_look"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("watch", self.pk)

    @classmethod
    @transaction.atomic
    def add(cls, *, by: User, **fields: Any) -> Self:
        """Begin to watch. What matches already is not told."""
        watch = super().add(by=by, owner=by, **fields)
        WatchLook.objects.create(watch=watch, owner=by, looked_at=timezone.now())
        watch.take_stock()
        return watch

    @transaction.atomic
    def change(self, *, by: User, **fields: Any) -> None:
        """Watch for something else. What matches that already is not told."""
        self._require_owner(by)
        super().change(by=by, **fields)
        self.take_stock()

    def clean(self) -> None:
        super().clean()
        if self.sort in self.rules:
            self.rules[self.sort].check(self)

    def new_matches(self) -> list:
        """Ids of what matches now and never did before. To be asked as the owner."""
        known = WatchMatch.objects.filter(watch=self).values("record_id")
        found = self.rules[self.sort].matches(self).filter(workspace=self.workspace_id)
        return sorted(set(found.exclude(pk__in=known).values_list("pk", flat=True)))

    def take_stock(self) -> list:
        """Remember what matches now, and answer with what is new in it. As the owner, in a transaction."""
        if self.sort == WatchSort.DATE:
            return []
        found = self.new_matches()
        WatchMatch.objects.bulk_create(WatchMatch(watch=self, owner_id=self.owner_id, record_id=pk) for pk in found)
        return found

    # --- Steps --------------------------------------------------------------------------------

    @transaction.atomic
    def pause(self, *, by: User) -> None:
        """Look no more for the time being. What comes meanwhile is told after it is resumed."""
        self._require_owner(by)
        self._take("pause", {WatchStatus.ACTIVE}, WatchStatus.PAUSED)

    @transaction.atomic
    def resume(self, *, by: User) -> None:
        self._require_owner(by)
        self._take("resume", {WatchStatus.PAUSED}, WatchStatus.ACTIVE)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take it out of use. Its owner may, and a supervisor."""
        if by.role_in(self.workspace_id) not in SUPERVISORS:
            self._require_owner(by)
        self._require_writer(by)
        if not reason.strip():
            raise ValidationError({"reason": "Say why."})
        in_use = {WatchStatus.ACTIVE, WatchStatus.PAUSED}
        self._take("withdraw", in_use, WatchStatus.WITHDRAWN, reason, state_note=reason.strip())

    def _take(self, step: str, sources: set[str], target: str, reason: str = "", **fields: Any) -> None:
        """The one writer of the status. The filtered update is both the check and the lock."""
        with taking(step, reason):
            ready = Watch.objects.filter(pk=self.pk, status__in=sources)
            if not ready.update(status=target, **fields):
                now = Watch.objects.get(pk=self.pk).get_status_display().lower()
                raise IllegalStep(f"Cannot {step}: the watch is {now}.")
        self.refresh_from_db()

    def _require_owner(self, by: User) -> None:
        self._require_writer(by)
        if by.pk != self.owner_id:
            raise NotYours("Only its owner may do this.")

    def _require_open_to_change(self, names: set[str]) -> None:
        super()._require_open_to_change(names)
        if self.status == WatchStatus.WITHDRAWN:
            raise IllegalStep("This watch is withdrawn.")


class WatchLook(models.Model):
    """When a watch last looked and fired. Not a record: it changes with every look, and is its owner's alone."""

    kept_for = "owner_id"
    grants = "SELECT, INSERT, UPDATE"

    watch = models.OneToOneField(Watch, models.PROTECT, related_name="look", primary_key=True)
    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    looked_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True, default="", help_text="Why the last look found nothing, if it failed.")

    def __str__(self) -> str:
        return f"{self.watch_id}: {self.looked_at}"


class WatchMatch(models.Model):
    """A record that a watch has found, so that it is told once. Its owner's alone."""

    kept_for = "owner_id"
    grants = "SELECT, INSERT"

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="found")
    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    record_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["watch", "record_id"], name="a_watch_finds_a_record_once")]

    def __str__(self) -> str:
        return f"{self.watch_id}: {self.record_id}"
