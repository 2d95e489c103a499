"""What the floors below ask about an incident: which kinds of response are open to it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from accounts.choices import WRITERS
from accounts.models import User
from cases import gate
from cases.choices import ACCUSING_FORMS, IncidentStatus
from cases.gathering import grounds_of
from cases.models import Attribution, Incident
from cases.signals import asks_what_is_open
from cases.workflow import Status
from policy.choices import ResponseKind
from policy.models import LegalProvision
from policy.recommending import Fact, Facts, Judged, openings

AT_MOST = 20
"""Attributions and claims looked at."""

PANEL = "policy/_open_to_it.html"


@receiver(asks_what_is_open, dispatch_uid="policy.what_is_open")
def what_is_open(sender, *, incident: Incident, by: User, **kwargs) -> dict[str, Any]:
    """A panel for the incident's page: the five kinds, with a link to propose each that is open."""
    may_propose = by.role_in(incident.workspace_id) in WRITERS
    told = openings(facts_of(incident))
    links = {
        each.kind: reverse("response_add", args=[incident.pk, each.kind.value]) if may_propose and each.is_open else ""
        for each in told
    }
    record_url = reverse("measure_put_on_record", args=[incident.pk]) if may_propose else ""
    return {
        "template": PANEL,
        "record_url": record_url,
        "kinds": [{"opening": each, "add_url": links[each.kind]} for each in told],
    }


def facts_of(incident: Incident) -> Facts:
    """Load what `openings` looks at, as the reader may see it, in a fixed number of queries."""
    involved = incident.involvements.filter(status="active").select_related("actor")
    claims = incident.claims.filter(status="active", form__in=ACCUSING_FORMS).order_by("made", "pk")
    return Facts(
        is_withdrawn=incident.status == IncidentStatus.WITHDRAWN,
        judged=tuple(_judged(incident)),
        claims=tuple(Fact(f"{each.claimant}: {each.what}", each.get_absolute_url()) for each in claims[:AT_MOST]),
        organised=tuple(
            {
                each.actor_id: Fact(f"{each.actor}, {each.get_role_display().lower()}", each.actor.get_absolute_url())
                for each in involved
                if not each.actor.is_state and each.actor.status == "active"
            }.values()
        ),
        provisions=_provisions(incident),
    )


def _judged(incident: Incident) -> list[Judged]:
    over = [Status.WITHDRAWN, Status.SUPERSEDED]
    found = list(incident.attributions.exclude(status__in=over).select_related("actor", "incident")[:AT_MOST])
    lacks = _lacking([each for each in found if each.status != Status.APPROVED])
    return [
        Judged(
            statement=each.statement,
            url=each.get_absolute_url(),
            label=each.label.value,
            is_approved=each.status == Status.APPROVED,
            is_of_state=each.actor.is_state,
            actor=str(each.actor),
            standing=each.get_status_display().lower(),
            lacks=lacks.get(each.pk, ()),
        )
        for each in found
    ]


def _lacking(attributions: list[Attribution]) -> dict:
    """The titles of the checks that each still fails."""
    grounds = grounds_of(attributions) if attributions else {}
    return {
        pk: tuple(check.title.lower() for check in gate.evaluate(ground, with_help=False).failed)
        for pk, ground in grounds.items()
    }


def _provisions(incident: Incident) -> dict[str, tuple[Fact, ...]]:
    today = timezone.localdate().isoformat()
    library = LegalProvision.objects.filter(workspace=incident.workspace_id, status="active")
    standing = [each for each in library if each.is_in_force_on(today) and not each.is_safeguard_only]
    return {
        kind.value: tuple(Fact(str(each), each.get_absolute_url()) for each in standing if each.fits(kind))
        for kind in ResponseKind
    }
