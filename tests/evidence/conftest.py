"""What tests of expunging begin with."""

import pytest
from django.core.management import call_command

from evidence.models import EvidenceItem
from ledger.acting import acting_as
from tests import making
from tests.evidence.expunging import TEXT


@pytest.fixture
def item(cast, east) -> EvidenceItem:
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, text=TEXT)


@pytest.fixture
def verified():
    """Whatever was done, the ledger verifies afterwards."""
    yield
    call_command("ledger", "checkpoint")
    call_command("ledger", "verify")
