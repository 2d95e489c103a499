"""The versions of a record, told so that a reader understands them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models import User, people_by_name
from accounts.prepared import Prepared
from ledger.kinds import kinds
from ledger.models import LedgerEntry, Record

UNREMARKABLE = {"id", "version", "created_at", "created_by_id", "updated_at", "updated_by_id", "workspace_id"}
"""Columns that change with every version or never, and so are not shown as changes."""


@dataclass(frozen=True)
class Change:
    """One column that differs between two versions, as shown."""

    label: str
    was: str
    now: str


def versions_of(object_id: UUID) -> list[LedgerEntry]:
    """Entries of a record, newest first, each with `person` and `step_label`."""
    return _told(list(LedgerEntry.objects.filter(object_id=object_id).order_by("-sequence")))


def steps_of(object_id: UUID, steps: Iterable[str]) -> list[LedgerEntry]:
    """The same of some steps only, without what the record was then; `person` is what they are called. One query."""
    return _labelled(_steps(object_id, list(steps)))


@Prepared
def _steps(object_id: UUID, steps: list[str]) -> models.QuerySet[LedgerEntry]:
    taken = LedgerEntry.objects.filter(object_id=object_id, step__among=steps)
    called = Coalesce(NullIf("name", Value("")), "email", output_field=models.TextField())
    people = Subquery(User.objects.filter(pk=OuterRef("user_id")).values(called=called))
    return taken.only("at", "step", "operation", "reason").annotate(person=people).order_by("-sequence")


def _told(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    people = {each.pk: each for each in people_by_name({entry.user_id for entry in entries if entry.user_id})}
    for entry in entries:
        entry.person = people.get(entry.user_id)
    return _labelled(entries)


def _labelled(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    for entry in entries:
        entry.step_label = (entry.step or entry.operation).replace("_", " ").capitalize()
    return entries


def grades_of(object_id: UUID, column: str) -> list[dict[str, Any]]:
    """Each value that a grade has had: `grade`, `reason`, `person`, `at`, newest first."""
    return grades_in(versions_of(object_id), column, f"{column}_reason")


def grades_in(versions: list[LedgerEntry], *columns: str) -> list[dict[str, Any]]:
    """As `grades_of`, from entries newest first; the last of the columns holds the reason.

    A version from before the columns were there says nothing of them.
    """
    told: list[dict[str, Any]] = []
    for entry in reversed(versions):
        if not entry.document or columns[0] not in entry.document:
            continue
        *grades, reason = (entry.document[column] for column in columns)
        grade = grades[0] if len(grades) == 1 else "".join(map(str, grades))
        if not told or (told[-1]["grade"], told[-1]["reason"]) != (grade, reason):
            told.append({"grade": grade, "reason": reason, "person": entry.person, "at": entry.at})
    return told[::-1]


def changes_between(kind: str, was: dict | None, now: dict | None) -> list[Change]:
    """What differs between two documents of a kind, with references and choices by name."""
    model, was, now = kinds()[kind], was or {}, now or {}
    names = [f for f in model._meta.concrete_fields if f.column not in UNREMARKABLE]
    differing = [f for f in names if was.get(f.column) != now.get(f.column)]
    return [Change(_label(f), _shown(f, was.get(f.column)), _shown(f, now.get(f.column))) for f in differing]


def _label(field: models.Field) -> str:
    return str(field.verbose_name).capitalize()


def _shown(field: models.Field, value: Any) -> str:
    """A stored value as a reader knows it. References query, one each."""
    if value in (None, "", [], {}):
        return ""
    if field.is_relation:
        return _named(field.related_model, value)
    if isinstance(value, dict):
        return json.dumps(value, indent=1, ensure_ascii=False)
    choices = dict(getattr(field, "base_field", field).flatchoices)
    if isinstance(value, list):
        return ", ".join(str(choices.get(each, each)) for each in value)
    return str(choices.get(value, value))


def _named(model: type[models.Model], pk: str) -> str:
    found = model._default_manager.filter(pk=pk).first()
    if found is None:
        return "(not visible to you)" if issubclass(model, Record) else pk
    return str(found)
