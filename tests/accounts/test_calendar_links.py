"""The link to one's calendar: made, renewed and revoked on the profile page."""

import re

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from accounts.errors import IllegalStep, NotYours
from accounts.models import CalendarLink

ADDRESS = re.compile(r"http://127\.0\.0\.1:8000/calendar/([\w-]{40,})\.ics")


def made(client) -> str:
    """The secret in the answer to pressing the button."""
    return ADDRESS.search(client.post(reverse("calendar_link")).content.decode())[1]


def test_the_address_is_shown_once_and_only_its_hash_is_kept(client, cast):
    client.force_login(cast.ana)
    secret = made(client)
    assert not ADDRESS.search(client.get(reverse("profile")).content.decode())
    assert secret not in str(CalendarLink.objects.values())
    assert CalendarLink.find(secret).user == cast.ana


def test_renewing_stops_the_old_address(client, cast):
    client.force_login(cast.ana)
    old, new = made(client), made(client)
    assert CalendarLink.find(old) is None
    assert CalendarLink.find(new).user == cast.ana


def test_revoking_stops_it_and_there_is_nothing_to_revoke_twice(client, cast):
    client.force_login(cast.ana)
    secret = made(client)
    assert client.post(reverse("calendar_link_revoke")).url == reverse("profile")
    assert CalendarLink.find(secret) is None
    assert client.post(reverse("calendar_link_revoke")).status_code == 404


def test_of_two_who_revoke_at_once_the_second_is_told(cast):
    link, _ = CalendarLink.renew(by=cast.ana)
    second = CalendarLink.objects.get()
    link.revoke(by=cast.ana)
    with pytest.raises(IllegalStep):
        second.revoke(by=cast.ana)


def test_nobody_else_revokes_it(cast):
    link, secret = CalendarLink.renew(by=cast.ana)
    with pytest.raises(NotYours):
        link.revoke(by=cast.sofia)
    assert CalendarLink.find(secret)


def test_one_person_has_one_open_link(cast):
    CalendarLink.renew(by=cast.ana)
    with pytest.raises(IntegrityError):
        CalendarLink.objects.create(user=cast.ana, secret_sha256="x")


def test_the_last_use_is_noted_and_shown(client, cast):
    client.force_login(cast.ana)
    secret = made(client)
    assert "last used never" in client.get(reverse("profile")).content.decode()
    client.get(reverse("calendar", args=[secret]))
    assert CalendarLink.objects.get().last_used_at.date() == timezone.localdate()
    assert "last used never" not in client.get(reverse("profile")).content.decode()


@pytest.mark.parametrize("name", ["calendar_link", "calendar_link_revoke"])
def test_the_buttons_ask_for_a_sign_in_and_do_nothing_when_followed(client, cast, name):
    assert client.post(reverse(name)).status_code == 302
    client.force_login(cast.nobody)
    assert client.get(reverse(name)).status_code == 405
    assert not CalendarLink.objects.exists()
