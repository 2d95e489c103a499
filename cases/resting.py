"""What is watched and rests on an item: named to whoever is about to withdraw it. Approvals: `reliance`."""

from django.dispatch import receiver

from cases.models import ActorRelation, CorridorPresence, FlowObservation
from cases.reliance import AT_MOST
from evidence.signals import asks_what_rests

WATCHED = [
    (CorridorPresence, ("actor", "corridor")),
    (ActorRelation, ("from_actor", "to_actor")),
    (FlowObservation, ()),
]


@receiver(asks_what_rests, dispatch_uid="cases.what_is_watched_rests")
def what_is_watched_rests(sender, *, item, **kwargs) -> list[dict[str, str]]:
    """Presences, relations and counts that come from words of an item, as the one who asks may see them."""
    return [
        {"label": str(each), "url": each.get_absolute_url(), "status": each.get_status_display()}
        for model, named in WATCHED
        for each in model.objects.filter(passage__item=item, status="active").select_related(*named)[:AT_MOST]
    ]
