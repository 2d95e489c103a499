"""The demonstration's sharing: one product, handed to a partner by the same verb that people use."""

from __future__ import annotations

from accounts.models import User
from exchange.agreed import OF_THE_KIND, agreed_of
from exchange.models import Sharing
from ledger.acting import acting_as
from policy.models import PolicyResponse
from policy.workflow import Status


def load_sharings() -> bool:
    """Share with the first partner of the cooperation under way. False if that was done, or there is none."""
    analyst = User.objects.filter(email="analyst@demo.example").first()
    with acting_as(analyst):
        ours = PolicyResponse.objects.filter(response_kind=OF_THE_KIND, is_on_record=False, status=Status.APPROVED)
        response = ours.order_by("pk").first()
        if analyst is None or response is None or Sharing.objects.filter(response=response).exists():
            return False
        Sharing.share(by=analyst, response=response, partner=agreed_of(response).partners[0])
    return True
