"""The gate of responses: each check alone, for the kinds that are asked it, and the database behind it."""

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.errors import IllegalStep
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from policy.gate import CHECKS
from policy.models import LegalProvision, PolicyResponse, ReliedProvision, ResponseCitation, ResponseGround
from tests import making
from tests.policy import proposing

PROTEST, SANCTIONS, BORDER = "diplomatic_protest", "sanctions", "border_enforcement"
COOPERATION, PROSECUTION = "intelligence_cooperation", "prosecution"


def change(**fields):
    return lambda response, ana: response.change(by=ana, **fields)


def change_own(**fields):
    return lambda response, ana: response.detail.change(by=ana, **fields)


def without(parts: str, **wanted):
    """Take some of its parts away."""

    def mutate(response, ana):
        for each in getattr(response, parts).filter(**wanted):
            each.withdraw(by=ana, reason="Not needed.")

    return mutate


def without_its_own_fields(response, ana):
    response.detail.withdraw(by=ana, reason="Wrong.")


def rest_on_what_falls(response, ana):
    response.grounds.get().attribution.withdraw(by=ana, reason="Wrong.")


def list_somebody_else(response, ana):
    other = making.an_actor(by=ana, workspace=response.workspace)
    response.targets.model.add(by=ana, response=response, actor=other)


def prosecute_a_state(response, ana):
    state = making.an_actor(by=ana, workspace=response.workspace)
    ResponseGround.add(by=ana, response=response, actor=state)


def rely_on(**fields):
    def mutate(response, ana):
        law = {"instrument": "Other law", "jurisdiction": "PL", "permits": "Other things.", **fields}
        provision = LegalProvision.add(by=ana, workspace_id=response.workspace_id, **law)
        ReliedProvision.add(by=ana, response=response, provision=provision)

    return mutate


def let_the_law_go(response, ana):
    response.provisions.get().provision.withdraw(by=ana, reason="Repealed.")


def answer_without_words(response, ana):
    response.rights.get(question="asylum_access").change(by=ana, passage=None)


def cite_what_is_withdrawn(response, ana):
    item = making.an_item(by=ana, workspace=response.workspace, text="A further thing.")
    passage = making.a_passage(by=ana, item=item, quote="further")
    ResponseCitation.add(by=ana, response=response, passage=passage)
    EvidenceItem.objects.get(pk=item.pk).withdraw(by=ana, reason="Forged.")


ALONE = [
    ("objective", PROTEST, change(objective=" ")),
    ("objective", PROTEST, change(addressee="")),
    ("objective", SANCTIONS, without("incidents")),
    ("detail", PROTEST, without_its_own_fields),
    ("standing", COOPERATION, rest_on_what_falls),
    ("claim", PROTEST, without("grounds")),
    ("targets", SANCTIONS, without("targets")),
    ("targets", SANCTIONS, list_somebody_else),
    ("targets", SANCTIONS, change_own(listing_grounds="")),
    ("targets", SANCTIONS, without("citations")),
    ("network", PROSECUTION, without("grounds")),
    ("network", PROSECUTION, prosecute_a_state),
    ("provisions", SANCTIONS, without("provisions")),
    ("provisions", BORDER, without("provisions")),
    ("provisions", PROSECUTION, without("provisions")),
    ("provisions", BORDER, rely_on(kinds=[SANCTIONS])),
    ("provisions", PROTEST, rely_on(in_force_to="2020")),
    ("provisions", SANCTIONS, let_the_law_go),
    ("rights", PROTEST, without("rights", question="non_refoulement")),
    ("rights", BORDER, answer_without_words),
    ("border", BORDER, change_own(ends=None)),
    ("border", BORDER, change_own(starts=None)),
    ("border", BORDER, change_own(necessity="")),
    ("sharing", COOPERATION, change_own(highest_marking="green")),
    ("passages", PROTEST, cite_what_is_withdrawn),
    ("marking", PROTEST, change(marking="green")),
    ("harm", PROTEST, change(remarks="The guide can be reached at a.guide@example.com.")),
    ("harm", BORDER, change_own(necessity="Afghans are a threat to the region.")),
]


def test_every_check_has_its_row():
    assert {key for key, _, _ in ALONE} | {"people", "dissent"} == {each.key for each in CHECKS}


@pytest.mark.parametrize(
    ("key", "kind", "mutate"), ALONE, ids=[f"{key}-{kind}-{n}" for n, (key, kind, _) in enumerate(ALONE)]
)
def test_each_check_refuses_alone_and_says_what_to_do(reach, cast, key, kind, mutate):
    response = reach("proposed", kind)
    with acting_as(cast.ana):
        mutate(response, cast.ana)
        failed = PolicyResponse.objects.get(pk=response.pk).gate(approver=cast.sofia).failed
    assert [each.key for each in failed if each.key != "people"] == [key]
    (check,) = (each for each in failed if each.key == key)
    assert check.sentence.endswith((".", "?"))
    assert check.remedy.endswith(".")
    assert check.link.startswith(response.get_absolute_url() + "#")


@pytest.mark.parametrize("kind", proposing.READY)
def test_what_is_ready_and_reviewed_fails_nothing(reach, cast, kind):
    response = reach("in_review", kind)
    with acting_as(cast.sofia):
        assert response.gate(approver=cast.sofia).failed == []


def test_without_a_third_person_people_fails_alone(reach, cast):
    response = reach("proposed")
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    with acting_as(cast.sofia), pytest.raises(IllegalStep) as refusal:
        response.approve(by=cast.sofia)
    assert [each.key for each in refusal.value.checks if each.outcome == "failed"] == ["people"]


def test_a_dissent_is_answered_before_anything_is_approved(reach, cast):
    response = reach("in_review")
    with acting_as(cast.sigrid):
        review = response.reviews.model.conclude(
            by=cast.sigrid, response=response, conclusion="dissent", reasons="Thin.", interests="None."
        )
    with acting_as(cast.sofia):
        assert [each.key for each in response.gate(approver=cast.sofia).failed] == ["dissent"]
        review.give_answer(by=cast.sofia, answer="It suffices for a note.")
        response.approve(by=cast.sofia)
    assert response.status == "approved"


# --- No path around the code -----------------------------------------------------------------------------


def by_hand(as_app, response, person) -> None:
    """Approve as the serving role in raw SQL, with everything that the constraints of the row ask for."""
    canonical = "{}"
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    with acting_as(person):
        packet = {"canonical": canonical, "sha256": sha256, "policy": "x", "round": response.round}
        response.packets.model.add(by=person, response=response, **packet)
    as_app(
        "UPDATE policy_policyresponse SET status = 'approved', approver_id = %s, approved_at = now(), seal = %s,"
        " gate_result = '{\"passed\": true}' WHERE id = %s",
        [person.pk, sha256, response.pk],
        user=person,
    )


def as_reviewed(response, cast):
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    with acting_as(cast.ben):
        proposing.concur(response, by=cast.ben)
    return response


BY_HAND = [
    (BORDER, change_own(ends=None), "end date"),
    (BORDER, without("provisions"), "no legal provision"),
    (BORDER, without("rights", question="asylum_access"), "access to asylum"),
    (BORDER, answer_without_words, "access to asylum"),
    (SANCTIONS, without("targets"), "label attributed"),
    (SANCTIONS, without("grounds"), "label attributed"),
    (SANCTIONS, list_somebody_else, "label attributed"),
    (SANCTIONS, without("provisions"), "no legal provision"),
    (PROSECUTION, without("grounds"), "no state"),
    (PROSECUTION, prosecute_a_state, "no state"),
    (PROSECUTION, without("provisions"), "no legal provision"),
]


@pytest.mark.parametrize(
    ("kind", "mutate", "words"), BY_HAND, ids=[f"{kind}-{n}" for n, (kind, _, _) in enumerate(BY_HAND)]
)
def test_the_database_itself_refuses_what_must_never_be_approved(reach, cast, as_app, kind, mutate, words):
    response = reach("proposed", kind)
    with acting_as(cast.ana):
        mutate(response, cast.ana)
        response.refresh_from_db()
    as_reviewed(response, cast)
    with pytest.raises(IntegrityError, match=words):
        by_hand(as_app, response, cast.sofia)


def test_sanctions_on_a_suspicion_are_refused_by_gate_and_database(reach, cast, as_app):
    response = reach("proposed", SANCTIONS)
    with acting_as(cast.ana):
        suspected = making.a_ready_attribution(
            by=cast.ana, workspace=response.workspace, incident=response.incidents.get().incident, likelihood="likely"
        )
    making.weighed(suspected, by=[cast.ana, cast.ben])
    making.concurred(making.submitted(suspected, by=cast.ana), by=cast.ben)
    with acting_as(cast.sofia):
        suspected.approve(by=cast.sofia)
    with acting_as(cast.ana):
        without("grounds")(response, cast.ana)
        without("targets")(response, cast.ana)
        ResponseGround.add(by=cast.ana, response=response, attribution=suspected)
        response.targets.model.add(by=cast.ana, response=response, actor=suspected.actor)
    as_reviewed(response, cast)
    with acting_as(cast.sofia):
        assert [each.key for each in response.gate(approver=cast.sofia).failed] == ["targets"]
    with pytest.raises(IntegrityError, match="label attributed"):
        by_hand(as_app, response, cast.sofia)


def test_what_is_in_order_is_accepted_by_the_same_statement(reach, cast, as_app):
    response = reach("in_review", BORDER)
    by_hand(as_app, response, cast.sofia)
    with acting_as(cast.ana):
        assert PolicyResponse.objects.get(pk=response.pk).status == "approved"


@pytest.mark.parametrize(("name", "words"), [("ana", "own response"), ("ben", "supervisor"), ("stella", "supervisor")])
def test_the_database_lets_only_another_supervisor_approve(reach, cast, as_app, name, words):
    response = reach("in_review", PROTEST)
    with pytest.raises(IntegrityError, match=words):
        by_hand(as_app, response, getattr(cast, name))
    with acting_as(cast.ana):
        assert PolicyResponse.objects.get(pk=response.pk).status == "in_review"


def test_nothing_moves_in_raw_sql_while_it_is_in_review(reach, cast, as_app):
    response = reach("in_review", BORDER)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(IntegrityError, match="nothing in it can be changed"):
        as_app("UPDATE policy_borderenforcement SET ends = %s", [tomorrow], user=cast.ana)
    with pytest.raises(IntegrityError, match="nothing in it can be changed"):
        as_app("UPDATE policy_policyresponse SET objective = 'x' WHERE id = %s", [response.pk], user=cast.ana)
