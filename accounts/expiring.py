"""Mail to the owners of tokens that soon expire. A token is no record, so no bell rings for it."""

import logging
from itertools import groupby

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, User

log = logging.getLogger(__name__)


def tell_of_expiring() -> int:
    """Mail what expires soon to those it acts for, each token once. Returns how many mails went out."""
    found = ApiToken.objects.live().expiring().filter(told_expiring_at=None)
    people = groupby(found.order_by("membership__user_id", "expires_at"), key=lambda token: token.membership.user)
    return sum(_mail(person, list(tokens)) for person, tokens in people)


def _mail(person: User, tokens: list[ApiToken]) -> bool:
    """A mail that fails is tried again the next day."""
    lines = [f"{one.name}, in {one.workspace}: {one.expires_at:%d %B %Y}" for one in tokens]
    body = "These API tokens of yours soon expire:\n\n{}\n\nMake new ones in time at {}{}".format(
        "\n".join(lines), settings.BASE_URL, reverse("tokens")
    )
    try:
        with transaction.atomic():
            ApiToken.objects.filter(pk__in=[one.pk for one in tokens]).update(told_expiring_at=timezone.now())
            send_mail("Attest: API tokens soon expire", body, None, [person.email])
    except OSError:  # the mail server is away
        log.warning("Owners could not be told of expiring tokens; it is tried again.", exc_info=True)
        return False
    return True
