"""What the floors below ask about an incident: which kinds of response are open to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils import timezone

from accounts.choices import WRITERS
from accounts.models import User
from accounts.prepared import Prepared
from cases import gate
from cases.around import Around
from cases.choices import ACCUSING_FORMS, IncidentStatus
from cases.gathering import grounds_of
from cases.models import Attribution, Incident
from cases.signals import asks_what_is_open
from cases.workflow import Status
from ledger.addresses import address_of
from policy.choices import ResponseKind
from policy.models import LegalProvision
from policy.recommending import Fact, Facts, Judged, openings

AT_MOST = 20
"""Attributions and claims looked at."""

PANEL = "policy/_open_to_it.jinja"


@receiver(asks_what_is_open, dispatch_uid="policy.what_is_open")
def what_is_open(sender, *, around: Around, by: User, **kwargs) -> dict[str, Any]:
    """A panel for the incident's page: the five kinds, with a link to propose each that is open."""
    incident = around.incident
    may_propose = by.role_in(incident.workspace_id) in WRITERS
    told = openings(facts_around(around))
    links = {
        each.kind: address_of("response_add", incident.pk, each.kind.value) if may_propose and each.is_open else ""
        for each in told
    }
    record_url = address_of("measure_put_on_record", incident.pk) if may_propose else ""
    return {
        "template": PANEL,
        "record_url": record_url,
        "kinds": [{"opening": each, "add_url": links[each.kind]} for each in told],
    }


def facts_of(incident: Incident) -> Facts:
    """Load what `openings` looks at, as the reader may see it, in a fixed number of queries."""
    return facts_around(Around(incident))


def facts_around(around: Around) -> Facts:
    """The same of an incident of which some may be known already."""
    claims = [each for each in around.claims if each.form in ACCUSING_FORMS]
    return Facts(
        is_withdrawn=around.incident.status == IncidentStatus.WITHDRAWN,
        judged=tuple(_judged(around)),
        claims=tuple(Fact(f"{each.claimant}: {each.what}", each.get_absolute_url()) for each in claims[:AT_MOST]),
        organised=tuple(
            {
                each.actor_id: Fact(f"{each.actor}, {each.get_role_display().lower()}", each.actor.get_absolute_url())
                for each in around.involvements
                if not each.actor.is_state and each.actor.status == "active"
            }.values()
        ),
        provisions=_provisions(around.incident),
    )


def _judged(around: Around) -> list[Judged]:
    over = (Status.WITHDRAWN, Status.SUPERSEDED)
    found = [each for each in around.attributions if each.status not in over][:AT_MOST]
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
    whole = _whole([each.pk for each in attributions]) if attributions else []
    grounds = grounds_of(whole) if whole else {}
    return {
        pk: tuple(check.title.lower() for check in gate.evaluate(ground, with_help=False).failed)
        for pk, ground in grounds.items()
    }


@Prepared
def _whole(ids: list[UUID]) -> QuerySet[Attribution]:
    return Attribution.objects.filter(pk__among=ids).select_related("actor", "incident")


def _provisions(incident: Incident) -> dict[str, tuple[Fact, ...]]:
    today = timezone.localdate().isoformat()
    standing = [each for each in _permitting(incident.workspace_id) if each.is_in_force_on(today)]
    return {
        kind.value: tuple(Fact(str(each), each.get_absolute_url()) for each in standing if each.fits(kind))
        for kind in ResponseKind
    }


@Prepared
def _permitting(workspace: UUID) -> QuerySet[LegalProvision]:
    """Provisions of a room's library that permit a measure, by name."""
    library = LegalProvision.objects.filter(workspace=workspace, status="active", is_safeguard_only=False)
    return library.only("instrument", "article", "jurisdiction", "kinds", "in_force_from", "in_force_to")
