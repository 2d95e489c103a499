"""Ask what would fall if some items or sources were false. Writes nothing, needs only reading rights.

Everything shown is loaded under the reader's own rights. Past the wall go only lineage (ids of items:
what repeats what must not depend on who asks) and one yes or no: whether something more is withheld.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import Http404, QueryDict
from django.urls import reverse

from cases.falling import Falls, Holds, Untold, is_touched, outlook
from cases.gathering import grounds_of, resting_on
from cases.models import Attribution
from cases.signals import what_falls_with
from cases.workflow import Status
from evidence.lineage import reached_by
from evidence.models import EvidenceItem, Source
from evidence.signals import asks_if_false

AT_ONCE = 500
"""Approvals gated for one answer; `next` leads on to the others."""

SHOWN_BEFORE = 50
"""Approvals gated to show before an act what would fall with it."""

MOST_ASSUMED = 50
"""Items and sources taken for false at once."""

TOUCHED = 50
"""Attributions not approved that are named."""

TRIES = 4_000
"""How often the gate is run for the margins of one answer, beyond once for each origin."""

NOT_APPROVED = (Status.IN_REVIEW, Status.DRAFT, Status.RETURNED, Status.STALE)


@dataclass
class WhatFalls:
    """The answer. `next` is the id after which the other approvals are looked at, if there are more."""

    items: list[EvidenceItem]
    sources: list[Source]
    falls: list[Falls] = field(default_factory=list)
    holds: list[Holds] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    touched: list[Attribution] = field(default_factory=list)
    responses: list[dict[str, str]] = field(default_factory=list)
    is_withheld: bool = False
    next: UUID | None = None

    @property
    def count(self) -> int:
        """Approvals looked at."""
        return len(self.falls) + len(self.holds) + len(self.untold)

    @property
    def address(self) -> str:
        """The page that shows this answer, to be passed on."""
        return address_of(self.items, self.sources)


def what_falls(
    items: list[EvidenceItem], sources: list[Source], *, after: UUID | None = None, at_once: int = AT_ONCE
) -> WhatFalls:
    """What would fall if these were false, with all that repeats them, as far as the reader may see it."""
    answer = WhatFalls(items, sources)
    false = reached_by(items=[each.pk for each in items], sources=[each.pk for each in sources])
    seen = Attribution.objects.filter(pk__in=resting_on(false)).select_related("incident", "actor", "workspace")
    answer.touched = list(seen.filter(status__in=NOT_APPROVED).order_by("-pk")[:TOUCHED])
    approved = seen.approved().order_by("-pk")
    if after:
        approved = approved.filter(pk__lt=after)
    looked_at = list(approved[: at_once + 1])
    if len(looked_at) > at_once:
        looked_at.pop()
        answer.next = looked_at[-1].pk
    _judge(answer, looked_at, false)
    answer.responses = what_falls_with([each.ground.attribution for each in answer.falls])
    answer.is_withheld = _is_withheld(items, sources)
    return answer


def _judge(answer: WhatFalls, approved: list[Attribution], false: set[UUID]) -> None:
    """Sort approvals into those that would fall, hold, or cannot be told."""
    grounds = [each for each in grounds_of(approved).values() if is_touched(each, false)]
    for ground in grounds:
        match outlook(ground, false, tries=TRIES // len(grounds)):
            case Falls() as one:
                answer.falls.append(one)
            case Holds() as one:
                answer.holds.append(one)
            case Untold() as one:
                answer.untold.append(one)
    answer.holds.sort(key=lambda each: each.margin.least)


def _is_withheld(items: list[EvidenceItem], sources: list[Source]) -> bool:
    with connection.cursor() as cursor:
        given = [[each.pk for each in items], [each.pk for each in sources]]
        cursor.execute("SELECT rests_unseen(%s::uuid[], %s::uuid[])", given)
        return cursor.fetchone()[0]


# --- The question --------------------------------------------------------------------------------


class Question(NamedTuple):
    """What is taken for false, and after which approval to go on."""

    items: list[EvidenceItem]
    sources: list[Source]
    after: UUID | None


PARAMETERS = {"item", "source", "after"}


def asked(parameters: QueryDict) -> Question:
    """The question in an address. Raises `ValidationError` if it is none, `Http404` on what may not be read."""
    ids = {name: [_id(name, each) for each in parameters.getlist(name)] for name in PARAMETERS}
    if len(ids["item"]) + len(ids["source"]) > MOST_ASSUMED:
        raise ValidationError({"item": f"At most {MOST_ASSUMED} items and sources are taken for false at once."})
    return Question(
        items=_all_of(EvidenceItem.objects.select_related("source"), ids["item"]),
        sources=_all_of(Source.objects.all(), ids["source"]),
        after=ids["after"][0] if ids["after"] else None,
    )


def _id(name: str, told: str) -> UUID:
    try:
        return UUID(told)
    except ValueError:
        raise ValidationError({name: "This is not the id of a record."})


def _all_of(queryset: QuerySet, ids: list[UUID]) -> list:
    found = queryset.in_bulk(ids)
    if missing := set(ids) - found.keys():
        raise Http404(f"{len(missing)} of them cannot be read.")
    return [found[each] for each in dict.fromkeys(ids)]


def address_of(items: list[EvidenceItem], sources: list[Source], **more: Any) -> str:
    """The page of the question, which anybody may pass on."""
    asked = [*(("item", each.pk) for each in items), *(("source", each.pk) for each in sources), *more.items()]
    return f"{reverse('what_falls')}?{urlencode(asked)}"


# --- Before an act -------------------------------------------------------------------------------


@receiver(asks_if_false, dispatch_uid="cases.if_false")
def if_false(sender, *, items: list, sources: list, **kwargs) -> dict[str, Any]:
    """What would fall, in short, for the pages of evidence."""
    answer = what_falls(items, sources, at_once=SHOWN_BEFORE)
    return {
        "address": answer.address,
        "falls": [
            _line(each.ground.attribution, " ".join(check.sentence for check in each.checks)) for each in answer.falls
        ],
        "holds": [_line(each.ground.attribution, each.margin.sentence) for each in answer.holds],
        "untold": [
            _line(each.ground.attribution, " ".join(check.sentence for check in each.checks)) for each in answer.untold
        ],
        "touched": [_line(each, each.get_status_display()) for each in answer.touched],
        "is_withheld": answer.is_withheld,
        "has_more": answer.next is not None,
    }


def _line(attribution: Attribution, sentence: str) -> dict[str, str]:
    return {"label": str(attribution), "url": attribution.get_absolute_url(), "sentence": sentence}
