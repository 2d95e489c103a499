import re
from uuid import UUID

from django.db import connection
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from ledger.history import changes_between, versions_of
from ledger.kinds import kinds, title_of
from ledger.pages import RecordPage

HITS = 20
"""Hits of a page of search results."""


def record_of(kind: str, pk: UUID):
    """The record of a kind and id; 404 for what is not there or not to be read."""
    if kind not in kinds():
        raise Http404
    return get_object_or_404(kinds()[kind].objects.all(), pk=pk)


class RecordRedirect(RecordPage):
    """The page of a record, known by kind and id."""

    def get(self, request, kind: str, pk: UUID):
        return redirect(record_of(kind, pk).get_absolute_url())


class History(RecordPage):
    """All versions of a record, and any two of them side by side."""

    template_name = "ledger/history.html"

    def get_context_data(self, kind: str, pk: UUID, **kwargs):
        record = record_of(kind, pk)
        entries = versions_of(pk)
        told = [entry for entry in entries if entry.document]
        newer = self._chosen(told, "to", 0)
        older = self._chosen(told, "from", min(1, len(told) - 1))
        return super().get_context_data(
            record=record,
            kind_title=title_of(kind),
            entries=entries,
            versions=told,
            newer=newer,
            older=older,
            changes=changes_between(kind, older.document, newer.document) if older != newer else [],
            **kwargs,
        )

    def _chosen(self, told, name: str, default: int):
        wanted = self.request.GET.get(name, "")
        return next((entry for entry in told if str(entry.version) == wanted), told[default])


class Search(RecordPage):
    """Everything that one may read, by words."""

    template_name = "ledger/search.html"

    def get_context_data(self, **kwargs):
        words, kind = self.request.GET.get("q", "").replace("\x00", "").strip(), self.request.GET.get("kind", "")
        start = int(told) if re.fullmatch("[0-9]{1,9}", told := self.request.GET.get("start", "")) else 0
        found = self._found(words, kind, start) if words else []
        return super().get_context_data(
            words=words,
            kind=kind,
            hits=found[:HITS],
            kinds=[(each, title_of(each)) for each, model in kinds().items() if model.searched],
            next_start=start + HITS if len(found) > HITS else None,
            previous_start=max(0, start - HITS) if start else None,
            **kwargs,
        )

    def _found(self, words: str, kind: str, start: int) -> list[dict]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record_id, kind, title, headline, marking FROM search(%s, %s, %s, %s)",
                [words, [kind] if kind else None, HITS + 1, start],
            )
            rows = cursor.fetchall()
        return [
            {
                "url": reverse("record", args=[kind, pk]),
                "kind": title_of(kind),
                "title": title,
                "headline": headline,
                "marking": marking,
            }
            for pk, kind, title, headline, marking in rows
        ]
