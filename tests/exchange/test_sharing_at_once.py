"""Sharing and recalling on two real connections at once."""

import pytest
from django.db import DatabaseError

from accounts.errors import IllegalStep
from evidence.models import EvidenceItem
from exchange.models import Sharing
from ledger.acting import acting_as
from ledger.models import LedgerEntry, Notification
from policy.models import PolicyResponse
from tests.cases.test_at_once import acting, at_once
from tests.exchange import sharing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cooperation(cast, approved):
    return sharing.approved(sharing.a_cooperation(cast, approved, marking="amber", agreed="amber"), cast)


def share(person, response) -> Sharing:
    response = PolicyResponse.objects.get(pk=response.pk)
    return Sharing.share(by=person, response=response, partner="Estonia", form="html")


def test_of_two_recalls_one_is_told_that_the_other_was_first(cast, cooperation):
    with acting_as(cast.ana):
        shared = share(cast.ana, cooperation)
    answers = at_once(
        acting(cast.ana, lambda: Sharing.objects.get(pk=shared.pk).recall(by=cast.ana, reason="Burnt.")),
        acting(cast.sofia, lambda: Sharing.objects.get(pk=shared.pk).recall(by=cast.sofia, reason="Wrong.")),
    )
    (refused,) = [each for each in answers if each is not None]
    assert isinstance(refused, (IllegalStep, DatabaseError))
    with acting_as(cast.ana):
        assert LedgerEntry.objects.filter(object_id=shared.pk, step="recall").count() == 1


def test_a_response_withdrawn_at_the_same_moment_is_shared_before_or_not_at_all(cast, cooperation):
    answers = at_once(
        acting(cast.ana, lambda: share(cast.ana, cooperation)),
        acting(
            cast.sofia,
            lambda: PolicyResponse.objects.get(pk=cooperation.pk).withdraw(by=cast.sofia, reason="Overtaken."),
        ),
    )
    with acting_as(cast.ana):
        made = Sharing.objects.filter(response=cooperation).count()
        withdrawn = PolicyResponse.objects.get(pk=cooperation.pk).status == "withdrawn"
    assert withdrawn
    assert isinstance(answers[0], Sharing) == bool(made)


def test_an_item_withdrawn_at_the_same_moment_is_either_not_shared_or_its_owner_is_told(cast, cooperation):
    with acting_as(cast.ana):
        item = cooperation.citations.first().passage.item
    at_once(
        acting(cast.ana, lambda: share(cast.ana, cooperation)),
        acting(cast.ben, lambda: EvidenceItem.objects.get(pk=item.pk).withdraw(by=cast.ben, reason="Forged.")),
    )
    with acting_as(cast.ana):
        fell = EvidenceItem.objects.get(pk=item.pk).status == "withdrawn"
        holds = Sharing.objects.filter(included__contains=[{"kind": "evidence_item", "id": str(item.pk)}]).exists()
        was_told = Notification.objects.filter(key=f"shared:{item.pk}").exists()
    assert was_told == (fell and holds)
