"""What every record's endpoints share.

A record's document is PostgreSQL's own `to_jsonb` of its row: the API answers with it and the
ledger keeps it, so that both show one shape by construction.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.viewsets import GenericViewSet

from accounts.asking import KnownParameters
from accounts.errors import IdTaken, IllegalStep, Refusal, StaleVersion
from accounts.serializers import EmptySerializer as EmptySerializer
from accounts.serializers import StrictSerializer
from ledger.answers import DocumentAnswer, TextAnswer
from ledger.describing import (
    FEWEST,
    IF_NONE_MATCH,
    MOST,
    ColumnSerializer,
    documents_of,
    filter_parameters,
    include_parameters,
    list_parameters,
)
from ledger.describing import IF_MATCH as IF_MATCH
from ledger.documents import Document, document_of, documents, newest
from ledger.filters import RecordFilterSet
from ledger.including import children_of, including_schema, with_children
from ledger.models import Record
from ledger.plainly import found_for, plain

OF_A_LIST = frozenset({"cursor", "limit", "fields", "count", "include"})
"""Parameters that every list takes beside its filters."""


class PreconditionRequired(APIException):
    """A change that does not say which version was read (RFC 6585)."""

    status_code = 428
    default_detail = "Send If-Match with the version that you read."


class ReasonSerializer(StrictSerializer):
    reason = serializers.CharField()


class ReferenceField(serializers.PrimaryKeyRelatedField):
    """A record that is referred to; taken from the context's `loaded` where many were fetched beforehand."""

    def to_internal_value(self, given):
        loaded = self.context.get("loaded", {}).get(self.queryset.model)
        if loaded is None:
            return super().to_internal_value(given)
        if str(given) not in loaded:
            self.fail("does_not_exist", pk_value=given)
        return loaded[str(given)]


@cache
def input_serializer(model: type[Record], *names: str, **more: serializers.Field) -> type[serializers.Serializer]:
    """A serializer of these fields of a model; references are written as `<name>_id`."""
    declared: dict[str, Any] = {"id": serializers.UUIDField(required=False)}
    plain = []
    for name in names:
        field = model._meta.get_field(name)
        if field.is_relation:
            declared[field.attname] = ReferenceField(
                queryset=field.related_model._default_manager.all(),
                source=name,
                required=not (field.null or field.has_default()),
                allow_null=field.null,
            )
        else:
            plain.append(name)
    meta = type("Meta", (), {"model": model, "fields": [*declared, *plain, *more], "validators": []})
    bases = (StrictSerializer, ColumnSerializer)
    return type(f"{model.__name__}Input", bases, {**declared, **more, "Meta": meta})


KEPT = ("choices", "child", "max_digits", "decimal_places")
"""Of the options of a field, what goes for reading as well."""


@cache
def document_serializer(model: type[Record]) -> type[serializers.Serializer]:
    """The document of a model, for the schema: every column, read only."""
    columns: dict[str, Any] = {}
    builder = ColumnSerializer()
    for field in model._meta.concrete_fields:
        if field.is_relation:
            columns[field.column] = serializers.UUIDField(read_only=True, allow_null=field.null)
        else:
            kind, options = builder.build_standard_field(field.name, field)
            kept = {key: options[key] for key in KEPT if key in options}
            if issubclass(kind, (serializers.CharField, serializers.ChoiceField)):
                kept["allow_blank"] = field.blank and field.empty_strings_allowed
            columns[field.column] = kind(read_only=True, allow_null=field.null, **kept)
    return type(f"{model.__name__}Document", (serializers.Serializer,), columns)


class RecordViewSet(KnownParameters, GenericViewSet):
    """List, read, add and change one kind of record. Subclasses name fields and verbs."""

    model: type[Record]
    filterset_class: type[RecordFilterSet] | None = None
    fields: tuple[str, ...] = ()
    """What may be written on adding."""

    fixed: tuple[str, ...] = ()
    """Of those, what never changes afterwards."""

    def get_queryset(self) -> models.QuerySet:
        return self.model._default_manager.all()

    @classmethod
    def input_for(cls, method: str) -> type[serializers.Serializer]:
        """What is taken on adding (POST) and on changing (PATCH)."""
        if method == "PATCH":
            return input_serializer(cls.model, *(name for name in cls.fields if name not in cls.fixed))
        return input_serializer(cls.model, *cls.fields)

    def get_serializer_class(self):
        return self.input_for(self.request.method if self.request else "POST")

    def known_parameters(self) -> frozenset[str]:
        if self.action == "retrieve":
            return frozenset({"include"})
        if self.action != "list":
            return getattr(getattr(self, self.action or "", None), "parameters", frozenset())
        return OF_A_LIST | set(self.filterset_class.base_filters if self.filterset_class else ())

    # --- Reading -------------------------------------------------------------------------------

    def list(self, request, *args, **kwargs) -> HttpResponse:
        asked = request.query_params
        included = self._included()
        limit = self._number("limit", FEWEST, FEWEST if included else MOST)
        before = self._uuid("cursor") if "cursor" in asked else None
        filtered = self._filtered(self.get_queryset()) if self._filters_asked() else None
        found = self._found(filtered, before, limit + 1)
        count = f'"count":{self._count(filtered)},' if self._is_counted() else ""
        onward = orjson.dumps(self._next_url(str(found[limit - 1].id)) if len(found) > limit else None).decode()
        told = found[:limit]
        texts = ",".join(with_children(self.model, told, self._narrowed(told), included))
        return TextAnswer(f'{{{count}"results":[{texts}],"next":{onward}}}')

    def retrieve(self, request, *args, **kwargs) -> HttpResponse:
        try:
            found = document_of(self.model, UUID(kwargs["pk"]))
        except ValueError:
            found = None
        if found is None:
            raise Http404
        if included := self._included():
            return TextAnswer(with_children(self.model, [found], [found.text], included)[0])
        return self._told(found)

    def _filters_asked(self) -> set[str]:
        """The filters among the parameters."""
        return set(self.request.query_params) - OF_A_LIST

    def _filtered(self, records: models.QuerySet) -> models.QuerySet:
        """Those that the filters let through."""
        if self.filterset_class is None or not self._filters_asked():
            return records
        filterset = self.filterset_class(self.request.query_params, queryset=records, request=self.request)
        if not filterset.is_valid():
            raise Malformed(filterset.errors)
        return filterset.qs

    def _found(self, filtered: models.QuerySet | None, before: UUID | None, most: int) -> list[Document]:
        """The newest records. Without filters no queryset is composed."""
        if filtered is None:
            return newest(self.model, before=before, most=most)
        if before:
            filtered = filtered.filter(pk__lt=before)
        return documents(filtered.order_by("-pk")[:most])

    def _count(self, filtered: models.QuerySet | None) -> int:
        return (self.get_queryset() if filtered is None else filtered).count()

    def _number(self, name: str, default: int, most: int) -> int:
        told = self.request.query_params.get(name, str(default))
        if not re.fullmatch("[0-9]{1,9}", told) or not 1 <= int(told) <= most:
            raise Malformed({name: f"A number from 1 to {most}."})
        return int(told)

    def _included(self) -> list[str]:
        """The names of children to embed, each once. An answer with them has no ETag: they change by themselves."""
        if "include" not in self.request.query_params:
            return []
        names = list(dict.fromkeys(self.request.query_params["include"].split(",")))
        if unknown := [name for name in names if name not in children_of(self.model)]:
            known = ", ".join(children_of(self.model)) or "nothing"
            raise Malformed({"include": f"There is no {', '.join(unknown)} here; there is {known}."})
        return names

    def _is_counted(self) -> bool:
        told = self.request.query_params.get("count", "0")
        if told not in ("0", "1"):
            raise Malformed({"count": "0 or 1."})
        return told == "1"

    def _uuid(self, name: str) -> UUID:
        try:
            return UUID(self.request.query_params[name])
        except ValueError:
            raise Malformed({name: "A cursor is taken from `next`."})

    def _narrowed(self, found: list[Document]) -> list[str]:
        """The texts of documents, with only the fields that were asked for."""
        wanted = self.request.query_params.get("fields")
        if wanted is None:
            return [each.text for each in found]
        names = wanted.split(",")
        if unknown := set(names) - {field.column for field in self.model._meta.concrete_fields}:
            raise Malformed({"fields": f"There is no field {', '.join(sorted(unknown))}."})
        return [orjson.dumps({name: each.columns[name] for name in names}).decode() for each in found]

    def _next_url(self, last: str) -> str:
        kept = {key: values for key, values in self.request.query_params.lists() if key != "cursor"}
        return self.request.build_absolute_uri("?" + urlencode({**kept, "cursor": last}, doseq=True))

    # --- Writing -------------------------------------------------------------------------------

    def create(self, request, *args, **kwargs) -> HttpResponse:
        fields = self._input(self.get_serializer_class())
        if self._adds_as_all_do():
            return self._created(fields)
        if known := self._known(fields):
            return self._same_again(known, fields)
        try:
            with transaction.atomic():
                made = self.add(**fields)
        except IdTaken:
            if known := self._known(fields):  # another request with this id came first by a moment
                return self._same_again(known, fields)
            raise
        return self._answer(made, status.HTTP_201_CREATED)

    def _created(self, fields: dict[str, Any]) -> HttpResponse:
        """Add at once, and look for an earlier record of this id only where something is refused."""
        try:
            made, text = self.model.add_and_tell(by=self.request.user, **self.completed(fields))
        except (ValidationError, Refusal, DatabaseError):
            if known := self._known(fields):
                return self._same_again(known, fields)
            raise
        return self._told(Document(made.pk, made.version, text), status.HTTP_201_CREATED)

    def _adds_as_all_do(self) -> bool:
        """Whether adding is one statement, which a refusal takes back as a whole."""
        return type(self).add is RecordViewSet.add and self.model.adds_as_all_do()

    def partial_update(self, request, *args, **kwargs) -> HttpResponse:
        record, version = self._at_version()
        fields = self._input(self.get_serializer_class(), partial=True)
        fields.pop("id", None)
        record.change(by=request.user, version=version, **fields)
        return self._answer(record)

    def add(self, **fields: Any) -> Record:
        """The verb for a new record."""
        return self.model.add(by=self.request.user, **self.completed(fields))

    def completed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """What was given for a new record, and what follows from who asks."""
        return fields

    def _known(self, fields: dict[str, Any]) -> Any:
        """The record that has the id which the client chose, if there is one to be seen."""
        return self.get_queryset().filter(pk=fields["id"]).first() if "id" in fields else None

    def _same_again(self, known: Record, fields: dict[str, Any]) -> HttpResponse:
        """The same id with the same content was a repeat; with other content it is taken."""
        self.require_same(known, fields)
        return self._answer(known)

    def require_same(self, known: Record, fields: dict[str, Any]) -> None:
        """Refuse the id of a known record for other content."""
        if any(getattr(known, name) != value for name, value in fields.items()):
            raise IllegalStep("A record with this id and other content exists already.")

    def _input(self, serializer_class, *, partial: bool = False) -> dict[str, Any]:
        given = self.request.data
        taken = plain(serializer_class).taken(given, found_for(self.request.user), is_partial=partial)
        if taken is not None:
            return taken
        serializer = serializer_class(data=given, partial=partial, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _at_version(self) -> tuple[Any, int]:
        """The record, and the version that If-Match names. 428 without, 412 if it is another."""
        record = self.get_object()
        told = self.request.headers.get("If-Match", "").removeprefix("W/").strip('"')
        if not told:
            raise PreconditionRequired()
        if told != str(record.version):
            raise StaleVersion(record.version)
        return record, record.version

    def step(self, serializer_class, verb) -> HttpResponse:
        """Run a verb of the record with validated input, at the version that was read."""
        record, _ = self._at_version()
        opened = verb(record, self._input(serializer_class))
        return self._answer(opened if isinstance(opened, Record) else record)

    def _answer(self, record: Record, code: int = status.HTTP_200_OK) -> HttpResponse:
        """The record's document as it stands, with its version as ETag."""
        return self._told(document_of(type(record), record.pk), code)

    def _told(self, document: Document, code: int = status.HTTP_200_OK) -> HttpResponse:
        answer = DocumentAnswer(document, code)
        if self.request.method == "GET" and self.request.headers.get("If-None-Match") == answer.headers["ETag"]:
            return HttpResponse(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": answer.headers["ETag"]})
        return answer


def viewsets() -> dict[str, type[RecordViewSet]]:
    """The endpoints of every kind of record, as far as their modules are loaded."""
    found: dict[str, type[RecordViewSet]] = {}
    waiting = [RecordViewSet]
    while waiting:
        viewset = waiting.pop()
        waiting += viewset.__subclasses__()
        if issubclass(getattr(viewset, "model", object), Record):
            found[viewset.model.kind] = viewset
    return found


def withdrawable(viewset: type[RecordViewSet]) -> type[RecordViewSet]:
    """Give the endpoints of a kind the verb `withdraw`."""

    @extend_schema(request=ReasonSerializer, responses=document_serializer(viewset.model), parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None) -> HttpResponse:
        """Take it out of use, with a reason. It stays readable."""
        return self.step(ReasonSerializer, lambda record, given: record.withdraw(by=request.user, **given))

    viewset.withdraw = withdraw
    return viewset


def described(viewset: type[RecordViewSet]) -> type[RecordViewSet]:
    """Describe the shared endpoints of a kind for OpenAPI."""
    document = document_serializer(viewset.model)
    page = type(
        f"{viewset.model.__name__}Page",
        (serializers.Serializer,),
        {
            "results": documents_of(viewset.model.__name__),
            "next": serializers.URLField(allow_null=True),
            "count": serializers.IntegerField(required=False),
        },
    )
    columns = [field.column for field in viewset.model._meta.concrete_fields]
    including = include_parameters(list(children_of(viewset.model)))
    told = {
        "list": extend_schema(
            responses=page,
            parameters=[*list_parameters(columns), *including, *filter_parameters(viewset.filterset_class)],
        ),
        "retrieve": extend_schema(
            responses={200: including_schema(viewset.model), 304: None}, parameters=[IF_NONE_MATCH, *including]
        ),
        "create": extend_schema(request=viewset.input_for("POST"), responses={200: document, 201: document}),
        "partial_update": extend_schema(request=viewset.input_for("PATCH"), responses=document, parameters=[IF_MATCH]),
    }
    for name, describe in told.items():
        if hasattr(viewset, name) and name not in vars(viewset):
            method = getattr(viewset, name)
            setattr(viewset, name, describe(_own(method)))
    return viewset


def _own(method):
    """A copy of an inherited method, so that describing it leaves the others alone."""

    def own(self, request, *args, **kwargs):
        return method(self, request, *args, **kwargs)

    own.__name__, own.__doc__, own.__wrapped__ = method.__name__, method.__doc__, method
    return own
