"""What tests of the pages of responses share."""

import pytest

from ledger.acting import acting_as
from policy.models import PolicyResponse
from tests.policy import proposing


@pytest.fixture
def enter(client, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False

    def as_person(person):
        client.force_login(person)
        return client

    return as_person


@pytest.fixture
def proposed(approved, cast):
    def of(kind: str) -> PolicyResponse:
        with acting_as(cast.ana):
            return proposing.ready(kind, by=cast.ana, attribution=approved)

    return of
