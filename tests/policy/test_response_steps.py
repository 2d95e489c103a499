"""Each step in the life of a response: it works, in the wrong state, by the wrong person, the second of two."""

import pytest
from django.core.exceptions import ValidationError

from accounts.errors import IllegalStep, NotYours
from cases.signals import what_falls_with
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from policy.models import LegalProvision, Outcome, PolicyResponse, ResponseGround
from policy.workflow import STEPS, Status, step_between, steps_from
from tests import making
from tests.policy import proposing

WHY = {"reason": "Because."}
# Step, verb, who takes it, its words, from where, to where, who may not.
TAKEN = [
    ("submit", "submit", "ana", {}, "proposed", "in_review", ["ben", "vera", "stranger"]),
    ("return", "return_", "sofia", WHY, "in_review", "proposed", ["ana", "ben", "stella", "stranger"]),
    ("approve", "approve", "sofia", {}, "in_review", "approved", ["ana", "ben", "stella", "stranger"]),
    ("decline", "decline", "sofia", WHY, "in_review", "declined", ["ana", "ben", "stella", "stranger"]),
    ("put_in_force", "put_in_force", "ana", {}, "approved", "in_force", ["ben", "vera", "stranger"]),
    ("complete", "complete", "ana", {}, "in_force", "completed", ["ben", "vera", "stranger"]),
    ("lift", "lift", "ana", WHY, "in_force", "lifted", ["ben", "vera", "stranger"]),
    ("withdraw", "withdraw", "ana", WHY, "proposed", "withdrawn", ["ben", "vera", "stranger"]),
]
BY_STEP = pytest.mark.parametrize(
    ("step", "verb", "who", "words", "source", "target", "others"), TAKEN, ids=[each[0] for each in TAKEN]
)
REACHED = ["proposed", "in_review", "approved", "in_force", "completed", "declined", "withdrawn"]


def take(response, verb, person, words):
    with acting_as(person):
        getattr(response, verb)(by=person, **words)


def test_every_step_stands_in_the_table():
    assert {each[0] for each in TAKEN} == set(STEPS)


@BY_STEP
def test_a_step_leads_where_it_leads_and_is_told_in_the_ledger(
    reach, cast, step, verb, who, words, source, target, others
):
    response = reach(source)
    take(response, verb, getattr(cast, who), words)
    with acting_as(cast.ana):
        stored = PolicyResponse.objects.get(pk=response.pk)
        entry = LedgerEntry.objects.filter(object_id=response.pk).order_by("-sequence").first()
    assert (stored.status, response.status) == (target, target)
    assert (entry.step, entry.user_id, entry.reason) == (step, getattr(cast, who).pk, words.get("reason", ""))


@BY_STEP
def test_a_step_is_refused_to_others(reach, cast, step, verb, who, words, source, target, others):
    response = reach(source)
    for name in others:
        with pytest.raises(NotYours):
            take(response, verb, getattr(cast, name), words)
    with acting_as(cast.ana):
        assert PolicyResponse.objects.get(pk=response.pk).status == source


@BY_STEP
def test_of_two_at_once_the_second_is_told(reach, cast, step, verb, who, words, source, target, others):
    first = reach(source)
    person = getattr(cast, who)
    with acting_as(cast.ana):
        second = PolicyResponse.objects.get(pk=first.pk)
    take(first, verb, person, words)
    with pytest.raises(IllegalStep, match="Cannot"):
        take(second, verb, person, words)
    with acting_as(cast.ana):
        assert LedgerEntry.objects.filter(object_id=first.pk, step=step).count() == 1


@pytest.mark.parametrize("status", REACHED)
def test_no_step_is_taken_from_another_state(reach, cast, status):
    response = reach(status)
    for step, verb, who, words, *_ in TAKEN:
        if step not in steps_from(status):
            with pytest.raises(IllegalStep, match="Cannot"):
                take(response, verb, getattr(cast, who), words)
    with acting_as(cast.ana):
        assert PolicyResponse.objects.get(pk=response.pk).status == status


@pytest.mark.parametrize("verb", ["return_", "decline"])
def test_a_decision_against_it_says_why(reach, cast, verb):
    response = reach("in_review")
    with pytest.raises(ValidationError):
        take(response, verb, cast.sofia, {"reason": "  "})


def test_an_approver_who_proposed_it_is_refused_whatever_their_role(approved, cast):
    with acting_as(cast.sofia):
        response = proposing.ready("diplomatic_protest", by=cast.sofia, attribution=approved)
        response.submit(by=cast.sofia)
    with acting_as(cast.ben):
        proposing.concur(response, by=cast.ben)
    for verb, words in [("approve", {}), ("return_", WHY), ("decline", WHY)]:
        with pytest.raises(NotYours, match="Another supervisor"):
            take(response, verb, cast.sofia, words)
    take(response, "approve", cast.sigrid, {})
    assert response.approver == cast.sigrid


def test_nobody_reviews_their_own_and_nobody_twice(reach, cast):
    response = reach("in_review")
    with acting_as(cast.ana), pytest.raises(NotYours):
        proposing.concur(response, by=cast.ana)
    with acting_as(cast.ben), pytest.raises(ValidationError, match="already"):
        proposing.concur(response, by=cast.ben)


def test_a_dissent_is_answered_once_and_by_another(reach, cast):
    response = reach("in_review")
    with acting_as(cast.sigrid):
        review = response.reviews.model.conclude(
            by=cast.sigrid, response=response, conclusion="dissent", reasons="Thin.", interests="None."
        )
        with pytest.raises(NotYours, match="your dissent"):
            review.give_answer(by=cast.sigrid, answer="No.")
    with acting_as(cast.sofia):
        review.give_answer(by=cast.sofia, answer="It suffices.")
        with pytest.raises(IllegalStep):
            review.give_answer(by=cast.sofia, answer="Again.")


@pytest.mark.parametrize("status", ["in_review", "approved", "in_force"])
def test_nothing_in_it_moves_once_it_is_submitted_but_owner_and_date(reach, cast, status):
    response = reach(status)
    with acting_as(cast.ana):
        with pytest.raises(IllegalStep):
            response.change(by=cast.ana, objective="Other.")
        with pytest.raises(IllegalStep):
            response.provisions.get().withdraw(by=cast.ana, reason="x")
        with pytest.raises(IllegalStep):
            response.citations.get().change(by=cast.ana, note="x")
        response.change(by=cast.ana, owner=cast.ben, package="Spring")
        Outcome.add(by=cast.ana, response=response, observed="Fewer flights.")
    assert (response.owner, response.package) == (cast.ben, "Spring")


@pytest.mark.parametrize("name", ["vera", "stranger", "nobody"])
def test_an_owner_works_in_the_room(reach, cast, name):
    response = reach("proposed")
    with acting_as(cast.ana), pytest.raises(ValidationError) as refusal:
        response.change(by=cast.ana, owner=getattr(cast, name))
    assert "owner" in refusal.value.error_dict


def test_an_owner_carries_it_on(reach, cast):
    response = reach("approved")
    with acting_as(cast.ana):
        response.change(by=cast.ana, owner=cast.ben)
    take(response, "put_in_force", cast.ben, {})
    assert response.status == "in_force"


# --- Its basis -------------------------------------------------------------------------------------------


def test_a_claim_withdrawn_puts_in_question_what_repeats_it(reach, cast):
    response = reach("proposed")
    with acting_as(cast.ana):
        incident = response.incidents.get().incident
        claim = incident.claims.model.add(
            by=cast.ana, incident=incident, claimant="A minister", form="office_holder_claim", what="Said so."
        )
        ResponseGround.add(by=cast.ana, response=response, claim=claim)
        claim.withdraw(by=cast.ana, reason="Never said.")
        response.refresh_from_db()
    assert response.is_in_question
    with pytest.raises(IllegalStep, match="in question"):
        take(response, "submit", cast.ana, {})


@pytest.mark.parametrize("name", ["ana", "ben", "stella", "stranger"])
def test_only_a_supervisor_beside_its_author_confirms_the_basis(reach, approved, cast, name):
    response = reach("approved")
    with acting_as(cast.ana):
        approved.withdraw(by=cast.ana, reason="Wrong.")
    person = getattr(cast, name)
    with pytest.raises(NotYours):
        take(response, "confirm_basis", person, WHY)


def test_a_basis_is_confirmed_once_and_only_while_in_question(reach, approved, cast):
    response = reach("approved")
    with pytest.raises(IllegalStep, match="not in question"):
        take(response, "confirm_basis", cast.sofia, WHY)
    with acting_as(cast.ana):
        approved.withdraw(by=cast.ana, reason="Wrong.")
    take(response, "confirm_basis", cast.sofia, WHY)
    with pytest.raises(IllegalStep, match="not in question"):
        take(response, "confirm_basis", cast.sofia, WHY)
    assert (response.basis, response.basis_note) == ("confirmed", "Because.")


def test_a_response_in_question_can_still_be_returned_and_withdrawn(reach, approved, cast):
    response = reach("in_review")
    with acting_as(cast.ana):
        approved.withdraw(by=cast.ana, reason="Wrong.")
    take(response, "return_", cast.sofia, WHY)
    take(response, "withdraw", cast.ana, WHY)
    assert response.status == "withdrawn"


def test_what_is_over_is_left_in_peace(reach, approved, cast):
    response = reach("completed")
    with acting_as(cast.ana):
        approved.withdraw(by=cast.ana, reason="Wrong.")
        response.refresh_from_db()
    assert response.basis == "sound"


def test_the_step_between_two_states_is_the_one_of_the_table():
    assert step_between("proposed", "in_review") == "submit"
    assert step_between("in_review", "proposed") == "return"
    assert step_between("proposed", "in_force") is None
    assert {step_between("in_force", each) for each in Status} == {None, "complete", "lift"}


# --- What lists are asked -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "day"),
    [
        ({}, "2021"),
        ({"in_force_from": "2021-07-02"}, "2021"),
        ({"in_force_from": "2021-07-02"}, "2021-07-01"),
        ({"in_force_from": "2021-07"}, "2021-07-15"),
        ({"in_force_to": "2021"}, "2021-12-31"),
        ({"in_force_to": "2021-06-30"}, "2021-07"),
        ({"in_force_to": "2021-06-30"}, "2021"),
        ({"in_force_from": "2019", "in_force_to": "2020-05"}, "2020-05-31"),
        ({"in_force_from": "2019", "in_force_to": "2020-05"}, "2020-06-01"),
    ],
)
def test_the_law_of_a_day_is_the_same_to_a_list_and_to_the_gate(cast, east, law, day):
    told = {"instrument": "Law", "jurisdiction": "PL", "permits": "It.", **law}
    with acting_as(cast.ana):
        provision = LegalProvision.add(by=cast.ana, workspace=east, **told)
        listed = LegalProvision.objects.in_force_on(day).filter(pk=provision.pk).exists()
    assert listed == provision.is_in_force_on(day)


def test_a_provision_fits_the_same_kinds_in_a_list_and_at_the_gate(cast, east):
    told = {"jurisdiction": "PL", "permits": "It.", "workspace": east}
    with acting_as(cast.ana):
        for kinds in ([], ["sanctions"], ["sanctions", "prosecution"]):
            provision = LegalProvision.add(by=cast.ana, instrument=f"Law {kinds}", kinds=kinds, **told)
            for kind in proposing.READY:
                assert LegalProvision.objects.fitting(kind).filter(pk=provision.pk).exists() == provision.fits(kind)


def test_what_would_fall_names_the_responses_that_the_reader_may_see(reach, approved, cast):
    response = reach("approved")
    with acting_as(cast.vera):
        told = what_falls_with([approved])
    assert told == [{"label": str(response), "url": response.get_absolute_url(), "status": "Approved"}]
    with acting_as(cast.stranger):
        assert what_falls_with([approved]) == []
    with acting_as(cast.ana):
        assert what_falls_with([making.an_attribution(by=cast.ana, workspace=approved.workspace)]) == []
