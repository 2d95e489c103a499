"""Queries whose text is composed once.

Django composes the SQL of a queryset each time it is asked, which takes several times as long as PostgreSQL takes to
answer when there are few rows. A prepared query is a function from arguments to a queryset. It is called once, with
stand-ins; from then on its arguments take the stand-ins' places among the parameters.

    by_id = Prepared(lambda key: Incident.objects.filter(pk=key).select_related("workspace"))
    incident, = by_id(key)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import Model, QuerySet, prefetch_related_objects
from django.db.models.fields import Field
from django.db.models.fields.related import ForeignObject
from django.db.models.lookups import Lookup
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

STAND_INS: dict[type, Callable[[], Any]] = {
    UUID: uuid4,
    str: lambda: uuid4().hex,
    int: lambda: uuid4().int % 2**31,
    datetime: lambda: datetime.fromtimestamp(uuid4().int % 10**9, timezone.utc),  # noqa: UP017 - Django names it so
    date: lambda: date.fromordinal(1 + uuid4().int % 10**6),
    list: lambda: [uuid4()],
}
"""By the type of an argument. A list is one of ids, and is asked for by `among`. Yes and no change the text."""


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """Equal to one of a list, which is a single parameter however long it is."""

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value, connection):
        return "%s", [list(value)]

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        asked, more = self.process_rhs(compiler, connection)
        return f"{column} = ANY({asked})", [*parameters, *more]


class Prepared:
    """A query that is composed at its first use. Calling it gives the rows, as the queryset would.

    Arguments are ids, strings, numbers, times, dates and lists of ids, never None: what changes the text is none.
    Raises `TypeError` for another type, and for an argument that the text does not use as it is.
    """

    def __init__(self, build: Callable[..., QuerySet]) -> None:
        self.build = build
        self._lock = Lock()
        self._known: _Composed | None = None

    def __call__(self, *given: Any) -> list:
        if self._known is None:
            with self._lock:
                self._known = self._known or _Composed(self.build, given)
        return self._known.asked(given)


def hold(record: Model, name: str, rows: list) -> None:
    """Let `record.<name>.all()` give these rows, as if Django had prefetched them."""
    found = getattr(record, name).all()
    found._result_cache, found._prefetch_done = rows, True
    record.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


class _Composed:
    """A queryset with its text, and which argument goes where."""

    def __init__(self, build: Callable[..., QuerySet], given: Sequence[Any]) -> None:
        stand_ins = [_stand_in(each) for each in given]
        self.queryset = build(*stand_ins)
        self.compiler = self.queryset.query.get_compiler(self.queryset.db)
        self.text, parameters = self.compiler.as_sql()
        self.places = [(stand_ins.index(each) if each in stand_ins else None, each) for each in parameters]
        used = {place for place, _ in self.places}
        if missing := [number for number in range(len(given)) if number not in used]:
            raise TypeError(f"The query does not use argument {missing[0]} as it is given.")
        self.converters: dict[int, Any] = {}
        makes_records = self.queryset._iterable_class is ModelIterable and not self.queryset._known_related_objects
        self.records = _Records(self.compiler, self.queryset.db) if makes_records else None

    def asked(self, given: Sequence[Any]) -> list:
        """The rows, of the known text with these arguments."""
        parameters = tuple([fixed if place is None else given[place] for place, fixed in self.places])
        if self.records is None:
            return list(self._iterated(parameters))
        connection = connections[self.queryset.db]
        with connection.cursor() as cursor:
            cursor.execute(self.text, parameters)
            found = self.records.of(cursor.fetchall(), connection)
        if found and self.queryset._prefetch_related_lookups:
            prefetch_related_objects(found, *self.queryset._prefetch_related_lookups)
        return found

    def _iterated(self, parameters: tuple) -> QuerySet:
        """What is no record, as the queryset gives it."""
        found = _twin(self.queryset, _result_cache=None, _prefetch_done=False)
        composed = {"as_sql": lambda *args, **kwargs: (self.text, parameters), "get_converters": self._converters}
        compiler = _twin(self.compiler, connection=connections[found.db], **composed)
        found._query = _twin(self.queryset.query, get_compiler=lambda *args, **kwargs: compiler)
        return found

    def _converters(self, expressions: Sequence[Any]) -> dict:
        """What turns columns into values: the same each time that the same columns come."""
        number = len(expressions)
        if number not in self.converters:
            self.converters[number] = self.compiler.get_converters(expressions)
        return self.converters[number]


class _Records:
    """Makes records of rows, as `ModelIterable` does, with all that is the same each time found once."""

    def __init__(self, compiler: SQLCompiler, alias: str) -> None:
        columns, own = compiler.select, compiler.klass_info["select_fields"]
        self.alias, self.model, self.span = alias, compiler.klass_info["model"], slice(own[0], own[-1] + 1)
        self.names = [column.target.attname for column, *_ in columns[self.span]]
        self.related = get_related_populators(compiler.klass_info, columns, alias)
        self.annotations = list((compiler.annotation_col_map or {}).items())
        self.converters = list(compiler.get_converters([column for column, *_ in columns]).items())

    def of(self, rows: list[tuple], connection: Any) -> list:
        return [self._record(self._converted(row, connection) if self.converters else row) for row in rows]

    def _converted(self, row: tuple, connection: Any) -> list:
        values = list(row)
        for place, (converters, expression) in self.converters:
            for converter in converters:
                values[place] = converter(values[place], expression, connection)
        return values

    def _record(self, row: Sequence[Any]) -> Any:
        record = self.model.from_db(self.alias, self.names, row[self.span])
        for populator in self.related:
            populator.populate(row, record)
        for name, place in self.annotations:
            setattr(record, name, row[place])
        return record


def _twin(original: Any, **others: Any) -> Any:
    """An object of the same kind and state but for some attributes. `clone` copies what a run never changes."""
    twin = object.__new__(type(original))
    twin.__dict__.update(original.__dict__, **others)
    return twin


def _stand_in(argument: Any) -> Any:
    """Something of the argument's type that occurs nowhere else."""
    for kind in type(argument).__mro__:
        if kind in STAND_INS and not isinstance(argument, bool):
            return STAND_INS[kind]()
    raise TypeError(f"A prepared query takes no {type(argument).__name__}.")
