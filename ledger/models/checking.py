"""Checking a record before it is written: what needs no query first, the rest by writing it.

Django asks the database once for every reference, constraint and unique field, and then the
database checks them all again. Here the row is written at once; only if something is wrong, in the
form or for the database, does full validation run, so that all that is wrong is told together and
under the names of the fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models

from accounts.choices import Marking
from accounts.errors import IdTaken

if TYPE_CHECKING:
    from accounts.models import User
    from ledger.models.records import Record


@contextmanager
def checked(record: Record, *, by: User, exclude: set[str]) -> Iterator[None]:
    """Check a record's form, and write it inside, in a savepoint of its own. `exclude` names fields not looked at.

    Raises `ValidationError`, also for what only the database can know (a rival that is hidden or
    just now written), and `IdTaken`.
    """
    check(record, by=by, exclude=exclude)
    try:
        yield
    except IntegrityError as refusal:
        if _broken(refusal) == f"{record._meta.db_table}_pkey":
            raise IdTaken() from refusal
        record.full_clean(exclude=exclude)
        raise _in_words(refusal, type(record)) from refusal


def check(record: Record, *, by: User, exclude: set[str]) -> None:
    """Look at what needs no query; where something is wrong, at everything. Raises `ValidationError`."""
    try:
        record.clean_fields(exclude=exclude | _seen(record, by))
        record.clean()
    except ValidationError:
        record.full_clean(exclude=exclude)
        raise


def _seen(record: Record, by: User) -> set[str]:
    """The references whose records are loaded and that this person may read: they need not be asked for again."""
    fields: Any = record._meta.concrete_fields
    loaded = (field for field in fields if field.is_relation and field.is_cached(record))
    return {field.name for field in loaded if _may_read(by, getattr(record, field.name))} | {"workspace"}


def _may_read(by: User, other: Any) -> bool:
    """The rule of the wall, for something that is loaded. What is no record is for everybody to refer to."""
    if other is None or not hasattr(other, "marking"):
        return other is not None
    membership = by.membership_in(other.workspace_id)
    return membership is not None and Marking(other.marking).level <= Marking(membership.clearance).level


def _in_words(refusal: IntegrityError, model: type[models.Model]) -> ValidationError:
    """The sentence of the constraint that the database names, or the database's own."""
    broken = _broken(refusal)
    for rule in model._meta.constraints:
        if rule.name == broken:
            return ValidationError(rule.get_violation_error_message())
    return ValidationError(str(refusal).split("\n")[0])


def _broken(refusal: IntegrityError) -> str | None:
    """The name of the constraint that was broken, if the database says."""
    diagnosis = getattr(refusal.__cause__, "diag", None)
    return diagnosis.constraint_name if diagnosis else None
