"""Responses as far as a test needs them."""

import pytest

from ledger.acting import acting_as
from policy.models import PolicyResponse
from tests.policy import proposing


@pytest.fixture
def reach(approved, cast):
    """A response of a kind that Ana proposed, brought as far as a status by those who may."""

    def bring(status: str = "proposed", kind: str = "diplomatic_protest") -> PolicyResponse:
        with acting_as(cast.ana):
            response = proposing.ready(kind, by=cast.ana, attribution=approved)
        path = {
            "in_review": ["in_review"],
            "approved": ["in_review", "approved"],
            "in_force": ["in_review", "approved", "in_force"],
            "completed": ["in_review", "approved", "in_force", "completed"],
            "declined": ["in_review", "declined"],
            "withdrawn": ["withdrawn"],
        }
        for each in path.get(status, []):
            _onwards(response, each, cast)
        return response

    return bring


def _onwards(response: PolicyResponse, status: str, cast) -> None:
    if status == "in_review":
        with acting_as(cast.ana):
            response.submit(by=cast.ana)
        with acting_as(cast.ben):
            proposing.concur(PolicyResponse.objects.get(pk=response.pk), by=cast.ben)
        return
    verbs = {
        "approved": (cast.sofia, "approve", {}),
        "declined": (cast.sofia, "decline", {"reason": "Too early."}),
        "in_force": (cast.ana, "put_in_force", {}),
        "completed": (cast.ana, "complete", {}),
        "withdrawn": (cast.ana, "withdraw", {"reason": "Overtaken."}),
    }
    person, verb, words = verbs[status]
    with acting_as(person):
        getattr(response, verb)(by=person, **words)
