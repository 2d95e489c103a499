"""What every record shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, models, transaction
from django.db.models.functions import Now

from accounts.choices import WRITERS, Marking
from accounts.errors import IllegalStep, NotYours, Refusal, RowsRefused, StaleVersion
from accounts.ids import new_id
from accounts.models import User, Workspace
from ledger.acting import adding, current_actor, taking
from ledger.models.adding import insert, insert_all
from ledger.models.checking import check, checked

PERSON = {"on_delete": models.PROTECT, "related_name": "+", "null": True, "editable": False}


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
        return cls.add_and_tell(by=by, **fields)[0]

    @classmethod
    def add_and_tell(cls, *, by: User, **fields: Any) -> tuple[Self, str]:
        """As `add` where a kind adds in no way of its own; with the document as it was written, in JSON."""
        record = cls._begun(by, fields)
        with checked(record, by=by, exclude=set() if "id" in fields else {"id"}), adding():
            document = record._insert()
        return record, document

    @classmethod
    def adds_as_all_do(cls) -> bool:
        """Whether its `add` does no more than the one that all kinds share."""
        return cls.add.__func__ is Record.add.__func__  # type: ignore[attr-defined]

    def _insert(self) -> str:
        """Write it as new; returns its document."""
        return insert(self)

    @classmethod
    def add_all(cls, rows: Sequence[dict[str, Any]], *, by: User) -> list[Self]:
        """Record many new things, all or none. Raises `RowsRefused`.

        As `add` for each; in one statement for the kinds whose `add` does no more than this one.
        """
        if not cls.adds_as_all_do():
            return cls._add_one_by_one(rows, by=by, add=cls.add)
        return cls._add_together(rows, by=by)

    @classmethod
    def _add_together(cls, rows: Sequence[dict[str, Any]], *, by: User) -> list[Self]:
        """Write rows in one statement, and one by one where the database refuses, to learn which."""
        records, refusals = [], {}
        for number, fields in enumerate(rows):
            try:
                records.append(cls._begun(by, fields))
                check(records[-1], by=by, exclude=set() if "id" in fields else {"id"})
            except (ValidationError, Refusal) as refusal:
                refusals[number] = refusal
        if refusals:
            raise RowsRefused(refusals)
        if not records:
            return []
        try:
            with adding():
                insert_all(records)
            return records
        except (IntegrityError, ProgrammingError):
            return cls._add_one_by_one(rows, by=by, add=partial(Record.add.__func__, cls))  # type: ignore[attr-defined]

    @classmethod
    @transaction.atomic
    def _add_one_by_one(cls, rows: Sequence[dict[str, Any]], *, by: User, add: Callable[..., Self]) -> list[Self]:
        records, refusals = [], {}
        for number, fields in enumerate(rows):
            try:
                records.append(add(by=by, **fields))
            except (ValidationError, Refusal, ProgrammingError) as refusal:
                refusals[number] = refusal
        if refusals:
            raise RowsRefused(refusals)
        return records

    @classmethod
    def _begun(cls, by: User, fields: dict[str, Any]) -> Self:
        """A new record of what was given, by someone who may write there; not checked yet."""
        record = cls(**cls._completed(by, fields))
        record._take_scope()
        record._require_writer(by)
        record.created_by = record.updated_by = by
        return record

    @classmethod
    def _completed(cls, by: User, fields: dict[str, Any]) -> dict[str, Any]:
        """What was given, and what follows from it. Subclasses add what is theirs to know."""
        return fields

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
        with checked(self, by=by, exclude=self._hidden() - set(fields)), taking("change", reason):
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

    def _get_FIELD_display(self, field: Any) -> Any:
        """As Django's, which makes its table of labels anew for each value."""
        value = getattr(self, field.attname)
        return _labels_of(field).get(value, value)

    def _references(self) -> dict[str, Record | None]:
        """The records referred to, by field; None for one that may not be read. Queries what is not loaded."""
        found = {}
        for field in references_of(type(self)):
            if getattr(self, field.attname):
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
def _labels_of(field: Any) -> dict[Any, str]:
    return {value: str(label) for value, label in field.flatchoices}


@cache
def references_of(model: type[Record]) -> list[Any]:
    """The columns that refer to records."""
    fields: Any = model._meta.concrete_fields
    return [field for field in fields if field.is_relation and issubclass(field.related_model, Record)]


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
