"""What the frame of every page needs: who, where, what waits."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.choices import REVIEWERS
from accounts.prepared import Prepared
from cases.models import Attribution
from ledger.addresses import address_of
from ledger.models import Notification

MOST_COUNTED = 99
"""Unread notifications counted for the bell; more are not told apart."""

PLACES = [
    ("Desk", "desk", "home"),
    ("Incidents", "incidents", "flag"),
    ("Actors", "actors", "users-group"),
    ("Corridors", "corridors", "route"),
    ("Evidence", "evidence_items", "file-text"),
    ("Sources", "sources", "books"),
    ("Attributions", "attributions", "target"),
    ("Review queue", "review_queue", "inbox"),
    ("Responses", "responses", "gavel"),
]


def frame(request: HttpRequest) -> dict:
    """Navigation, the number that waits in the review queue, and the product's name."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": {"product": "Attest", "is_demo": settings.MODE == "demo"}}
    here = request.resolver_match.url_name if request.resolver_match else ""
    return {
        "frame": {
            "product": "Attest",
            "is_demo": settings.MODE == "demo",
            "places": [
                {"label": label, "url": address_of(name), "icon": icon, "is_current": name == here, "name": name}
                for label, name, icon in PLACES
            ],
            "waiting": SimpleLazyObject(lambda: _waiting_for(user)),
            "unread": SimpleLazyObject(_unread),
        }
    }


def _unread() -> str:
    """How many notifications wait, of what may be read now; empty for none. One short query."""
    found = len(_unread_ids())
    return f"{MOST_COUNTED}+" if found > MOST_COUNTED else str(found or "")


@Prepared
def _unread_ids() -> QuerySet:
    return Notification.objects.unread().values_list("pk", flat=True)[: MOST_COUNTED + 1]


def _waiting_for(user) -> int:
    """How many attributions in review this person could conclude or decide on."""
    if not any(user.role_in(room.pk) in REVIEWERS for room in user.workspaces()):
        return 0
    return Attribution.objects.waiting_for(user).count()
