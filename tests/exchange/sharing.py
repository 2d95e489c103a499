"""Intelligence cooperations for tests, with material at every marking. Made by the verbs that people use."""

from types import SimpleNamespace

from accounts.choices import Marking
from cases.models import PublicClaim
from ledger.acting import acting_as
from policy.models import AnsweredIncident, IntelligenceCooperation, PolicyResponse, ResponseCitation, ResponseGround
from tests import making
from tests.policy import proposing

MARKINGS = ["clear", "green", "amber", "red"]


def approved(response: PolicyResponse, cast) -> PolicyResponse:
    """Brought from proposal to approval by those who may."""
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    with acting_as(cast.ben):
        proposing.concur(PolicyResponse.objects.get(pk=response.pk), by=cast.ben)
    with acting_as(cast.sofia):
        response.approve(by=cast.sofia)
    return response


def a_cooperation(cast, attribution, *, marking="red", agreed="red", partners=("Estonia", "Latvia")) -> PolicyResponse:
    """A proposal by Ana that passes the gate but for the people."""
    with acting_as(cast.ana):
        response = proposing.ready("intelligence_cooperation", by=cast.ana, attribution=attribution)
        detail = IntelligenceCooperation.objects.get(response=response)
        detail.change(
            by=cast.ana, partners=list(partners), highest_marking=agreed, product="Product of the cooperation"
        )
        response.change(by=cast.ana, marking=marking)
    return response


def add_material(response: PolicyResponse, marking: str, *, by, cites: bool = True) -> SimpleNamespace:
    """An incident, a claim, an actor and a document under a marking, with `words` that only they hold."""
    of = {"by": by, "response": response}
    room = response.workspace
    sign = f"of the {marking}zone"
    incident = making.an_incident(
        by=by, workspace=room, marking=marking, title=f"Landing {sign}", summary=f"Summary {sign} told at length"
    )
    claim = PublicClaim.add(by=by, incident=incident, claimant=f"Minister {sign}", form="denial", what=f"Denial {sign}")
    actor = making.an_actor(
        by=by, workspace=room, marking=marking, name=f"Network {sign}", actor_kind="smuggling_network", country=""
    )
    source = making.a_source(by=by, workspace=room, marking=marking, name=f"Voice {sign}")
    quote = f"Words {sign} were written here."
    item = making.an_item(by=by, workspace=room, marking=marking, source=source, title=f"Paper {sign}", text=quote)
    passage = making.a_passage(by=by, item=item, quote=quote)
    AnsweredIncident.add(**of, incident=incident)
    ResponseGround.add(**of, claim=claim)
    ResponseGround.add(**of, actor=actor)
    if cites:
        ResponseCitation.add(**of, passage=passage)
    names = ("Landing", "Summary", "Denial", "Network", "Voice", "Words", "Paper")
    words = [f"{name} {sign}" for name in names] + [incident.reference, passage.page.file.sha256]
    records = [incident, claim, actor, item, passage]
    return SimpleNamespace(
        incident=incident, item=item, file=passage.page.file, words=words, ids=[str(each.pk) for each in records]
    )


def a_world(cast, attribution, *, agreed: str = "red") -> SimpleNamespace:
    """An approved cooperation that answers, rests on and cites material under each marking."""
    response = a_cooperation(cast, attribution, agreed=agreed)
    with acting_as(cast.ana):
        told = {
            marking: add_material(response, marking, by=cast.ana, cites=Marking(marking).level <= Marking(agreed).level)
            for marking in MARKINGS
        }
    return SimpleNamespace(response=approved(response, cast), **told)
