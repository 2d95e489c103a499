"""Notifications by mail, built as the receiver: they hold only what that person may read now.

Mail leaves our walls, so of a record marked above TLP:AMBER it says nothing but that there is one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Digest, Marking
from accounts.models import User
from ledger.acting import acting_as
from ledger.kinds import name_of
from ledger.models import Notification, Record

MAILED_BY_NAME = Marking.AMBER
"""The strictest marking whose records are named in mail."""

LINES = 100
"""Notifications in one mail."""

UNNAMED = "A record at TLP:AMBER+STRICT or above"

log = logging.getLogger(__name__)


def mail_digests(digest: str) -> int:
    """Mail what waits to those who chose this. Returns how many mails went out."""
    people = User.objects.filter(is_active=True, digest=digest).order_by("pk")
    return sum(mail_digest(person) for person in people)


def mail_digest(person: User) -> bool:
    """Mail a person what is unread and not mailed yet, once; a mail that fails is tried again next time."""
    with acting_as(person):
        waiting = Notification.objects.unread().filter(mailed_at=None)
        taken = waiting.select_for_update(skip_locked=True).order_by("-pk")[:LINES].shown()
        lines = [_line(each, each.about) for each in taken if each.about]
        _set_mailed(taken, timezone.now())
    if not lines:
        return False
    try:
        send_mail(_subject(len(lines)), _body(person, lines), None, [person.email])
    except OSError:  # the mail server is away
        log.warning("A digest could not be mailed; it is tried again.", exc_info=True)
        with acting_as(person):
            _set_mailed(taken, None)
        return False
    return True


def _set_mailed(taken: Iterable[Notification], when) -> None:
    Notification.objects.filter(pk__in=[each.pk for each in taken]).update(mailed_at=when)


def _line(notification: Notification, record: Record) -> str:
    """One notification in words, with the address at which the rest is read."""
    link = settings.BASE_URL + reverse("notification", args=[notification.pk])
    if Marking(record.marking).level > MAILED_BY_NAME.level:
        return f"{UNNAMED}\n{link}"
    said = f" {notification.sentence}" if notification.sentence else ""
    return f"{notification.get_event_display()}: {name_of(record)}.{said}\n{link}"


def _subject(number: int) -> str:
    return f"Attest: {number} notification{'' if number == 1 else 's'}"


def _body(person: User, lines: list[str]) -> str:
    how = Digest(person.digest).label.lower()
    choose = f"You get these {how}. Choose at {settings.BASE_URL}{reverse('profile')}"
    return "\n\n".join([*lines, choose])
