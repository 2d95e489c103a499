"""Approving: who may, when, and what stands afterwards."""

import hashlib
import json

import pytest
import rfc8785
from django.db import IntegrityError

from accounts.errors import IllegalStep, NotYours
from accounts.models import ApiToken
from cases.models import Attribution, Citation, Dissent, Review, SealedPacket
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from tests import making


def test_a_supervisor_approves_what_the_gate_lets_pass(approved, cast):
    with acting_as(cast.vera):
        seen = Attribution.objects.get(pk=approved.pk)
    assert (seen.status, seen.approver_id) == ("approved", cast.sofia.pk)
    assert seen.gate_result["passed"] is True


def test_the_seal_is_the_hash_of_the_canonical_packet(approved, cast):
    with acting_as(cast.vera):
        packet = SealedPacket.objects.get(attribution=approved)
    assert hashlib.sha256(packet.canonical.encode()).hexdigest() == approved.seal
    assert rfc8785.dumps(json.loads(packet.canonical)).decode() == packet.canonical


def test_the_packet_holds_quotes_and_file_hashes(approved, cast):
    with acting_as(cast.vera):
        told = json.loads(SealedPacket.objects.get(attribution=approved).canonical)
        files = {each["file_sha256"] for each in told["citations"]}
    assert {each["quote"] for each in told["citations"]} == set(making.WORDS.values())
    assert all(len(each) == 64 for each in files)


def test_what_the_gate_refuses_stays_in_review_and_says_why(cast, east):
    with acting_as(cast.ana):
        thin = making.an_attribution(by=cast.ana, workspace=east)
        item = making.an_item(by=cast.ana, workspace=east, text="Words to cite.")
        thin.cite(by=cast.ana, passage=making.a_passage(by=cast.ana, item=item, quote="Words"), supports="impact")
    making.concurred(making.submitted(thin, by=cast.ana), by=cast.ben)
    with acting_as(cast.sofia), pytest.raises(IllegalStep) as refusal:
        thin.approve(by=cast.sofia)
    assert {"elements", "independence", "legal"} <= {c.key for c in refusal.value.checks if c.outcome == "failed"}
    with acting_as(cast.sofia):
        assert Attribution.objects.get(pk=thin.pk).status == "in_review"
        assert not SealedPacket.objects.filter(attribution=thin).exists()


@pytest.mark.parametrize("name", ["ana", "ben", "vera", "stella"])
def test_nobody_but_a_supervisor_approves(reviewed, cast, name):
    person = getattr(cast, name)
    with acting_as(person), pytest.raises(NotYours):
        reviewed.approve(by=person)


def test_a_superuser_without_the_role_does_not_approve(reviewed, cast):
    cast.nobody.is_superuser = cast.nobody.is_staff = True
    cast.nobody.save()
    with acting_as(cast.nobody), pytest.raises(NotYours):
        reviewed.approve(by=cast.nobody)


def test_a_supervisor_does_not_approve_their_own_work(cast, east):
    with acting_as(cast.sofia):
        own = making.a_ready_attribution(by=cast.sofia, workspace=east)
    making.concurred(making.submitted(own, by=cast.sofia), by=cast.ben)
    with acting_as(cast.sofia), pytest.raises(NotYours):
        own.approve(by=cast.sofia)


def test_a_co_author_neither_reviews_nor_approves(draft, cast):
    with acting_as(cast.ana):
        draft.add_co_author(by=cast.ana, person=cast.sofia)
        draft.submit(by=cast.ana)
    with acting_as(cast.sofia):
        with pytest.raises(NotYours):
            Review.conclude(by=cast.sofia, attribution=draft, conclusion="concur", interests="None.")
        with pytest.raises(NotYours):
            draft.approve(by=cast.sofia)


def test_a_token_never_approves_returns_or_reviews(reviewed, cast):
    membership = cast.sofia.memberships.get()
    token, _ = ApiToken.issue(
        by=cast.sofia,
        membership=membership,
        name="sync",
        scope="write",
        expires_at=reviewed.created_at.replace(year=2100),
    )
    with acting_as(cast.sofia, token=token):
        for refused in (
            lambda: reviewed.approve(by=cast.sofia),
            lambda: reviewed.return_(by=cast.sofia, reason="No."),
            lambda: Review.conclude(by=cast.sofia, attribution=reviewed, conclusion="concur", interests="None."),
        ):
            with pytest.raises(NotYours, match="token"):
                refused()


@pytest.mark.parametrize("step", ["draft", "approved"])
def test_only_what_is_in_review_is_approved(request, cast, step):
    attribution = request.getfixturevalue(step)
    with acting_as(cast.sigrid), pytest.raises(IllegalStep, match="in review"):
        attribution.approve(by=cast.sigrid)


def test_the_approver_is_not_the_only_reviewer(in_review, cast):
    making.concurred(in_review, by=cast.sofia)
    with acting_as(cast.sofia), pytest.raises(IllegalStep) as refusal:
        in_review.approve(by=cast.sofia)
    assert [c.key for c in refusal.value.checks if c.outcome == "failed"] == ["people"]


def test_a_dissent_waits_for_its_answer(in_review, cast):
    with acting_as(cast.ben):
        Review.conclude(
            by=cast.ben, attribution=in_review, conclusion="dissent", reasons="Too thin.", interests="None."
        )
    with acting_as(cast.sofia), pytest.raises(IllegalStep) as refusal:
        in_review.approve(by=cast.sofia)
    assert [c.key for c in refusal.value.checks if c.outcome == "failed"] == ["dissent"]
    with acting_as(cast.sofia):
        Dissent.objects.get().give_answer(by=cast.sofia, answer="It is not.")
        in_review.approve(by=cast.sofia)
    assert in_review.status == "approved"


def test_an_answer_is_given_once_and_not_by_the_dissenter(in_review, cast):
    with acting_as(cast.sigrid):
        Review.conclude(by=cast.sigrid, attribution=in_review, conclusion="dissent", reasons="No.", interests="None.")
        with pytest.raises(NotYours):
            Dissent.objects.get().give_answer(by=cast.sigrid, answer="Yes.")
    with acting_as(cast.sofia):
        Dissent.objects.get().give_answer(by=cast.sofia, answer="Still.")
        with pytest.raises(IllegalStep):
            Dissent.objects.get().give_answer(by=cast.sofia, answer="Again.")


def test_in_review_nothing_moves_underneath(in_review, cast):
    with acting_as(cast.ana):
        with pytest.raises(IllegalStep):
            in_review.change(by=cast.ana, statement="Another one.")
        with pytest.raises(IllegalStep):
            Citation.objects.first().withdraw(by=cast.ana, reason="Changed my mind.")
        with pytest.raises(IllegalStep):
            in_review.cite(by=cast.ana, passage=Citation.objects.first().passage, supports="contrary")


def test_a_return_says_what_to_mend_and_opens_the_draft(reviewed, cast):
    with acting_as(cast.sofia):
        reviewed.return_(by=cast.sofia, reason="Cite the decree.")
    with acting_as(cast.ana):
        reviewed.change(by=cast.ana, gaps="The decree is not public.")
        reviewed.submit(by=cast.ana)
        assert (reviewed.status, reviewed.round) == ("in_review", 2)
        assert not reviewed.reviews_of_this_round().exists()


def test_only_an_author_submits_and_only_with_a_citation(draft, cast, east):
    with acting_as(cast.ben), pytest.raises(NotYours):
        draft.submit(by=cast.ben)
    with acting_as(cast.ana):
        bare = making.an_attribution(by=cast.ana, workspace=east)
        with pytest.raises(IllegalStep, match="Cite"):
            bare.submit(by=cast.ana)


def test_an_approved_attribution_is_withdrawn_by_a_supervisor_with_a_reason(approved, cast):
    with acting_as(cast.sigrid):
        approved.withdraw(by=cast.sigrid, reason="The source recanted.")
    assert (approved.status, approved.state_note) == ("withdrawn", "The source recanted.")


def test_a_later_version_supersedes_the_earlier_one_when_approved(approved, cast):
    with acting_as(cast.ana):
        later = approved.revise(by=cast.ana)
        assert later.citations.count() == approved.citations.count()
        later.submit(by=cast.ana)
    making.concurred(later, by=cast.ben)
    with acting_as(cast.sofia):
        later.approve(by=cast.sofia)
        assert Attribution.objects.get(pk=approved.pk).status == "superseded"


def test_an_approval_goes_stale_when_its_ground_gives_way(approved, cast):
    with acting_as(cast.ana):
        for citation in approved.citations.filter(supports="coordination")[:2]:
            citation.passage.item.withdraw(by=cast.ana, reason="Found to be forged.")
        fallen = Attribution.objects.get(pk=approved.pk)
    assert fallen.status == "stale"
    assert "forged" in fallen.state_note
    assert fallen.seal == approved.seal


def test_an_approval_that_still_holds_stays_approved(approved, cast, east):
    with acting_as(cast.ana):
        making.an_item(by=cast.ana, workspace=east).withdraw(by=cast.ana, reason="Not used.")
        assert Attribution.objects.get(pk=approved.pk).status == "approved"


# --- The database's own refusals, by raw SQL as the serving role ---------------------------------

APPROVE = """UPDATE cases_attribution SET status = 'approved', approver_id = %s, approved_at = now(),
             seal = %s, gate_result = '{"passed": true}' WHERE id = %s"""


def _sealed(attribution, cast) -> str:
    canonical = "{}"
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    with acting_as(cast.sofia):
        SealedPacket.add(
            by=cast.sofia,
            attribution=attribution,
            round=attribution.round,
            canonical=canonical,
            sha256=sha256,
            policy="x",
        )
    return sha256


def test_raw_sql_does_not_approve_ones_own_work(cast, east, as_app):
    with acting_as(cast.sofia):
        own = making.a_ready_attribution(by=cast.sofia, workspace=east)
    making.concurred(making.submitted(own, by=cast.sofia), by=cast.ben)
    with pytest.raises(IntegrityError, match="own work"):
        as_app(APPROVE, [cast.sofia.pk, _sealed(own, cast), own.pk], user=cast.sofia)


def test_raw_sql_does_not_approve_in_anothers_name(reviewed, cast, as_app):
    with pytest.raises(IntegrityError, match="Who approves is who acts"):
        as_app(APPROVE, [cast.sofia.pk, _sealed(reviewed, cast), reviewed.pk], user=cast.sigrid)


def test_raw_sql_does_not_approve_without_an_active_citation(reviewed, cast, as_app):
    seal = _sealed(reviewed, cast)
    with acting_as(cast.ana):
        for item in EvidenceItem.objects.all():
            item.withdraw(by=cast.ana, reason="Gone.")
    with pytest.raises(IntegrityError, match="without a citation"):
        as_app(APPROVE, [cast.sofia.pk, seal, reviewed.pk], user=cast.sofia)


def test_raw_sql_does_not_approve_a_state_without_a_third_person(in_review, cast, as_app):
    with pytest.raises(IntegrityError, match="third person"):
        as_app(APPROVE, [cast.sofia.pk, _sealed(in_review, cast), in_review.pk], user=cast.sofia)


def test_raw_sql_does_not_approve_under_a_wrong_seal(reviewed, cast, as_app):
    with pytest.raises(IntegrityError, match="seal"):
        as_app(APPROVE, [cast.sofia.pk, "0" * 64, reviewed.pk], user=cast.sofia)


def test_raw_sql_by_a_reviewer_does_not_approve(reviewed, cast, as_app):
    with pytest.raises(IntegrityError, match="supervisor"):
        as_app(APPROVE, [cast.ben.pk, _sealed(reviewed, cast), reviewed.pk], user=cast.ben)


@pytest.mark.parametrize(
    "change",
    [
        "status = 'approved'",
        "author_id = approver_id",
        "status = 'stale', state_note = 'x'",
        "round = 7, statement = 'x'",
    ],
)
def test_raw_sql_does_not_jump_or_rewrite(reviewed, cast, as_app, change):
    with pytest.raises(IntegrityError):
        as_app(f"UPDATE cases_attribution SET {change} WHERE id = %s", [reviewed.pk], user=cast.sofia)


def test_raw_sql_does_not_change_an_approval(approved, cast, as_app):
    with pytest.raises(IntegrityError, match="approval"):
        as_app(f"UPDATE cases_attribution SET seal = '{'1' * 64}' WHERE id = %s", [approved.pk], user=cast.sofia)


def test_raw_sql_does_not_move_citations_in_review(reviewed, cast, as_app):
    with pytest.raises(IntegrityError, match="citations cannot be changed"):
        as_app("UPDATE cases_citation SET status = 'withdrawn'", user=cast.ana)


def test_raw_sql_does_not_review_ones_own_work(in_review, cast, as_app):
    with pytest.raises(IntegrityError, match="own work"):
        as_app(
            """INSERT INTO cases_review (id, workspace_id, marking, state_note, attribution_id, round, reviewer_id,
               conclusion, reasons, interests)
               VALUES (gen_random_uuid(), %s, 'amber', '', %s, 1, %s, 'concur', '', '')""",
            [in_review.workspace_id, in_review.pk, cast.ana.pk],
            user=cast.ana,
        )
