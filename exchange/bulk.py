"""Many operations in one request: each line goes through the endpoint of its kind, and so through its verbs and checks.

Neighbouring creates of one kind are written together where that kind allows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.settings import api_settings

from accounts.errors import RowsRefused
from accounts.ids import is_uuid
from exchange.lines import Misread, Operation, batches, lines_of, operations_of
from ledger.answers import DocumentAnswer
from ledger.api import RecordViewSet
from ledger.models import Record
from ledger.plainly import found_among, plain


class LinesRefused(Exception):
    """Some lines were refused, and nothing was written. `results` says which and why."""

    def __init__(self, results: list[dict[str, Any]]) -> None:
        super().__init__(f"Nothing was written: {len(results)} lines were refused.")
        self.results = results


@dataclass
class LineRequest:
    """What an endpoint sees of the one request: a single line of it."""

    outer: Any
    method: str
    data: Mapping[str, Any]
    version: int | None = None
    query_params: dict[str, str] = field(default_factory=dict)

    @cached_property
    def headers(self) -> dict[str, str]:
        return {} if self.version is None else {"If-Match": f'"{self.version}"'}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.outer, name)


def carry_out(request, body: bytes, *, partial: bool) -> list[dict[str, Any]]:
    """The result of every line, in order: `status`, and `id` and `version` or `problem`.

    All or nothing unless `partial`. Raises `Malformed` for a body that is no bulk, `LinesRefused`.
    """
    results: list[dict[str, Any]] = []
    with transaction.atomic():
        for batch in batches(lines_of(body)):
            told = _carried_out(request, batch)
            refused = [each for each in told if each["status"] >= 400]
            if refused and not partial:
                raise LinesRefused(refused)
            results += told
    return results


def _carried_out(request, batch: list[Any]) -> list[dict[str, Any]]:
    first = batch[0]
    if isinstance(first, Misread):
        return [_refused(first.line, first.refusal, at="")]
    if first.joins:
        return _created_together(request, batch)
    return [_alone(request, first)]


def _alone(request, operation: Operation) -> dict[str, Any]:
    """One operation by the endpoint's own method."""
    method = "PATCH" if operation.op == "update" else "POST"
    data = dict(operation.fields) | ({"id": operation.id} if operation.op == "create" and operation.id else {})
    view = _view(request, operation, method, data)
    try:
        with transaction.atomic():
            verb = getattr(view, operations_of(operation.viewset)[operation.op])
            answer = verb(view.request, pk=operation.id)
    except Exception as refusal:
        return _refused(operation.line, refusal)
    return {"line": operation.line, "status": answer.status_code, **_told(answer)}


def _told(answer: HttpResponse) -> dict[str, Any]:
    """The id and version of what was written, where that is a record."""
    if isinstance(answer, DocumentAnswer):
        return {"id": str(answer.document.id), "version": answer.document.version}
    return {}


def _view(request, operation: Operation, method: str, data: Mapping[str, Any]) -> RecordViewSet:
    view = operation.viewset()
    view.request = LineRequest(request, method, data, operation.version)
    view.args, view.kwargs, view.format_kwarg = (), {"pk": operation.id}, None
    view.action = operations_of(operation.viewset)[operation.op]
    return view


def _created_together(request, batch: list[Operation]) -> list[dict[str, Any]]:
    """Creates of one kind: references fetched at once, written at once. A refused line leaves the others alone."""
    view = _view(request, batch[0], "POST", {})
    results: dict[int, dict[str, Any]] = {}
    open_ones = _understood(view, batch, results)
    open_ones = _not_known_yet(view, open_ones, results)
    while open_ones:
        rows = [view.completed(each.taken) for each in open_ones]
        try:
            added = view.model.add_all(rows, by=request.user)
        except RowsRefused as refused:
            for number, refusal in refused.refusals.items():
                results[open_ones[number].line] = _refused(open_ones[number].line, refusal)
            open_ones = [each for number, each in enumerate(open_ones) if number not in refused.refusals]
        else:
            results |= _added(view, open_ones, added)
            break
    return [results[each.line] for each in batch]


def _understood(view, batch: list[Operation], results: dict) -> list[Operation]:
    """Those whose fields the serializer takes."""
    loaded = _loaded(view, batch)
    serializer = view.get_serializer_class()(context={**view.get_serializer_context(), "loaded": loaded})
    takes, find = plain(view.get_serializer_class()), found_among(loaded)
    understood = []
    for each in batch:
        given = each.fields | ({"id": each.id} if each.id else {})
        try:
            each.taken = takes.taken(given, find) or dict(serializer.run_validation(given))
            understood.append(each)
        except Malformed as refusal:
            results[each.line] = _refused(each.line, refusal)
    return understood


def _loaded(view, batch: list[Operation]) -> dict[type, dict[str, Any]]:
    """Every record that the lines refer to and that may be read, by model and id: one query a model."""
    wanted: dict[type, set[str]] = {}
    for name in view.fields:
        reference = view.model._meta.get_field(name)
        if reference.is_relation:
            given = (each.fields.get(reference.attname) for each in batch)
            wanted.setdefault(reference.related_model, set()).update(each for each in given if is_uuid(each))
    found = {model: model._default_manager.in_bulk(ids) for model, ids in wanted.items()}
    return {model: {str(key): record for key, record in records.items()} for model, records in found.items()}


def _not_known_yet(view, batch: list[Operation], results: dict) -> list[Operation]:
    """Those whose id is free; the others were sent before, or are refused."""
    chosen = [each.taken["id"] for each in batch if "id" in each.taken]
    known = {each.pk: each for each in view.model._default_manager.filter(pk__among=chosen)} if chosen else {}
    fresh = []
    for each in batch:
        record = known.get(each.taken.get("id"))
        if record is None:
            fresh.append(each)
            continue
        try:
            view.require_same(record, each.taken)
            results[each.line] = {"line": each.line, "status": 200, "id": str(record.pk), "version": record.version}
        except Exception as refusal:
            results[each.line] = _refused(each.line, refusal)
    return fresh


def _added(view, batch: list[Operation], added: list) -> dict[int, dict[str, Any]]:
    """The result of each line that was written, with the version that it has now."""
    written = _versions(view.model, added)
    return {
        operation.line: {"line": operation.line, "status": 201, "id": str(record.pk), "version": version}
        for operation, record, version in zip(batch, added, written, strict=True)
    }


def _versions(model: type[Record], added: list) -> list[int]:
    """As they were written by the one statement, or as they are after all that adding did."""
    if model.adds_as_all_do():
        return [each.version for each in added]
    found = model._default_manager.filter(pk__among=[each.pk for each in added])
    versions = dict(found.values_list("pk", "version"))
    return [versions[each.pk] for each in added]


def _refused(line: int, refusal: Exception, at: str = "/fields") -> dict[str, Any]:
    """The result of a refused line, in the words of the API's own problems. What is no refusal goes on up.

    `at` is where in the line the refused thing stands: pointers lead into the line.
    """
    answer = api_settings.EXCEPTION_HANDLER(refusal, {})
    if answer is None:
        raise refusal
    for error in answer.data.get("errors", []):
        if error["pointer"] not in ("", "/id"):
            error["pointer"] = at + error["pointer"]
    return {"line": line, "status": answer.status_code, "problem": answer.data}
