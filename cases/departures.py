"""When a member leaves, or loses a role or a clearance, the reviews that they held are free again."""

from django.dispatch import receiver

from accounts.signals import membership_changed
from cases.models import ReviewClaim
from ledger.acting import as_owner


@receiver(membership_changed, dispatch_uid="cases.release_what_they_held")
def release_what_they_held(sender, *, membership, **kwargs) -> None:
    """Past the wall: who keeps the members need not be cleared for what they reviewed."""
    with as_owner():
        held = ReviewClaim.objects.lost().filter(reviewer=membership.user_id, workspace=membership.workspace_id)
        release(held)


def release(claims) -> int:
    """Release claims in the system's name. Answers how many there were."""
    lost = list(claims.select_related("attribution__author", "reviewer"))
    for each in lost:
        each.lapse()
    return len(lost)
