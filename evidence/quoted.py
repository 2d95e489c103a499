"""Passages as pages quote them: the words, where they stand, and how item and source are graded."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from accounts.prepared import Prepared
from evidence.choices import BytesState
from evidence.models import Passage

OF_AN_ITEM = ("title", "published", "credibility", "is_abstract", "status", "source__name", "source__reliability")
"""What a page shows of an item that it names."""

OF_A_QUOTATION = ("quote", "item_id", "page__number", *(f"item__{each}" for each in OF_AN_ITEM))


OF_A_CITED_ITEM = (
    *OF_AN_ITEM,
    "marking",
    "evidence_kind",
    "category",
    "instances",
    "basis_of_knowledge",
    "language",
    "url",
    "reference_number",
    "source__status",
    "source__source_class",
    "source__country",
)
OF_THE_GROUND = (
    "quote",
    "start",
    "end",
    "status",
    "anchor_state",
    "marking",
    "page__number",
    "page__file__sha256",
    "page__file__size",
    "page__file__bytes_state",
    *(f"item__{each}" for each in OF_A_CITED_ITEM),
)
"""What gate and packet look at besides."""


def quoted(ids: Iterable[UUID]) -> dict[UUID, Passage]:
    """These passages by id, as far as a quotation shows them; what the reader may not see is not there. One query."""
    wanted = list(dict.fromkeys(ids))
    return {each.pk: each for each in _quoted(wanted)} if wanted else {}


def weighed(ids: Iterable[UUID]) -> dict[UUID, Passage]:
    """The same passages with their files, as far as gate and packet look at them. One query."""
    return {each.pk: each for each in _weighed(list(dict.fromkeys(ids)))}


def files_of(passages: Iterable[Passage]) -> set[tuple[str, int]]:
    """Hash and size of the files in which passages stand, but for those that were found altered or missing."""
    files = (each.page.file for each in passages)
    return {(each.sha256, each.size) for each in files if each.bytes_state == BytesState.WHOLE}


@Prepared
def _weighed(ids: list[UUID]) -> QuerySet[Passage]:
    found = Passage.objects.filter(pk__among=ids).select_related("item__source", "page__file")
    return found.only(*OF_THE_GROUND).order_by()


@Prepared
def _quoted(ids: list[UUID]) -> QuerySet[Passage]:
    found = Passage.objects.filter(pk__among=ids).select_related("item__source", "page")
    return found.only(*OF_A_QUOTATION).order_by()
