"""What every page over records shares: find, ask, do, answer.

PostgreSQL has already decided what the reader sees, so a page simply asks for the record: one that
may not be read is not there (404).
"""

from __future__ import annotations

import csv
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView

from accounts.choices import WRITERS
from accounts.errors import IllegalStep, NotYours
from accounts.prepared import Prepared
from ledger.documents import has_list_index, newest_ids
from ledger.forms import NoteForm, ReasonForm, RecordForm
from ledger.models import Record
from ledger.talk import Talk

PAGE = 50
"""Rows of a list page."""

OF_THE_PAGE = {"after", "view"}
"""Of a list's address: where one stands in it, and how it is looked at."""

MOST_EXPORTED = 10_000
"""Rows of an exported list."""


BEGIN_FORMULAS = tuple("=+-@\t\r\n＝＋－＠")
"""What spreadsheets begin a formula with, or skip before one; in full width for those of East Asia."""


def _cell(value: Any) -> Any:
    """A value for a spreadsheet, which must not take text of ours for a formula."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.lstrip(" \xa0").startswith(BEGIN_FORMULAS) else text


class RecordPage(LoginRequiredMixin, TemplateView):
    """A page for signed-in people. `NotYours` from a verb becomes 403."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotYours as refusal:
            raise PermissionDenied(refusal.sentence) from refusal

    def may_write(self, workspace_id=None) -> bool:
        """Whether the reader may record something, here or in any of their rooms."""
        if workspace_id is None:
            return bool(self.request.user.rooms_to_write_in())
        return self.request.user.role_in(workspace_id) in WRITERS

    def require_writer(self, workspace_id=None) -> None:
        if not self.may_write(workspace_id):
            raise PermissionDenied("Your role does not allow this.")


class RecordList(RecordPage):
    """A list under filters in the URL, newest first, paged by keyset (`after` is the last id)."""

    oldest_first = False
    filterset_class: type
    queryset: Any
    shows: tuple[str, ...] = ()
    """The columns that the page shows beside workspace and marking, where it needs no others."""

    offers_all = False
    """Whether all filters stand on the page from the first."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self.csv() if request.GET.get("format") == "csv" else super().get(request, *args, **kwargs)

    def csv(self) -> HttpResponse:
        """The filtered list as comma-separated values, at most `MOST_EXPORTED` rows."""
        model = self.queryset.model
        names = [field.attname for field in model._meta.concrete_fields]
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{model.kind}.csv"'
        writer = csv.writer(answer)
        writer.writerow(names)
        for row in self._filtered()[1].values_list(*names)[:MOST_EXPORTED]:
            writer.writerow([_cell(value) for value in row])
        return answer

    def _filtered(self) -> tuple[Any, Any]:
        filterset = self.filterset_class(self.request.GET, queryset=self.queryset.all(), request=self.request)
        order = "pk" if self.oldest_first else "-pk"
        if not self._asks_for_filters() and not self.offers_all:
            filterset.show_first()
            return filterset, self.queryset.order_by(order)
        return filterset, filterset.qs.order_by(order) if filterset.is_valid() else self.queryset.none()

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        filterset, shown = self._filtered()
        after = self.request.GET.get("after", "")
        rows = self._page(shown, after)
        return super().get_context_data(
            filter=filterset,
            records=rows[:PAGE],
            next_url=self._url(after=rows[PAGE - 1].pk) if len(rows) > PAGE else "",
            first_url=self._url() if after else "",
            oldest_first=self.oldest_first,
            is_filtered=self.is_filtered(),
            may_add=self.may_write(),
            **kwargs,
        )

    def _page(self, shown: QuerySet, after: str) -> list:
        """The rows of a page, and one more if there are more."""
        try:
            before = UUID(after) if after else None
        except ValueError:
            return []
        if self._is_plain():
            return self._in_their_rooms(
                _by_ids(type(self))(newest_ids(self.queryset.model, before=before, most=PAGE + 1))
            )
        if before:
            shown = shown.filter(**{"pk__gt" if self.oldest_first else "pk__lt": before})
        return self._in_their_rooms(list(self._narrowed(shown)[: PAGE + 1]))

    @classmethod
    def _narrowed(cls, records: QuerySet) -> QuerySet:
        return records.only("workspace", "marking", *cls.shows) if cls.shows else records

    def _in_their_rooms(self, rows: list) -> list:
        """The rows, each with the workspace that its reader is known to be a member of."""
        rooms = {room.pk: room for room in self.request.user.workspaces()}
        for each in rows:
            if each.workspace_id in rooms:
                each.workspace = rooms[each.workspace_id]
        return rows

    def _is_plain(self) -> bool:
        """Whether the list is simply the newest records of its kind."""
        is_narrowed = self.oldest_first or self._asks_for_filters() or bool(self.queryset.query.where)
        return not is_narrowed and has_list_index(self.queryset.model)

    def _asks_for_filters(self) -> bool:
        return any(key not in OF_THE_PAGE for key in self.request.GET)

    def is_filtered(self) -> bool:
        """Whether anything but its place and the way it is looked at stands in the address."""
        return any(value for key, value in self.request.GET.items() if key not in {*OF_THE_PAGE, "filters"})

    def _url(self, **changes) -> str:
        """This list under the same filters, from another place."""
        kept = [(k, each) for k, values in self.request.GET.lists() if k not in ("after", "filters") for each in values]
        return "?" + urlencode([*kept, *changes.items()])


@cache
def _by_ids(page: type[RecordList]) -> Prepared:
    """The records of a list by their ids."""
    return Prepared(lambda ids: page._narrowed(page.queryset.filter(pk__among=ids)).order_by("-pk"))


class RecordDetail(RecordPage):
    """The page of one record."""

    queryset: Any

    @cached_property
    def record(self) -> Record:
        if found := _by_id(type(self))(self.kwargs["pk"]):
            return found[0]
        raise Http404

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        may_write = self.may_write(self.record.workspace_id)
        talk = Talk(self.record, self.request.user, may_write=may_write)
        return super().get_context_data(record=self.record, may_write=may_write, talk=talk, **kwargs)


@cache
def _by_id(page: type[RecordDetail]) -> Prepared:
    return Prepared(lambda key: page.queryset.filter(pk=key))


class RecordFormPage(RecordPage, FormView):
    """A form that runs a verb. Refused input comes back with every typed word, as 422 (409 for a conflict)."""

    template_name = "ledger/form.html"
    title = ""
    button = "Save"
    done = "Saved."

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if issubclass(self.form_class, RecordForm):
            kwargs["user"] = self.request.user
        return kwargs

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(title=self.title, button=self.button, back_url=self.back_url(), **kwargs)

    def back_url(self) -> str:
        """Where Cancel leads."""
        return "/"

    def form_valid(self, form) -> HttpResponse:
        try:
            with transaction.atomic():
                record = form.save()
        except IllegalStep as refusal:
            form.add_error(None, refusal.sentence)
            return self.render_to_response(self.get_context_data(form=form), status=409)
        if record is None:
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(self.success_url_for(record))

    def success_url_for(self, record: Record) -> str:
        return record.get_absolute_url()

    def form_invalid(self, form) -> HttpResponse:
        status = 409 if getattr(form, "conflict", None) else 422
        return self.render_to_response(self.get_context_data(form=form), status=status)


class RoomsFormPage(RecordFormPage):
    """A form that chooses among the rooms in which one writes; for those who write somewhere."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            self.require_writer()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"rooms": self.request.user.rooms_to_write_in()}


class RecordCreate(RecordFormPage):
    """Record something new. With `parent_queryset`, as a child of the record in the URL."""

    parent_queryset: Any = None
    parent_name = ""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            self.require_writer(self.parent.workspace_id if self.parent else None)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def parent(self) -> Record | None:
        if self.parent_queryset is None:
            return None
        return get_object_or_404(self.parent_queryset.all(), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"start": {self.parent_name: self.parent} if self.parent else {}}

    def back_url(self) -> str:
        return self.parent.get_absolute_url() if self.parent else super().back_url()

    def success_url_for(self, record: Record) -> str:
        return self.parent.get_absolute_url() if self.parent else record.get_absolute_url()


class OfOneRecord:
    """A form page about the record in the address, for those who may write in its room."""

    queryset: Any

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            self.require_writer(self.record.workspace_id)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def record(self) -> Record:
        return get_object_or_404(self.queryset.all(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(record=self.record, **kwargs)

    def back_url(self) -> str:
        return self.record.get_absolute_url()


class RecordEdit(OfOneRecord, RecordFormPage):
    """Edit a record; two editors never overwrite each other unseen."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.record}


class RecordVerb(OfOneRecord, RecordFormPage):
    """A step of one record: a page that asks for what it needs, then runs `act`.

    A refusal of the moment (`IllegalStep`) shows the page again with its sentence, as 409.
    """

    template_name = "ledger/verb.html"
    form_class = ReasonForm

    def act(self, form) -> Record | None:
        """Run the verb. What it returns is opened next; None opens the record itself."""
        raise AssertionError("A verb page says what it does.")

    def form_valid(self, form) -> HttpResponse:
        try:
            with transaction.atomic():
                opened = self.act(form)
        except ValidationError as refusal:
            for name, errors in getattr(refusal, "error_dict", {"__all__": refusal}).items():
                form.add_error(name if name in form.fields else None, errors)
            return self.form_invalid(form)
        except IllegalStep as refusal:
            form.add_error(None, refusal.sentence)
            context = self.get_context_data(form=form, checks=refusal.checks)
            return self.render_to_response(context, status=409)
        messages.success(self.request, self.done)
        return redirect(self.success_url_for(opened or self.record))


class RecordWithdraw(RecordVerb):
    """Take a record out of use, with a reason."""

    button, done = "Withdraw", "Withdrawn."

    def act(self, form) -> Record | None:
        self.record.withdraw(by=self.request.user, **form.cleaned_data)
        return None


__all__ = [
    "NoteForm",
    "RecordCreate",
    "RecordDetail",
    "RecordEdit",
    "RecordList",
    "RecordPage",
    "RecordVerb",
    "RecordWithdraw",
]
