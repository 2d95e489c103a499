"""Addresses of pages, without asking Django for the same one again: a page names a hundred records of few kinds."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID, uuid4

from django.urls import get_script_prefix, reverse


def address_of(name: str, *given: object) -> str:
    """As `reverse`, but what differs only in its ids is composed once."""
    ids = tuple([str(each) for each in given if isinstance(each, UUID)])
    places = tuple([UUID if isinstance(each, UUID) else each for each in given])
    return _pattern(get_script_prefix(), name, places) % ids


@lru_cache(10_000)
def _pattern(prefix: str, name: str, places: tuple) -> str:
    """The address, ready for `%` with its ids, whose places say `UUID`."""
    stand_ins = [uuid4() if each is UUID else each for each in places]
    found = reverse(name, args=stand_ins).replace("%", "%%")
    for place, each in zip(places, stand_ins, strict=True):
        found = found.replace(str(each), "%s") if place is UUID else found
    return found
