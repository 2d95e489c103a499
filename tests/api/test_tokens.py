"""Tokens through the API: a person rotates and revokes their own, a token only itself, and none is made."""

import json

import pytest

from accounts.models import ApiToken
from tests.accounts.test_oauth import Exchange
from tests.accounts.test_tokens import a_token
from tests.api.test_kinds import V1, Door


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


def send(client, path, body=None):
    return client.post(V1 + path, json.dumps(body or {}), content_type="application/json")


def test_a_person_lists_their_own_and_a_token_itself(client, cast, ana):
    a_token(cast.ana)
    a_token(cast.ben)
    assert [each["id"] for each in ana.get("/tokens/").json()["results"]] == [str(ana.token.pk)]
    client.force_login(cast.ana)
    told = client.get(f"{V1}/tokens/").json()["results"]
    assert {each["id"] for each in told} == {
        str(pk) for pk in ApiToken.objects.filter(membership__user=cast.ana).values_list("pk", flat=True)
    }
    assert not {"secret", "secret_sha256"} & set(told[0])


def test_a_person_rotates_and_revokes_their_own(client, cast):
    token, old = a_token(cast.ana)
    client.force_login(cast.ana)
    rotated = send(client, f"/tokens/{token.pk}/rotate/", {"grace_days": 1})
    assert ApiToken.find(rotated.json()["secret"]).pk == ApiToken.find(old).pk == token.pk
    assert rotated.headers["Cache-Control"] == "no-store"
    assert send(client, f"/tokens/{token.pk}/revoke/").json()["revoked_at"]
    assert send(client, f"/tokens/{token.pk}/revoke/").status_code == 409
    assert ApiToken.find(old) is None


@pytest.mark.parametrize("step", ["rotate", "revoke"])
def test_somebody_elses_token_is_not_there(client, cast, step):
    token, _ = a_token(cast.ben)
    client.force_login(cast.ana)
    assert send(client, f"/tokens/{token.pk}/{step}/").status_code == 404


def test_the_days_of_grace_are_bounded_by_name(ana):
    answer = ana.send("post", "/tokens/self/rotate/", {"grace_days": 8})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/grace_days")


@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_token_rotates_itself_by_its_current_secret_only(client, cast, scope):
    door = Door(client, cast.ana, scope)
    rotated = door.send("post", "/tokens/self/rotate/", {"grace_days": 1})
    assert ApiToken.find(rotated.json()["secret"]).pk == door.token.pk
    again = door.send("post", "/tokens/self/rotate/", {"grace_days": 1})
    assert (again.status_code, "current secret" in again.json()["detail"]) == (403, True)
    assert door.token.events.filter(step="rotated", by_itself=True).count() == 1


def test_a_token_revokes_itself(ana):
    assert ana.send("post", "/tokens/self/revoke/").status_code == 200
    assert ana.get("/me/").status_code == 401


def test_a_token_touches_no_other_and_makes_none(cast, ana):
    other, secret = a_token(cast.ana)
    for step in ("rotate", "revoke"):
        assert ana.send("post", f"/tokens/{other.pk}/{step}/").status_code == 403
    assert ana.send("post", "/tokens/", {"name": "more"}).status_code == 405
    assert ApiToken.find(secret)
    assert ApiToken.objects.count() == 2


def test_a_person_has_no_self_among_tokens(client, cast):
    client.force_login(cast.ana)
    for step in ("rotate", "revoke"):
        assert send(client, f"/tokens/self/{step}/").status_code == 403


def test_access_of_an_oauth_client_does_not_rotate_it(client, cast):
    bearer = Exchange(client, cast.ana).bearer()
    answer = client.post(f"{V1}/tokens/self/rotate/", "{}", content_type="application/json", headers=bearer)
    assert answer.status_code == 403
