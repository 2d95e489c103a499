"""The gate of responses: each check alone, for the kinds that are asked it, and the database behind it."""

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.errors import IllegalStep
from ledger.acting import acting_as
from policy.choices import ResponseKind
from policy.gate import CHECKS
from policy.models import PolicyResponse, ResponseGround
from tests import making
from tests.policy import proposing
from tests.policy.failing import (
    ALONE,
    BORDER,
    PROSECUTION,
    PROTEST,
    SANCTIONS,
    answer_the_test,
    answer_without_words,
    change_own,
    list_somebody_else,
    prosecute_a_state,
    rely_on_a_law_with_a_test,
    rely_on_safeguards_alone,
    without,
)
from tests.subcases import from_one_world


def test_every_check_has_a_row_for_every_kind_that_asks_it():
    asked = {(each.key, kind.value) for each in CHECKS for kind in each.kinds}
    told_apart = {(key, kind.value) for key in ("people", "dissent") for kind in ResponseKind}
    assert {(key, kind) for key, kind, _ in ALONE} | told_apart == asked


@from_one_world(("key", "kind", "mutate"), ALONE, [f"{key}-{kind}-{n}" for n, (key, kind, _) in enumerate(ALONE)])
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


@pytest.mark.parametrize("kind", proposing.READY)
def test_without_a_third_person_people_fails_alone(reach, cast, kind):
    response = reach("proposed", kind)
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    with acting_as(cast.sofia), pytest.raises(IllegalStep) as refusal:
        response.approve(by=cast.sofia)
    assert [each.key for each in refusal.value.checks if each.outcome == "failed"] == ["people"]


@pytest.mark.parametrize("kind", proposing.READY)
def test_a_dissent_is_answered_before_anything_is_approved(reach, cast, kind):
    response = reach("in_review", kind)
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
    (BORDER, rely_on_safeguards_alone, "permits the measure"),
    (BORDER, rely_on_a_law_with_a_test, "has no answer"),
    (BORDER, answer_the_test(cited=False), "has no answer"),
    (BORDER, without("rights", question="asylum_access"), "access to asylum"),
    (BORDER, answer_without_words, "access to asylum"),
    (SANCTIONS, without("targets"), "label attributed"),
    (SANCTIONS, without("grounds"), "label attributed"),
    (SANCTIONS, list_somebody_else, "label attributed"),
    (SANCTIONS, without("provisions"), "no legal provision"),
    (SANCTIONS, rely_on_safeguards_alone, "permits the measure"),
    (PROSECUTION, without("grounds"), "no state"),
    (PROSECUTION, prosecute_a_state, "no state"),
    (PROSECUTION, without("provisions"), "no legal provision"),
    (PROSECUTION, rely_on_safeguards_alone, "permits the measure"),
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
