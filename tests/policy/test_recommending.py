"""Which kinds of response are open to an incident: from what is on record, never from a score."""

import pytest
from django.urls import reverse

from cases.models import Involvement, PublicClaim
from ledger.acting import acting_as
from policy import library
from policy.answering import facts_of
from policy.choices import ResponseKind
from policy.gate import CHECKS
from policy.recommending import OF_ITS_OWN, Fact, Facts, Judged, openings
from tests import making

LAW = {kind.value: (Fact("A law"),) for kind in ResponseKind}
NO_NEED = {"border_enforcement", "intelligence_cooperation"}
"""Open wherever the law is there: they accuse nobody."""


def judged(**changes) -> Judged:
    told = {"statement": "It did it.", "url": "/a/", "label": "attributed", "is_approved": True, "is_of_state": True}
    return Judged(**{**told, "actor": "Belarus", "standing": "approved", **changes})


def open_to(**facts) -> set[str]:
    return {each.kind.value for each in openings(Facts(**{"provisions": LAW, **facts})) if each.is_open}


def lacking(kind: str, **facts) -> str:
    told = {each.kind.value: each for each in openings(Facts(**{"provisions": LAW, **facts}))}
    return " ".join(fact.sentence for fact in told[kind].lacks)


def test_without_any_fact_only_what_accuses_nobody_is_open():
    assert open_to() == NO_NEED
    assert lacking("sanctions") == "Nobody has judged who stands behind it."
    assert "no public claim" in lacking("diplomatic_protest").lower()


def test_an_approved_attribution_opens_protest_and_sanctions_but_no_prosecution_of_a_state():
    assert open_to(judged=(judged(),)) == NO_NEED | {"diplomatic_protest", "sanctions"}
    assert "states are not prosecuted" in lacking("prosecution", judged=(judged(),))


def test_suspicion_carries_a_protest_and_no_sanctions():
    suspected = judged(label="suspected")
    assert open_to(judged=(suspected,)) == NO_NEED | {"diplomatic_protest"}
    assert lacking("sanctions", judged=(suspected,)).endswith("it would have to be attributed, and approved.")


def test_a_finding_that_nobody_did_it_opens_nothing():
    assert open_to(judged=(judged(label="not_attributed"),)) == NO_NEED


def test_an_attribution_on_its_way_is_named_with_what_its_gate_lacks():
    draft = judged(is_approved=False, standing="in review", lacks=("dissent", "grades"))
    assert open_to(judged=(draft,)) == NO_NEED
    assert "“It did it.” is in review, not approved; its gate lacks: dissent, grades." in lacking(
        "sanctions", judged=(draft,)
    )


def test_a_public_claim_opens_a_protest_that_repeats_it():
    assert open_to(claims=(Fact("A minister: They did it."),)) == NO_NEED | {"diplomatic_protest"}


def test_an_organised_actor_opens_a_prosecution():
    assert open_to(organised=(Fact("A network"),)) == NO_NEED | {"prosecution"}
    network = judged(is_of_state=False, actor="A network")
    assert open_to(judged=(network,)) == NO_NEED | {"prosecution", "sanctions", "diplomatic_protest"}


@pytest.mark.parametrize("kind", ["sanctions", "border_enforcement", "prosecution"])
def test_a_kind_that_needs_a_law_is_closed_where_the_library_has_none(kind):
    facts = {"judged": (judged(),), "organised": (Fact("A network"),)}
    assert kind in open_to(**facts)
    assert kind not in open_to(**facts, provisions={**LAW, kind: ()})
    assert "The legal library holds no provision" in lacking(kind, **facts, provisions={**LAW, kind: ()})


def test_nothing_is_open_to_a_withdrawn_incident():
    assert open_to(is_withdrawn=True, judged=(judged(),)) == set()


def test_what_a_proposal_must_say_comes_from_the_gate():
    assert {check.key for check in CHECKS} >= OF_ITS_OWN
    border = next(each for each in openings(Facts()) if each.kind == ResponseKind.BORDER_ENFORCEMENT)
    assert "Border measure" in border.asks
    assert "Targets" not in border.asks


# --- From the database -------------------------------------------------------------------------------


def openness(incident) -> dict[str, bool]:
    return {each.kind.value: each.is_open for each in openings(facts_of(incident))}


def test_facts_follow_what_happens_to_an_incident(draft, cast, east):
    incident = draft.incident
    with acting_as(cast.ana):
        assert [kind for kind, is_open in openness(incident).items() if is_open] == ["intelligence_cooperation"]
        (found,) = facts_of(incident).judged
        assert found.lacks == ("people",)
        library.seed(by=cast.ana, workspace=east)
        assert openness(incident)["border_enforcement"]
        network = making.an_actor(by=cast.ana, workspace=east, actor_kind="smuggling_network", country="")
        part = Involvement.add(by=cast.ana, incident=incident, actor=network, role="profiteer")
        assert openness(incident)["prosecution"]
        part.withdraw(by=cast.ana, reason="Another one.")
        assert not openness(incident)["prosecution"]
        PublicClaim.add(by=cast.ana, incident=incident, claimant="The accused", form="denial", what="Denied it.")
        assert not openness(incident)["diplomatic_protest"], "a denial is no claim to repeat"
        PublicClaim.add(
            by=cast.ana, incident=incident, claimant="A minister", form="formal_attribution", what="They did."
        )
        assert openness(incident)["diplomatic_protest"]


def test_an_approval_opens_sanctions_and_its_fall_closes_them(approved, cast, east):
    with acting_as(cast.ana):
        library.seed(by=cast.ana, workspace=east)
        assert openness(approved.incident)["sanctions"]
        approved.citations.first().passage.item.withdraw(by=cast.ana, reason="Forged.")
        assert not openness(approved.incident)["sanctions"]
        (found,) = facts_of(approved.incident).judged
        assert (found.standing, bool(found.lacks)) == ("stale", True)


def test_the_page_of_an_incident_says_what_is_open_as_its_reader_may_see_it(client, cast, approved, east):
    with acting_as(cast.ana):
        library.seed(by=cast.ana, workspace=east)
        marked = approved.incident.marking
    client.force_login(cast.ana)
    page = client.get(reverse("incident", args=[approved.incident_id])).content.decode()
    assert "Responses open to it" in page
    assert approved.get_absolute_url() in page.split("Responses open to it")[1]
    assert marked


def test_it_looks_with_the_same_few_queries_however_many_attributions_there_are(
    draft, cast, east, django_assert_max_num_queries
):
    with acting_as(cast.ana):
        for _ in range(3):
            making.an_attribution(by=cast.ana, workspace=east, incident=draft.incident)
        with django_assert_max_num_queries(20):
            openness(draft.incident)
