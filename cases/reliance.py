"""Reliance: approvals outlive nothing that they rested on."""

from django.dispatch import receiver

from cases import gate
from cases.gathering import ground_of
from cases.models import Attribution
from evidence.models import EvidenceItem
from evidence.signals import asks_what_rests, ground_moved
from ledger.acting import as_owner

AT_MOST = 20
"""Names shown of what rests on an item."""


@receiver(ground_moved, dispatch_uid="cases.look_again")
def look_again(sender, *, by, reason: str, item=None, source=None, **kwargs) -> None:
    """Run the gate again on every approval that rests on what moved; those that fail become stale.

    It looks past the wall: what the person who moved the ground may not read falls all the same.
    """
    with as_owner():
        for attribution in Attribution.objects.approved().citing(_touched(item, source)):
            result = gate.evaluate(ground_of(attribution))
            if not result.is_passed:
                failing = " ".join(check.sentence for check in result.failed)
                attribution.go_stale(by=by, reason=f"{reason} {failing}")


def _touched(item, source):
    """The items whose weight may have changed: the one that moved and what repeats it, or all of a source."""
    if source is not None:
        return EvidenceItem.objects.filter(source=source)
    repeating, found = {item.pk}, {item.pk}
    while found:
        found = (
            set(EvidenceItem.objects.filter(derivations__original__in=found).values_list("pk", flat=True)) - repeating
        )
        repeating |= found
    return EvidenceItem.objects.filter(pk__in=repeating)


@receiver(asks_what_rests, dispatch_uid="cases.what_rests")
def what_rests(sender, *, item, **kwargs) -> list[dict[str, str]]:
    """Attributions that cite an item, as the one who asks may see them."""
    resting = Attribution.objects.citing([item.pk]).order_by("-pk")[:AT_MOST]
    return [
        {"label": str(each), "url": each.get_absolute_url(), "status": each.get_status_display()} for each in resting
    ]
