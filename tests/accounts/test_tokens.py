"""Tokens: rotated, limited, revoked, told of before they expire."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.allowance import Allowance
from accounts.errors import IllegalStep, NotYours
from accounts.expiring import tell_of_expiring
from accounts.models import ApiToken, TokenEvent


def a_token(person, *, days=90, scope="write", **fields):
    return ApiToken.issue(
        by=person,
        membership=person.memberships.get(),
        name="sync",
        scope=scope,
        expires_at=timezone.now() + timedelta(days=days),
        **fields,
    )


def owe(token, seconds: int) -> None:
    """Leave the bucket of a token so that it takes this long to be full again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_tokenuse (token_id, full_at)"
            " VALUES (%s, clock_timestamp() + make_interval(secs => %s))"
            " ON CONFLICT (token_id) DO UPDATE SET full_at = EXCLUDED.full_at",
            [token.pk, seconds],
        )


def later(**spans):
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(**spans))


# --- Rotating ----------------------------------------------------------------------------------


def test_a_rotated_token_stays_the_same_token_with_another_secret(cast):
    token, old = a_token(cast.ana)
    new = token.rotate(by=cast.ana)
    found = ApiToken.find(new)
    assert (found.pk, found.name, found.expires_at) == (token.pk, "sync", token.expires_at)
    assert ApiToken.find(old) is None


def test_the_old_secret_lives_on_for_as_long_as_was_said(cast):
    token, old = a_token(cast.ana)
    new = token.rotate(by=cast.ana, grace_days=2)
    with later(days=1, hours=23):
        assert ApiToken.find(old).pk == ApiToken.find(new).pk == token.pk
        assert not ApiToken.find(old).is_itself
    with later(days=2, minutes=1):
        assert ApiToken.find(old) is None
        assert ApiToken.find(new).is_itself


def test_a_second_rotation_ends_the_grace_of_the_first(cast):
    token, oldest = a_token(cast.ana)
    older = token.rotate(by=cast.ana, grace_days=7)
    token.rotate(by=cast.ana, grace_days=7)
    assert ApiToken.find(oldest) is None
    assert ApiToken.find(older)


@pytest.mark.parametrize("days", [-1, 8])
def test_the_grace_has_its_bounds(cast, days):
    token, _ = a_token(cast.ana)
    with pytest.raises(ValidationError, match="0 to 7"):
        token.rotate(by=cast.ana, grace_days=days)


@pytest.mark.parametrize("name", ["ben", "sofia", "stella", "stranger"])
def test_nobody_rotates_the_token_of_another(cast, name):
    token, secret = a_token(cast.ana)
    with pytest.raises(NotYours):
        token.rotate(by=getattr(cast, name))
    assert ApiToken.find(secret)


@pytest.mark.parametrize("ending", ["revoked", "expired"])
def test_what_opens_nothing_is_not_rotated(cast, ending):
    token, _ = a_token(cast.ana)
    if ending == "revoked":
        token.revoke(by=cast.ana)
    with later(days=0 if ending == "revoked" else 91), pytest.raises(IllegalStep):
        token.rotate(by=cast.ana)


def test_of_two_rotations_of_what_was_read_the_second_is_told(cast):
    token, _ = a_token(cast.ana)
    copy = ApiToken.objects.get(pk=token.pk)
    token.rotate(by=cast.ana)
    with pytest.raises(IllegalStep, match="meanwhile"):
        copy.rotate(by=cast.ana)


def test_what_was_done_with_a_token_is_kept_and_never_changed(cast):
    token, _ = a_token(cast.ana)
    token.rotate(by=cast.ana, grace_days=1)
    token.set_limit(by=cast.sofia, requests_per_minute=60)
    token.revoke(by=cast.stella)
    told = [(each.step, each.by) for each in token.events.order_by("pk")]
    people = [cast.ana, cast.ana, cast.sofia, cast.stella]
    assert told == list(zip(["issued", "rotated", "limited", "revoked"], people, strict=True))
    with pytest.raises(ProgrammingError), transaction.atomic():
        TokenEvent.objects.update(note="never happened")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_tokenevent")


def test_a_membership_that_ends_leaves_word_of_the_tokens_it_took(cast):
    token, secret = a_token(cast.ana)
    token.membership.end(by=cast.sofia)
    assert ApiToken.find(secret) is None
    assert token.events.get(step="revoked").by == cast.sofia


def test_a_new_secret_is_shown_once_on_the_page(client, cast):
    token, old = a_token(cast.ana)
    client.force_login(cast.ana)
    page = client.post(reverse("token_rotate", args=[token.pk]), {"grace_days": "1"}).content.decode()
    secret = re.search(r"att_[\w-]{20,}", page).group()
    assert ApiToken.find(secret).pk == ApiToken.find(old).pk == token.pk
    listed = client.get(reverse("tokens")).content.decode()
    assert secret not in listed
    assert "old secret until" in listed
    assert "Rotated by Ana, old secret kept 1 d" in listed


def test_a_refused_rotation_is_told_in_the_form(client, cast):
    token, _ = a_token(cast.ana)
    token.revoke(by=cast.ana)
    client.force_login(cast.ana)
    answer = client.post(reverse("token_rotate", args=[token.pk]), {"grace_days": "1"})
    assert (answer.status_code, "was revoked" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["ben", "sofia", "stranger"])
def test_rotating_is_there_for_the_owner_only(client, cast, name):
    token, _ = a_token(cast.ana)
    client.force_login(getattr(cast, name))
    assert client.get(reverse("token_rotate", args=[token.pk])).status_code == 404
    assert client.post(reverse("token_rotate", args=[token.pk]), {"grace_days": "0"}).status_code == 404


# --- Those who keep the room -------------------------------------------------------------------


@pytest.mark.parametrize(("name", "sees"), [("sofia", True), ("stella", True), ("ana", False), ("vera", False)])
def test_who_keeps_the_room_sees_its_tokens(client, cast, east, name, sees):
    a_token(cast.ana)
    client.force_login(getattr(cast, name))
    page = client.get(reverse("workspace", args=[east.slug])).content.decode()
    assert ("att_" in page) is sees


def test_who_keeps_the_room_revokes_and_limits(client, cast, east):
    token, secret = a_token(cast.ana)
    client.force_login(cast.stella)
    there = reverse("workspace", args=[east.slug])
    assert client.post(reverse("token_limit", args=[token.pk]), {"requests_per_minute": "60"}).url == there
    assert ApiToken.find(secret).allowance.per_minute == 60
    assert client.post(reverse("token_revoke", args=[token.pk])).url == there
    assert ApiToken.find(secret) is None


@pytest.mark.parametrize(("name", "status"), [("ana", 403), ("ben", 404), ("vera", 404), ("stranger", 404)])
def test_nobody_else_limits_a_token(client, cast, name, status):
    token, _ = a_token(cast.ana)
    client.force_login(getattr(cast, name))
    assert client.post(reverse("token_limit", args=[token.pk]), {"requests_per_minute": "60"}).status_code == status
    token.refresh_from_db()
    assert token.requests_per_minute is None


@pytest.mark.parametrize("asked", ["9", "6001"])
def test_a_limit_has_its_bounds(client, cast, asked):
    token, _ = a_token(cast.ana)
    client.force_login(cast.sofia)
    answer = client.post(reverse("token_limit", args=[token.pk]), {"requests_per_minute": asked})
    assert (answer.status_code, "From 10 to 6000" in answer.content.decode()) == (422, True)


def test_an_empty_limit_is_the_default(cast, settings):
    settings.API_REQUESTS_PER_MINUTE = 300
    token, _ = a_token(cast.ana)
    token.set_limit(by=cast.sofia, requests_per_minute=60)
    token.set_limit(by=cast.sofia, requests_per_minute=None)
    assert token.limit == 300


# --- Expiring ----------------------------------------------------------------------------------


def test_owners_are_told_once_of_what_expires_within_two_weeks(cast):
    a_token(cast.ana, days=13)
    a_token(cast.ana, days=15)
    a_token(cast.ben, days=1)
    a_token(cast.sofia, days=1)[0].revoke(by=cast.sofia)
    assert tell_of_expiring() == 2
    assert {each.to[0] for each in mail.outbox} == {cast.ana.email, cast.ben.email}
    assert tell_of_expiring() == 0


def test_a_mail_that_fails_goes_out_the_next_time(cast):
    a_token(cast.ana, days=13)
    with mock.patch("accounts.expiring.send_mail", side_effect=OSError):
        assert tell_of_expiring() == 0
    assert tell_of_expiring() == 1


def test_the_page_says_what_expires_soon(client, cast):
    a_token(cast.ana, days=13)
    client.force_login(cast.ana)
    assert "Soon" in client.get(reverse("tokens")).content.decode()


# --- The bucket --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owed", "spent", "left", "full_in", "wait"),
    [
        (0.1, False, 599, 1, 1),
        (30.0, False, 300, 30, 1),
        (60.0, False, 0, 60, 1),
        (60.1, True, 0, 60, 1),
        (63, True, 0, 60, 3),
    ],
)
def test_what_is_left_follows_from_what_is_owed(owed, spent, left, full_in, wait):
    allowance = Allowance(600, owed)
    assert (allowance.is_spent, allowance.left, allowance.full_in, allowance.wait) == (spent, left, full_in, wait)


@pytest.mark.parametrize("per_minute", [10, 70, 600, 7000])
def test_a_full_bucket_gives_exactly_its_number(cast, per_minute, settings):
    settings.API_MOST_REQUESTS_PER_MINUTE = 60000
    token, _ = a_token(cast.ana)
    price = 60 / per_minute
    with connection.cursor() as cursor:
        cursor.execute("SELECT token_take(%s, %s) FROM generate_series(1, %s)", [token.pk, per_minute, per_minute + 5])
        owed = [row[0] for row in cursor.fetchall()]
    assert [Allowance(per_minute, each).is_spent for each in owed] == [False] * per_minute + [True] * 5
    assert owed[0] == pytest.approx(price, abs=0.001)
