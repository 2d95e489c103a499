"""The board: responses by status, and moving one along."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.errors import Refusal
from ledger.pages import RecordList, RecordPage
from policy.abilities import moves_for, why_not
from policy.filters import ResponseFilter
from policy.models import PolicyResponse
from policy.workflow import WITHOUT_WORDS, Status, step_between

CARDS = 30
"""Cards of one column; the list has the others."""

ENDED_OTHERWISE = [Status.DECLINED, Status.LIFTED, Status.WITHDRAWN]
"""Columns that stand apart: these responses came to nothing, or to an end before their time."""


class ResponseBoard(RecordList):
    """A column for each status. In it the most urgent come first."""

    template_name = "policy/board.html"
    filterset_class = ResponseFilter
    queryset = PolicyResponse.objects.select_related("owner", "workspace")

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        filterset, shown = self._filtered()
        columns = self._columns(shown)
        return RecordPage.get_context_data(
            self,
            filter=filterset,
            is_filtered=self.is_filtered(),
            is_empty=not any(each["count"] for each in columns.values()),
            columns=[columns[each] for each in Status if each not in ENDED_OTHERWISE],
            ended=[columns[each] for each in ENDED_OTHERWISE],
            query=self.request.GET.urlencode(),
            **kwargs,
        )

    def _columns(self, shown) -> dict[str, dict[str, Any]]:
        """One query for all columns."""
        columns = {each: {"status": each, "cards": [], "count": 0} for each in Status}
        by_urgency = [F("due").asc(nulls_last=True), F("pk").desc()]
        ranked = shown.order_by().annotate(
            rank=Window(RowNumber(), partition_by="status", order_by=by_urgency),
            in_column=Window(Count("pk"), partition_by="status"),
        )
        for response in ranked.filter(rank__lte=CARDS).order_by("status", "rank"):
            column = columns[Status(response.status)]
            column["count"] = response.in_column
            column["cards"].append({"response": response, "moves": moves_for(response, self.request.user)})
        return columns


class ResponseMove(RecordPage):
    """Where a card was put: takes the step that leads there, opens its page if it asks for words, or says why not."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = get_object_or_404(PolicyResponse.objects.all(), pk=self.kwargs["pk"])
        self.require_writer(response.workspace_id)
        target = request.POST.get("to", "")
        refusal = self._refusal(response, target)
        step = step_between(response.status, target)
        if not refusal and step not in WITHOUT_WORDS:
            return redirect(f"response_{step}", response.pk)
        self._say(response, refusal or self._take(response, step), target)
        return redirect(f"{reverse('response_board')}?{request.POST.get('query', '')}")

    def _refusal(self, response: PolicyResponse, target: str) -> str:
        seen = self.request.POST.get("from", response.status)
        if target not in Status.values:
            return "There is no such status."
        if response.status != seen:
            return f"It has moved meanwhile: it is {response.get_status_display().lower()} now."
        return why_not(response, target, self.request.user)

    def _take(self, response: PolicyResponse, step: str) -> str:
        """Run the verb; what it refuses with."""
        try:
            with transaction.atomic():
                getattr(response, step)(by=self.request.user)
        except Refusal as refusal:
            return refusal.sentence
        except ValidationError as refusal:
            return " ".join(refusal.messages)
        return ""

    def _say(self, response: PolicyResponse, refusal: str, target: str) -> None:
        if refusal:
            messages.error(self.request, f"“{response}” was not moved. {refusal}")
        else:
            messages.success(self.request, f"“{response}” is {Status(target).label.lower()} now.")
