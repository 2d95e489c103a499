"""Checking a record before it is written: what needs no query first, the rest by writing it.

Django asks the database once for every reference, constraint and unique field, and then the
database checks them all again. Here the row is written at once; only if something is wrong, in the
form or for the database, does full validation run, so that all that is wrong is told together and
under the names of the fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, models
from django.db.models.expressions import DatabaseDefault

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
        clean_fields(record, exclude=exclude | _seen(record, by))
        record.clean()
    except ValidationError:
        record.full_clean(exclude=exclude)
        raise


def clean_fields(record: Record, exclude: set[str]) -> None:
    """As Django's, which looks at the fields that are not plainly right as they are."""
    looked_at = [each for each in _plainly_right(type(record)) if each[0] not in exclude]
    plain = {name for name, attribute, is_plain in looked_at if is_plain(getattr(record, attribute))}
    if len(plain) < len(looked_at):
        record.clean_fields(exclude=exclude | plain)


@cache
def _plainly_right(model: type[models.Model]) -> list[tuple[str, str, Callable[[Any], bool]]]:
    """The fields that Django would look at, each with what is certainly right for it and would stay as it is."""
    return [(field.name, field.attname, _is_plain(field)) for field in model._meta.concrete_fields]


def _is_plain(field: Any) -> Callable[[Any], bool]:
    """A field that is none of these is never plain, unless it may be empty and is."""
    if type(field).clean is models.Field.clean and type(field).validate is models.Field.validate:
        for reads, sort in READ_AS_THEY_ARE.items():
            if type(field).to_python is reads:
                return _plain(field, sort)
    return lambda value: isinstance(value, DatabaseDefault) or _may_be_empty(field, value)


READ_AS_THEY_ARE: dict[Callable, type[Any]] = {
    models.CharField.to_python: str,
    models.TextField.to_python: str,
    models.IntegerField.to_python: int,
    models.BooleanField.to_python: bool,
    models.UUIDField.to_python: UUID,
}
"""By the way in which a field reads a value: the type that it leaves as it is."""


def _plain(field: Any, sort: type[Any]) -> Callable[[Any], bool]:
    choices = {key for key, _ in field.flatchoices} if field.choices else None
    most = field.max_length if sort is str else None
    validators = [each for each in field.validators if most is None or not isinstance(each, MaxLengthValidator)]

    def is_plain(value: Any) -> bool:
        if isinstance(value, DatabaseDefault) or _may_be_empty(field, value):
            return True
        if not isinstance(value, sort) or value in field.empty_values or (isinstance(value, bool) and sort is int):
            return False
        if most is not None and len(value) > most:
            return False
        return (choices is None or value in choices) and all(_passes(each, value) for each in validators)

    return is_plain


def _may_be_empty(field: Any, value: Any) -> bool:
    return field.blank and value in field.empty_values


def _passes(validator: Callable[[Any], None], value: Any) -> bool:
    try:
        validator(value)
    except ValidationError:
        return False
    return True


def _seen(record: Record, by: User) -> set[str]:
    """The references whose records are loaded and that this person may read: they need not be asked for again."""
    loaded = (field for field in _relations(type(record)) if field.is_cached(record))
    return {field.name for field in loaded if _may_read(by, getattr(record, field.name))} | {"workspace"}


@cache
def _relations(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.is_relation]


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
