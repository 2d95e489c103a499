"""What every record shares, and the append-only ledger of their versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.choices import WRITERS, Marking
from accounts.errors import IllegalStep, NotYours, StaleVersion
from accounts.ids import new_id
from accounts.models import User, Workspace
from ledger.acting import current_actor, taking

PERSON = {"on_delete": models.PROTECT, "related_name": "+", "null": True, "editable": False}


@contextmanager
def told_by_the_database(model: type[models.Model]) -> Iterator[None]:
    """Turn what only the database can know (a rival that is hidden or just now written) into words."""
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        name = diagnosis.constraint_name if diagnosis else None
        rules = {rule.name: rule for rule in model._meta.constraints}
        if name in rules:
            raise ValidationError(rules[name].get_violation_error_message()) from error
        raise ValidationError(str(error).split("\n")[0]) from error


def needed(reason: str, sentence: str = "Say why.") -> str:
    """A reason without its margins, or the refusal of its absence."""
    if not reason.strip():
        raise ValidationError({"reason": sentence})
    return reason.strip()


class Record(models.Model):
    """A thing that lies in one workspace under one marking, whose every version is kept.

    PostgreSQL stamps version, times and people, writes the ledger entry, decides who may read and
    write, and refuses deletion; see `triggers` and `wall`. A subclass names itself with `kind`.
    A child names its parent with `scoped_by` and lies where its parent lies.
    """

    kind = ""
    scoped_by: str | None = None
    searched: dict[str, Any] | None = None
    """`title` (column), `body` (columns) and, for a part of another record, `anchor` (column)."""
    extra_triggers: tuple = ()
    shown_if = ""
    """A further SQL condition over the row's columns that must hold before PostgreSQL shows it."""

    writable_by = WRITERS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="+")
    marking = models.CharField(max_length=20, choices=Marking, default=Marking.AMBER)
    version = models.PositiveIntegerField(db_default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    state_note = models.TextField(blank=True, default="", editable=False)

    class Meta:
        abstract = True

    @classmethod
    def add(cls, *, by: User, **fields: Any) -> Self:
        """Record something new. Raises `ValidationError` or `NotYours`."""
        record = cls(**fields)
        record._take_scope()
        record._require_writer(by)
        record.full_clean(exclude=set() if "id" in fields else {"id"})  # ours is new: no need to ask
        record.created_by = record.updated_by = by
        with told_by_the_database(cls), taking("add"):
            record.save(force_insert=True)
        return record

    @transaction.atomic
    def change(self, *, by: User, version: int | None = None, reason: str = "", **fields: Any) -> None:
        """Edit some fields, if nobody did since `version` (the one read, by default).

        Raises `ValidationError`, `NotYours` or `StaleVersion`.
        """
        self._require_writer(by)
        self._require_open_to_change(set(fields))
        for name, value in fields.items():
            setattr(self, name, value)
        self._require_writer(by)
        self.full_clean(exclude=self._hidden() - set(fields))
        with told_by_the_database(type(self)), taking("change", reason):
            self._update(version or self.version, **fields)

    def _require_open_to_change(self, names: set[str]) -> None:
        """Refuse an edit that the record's state does not allow. Subclasses narrow it."""

    def _update(self, version: int, **fields: Any) -> None:
        """Write fields where the version still matches: check and lock in one statement."""
        if not type(self).objects.filter(pk=self.pk, version=version).update(**fields):
            current = type(self).objects.filter(pk=self.pk).values_list("version", flat=True).first()
            raise StaleVersion(current or 0)
        self.refresh_from_db()

    def _require_writer(self, by: User, roles: frozenset | None = None) -> None:
        """Refuse a person whose role or clearance in this workspace does not cover this record."""
        membership = by.membership_in(self.workspace_id)
        if membership is None or membership.role not in (roles or self.writable_by):
            raise NotYours("Your role in this workspace does not allow this.")
        if Marking(self.marking).level > Marking(membership.clearance).level:
            raise ValidationError({"marking": "This marking is above your clearance."})
        token = current_actor().token
        if token and token.scope == token.Scope.READ:
            raise NotYours("This token only reads.")

    def _take_scope(self) -> None:
        """Lie where the parent lies; the database insists on it as well."""
        parent = getattr(self, self.scoped_by, None) if self.scoped_by else None
        if parent is not None:
            self.workspace_id, self.marking = parent.workspace_id, parent.marking

    def clean(self) -> None:
        """A record refers only to records of its own workspace."""
        errors = {
            name: "This lies in another workspace."
            for name, other in self._references().items()
            if other is not None and other.workspace_id != self.workspace_id
        }
        if errors:
            raise ValidationError(errors)

    def _references(self) -> dict[str, Record | None]:
        """The records referred to, by field; None for one that may not be read. Queries what is not loaded."""
        found = {}
        for field in self._meta.concrete_fields:
            if field.is_relation and issubclass(field.related_model, Record) and getattr(self, field.attname):
                try:
                    found[field.name] = getattr(self, field.name)
                except field.related_model.DoesNotExist:
                    found[field.name] = None
        return found

    def _hidden(self) -> set[str]:
        """References to what may not be read: an edit that leaves them as they are does not check them."""
        return {name for name, other in self._references().items() if other is None}

    @property
    def label(self) -> str:
        """How this record is called in lists and links."""
        return str(self)


@cache
def kinds() -> dict[str, type[Record]]:
    """Kind to model, in the order of the tables' names."""
    found = (model for model in apps.get_models() if issubclass(model, Record))
    return {model.kind: model for model in sorted(found, key=lambda model: model._meta.db_table)}


class RecordStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    WITHDRAWN = "withdrawn", "Withdrawn"


class WithdrawableRecord(Record):
    """A record that can be taken out of use with a reason. It stays readable."""

    status = models.CharField(max_length=20, choices=RecordStatus, default=RecordStatus.ACTIVE, editable=False)

    class Meta:
        abstract = True

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take it out of use. Raises `ValidationError` without a reason, `IllegalStep` the second time."""
        self._require_writer(by)
        self._require_open_to_change({"status"})
        if not reason.strip():
            raise ValidationError({"reason": "Say why."})
        with taking("withdraw", reason):
            active = type(self).objects.filter(pk=self.pk, status=RecordStatus.ACTIVE)
            if not active.update(status=RecordStatus.WITHDRAWN, state_note=reason.strip()):
                raise IllegalStep("This is withdrawn already.")
        self.refresh_from_db()


class LedgerEntry(models.Model):
    """One version of one record, written by trigger, never changed.

    `entry_hash` is the SHA-256 of the canonical JSON array of every other column with the
    document's hash in place of the document (see `ledger_canonical` in the first migration);
    `previous_hash` is the entry before it of the same record. `transaction` is the one that wrote it, or
    that of the entry before it where that one began later: so (epoch, transaction, sequence) never puts
    an older version of a record after a newer one, and nothing appears below a transaction that has ended
    with all before it.
    """

    class Operation(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        MOVED = "moved", "Moved away"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPUNGED = "expunged", "Expunged"

    sequence = models.BigAutoField(primary_key=True)
    epoch = models.PositiveIntegerField()
    transaction = models.BigIntegerField()
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True)
    step = models.TextField()
    reason = models.TextField()
    kind = models.TextField()
    object_id = models.UUIDField()
    version = models.PositiveIntegerField()
    operation = models.TextField(choices=Operation)
    workspace_id = models.UUIDField()
    marking = models.TextField()
    document = models.JSONField(null=True)
    document_sha256 = models.BinaryField(null=True)
    previous_hash = models.BinaryField(null=True)
    entry_hash = models.BinaryField()

    class Meta:
        db_table = "ledger_entry"
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["object_id", "sequence"], name="ledger_by_object"),
            models.Index(fields=["workspace_id", "sequence"], name="ledger_by_workspace"),
            models.Index(fields=["epoch", "transaction", "sequence"], name="ledger_in_feed_order"),
            models.Index(
                fields=["workspace_id", "epoch", "transaction", "sequence"], name="ledger_by_room_in_feed_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.kind} {self.object_id} version {self.version}"

    @property
    def hash_text(self) -> str:
        """The entry's hash in hex."""
        return bytes(self.entry_hash).hex()


class Epoch(models.Model):
    """The one row that counts clusters: a restore from a dump raises it by one."""

    number = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "ledger_epoch"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="there_is_one_epoch")]

    def __str__(self) -> str:
        return str(self.number)


class SearchEntry(models.Model):
    """The words of one record, or of one page of text. Read only through the `search` function."""

    record_id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    anchor_id = models.UUIDField()
    workspace_id = models.UUIDField()
    marking = models.TextField()
    title = models.TextField()
    body = models.TextField()

    class Meta:
        db_table = "ledger_search"
        indexes = [models.Index(fields=["anchor_id"], name="search_by_anchor")]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"


class Checkpoint(models.Model):
    """A signed Merkle root over all entries since the checkpoint before it.

    `digest` is the SHA-256 of the canonical JSON of the other columns (RFC 8785); `signature` is
    Ed25519 (RFC 8032) over the digest, empty where no key is configured.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    epoch = models.PositiveIntegerField()
    from_transaction = models.BigIntegerField()
    to_transaction = models.BigIntegerField(help_text="Exclusive: every transaction below it had ended.")
    entries = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=128, blank=True)

    class Meta:
        db_table = "ledger_checkpoint"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_transaction__lt=F("to_transaction")), name="checkpoint_covers_transactions"
            ),
        ]

    def __str__(self) -> str:
        return f"Checkpoint {self.number}"
