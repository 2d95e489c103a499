"""Coming in: invitations, sign-in, the second factor, tokens."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.errors import IllegalStep, NotYours
from accounts.models import ApiToken, Invitation, Membership, User, Workspace
from tests.fixtures import PASSWORD

INVITE = {"email": "New@Example.org", "role": "analyst", "clearance": "amber"}


def sign_in(client, person, **more):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD, **more})


def test_one_signs_in_by_address_whatever_its_case(client, cast):
    cast.ana.email = cast.ana.email.upper()
    assert sign_in(client, cast.ana).url == "/"
    assert client.get("/").status_code == 200


def test_a_wrong_password_says_nothing_of_who_exists(client, cast):
    known = client.post(reverse("account_login"), {"login": cast.ana.email, "password": "wrong"})
    unknown = client.post(reverse("account_login"), {"login": "x@example.org", "password": "wrong"})
    assert known.context["form"].errors == unknown.context["form"].errors


def test_nobody_signs_up_by_themselves(client, db):
    assert "closed" in client.get(reverse("account_signup")).content.decode().lower()


def test_passwords_are_kept_by_argon2(settings, db):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    person = User.objects.create_user("a@example.org", PASSWORD, name="A")
    assert person.password.startswith("argon2$")


def test_an_invited_person_joins_with_the_role_and_clearance_offered(
    client, cast, east, django_capture_on_commit_callbacks
):
    client.force_login(cast.sofia)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(reverse("invite", args=[east.slug]), INVITE).content.decode()
    link = re.search(r"/invitations/[\w-]+/", page).group()
    assert link in mail.outbox[0].body
    client.logout()
    joined = client.post(link, {"name": "Newcomer", "password": "a very long phrase"})
    assert joined.url == "/"
    membership = Membership.objects.get(user__email="new@example.org")
    assert (membership.role, membership.clearance, membership.workspace) == ("analyst", "amber", east)
    assert client.get(link).status_code == 410


def test_a_weak_password_is_refused_and_the_invitation_stays_open(client, cast, east):
    _, secret = east.invite(by=cast.sofia, **INVITE)
    answer = client.post(reverse("invitation", args=[secret]), {"name": "Newcomer", "password": "short"})
    assert answer.status_code == 422
    assert not User.objects.filter(email="new@example.org").exists()
    assert Invitation.open_by(secret)


def test_a_known_person_signs_in_first_and_then_accepts(client, cast, west):
    _, secret = west.invite(by=cast.stranger, email=cast.ana.email, role="viewer", clearance="green")
    link = reverse("invitation", args=[secret])
    assert client.get(link).url.startswith(reverse("account_login"))
    client.force_login(cast.ana)
    client.post(link)
    assert cast.ana.memberships.get(workspace=west).role == "viewer"


def test_an_invitation_is_for_its_address_only(client, cast, west):
    invitation, secret = west.invite(by=cast.stranger, **INVITE)
    with pytest.raises(NotYours):
        invitation.accept(by=cast.ana)
    client.force_login(cast.ana)
    assert client.post(reverse("invitation", args=[secret])).status_code == 403


@pytest.mark.parametrize("ending", ["revoked", "expired", "unknown"])
def test_a_link_that_is_not_open_opens_nothing(client, cast, east, ending):
    invitation, secret = east.invite(by=cast.sofia, **INVITE)
    if ending == "revoked":
        invitation.revoke(by=cast.stella)
    elif ending == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        secret = "unknown"
    assert client.get(reverse("invitation", args=[secret])).status_code == 410


@pytest.mark.parametrize("name", ["ana", "ben", "vera", "stranger", "nobody"])
def test_only_those_who_keep_the_room_invite(client, cast, east, name):
    client.force_login(getattr(cast, name))
    expected = 404 if name in ("stranger", "nobody") else 403
    assert client.post(reverse("invite", args=[east.slug]), INVITE).status_code == expected
    assert not Invitation.objects.exists()


def test_an_address_has_one_open_invitation(cast, east):
    east.invite(by=cast.sofia, **INVITE)
    with pytest.raises(ValidationError, match="open invitation"):
        east.invite(by=cast.sofia, **INVITE)


def test_nobody_changes_or_ends_their_own_membership(client, cast, east):
    own = cast.sofia.memberships.get()
    with pytest.raises(NotYours):
        own.change(by=cast.sofia, role="steward", clearance="red")
    with pytest.raises(NotYours):
        own.end(by=cast.sofia)


def test_a_member_is_changed_and_let_go_and_their_tokens_stop(client, cast, east):
    membership = cast.ana.memberships.get()
    _, secret = _token(cast.ana)
    client.force_login(cast.stella)
    client.post(reverse("member", args=[membership.pk]), {"role": "viewer", "clearance": "green"})
    membership.refresh_from_db()
    assert (membership.role, membership.clearance) == ("viewer", "green")
    client.post(reverse("member_end", args=[membership.pk]))
    assert ApiToken.find(secret) is None
    with pytest.raises(IllegalStep):
        membership.end(by=cast.stella)


def test_members_see_the_room_and_strangers_do_not(client, cast, east):
    address = reverse("workspace", args=[east.slug])
    client.force_login(cast.vera)
    page = client.get(address).content.decode()
    assert "Ana" in page
    assert "Invite somebody" not in page
    client.force_login(cast.stranger)
    assert client.get(address).status_code == 404
    assert client.get(reverse("member", args=[cast.ana.memberships.get().pk])).status_code == 404


def _token(person, scope="write", days=1):
    return ApiToken.issue(
        by=person,
        membership=person.memberships.get(),
        name="sync",
        scope=scope,
        expires_at=timezone.now() + timedelta(days=days),
    )


def test_a_tokens_secret_is_shown_once_and_only_its_hash_is_kept(client, cast):
    client.force_login(cast.ana)
    told = {"name": "sync", "membership": cast.ana.memberships.get().pk, "sort": "token", "scope": "write", "days": 30}
    page = client.post(reverse("tokens"), told).content.decode()
    secret = re.search(r"att_[\w-]{20,}", page).group()
    assert secret not in client.get(reverse("tokens")).content.decode()
    assert secret not in str(ApiToken.objects.values())
    assert ApiToken.find(secret).membership.user == cast.ana


def test_a_viewers_token_only_reads(cast):
    with pytest.raises(ValidationError, match="only read"):
        _token(cast.vera)


def test_a_token_that_expired_is_not_found(cast):
    _, secret = _token(cast.ana)
    ApiToken.objects.update(
        created_at=timezone.now() - timedelta(days=9), expires_at=timezone.now() - timedelta(days=1)
    )
    assert ApiToken.find(secret) is None


def test_somebody_elses_token_is_not_there(client, cast):
    token, _ = _token(cast.ana)
    client.force_login(cast.ben)
    assert client.post(reverse("token_revoke", args=[token.pk])).status_code == 404


# --- The second factor -------------------------------------------------------------------------


@pytest.fixture
def code(cast):
    """Sofia's authenticator: a fresh code each time."""
    secret = generate_totp_secret()
    TOTP.activate(cast.sofia, secret)
    return lambda: format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_approving_without_a_second_factor_leads_to_setting_one_up(client, cast, reviewed, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = True
    sign_in(client, cast.sofia)
    answer = client.get(reverse("attribution_approve", args=[reviewed.pk]))
    assert answer.url == reverse("mfa_activate_totp")


def test_a_second_factor_lets_approve_until_it_grows_old(client, cast, reviewed, code, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = True
    assert "2fa" in sign_in(client, cast.sofia).url
    assert client.post(reverse("mfa_authenticate"), {"code": code()}).url == "/"
    address = reverse("attribution_approve", args=[reviewed.pk])
    assert client.get(address).status_code == 200
    later = timezone.now().timestamp() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 60
    with mock.patch("accounts.second_factor.time.time", return_value=later):
        assert client.post(address, {"note": ""}).url.startswith(reverse("mfa_reauthenticate"))
    assert "Approved and sealed" in client.post(address, {"note": ""}, follow=True).content.decode()


def test_a_forgotten_password_is_set_anew_by_mail(client, cast, settings):
    client.post(reverse("account_reset_password"), {"email": cast.ana.email})
    link = re.search(r"http://\S+/accounts/password/reset/key/\S+", mail.outbox[0].body).group()
    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": "another long phrase", "password2": "another long phrase"})
    cast.ana.refresh_from_db()
    assert cast.ana.check_password("another long phrase")


def test_an_installation_begins_with_an_invitation_of_its_first_supervisor(db, capsys):
    call_command("create_workspace", "First room", "first", "boss@example.org")
    link = re.search(r"/invitations/([\w-]+)/", capsys.readouterr().out).group(1)
    assert Invitation.open_by(link).role == "supervisor"
    assert not Workspace.objects.get().memberships.current().exists()
