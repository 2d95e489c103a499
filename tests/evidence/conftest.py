"""What tests of expunging begin with."""

import pytest
from django.core.management import call_command
from django.db import connection

from evidence.models import EvidenceItem
from ledger.acting import acting_as, as_owner
from tests import making
from tests.evidence.expunging import TEXT


@pytest.fixture
def item(cast, east) -> EvidenceItem:
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, text=TEXT)


@pytest.fixture
def no_jobs():
    """Background jobs that a transactional test leaves go with it: their table is not emptied with the others."""
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def verified():
    """Whatever was done, the ledger verifies afterwards."""
    yield
    call_command("ledger", "checkpoint")
    call_command("ledger", "verify")
