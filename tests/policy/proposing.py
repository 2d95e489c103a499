"""Making responses for tests, by the same verbs that people use. Call inside `acting_as`."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from policy.choices import RightsQuestion
from policy.models import (
    DETAILS,
    AnsweredIncident,
    LegalProvision,
    PolicyResponse,
    ReliedProvision,
    ResponseCitation,
    ResponseGround,
    ResponseReview,
    RightsAnswer,
    SanctionTarget,
)
from tests import making

_numbers = count(1)

READY = {
    "diplomatic_protest": {"form": "note_verbale", "partners": ["LT"]},
    "sanctions": {
        "programme": "2012/642/CFSP",
        "measures": ["asset_freeze"],
        "listing_grounds": "It sold the flights.",
    },
    "border_enforcement": {
        "section": "Kuznica",
        "measure": "checks",
        "starts": timezone.localdate(),
        "ends": timezone.localdate() + timedelta(days=60),
        "necessity": "Nothing milder held.",
    },
    "intelligence_cooperation": {"partners": ["Estonia"], "product": "Assessment", "highest_marking": "amber"},
    "prosecution": {"jurisdiction": "Poland", "offence": "smuggling", "stage": "referral"},
}


def ready(kind: str, *, by, attribution) -> PolicyResponse:
    """A response of a kind that passes every check but `people`."""
    response = PolicyResponse.add(
        by=by,
        workspace_id=attribution.workspace_id,
        marking=attribution.marking,
        title=f"Response by {kind}",
        response_kind=kind,
        objective="That it ends.",
        addressee="The foreign ministry",
    )
    AnsweredIncident.add(by=by, response=response, incident=attribution.incident)
    DETAILS[kind].add(by=by, response=response, **READY[kind])
    if kind == "prosecution":
        network = making.an_actor(by=by, workspace=attribution.workspace, actor_kind="smuggling_network", country="")
        ResponseGround.add(by=by, response=response, actor=network)
    else:
        ResponseGround.add(by=by, response=response, attribution=attribution)
    provision = LegalProvision.add(
        by=by,
        workspace_id=attribution.workspace_id,
        instrument=f"Law {next(_numbers)} on {kind}",
        jurisdiction="PL",
        permits="It.",
        kinds=[kind],
    )
    ReliedProvision.add(by=by, response=response, provision=provision)
    passage = attribution.citations.first().passage
    ResponseCitation.add(by=by, response=response, passage=passage, supports="grounds")
    for question in RightsQuestion:
        RightsAnswer.add(by=by, response=response, question=question, answer="As before.", passage=passage)
    if kind == "sanctions":
        SanctionTarget.add(by=by, response=response, actor=attribution.actor, grounds="It gave the orders.")
    return response


def concur(response: PolicyResponse, *, by) -> ResponseReview:
    return ResponseReview.conclude(by=by, response=response, conclusion="concur", interests="None.")
