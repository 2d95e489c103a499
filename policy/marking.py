"""Measures on the drawings of the floors below: each at its date, with what was observed after it."""

from __future__ import annotations

from django.db.models import Prefetch
from django.dispatch import receiver

from cases.drawing import MOST_DRAWN, Mark, Observed
from cases.models import Incident
from cases.signals import asks_what_is_marked
from evidence.models import Passage
from policy.models import AnsweredIncident, Outcome, PolicyResponse
from policy.workflow import TAKEN

WORDS = Passage.objects.select_related("page", "item__source")


@receiver(asks_what_is_marked, dispatch_uid="policy.measures")
def measures(sender, *, incidents: list[Incident], **kwargs) -> list[Mark]:
    """Measures taken in answer to these incidents, as the reader may see them. Three queries."""
    answered = AnsweredIncident.objects.filter(incident__in=incidents, status="active")
    outcomes = Outcome.objects.filter(status="active").prefetch_related(Prefetch("passage", WORDS))
    taken = PolicyResponse.objects.filter(pk__in=answered.values("response"), status__in=TAKEN)
    found = taken.select_related("border_enforcement").prefetch_related(Prefetch("outcomes", outcomes))
    return [_mark(each) for each in found[:MOST_DRAWN]]


def _mark(response: PolicyResponse) -> Mark:
    return Mark(
        when=response.taken_on,
        kind=response.get_response_kind_display(),
        title=response.title,
        url=response.get_absolute_url(),
        standing=response.get_status_display(),
        after=tuple(_observed(each) for each in response.outcomes.all()),
    )


def _observed(outcome: Outcome) -> Observed:
    seen = outcome._state.fields_cache.get("passage")  # not there: the reader's clearance does not cover it
    return Observed(outcome.observed_on, outcome.observed, outcome.passage_id, seen)
