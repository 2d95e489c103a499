"""Who is told of what happens to a response."""

from ledger.acting import acting_as
from ledger.models import Notification
from policy.models import PolicyResponse, ResponseGround
from tests.policy import proposing


def told(person, event: str) -> list[Notification]:
    with acting_as(person):
        return list(Notification.objects.filter(event=event, about_kind__in=["policy_response", "response_review"]))


def test_reviewers_and_supervisors_are_told_when_it_waits_for_them(reach, cast):
    response = reach("proposed")
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    assert {
        name for name in ("ana", "ben", "sofia", "sigrid", "vera", "stella") if told(getattr(cast, name), "submitted")
    } == {
        "ben",
        "sofia",
        "sigrid",
    }


def test_author_owner_and_reviewer_are_told_of_the_decision(reach, cast):
    response = reach("in_review")
    with acting_as(cast.ana):
        response.change(by=cast.ana, owner=cast.stella)
    with acting_as(cast.sofia):
        response.return_(by=cast.sofia, reason="Name the addressee.")
    for name in ("ana", "stella", "ben"):
        (notice,) = told(getattr(cast, name), "returned")
        assert "Name the addressee." in notice.sentence
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    with acting_as(cast.ben):
        proposing.concur(PolicyResponse.objects.get(pk=response.pk), by=cast.ben)
    with acting_as(cast.sofia):
        response.approve(by=cast.sofia)
    assert [len(told(getattr(cast, name), "approved")) for name in ("ana", "stella", "ben", "sofia")] == [1, 1, 1, 0]


def test_a_response_that_is_declined_is_told_as_declined(reach, cast):
    response = reach("in_review")
    with acting_as(cast.sofia):
        response.decline(by=cast.sofia, reason="Too early.")
    for name in ("ana", "ben"):
        (notice,) = told(getattr(cast, name), "declined")
        assert "Too early." in notice.sentence
        assert told(getattr(cast, name), "returned") == []


def test_the_author_is_told_of_a_dissent_and_the_reviewer_of_its_answer(reach, cast):
    response = reach("in_review")
    with acting_as(cast.sigrid):
        review = response.reviews.model.conclude(
            by=cast.sigrid, response=response, conclusion="dissent", reasons="Thin.", interests="None."
        )
    assert told(cast.ana, "dissent")
    with acting_as(cast.sofia):
        review.give_answer(by=cast.sofia, answer="It suffices.")
    assert told(cast.sigrid, "answered")


def test_the_owner_is_told_when_the_basis_is_in_question(reach, approved, cast):
    response = reach("in_force")
    with acting_as(cast.ana):
        response.change(by=cast.ana, owner=cast.stella)
        approved.citations.first().passage.item.withdraw(by=cast.ana, reason="Forged.")
    (notice,) = told(cast.stella, "basis_in_question")
    assert "stale" in notice.sentence
    assert told(cast.ben, "basis_in_question") == []


def test_the_owner_is_told_when_an_attribution_is_withdrawn_or_a_claim_is(reach, approved, cast):
    response = reach("proposed")
    with acting_as(cast.ana):
        response.change(by=cast.ana, owner=cast.stella)
        incident = response.incidents.get().incident
        claim = incident.claims.model.add(
            by=cast.ana, incident=incident, claimant="A minister", form="office_holder_claim", what="Said so."
        )
        ResponseGround.add(by=cast.ana, response=response, claim=claim)
        claim.withdraw(by=cast.ana, reason="Never said.")
        approved.withdraw(by=cast.ana, reason="Wrong.")
    assert len(told(cast.stella, "basis_in_question")) == 2
