"""What becomes of responses when what they rest on moves.

PostgreSQL puts the basis of a response in question (`response_basis_falls`); here its owner is told of it,
and whoever asks beforehand is told which responses would be concerned.
"""

from django.dispatch import receiver

from cases.signals import asks_what_falls, attribution_moved, claim_withdrawn
from ledger.acting import as_owner
from policy import telling
from policy.models import PolicyResponse


@receiver(attribution_moved, dispatch_uid="policy.attribution_moved")
def tell_owners(sender, *, attributions, **kwargs) -> None:
    """Owners learn of it even if who took the ground away may not read the response."""
    with as_owner():
        concerned = list(PolicyResponse.objects.resting_on(attributions).in_question())
    telling.basis_in_question(concerned)


@receiver(claim_withdrawn, dispatch_uid="policy.claim_withdrawn")
def tell_owners_of_repeated_claim(sender, *, claim, **kwargs) -> None:
    with as_owner():
        concerned = list(PolicyResponse.objects.repeating(claim).in_question())
    telling.basis_in_question(concerned)


@receiver(asks_what_falls, dispatch_uid="policy.what_falls")
def responses_in_question(sender, *, attributions, **kwargs) -> list[dict[str, str]]:
    """The responses whose basis would be in question if these attributions fell, as the reader may see them."""
    resting = PolicyResponse.objects.resting_on(attributions).order_by("-pk")
    return [
        {"label": str(each), "url": each.get_absolute_url(), "status": each.get_status_display()} for each in resting
    ]
