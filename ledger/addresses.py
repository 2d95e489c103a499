"""Addresses of pages, without asking Django for the same one again: a page names a hundred records of few kinds."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID, uuid4

from django.urls import get_script_prefix, reverse


def address_of(name: str, *given: object) -> str:
    """As `reverse`, but what differs only in its ids is composed once."""
    ids = tuple([str(each) for each in given if isinstance(each, UUID)])
    others = tuple([None if isinstance(each, UUID) else each for each in given])
    return _pattern(get_script_prefix(), name, others) % ids


@lru_cache(10_000)
def _pattern(prefix: str, name: str, others: tuple) -> str:
    """The address with a place for each id (None among `others`), ready for `%`."""
    ids = [None if each is not None else uuid4() for each in others]
    found = reverse(name, args=[known or other for known, other in zip(ids, others, strict=True)])
    found = found.replace("%", "%%")
    for each in filter(None, ids):
        found = found.replace(str(each), "%s")
    return found
