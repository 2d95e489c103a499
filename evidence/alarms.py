"""Warn of what must never stand here: before it is typed into a record, and where it stands in a text.

A warning, not a refusal: who has looked confirms, and the record is written. Findings are computed
when they are shown and kept nowhere.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError

from evidence.choices import Harm
from evidence.harm import Found, harms_in

PAGES_AT_ONCE = 20
"""Pages of text shown, and looked at, at once."""

MOST_LOOKED_AT = 200_000
"""Characters of text looked at for one showing."""

CONFIRM = "If you have looked, and it tells no person apart and accuses no people, confirm that."


class Alarm(NamedTuple):
    """Something found in an item, and where: in its title, its summary, or on a page by its number."""

    where: str
    page: int | None
    found: Found

    @property
    def title(self) -> str:
        return str(Harm(self.found.kind).label)


class Alarms(NamedTuple):
    """All alarms of what is shown; `is_whole` unless there was more text than is looked at."""

    all: list[Alarm]
    is_whole: bool

    @property
    def accuse_a_people(self) -> bool:
        return any(alarm.found.kind == Harm.PEOPLE_AS_THREAT for alarm in self.all)

    @property
    def tell_a_person_apart(self) -> bool:
        return any(alarm.found.kind != Harm.PEOPLE_AS_THREAT for alarm in self.all)


def alarms_of(item, pages: Iterable) -> Alarms:
    """What stands in an item's title and summary and on these pages of its text. No query."""
    alarms = [Alarm(where, None, found) for where in ("title", "summary") for found in harms_in(getattr(item, where))]
    left = MOST_LOOKED_AT
    for page in pages:
        alarms += [Alarm(f"page {page.number}", page.number, found) for found in harms_in(page.text[:left])]
        if len(page.text) > left:
            return Alarms(alarms, is_whole=False)
        left -= len(page.text)
    return Alarms(alarms, is_whole=True)


def require_confirmed(texts: Iterable[str]) -> None:
    """Ask for confirmation (`ValidationError` on `confirmed_harmless`) of texts that read as harm."""
    sentences = dict.fromkeys(found.sentence for text in texts for found in harms_in(text))
    if sentences:
        told = [ValidationError(sentence, code="harm") for sentence in [*sentences, CONFIRM]]
        raise ValidationError({"confirmed_harmless": told})
