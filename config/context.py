"""What the frame of every page needs: who, where, what waits."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.choices import REVIEWERS
from cases.models import Attribution

PLACES = [
    ("Desk", "desk", "home"),
    ("Incidents", "incidents", "flag"),
    ("Actors", "actors", "users-group"),
    ("Evidence", "evidence_items", "file-text"),
    ("Sources", "sources", "books"),
    ("Attributions", "attributions", "target"),
    ("Review queue", "review_queue", "inbox"),
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
                {"label": label, "url": reverse(name), "icon": icon, "is_current": name == here, "name": name}
                for label, name, icon in PLACES
            ],
            "waiting": SimpleLazyObject(lambda: _waiting_for(user)),
        }
    }


def _waiting_for(user) -> int:
    """How many attributions in review this person could conclude or decide on."""
    if not any(user.role_in(room.pk) in REVIEWERS for room in user.workspaces()):
        return 0
    return Attribution.objects.waiting_for(user).count()
