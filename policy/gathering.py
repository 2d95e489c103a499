"""What the figures of responses are computed from, as the reader may see it: two queries, however many there are."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from cases.models import Incident
from policy.choices import BorderMeasure, ResponseKind
from policy.figures import KIND_OF, TAKEN, Figures, Taken, Timed, counts_of, times_of
from policy.models import AnsweredIncident, PolicyResponse

SORTS = {
    ResponseKind.DIPLOMATIC_PROTEST: Timed.PROTEST,
    ResponseKind.SANCTIONS: Timed.SANCTIONS,
}
COLUMNS = (
    "incident_id",
    "incident__title",
    "incident__began",
    "response_id",
    "response__title",
    "response__response_kind",
    "response__measure_date",
    "response__border_enforcement__measure",
    "response__border_enforcement__starts",
    "response__border_enforcement__status",
)


def figures_of(
    responses: QuerySet[PolicyResponse], incidents: QuerySet[Incident], kinds: Iterable[str] = ()
) -> Figures:
    """The figures of these responses, and of these incidents as answered by them; of some kinds, or of all."""
    counted = responses.order_by().values_list("response_kind", "status").annotate(Count("pk"))
    wanted = [each for each in Timed if not kinds or KIND_OF[each] in set(kinds)]
    return Figures(
        counts=counts_of({(kind, status): number for kind, status, number in counted}),
        times=times_of(_taken(responses, incidents), wanted),
    )


def _taken(responses: QuerySet[PolicyResponse], incidents: QuerySet[Incident]) -> Iterable[Taken]:
    measures = responses.filter(status__in=TAKEN).order_by().values("pk")
    answered = AnsweredIncident.objects.filter(status="active", response__in=measures, incident__in=incidents)
    return (_measure(*row) for row in answered.values_list(*COLUMNS))


def _measure(incident_id, incident, began, response_id, response, kind, on, border, starts, border_status) -> Taken:
    """A closure counts from the day on which it starts, where that is recorded."""
    closes = border == BorderMeasure.CLOSURE and border_status == "active"
    if kind == ResponseKind.BORDER_ENFORCEMENT and closes:
        return Taken(Timed.CLOSURE, incident_id, incident, began, response_id, response, str(starts or on))
    return Taken(SORTS.get(kind, ""), incident_id, incident, began, response_id, response, on)
