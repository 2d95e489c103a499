"""Two at once, on two real connections: one wins, the other is told."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from accounts.errors import IllegalStep
from ledger.acting import acting_as
from policy.models import PolicyResponse
from tests.cases.test_at_once import acting, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(response) -> PolicyResponse:
    return PolicyResponse.objects.get(pk=response.pk)


def test_two_supervisors_decide_and_one_of_them_is_told(reach, cast):
    response = reach("in_review")
    answers = at_once(
        acting(cast.sofia, lambda: fresh(response).approve(by=cast.sofia)),
        acting(cast.sigrid, lambda: fresh(response).decline(by=cast.sigrid, reason="Too early.")),
    )
    refused = [each for each in answers if each is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], (IllegalStep, DatabaseError))
    with acting_as(cast.ana):
        stored = fresh(response)
        assert stored.status in ("approved", "declined")
        assert stored.packets.count() == (stored.status == "approved")


def test_what_is_approved_still_rests_on_what_was_withdrawn_at_the_same_moment_or_is_in_question(reach, approved, cast):
    response = reach("in_review")
    at_once(
        acting(cast.sofia, lambda: fresh(response).approve(by=cast.sofia)),
        acting(cast.ana, lambda: type(approved).objects.get(pk=approved.pk).withdraw(by=cast.ana, reason="Wrong.")),
    )
    with acting_as(cast.ana):
        stored, ground = fresh(response), type(approved).objects.get(pk=approved.pk)
    assert ground.status == "approved" or stored.basis == "in_question"


def test_a_part_taken_away_during_submission_is_either_gone_before_or_refused(reach, cast):
    response = reach("proposed")
    with acting_as(cast.ana):
        relied = response.provisions.get()
    answers = at_once(
        acting(cast.ana, lambda: fresh(response).submit(by=cast.ana)),
        acting(cast.ana, lambda: type(relied).objects.get(pk=relied.pk).withdraw(by=cast.ana, reason="No.")),
    )
    assert answers[0] is None
    assert answers[1] is None or isinstance(answers[1], (IllegalStep, ValidationError, DatabaseError))
    with acting_as(cast.ana):
        assert fresh(response).status == "in_review"
