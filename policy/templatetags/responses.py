"""Responses on the desk."""

from django import template
from django.db.models import Count, Window

from cases.models import Incident
from policy.figures import drawing_of_counts, drawing_of_times
from policy.gathering import figures_of
from policy.models import PolicyResponse
from policy.workflow import Status

register = template.Library()
SHOWN = 8
"""Rows of each list."""


@register.inclusion_tag("policy/_on_desk.html", takes_context=True)
def responses_on_desk(context) -> dict:
    """What waits for the reader's review or decision, what lost its ground, and what is overdue."""
    me = context["request"].user
    shown = PolicyResponse.objects.select_related("owner", "author")
    to_decide = list(shown.to_decide_by(me)[:SHOWN])
    return {
        "to_decide": to_decide,
        "to_review": shown.to_review_by(me).exclude(pk__in=[each.pk for each in to_decide])[:SHOWN],
        "in_question": shown.of(me).in_question()[:SHOWN],
        "overdue": list(shown.overdue().annotate(in_all=Window(Count("pk"))).order_by("due", "pk")[:SHOWN]),
    }


@register.inclusion_tag("policy/_figures_on_desk.html")
def response_figures_on_desk() -> dict:
    """All responses that the reader may see, in numbers. Two queries."""
    figures = figures_of(PolicyResponse.objects.all(), Incident.objects.exclude(status="withdrawn").order_by())
    return {
        "figures": figures,
        "drawn_counts": drawing_of_counts(figures),
        "drawn_times": drawing_of_times(figures),
        "statuses": list(Status),
    }
