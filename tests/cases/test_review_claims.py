"""Claiming a review: one at a time, by who may, until a date, and free again when its reviewer leaves."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from accounts.errors import IllegalStep, NotYours
from accounts.models import ApiToken, Membership
from cases.models import Attribution, Review, ReviewClaim
from cases.signals import told
from cases.tasks import look_after_claims
from cases.workflow import REVIEW_TAKES
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from tests import making


@pytest.fixture
def notices():
    """What people were told: (event, names, sentence)."""
    heard = []

    def hear(sender, *, event, people, sentence, **kwargs):
        heard.append((event, {each.email.split("@")[0] for each in people}, sentence))

    told.connect(hear)
    yield heard
    told.disconnect(hear)


def claimed(attribution, *, by) -> ReviewClaim:
    with acting_as(by):
        return ReviewClaim.claim(by=by, attribution=attribution)


def conclude(attribution, *, by, conclusion="concur", **more) -> Review:
    with acting_as(by):
        return Review.conclude(by=by, attribution=attribution, conclusion=conclusion, interests="None.", **more)


# --- Claiming -------------------------------------------------------------------------------------


def test_a_reviewer_claims_a_review_for_seven_days(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    assert (claim.reviewer, claim.status, claim.round) == (cast.ben, "open", 1)
    assert claim.due_on == timezone.localdate() + REVIEW_TAKES
    with acting_as(cast.vera):
        assert Attribution.objects.get(pk=in_review.pk).open_claim() == claim


@pytest.mark.parametrize("name", ["ana", "vera", "stella"])
def test_who_may_not_review_does_not_claim(in_review, cast, name):
    with pytest.raises(NotYours):
        claimed(in_review, by=getattr(cast, name))


def test_a_stranger_finds_nothing_to_claim(in_review, cast):
    with acting_as(cast.stranger):
        assert not Attribution.objects.filter(pk=in_review.pk).exists()
    with pytest.raises(NotYours):
        claimed(in_review, by=cast.stranger)


def test_authors_and_co_authors_do_not_claim_what_they_wrote(cast, east, draft):
    with acting_as(cast.ana):
        draft.add_co_author(by=cast.ana, person=cast.ben)
    making.submitted(draft, by=cast.ana)
    with pytest.raises(NotYours, match="author"):
        claimed(draft, by=cast.ben)


def a_token(person, until) -> ApiToken:
    membership = person.memberships.get()
    return ApiToken.issue(by=person, membership=membership, name="sync", scope="write", expires_at=until)[0]


def test_a_token_neither_claims_releases_nor_reassigns(in_review, cast):
    until = in_review.created_at.replace(year=2100)
    claim = claimed(in_review, by=cast.ben)
    with acting_as(cast.ben, token=a_token(cast.ben, until)), pytest.raises(NotYours, match="token"):
        claim.release(by=cast.ben)
    with acting_as(cast.sofia, token=a_token(cast.sofia, until)):
        for refused in (
            lambda: ReviewClaim.claim(by=cast.sofia, attribution=in_review),
            lambda: ReviewClaim.reassign(by=cast.sofia, attribution=in_review, to=cast.sigrid, reason="Away."),
            lambda: claim.set_due(by=cast.sofia, due_on=timezone.localdate(), reason="Soon."),
        ):
            with pytest.raises(NotYours, match="token"):
                refused()


@pytest.mark.parametrize("state", ["draft", "approved"])
def test_only_what_is_in_review_is_claimed(request, cast, state):
    with pytest.raises(IllegalStep, match="in review"):
        claimed(request.getfixturevalue(state), by=cast.sigrid)


def test_a_second_claim_is_told_who_has_it(in_review, cast):
    claimed(in_review, by=cast.ben)
    with pytest.raises(IllegalStep, match="Ben has claimed"):
        claimed(in_review, by=cast.sofia)
    with pytest.raises(IllegalStep, match="You have claimed"):
        claimed(in_review, by=cast.ben)


def test_who_has_concluded_does_not_claim_the_same_version_again(reviewed, cast):
    with pytest.raises(IllegalStep, match="concluded"):
        claimed(reviewed, by=cast.ben)


# --- Concluding -----------------------------------------------------------------------------------


def test_only_the_claimant_concludes_and_so_ends_the_claim(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    with pytest.raises(IllegalStep, match="Ben has claimed"):
        conclude(in_review, by=cast.sofia)
    conclude(in_review, by=cast.ben)
    with acting_as(cast.ben):
        claim.refresh_from_db()
    assert claim.status == "concluded"
    assert claim.ended_at is not None


def test_while_nobody_has_claimed_whoever_may_review_concludes(in_review, cast):
    conclude(in_review, by=cast.ben)
    conclude(in_review, by=cast.sigrid)
    with acting_as(cast.ana):
        assert in_review.reviews_of_this_round().count() == 2


def test_an_approval_waits_for_another_persons_claim_and_a_return_does_not(reviewed, cast):
    claim = claimed(reviewed, by=cast.sigrid)
    with acting_as(cast.sofia):
        with pytest.raises(IllegalStep, match="Sigrid has claimed"):
            reviewed.approve(by=cast.sofia)
        reviewed.return_(by=cast.sofia, reason="Cite the decree.")
        claim.refresh_from_db()
    assert claim.status == "closed"


def test_who_decides_may_hold_the_claim_which_the_approval_closes(reviewed, cast):
    claim = claimed(reviewed, by=cast.sofia)
    with acting_as(cast.sofia):
        reviewed.approve(by=cast.sofia)
        claim.refresh_from_db()
    assert (reviewed.status, claim.status) == ("approved", "closed")


def test_withdrawing_closes_the_claim(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    with acting_as(cast.ana):
        in_review.withdraw(by=cast.ana, reason="Wrong actor.")
        claim.refresh_from_db()
    assert claim.status == "closed"


# --- Releasing and reassigning ---------------------------------------------------------------------


def test_a_reviewer_releases_without_a_word_and_another_claims(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    with acting_as(cast.ben):
        claim.release(by=cast.ben)
    assert claim.status == "released"
    assert claimed(in_review, by=cast.sigrid).reviewer == cast.sigrid


def test_a_supervisor_releases_anothers_claim_with_a_reason_only(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    with acting_as(cast.sofia):
        with pytest.raises(ValidationError):
            claim.release(by=cast.sofia)
        claim.release(by=cast.sofia, reason="Ben is away.")
    assert (claim.status, claim.state_note) == ("released", "Ben is away.")


def test_others_do_not_release_it_and_nobody_does_twice(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    for name in ("ana", "vera", "stella"):
        person = getattr(cast, name)
        with acting_as(person), pytest.raises(NotYours):
            claim.release(by=person, reason="No.")
    with acting_as(cast.ben):
        claim.release(by=cast.ben)
        with pytest.raises(IllegalStep, match="ended"):
            ReviewClaim.objects.get(pk=claim.pk).release(by=cast.ben)


def test_a_supervisor_reassigns_with_a_reason(in_review, cast):
    before = claimed(in_review, by=cast.ben)
    with acting_as(cast.sofia):
        with pytest.raises(ValidationError):
            ReviewClaim.reassign(by=cast.sofia, attribution=in_review, to=cast.sigrid, reason=" ")
        after = ReviewClaim.reassign(by=cast.sofia, attribution=in_review, to=cast.sigrid, reason="Ben is ill.")
        before.refresh_from_db()
    assert (before.status, after.reviewer, after.state_note) == ("reassigned", cast.sigrid, "Ben is ill.")
    conclude(in_review, by=cast.sigrid)


def test_a_supervisor_gives_out_what_nobody_has_claimed(in_review, cast):
    with acting_as(cast.sofia):
        ReviewClaim.reassign(by=cast.sofia, attribution=in_review, to=cast.ben, reason="He knows the region.")
        assert in_review.open_claim().reviewer == cast.ben


@pytest.mark.parametrize("name", ["ana", "vera", "stella", "stranger"])
def test_it_is_given_only_to_one_who_may_review(in_review, cast, name):
    with acting_as(cast.sofia), pytest.raises(ValidationError) as refusal:
        ReviewClaim.reassign(by=cast.sofia, attribution=in_review, to=getattr(cast, name), reason="Try.")
    assert "to" in refusal.value.error_dict


def test_it_is_not_given_to_one_whose_clearance_does_not_cover_it(in_review, cast):
    cast.ben.memberships.update(clearance="green")
    with acting_as(cast.sofia), pytest.raises(ValidationError):
        ReviewClaim.reassign(by=cast.sofia, attribution=in_review, to=cast.ben, reason="Try.")


@pytest.mark.parametrize("name", ["ana", "ben", "vera", "stella"])
def test_nobody_but_a_supervisor_reassigns(in_review, cast, name):
    person = getattr(cast, name)
    with acting_as(person), pytest.raises(NotYours):
        ReviewClaim.reassign(by=person, attribution=in_review, to=cast.sigrid, reason="No.")


def test_a_supervisor_does_not_give_out_the_review_of_their_own_work(cast, east):
    with acting_as(cast.sofia):
        own = making.a_ready_attribution(by=cast.sofia, workspace=east)
    making.submitted(own, by=cast.sofia)
    with acting_as(cast.sofia), pytest.raises(NotYours):
        ReviewClaim.reassign(by=cast.sofia, attribution=own, to=cast.ben, reason="Mine.")


def test_it_is_not_reassigned_outside_review_nor_to_who_has_it(draft, cast):
    with acting_as(cast.sofia), pytest.raises(IllegalStep, match="in review"):
        ReviewClaim.reassign(by=cast.sofia, attribution=draft, to=cast.ben, reason="Early.")
    making.submitted(draft, by=cast.ana)
    claimed(draft, by=cast.ben)
    with acting_as(cast.sofia), pytest.raises(IllegalStep, match="Ben has claimed"):
        ReviewClaim.reassign(by=cast.sofia, attribution=draft, to=cast.ben, reason="Again.")


# --- Dates ------------------------------------------------------------------------------------------


def test_a_supervisor_sets_another_date_with_a_reason(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    day = timezone.localdate() + timedelta(days=20)
    with acting_as(cast.sofia):
        claim.set_due(by=cast.sofia, due_on=day, reason="The file is long.")
        entry = LedgerEntry.objects.filter(object_id=claim.pk).last()
    assert (claim.due_on, entry.step, entry.reason) == (day, "set_due", "The file is long.")


def test_a_date_is_set_by_a_supervisor_not_in_the_past_and_not_after_the_end(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    today = timezone.localdate()
    with acting_as(cast.ben), pytest.raises(NotYours):
        claim.set_due(by=cast.ben, due_on=today, reason="Later.")
    with acting_as(cast.sofia), pytest.raises(ValidationError):
        claim.set_due(by=cast.sofia, due_on=today - timedelta(days=1), reason="Earlier.")
    with acting_as(cast.ben):
        claim.release(by=cast.ben)
    with acting_as(cast.sofia), pytest.raises(IllegalStep):
        claim.set_due(by=cast.sofia, due_on=today, reason="Now.")


def late(claim, by, days=1) -> None:
    with acting_as(by):
        ReviewClaim.objects.filter(pk=claim.pk).update(due_on=timezone.localdate() - timedelta(days=days))


def test_what_is_overdue_is_told_once_for_each_date(in_review, cast, notices):
    claim = claimed(in_review, by=cast.ben)
    look_after_claims(timestamp=0)
    assert [each for each in notices if each[0] == "review_due"] == []
    late(claim, cast.sofia)
    look_after_claims(timestamp=0)
    look_after_claims(timestamp=0)
    assert [each[:2] for each in notices if each[0] == "review_due"] == [("review_due", {"ben", "sofia", "sigrid"})]
    with acting_as(cast.sofia):
        claim.refresh_from_db()
        claim.set_due(by=cast.sofia, due_on=timezone.localdate(), reason="Once more.")
    late(claim, cast.sofia)
    look_after_claims(timestamp=0)
    assert len([each for each in notices if each[0] == "review_due"]) == 2


# --- When people leave --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "go",
    [
        lambda membership, by: membership.end(by=by),
        lambda membership, by: membership.change(by=by, role="analyst", clearance="red"),
        lambda membership, by: membership.change(by=by, role="reviewer", clearance="green"),
    ],
    ids=["leaves", "loses the role", "loses the clearance"],
)
def test_what_a_reviewer_held_is_free_when_they(in_review, cast, notices, go):
    claim = claimed(in_review, by=cast.ben)
    with acting_as(cast.stella):
        go(Membership.objects.get(user=cast.ben), cast.stella)
    with acting_as(cast.sofia):
        claim.refresh_from_db()
        assert (claim.status, "no longer" in claim.state_note) == ("released", True)
        assert claimed(in_review, by=cast.sofia).reviewer == cast.sofia
    assert "review_released" in [each[0] for each in notices]


def test_a_change_that_leaves_the_right_to_review_leaves_the_claim(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    with acting_as(cast.stella):
        Membership.objects.get(user=cast.ben).change(by=cast.stella, role="supervisor", clearance="amber")
    with acting_as(cast.sofia):
        claim.refresh_from_db()
    assert claim.status == "open"


def test_the_hourly_look_frees_what_somebody_switched_off_holds(in_review, cast):
    claim = claimed(in_review, by=cast.ben)
    cast.ben.is_active = False
    cast.ben.save()
    look_after_claims(timestamp=0)
    with acting_as(cast.sofia):
        claim.refresh_from_db()
    assert claim.status == "released"


# --- Handing over ---------------------------------------------------------------------------------------


def test_a_supervisor_hands_a_draft_over_and_the_author_stays(draft, cast):
    with acting_as(cast.stella):
        Membership.objects.get(user=cast.ana).end(by=cast.stella)
    with acting_as(cast.sofia):
        draft.hand_over(by=cast.sofia, to=cast.stella, reason="Ana has left.")
        entry = LedgerEntry.objects.filter(object_id=draft.pk).last()
    assert (entry.step, entry.reason, draft.author) == ("hand_over", "Ana has left.", cast.ana)
    with acting_as(cast.stella):
        draft.change(by=cast.stella, gaps="To be seen.")
        draft.submit(by=cast.stella)
    assert draft.status == "in_review"


@pytest.mark.parametrize("name", ["ana", "ben", "vera", "stella"])
def test_nobody_but_a_supervisor_hands_over(draft, cast, name):
    person = getattr(cast, name)
    with acting_as(person), pytest.raises(NotYours):
        draft.hand_over(by=person, to=cast.sigrid, reason="No.")


@pytest.mark.parametrize("name", ["ana", "vera", "stranger"])
def test_it_is_handed_to_a_writer_of_the_room_who_is_no_author_yet(draft, cast, name):
    with acting_as(cast.sofia), pytest.raises(ValidationError) as refusal:
        draft.hand_over(by=cast.sofia, to=getattr(cast, name), reason="Try.")
    assert "to" in refusal.value.error_dict


def test_nothing_is_handed_over_in_review_or_once_approved(in_review, cast):
    with acting_as(cast.sofia), pytest.raises(IllegalStep, match="in review"):
        in_review.hand_over(by=cast.sofia, to=cast.ben, reason="Now.")


def test_who_it_was_handed_to_neither_reviews_nor_approves_it(draft, cast):
    with acting_as(cast.sofia):
        draft.hand_over(by=cast.sofia, to=cast.sofia, reason="Mine now.")
        draft.submit(by=cast.sofia)
        with pytest.raises(NotYours):
            draft.approve(by=cast.sofia)


# --- Who is told ------------------------------------------------------------------------------------------


def test_each_step_tells_those_whom_it_concerns_and_not_who_took_it(draft, cast, notices):
    making.submitted(draft, by=cast.ana)
    claim = claimed(draft, by=cast.ben)
    with acting_as(cast.sofia):
        ReviewClaim.reassign(by=cast.sofia, attribution=draft, to=cast.sigrid, reason="Ben is ill.")
    dissent = conclude(draft, by=cast.sigrid, conclusion="dissent", reasons="Too thin.").dissents
    with acting_as(cast.sofia):
        dissent.get().give_answer(by=cast.sofia, answer="It is not.")
    conclude(draft, by=cast.ben)
    with acting_as(cast.sofia):
        draft.approve(by=cast.sofia)
    assert claim.status == "open"  # as it was read
    assert [each[:2] for each in notices] == [
        ("submitted", {"ben", "sofia", "sigrid"}),
        ("review_claimed", {"sofia", "sigrid"}),
        ("reassigned", {"ben", "sigrid"}),
        ("dissent", {"ana", "sofia"}),
        ("answered", {"sigrid"}),
        ("concluded", {"ana", "sofia", "sigrid"}),
        ("approved", {"ana", "ben", "sigrid"}),
    ]


def test_who_may_not_read_it_is_not_told_that_it_was_submitted(draft, cast, notices):
    cast.sigrid.memberships.update(clearance="green")
    making.submitted(draft, by=cast.ana)
    assert notices[-1][:2] == ("submitted", {"ben", "sofia"})


def test_a_return_and_a_fall_are_told_to_authors_and_reviewers(reviewed, cast, notices):
    with acting_as(cast.sofia):
        reviewed.return_(by=cast.sofia, reason="Cite the decree.")
    assert notices[-1] == ("returned", {"ana", "ben"}, "Returned (Cite the decree.): The state did it.")


def test_people_are_told_when_an_approval_no_longer_holds(approved, cast, notices):
    with acting_as(cast.ana):
        for citation in approved.citations.filter(supports="coordination")[:2]:
            citation.passage.item.withdraw(by=cast.ana, reason="Forged.")
    assert notices[-1][:2] == ("attribution_stale", {"ana", "ben", "sofia"})


# --- The database's own refusals, by raw SQL as the serving role ---------------------------------------------

CLAIM = """INSERT INTO cases_reviewclaim (id, workspace_id, marking, state_note, attribution_id, round, reviewer_id,
           status, due_on) VALUES (gen_random_uuid(), %s, 'amber', '', %s, 1, %s, 'open', now())"""


@pytest.mark.parametrize(
    ("holder", "actor", "words"),
    [
        ("ana", "ana", "own work"),
        ("vera", "sofia", "clearance"),
        ("stella", "stella", "clearance"),
        ("sofia", "ben", "supervisor"),
    ],
)
def test_raw_sql_gives_no_claim_to_who_may_not_have_it(in_review, cast, as_app, holder, actor, words):
    told = [in_review.workspace_id, in_review.pk, getattr(cast, holder).pk]
    with pytest.raises(IntegrityError, match=words):
        as_app(CLAIM, told, user=getattr(cast, actor))


def test_raw_sql_opens_no_second_claim_and_reopens_none(in_review, cast, as_app):
    claim = claimed(in_review, by=cast.ben)
    with pytest.raises(IntegrityError, match="one_open_claim"):
        as_app(CLAIM, [in_review.workspace_id, in_review.pk, cast.sofia.pk], user=cast.sofia)
    with acting_as(cast.ben):
        claim.release(by=cast.ben)
    with pytest.raises(IntegrityError, match="has ended"):
        as_app("UPDATE cases_reviewclaim SET status = 'open', ended_at = NULL", user=cast.ben)


def test_raw_sql_claims_nothing_that_is_not_in_review(draft, cast, as_app):
    with pytest.raises(IntegrityError, match="in review"):
        as_app(CLAIM, [draft.workspace_id, draft.pk, cast.ben.pk], user=cast.ben)


def test_raw_sql_does_not_conclude_under_anothers_claim(in_review, cast, as_app):
    claimed(in_review, by=cast.ben)
    with pytest.raises(IntegrityError, match="claimed this review"):
        as_app(
            """INSERT INTO cases_review (id, workspace_id, marking, state_note, attribution_id, round, reviewer_id,
               conclusion, reasons, interests)
               VALUES (gen_random_uuid(), %s, 'amber', '', %s, 1, %s, 'concur', '', 'None.')""",
            [in_review.workspace_id, in_review.pk, cast.sofia.pk],
            user=cast.sofia,
        )
