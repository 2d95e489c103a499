"""Each kind of response, from proposal to its end, and each check that refuses."""

import pytest

from accounts.errors import IllegalStep, NotYours
from ledger.acting import acting_as
from policy.workflow import Basis, Status
from tests.policy import proposing


def reviewed(response, cast):
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    with acting_as(cast.ben):
        proposing.concur(response, by=cast.ben)
    return response


@pytest.mark.parametrize("kind", proposing.READY)
def test_each_kind_goes_from_proposal_to_completed(approved, cast, kind):
    with acting_as(cast.ana):
        response = proposing.ready(kind, by=cast.ana, attribution=approved)
    reviewed(response, cast)
    with acting_as(cast.sofia):
        response.approve(by=cast.sofia)
        assert response.seal == response.packets.get().sha256
    with acting_as(cast.ana):
        response.put_in_force(by=cast.ana)
        response.complete(by=cast.ana)
    assert response.status == Status.COMPLETED


def test_nobody_approves_their_own_response(approved, cast):
    with acting_as(cast.sofia):
        response = proposing.ready("diplomatic_protest", by=cast.sofia, attribution=approved)
        response.submit(by=cast.sofia)
    with acting_as(cast.ben):
        proposing.concur(response, by=cast.ben)
    with acting_as(cast.sofia), pytest.raises(NotYours):
        response.approve(by=cast.sofia)


def test_a_stale_attribution_puts_the_basis_in_question(approved, cast):
    with acting_as(cast.ana):
        response = proposing.ready("diplomatic_protest", by=cast.ana, attribution=approved)
    reviewed(response, cast)
    with acting_as(cast.sofia):
        response.approve(by=cast.sofia)
    with acting_as(cast.ana):
        approved.citations.first().passage.item.withdraw(by=cast.ana, reason="Forged.")
        response.refresh_from_db()
        assert (response.basis, "stale" in response.basis_note) == (Basis.IN_QUESTION, True)
        with pytest.raises(IllegalStep, match="in question"):
            response.put_in_force(by=cast.ana)
    with acting_as(cast.sofia):
        response.confirm_basis(by=cast.sofia, reason="Two other origins carry it.")
        response.put_in_force(by=cast.sofia)
    assert response.status == Status.IN_FORCE


def test_a_border_measure_without_an_end_is_refused(approved, cast):
    with acting_as(cast.ana):
        response = proposing.ready("border_enforcement", by=cast.ana, attribution=approved)
        response.border_enforcement.change(by=cast.ana, ends=None)
    reviewed(response, cast)
    with acting_as(cast.sofia), pytest.raises(IllegalStep) as refusal:
        response.approve(by=cast.sofia)
    assert [check.key for check in refusal.value.checks if check.outcome == "failed"] == ["border"]
