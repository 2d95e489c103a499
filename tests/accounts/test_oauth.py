"""OAuth client credentials: an id and a secret against access tokens that last minutes."""

import base64
from datetime import timedelta
from urllib.parse import quote_plus, urlencode

import pytest

from accounts.models import AccessToken, ApiToken
from accounts.tasks import forget_access_tokens
from cases.models import Actor
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from tests.accounts.test_tokens import a_token, later, owe

ME = "/api/v1/me/"
FORM = "application/x-www-form-urlencoded"


class Exchange:
    """An OAuth client of a member, and how it asks for access."""

    def __init__(self, client, person, scope="write"):
        self.client, self.person = client, person
        self.made, self.secret = a_token(person, sort="client", scope=scope)

    def basic(self, secret="", client_id="") -> dict:
        told = f"{quote_plus(str(client_id or self.made.pk))}:{quote_plus(secret or self.secret)}"
        return {"Authorization": "Basic " + base64.b64encode(told.encode()).decode()}

    def ask(self, *, headers=None, **given):
        body = urlencode({"grant_type": "client_credentials", **given})
        sent = self.basic() if headers is None else headers
        return self.client.post("/api/v1/oauth/token", body, content_type=FORM, headers=sent)

    def bearer(self, **given) -> dict:
        return {"Authorization": f"Bearer {self.ask(**given).json()['access_token']}"}


@pytest.fixture
def sync(client, cast):
    return Exchange(client, cast.ana)


def test_a_client_is_given_access_that_acts_for_its_member(client, cast, sync):
    answer = sync.ask()
    told = answer.json()
    assert (told["token_type"], told["scope"], told["expires_in"]) == ("Bearer", "write", 1800)
    assert answer.headers["Cache-Control"] == "no-store"
    me = client.get(ME, headers={"Authorization": f"Bearer {told['access_token']}"}).json()
    assert (me["name"], me["token"]) == ("Ana", {"name": "sync", "scope": "write"})
    assert told["access_token"] not in str(AccessToken.objects.values())


def test_id_and_secret_may_go_in_the_body(sync):
    given = {"client_id": str(sync.made.pk), "client_secret": sync.secret}
    assert sync.ask(headers={}, **given).status_code == 200
    both = sync.ask(**given)
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")


def test_who_is_not_known_is_asked_for_basic_authentication(sync):
    for headers in (sync.basic(secret="wrong"), sync.basic(client_id="x"), {}, {"Authorization": "Basic ?"}):
        refused = sync.ask(headers=headers)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        assert refused.headers["WWW-Authenticate"].startswith("Basic")


def test_a_token_is_no_client_and_a_clients_secret_is_no_token(client, cast, sync):
    token, secret = a_token(cast.ana)
    assert sync.ask(headers=sync.basic(secret, token.pk)).status_code == 401
    assert client.get(ME, headers={"Authorization": f"Bearer {sync.secret}"}).status_code == 401


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"scope": "admin"}, "invalid_scope"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(sync, given, error):
    refused = sync.ask(**given)
    assert (refused.status_code, refused.json()["error"]) == (400, error)
    assert not AccessToken.objects.exists()


def test_a_client_may_ask_for_less_and_never_for_more(client, cast, sync):
    assert sync.ask(scope="read").json()["scope"] == "read"
    assert sync.ask(scope="read write").json()["scope"] == "write"
    assert Exchange(client, cast.ana, "read").ask(scope="write").json()["error"] == "invalid_scope"


def add_actor(client, east, headers):
    body = {"workspace_id": str(east.pk), "name": "New", "actor_kind": "gang"}
    return client.post("/api/v1/actors/", body, content_type="application/json", headers=headers)


def test_access_that_only_reads_writes_nothing(client, cast, east, sync):
    assert add_actor(client, east, sync.bearer(scope="read")).status_code == 403
    with acting_as(cast.ana):
        assert not Actor.objects.exists()


def test_the_ledger_names_the_client(client, cast, east, sync):
    made = add_actor(client, east, sync.bearer())
    with acting_as(cast.ana):
        assert LedgerEntry.objects.get(object_id=made.json()["id"]).client_id == sync.made.pk


def test_revoking_the_client_ends_its_access_at_once(client, cast, sync):
    bearer = sync.bearer()
    sync.made.revoke(by=cast.ana)
    assert client.get(ME, headers=bearer).status_code == 401
    assert sync.ask().status_code == 401


def test_access_ends_with_its_minutes_with_its_client_and_with_the_membership(client, cast, settings, sync):
    bearer = sync.bearer()
    with later(minutes=settings.ACCESS_TOKEN_MINUTES, seconds=1):
        assert client.get(ME, headers=bearer).status_code == 401
    ApiToken.objects.update(expires_at=sync.made.created_at + timedelta(minutes=5))
    assert sync.ask().json()["expires_in"] <= 300
    sync.made.membership.end(by=cast.sofia)
    assert client.get(ME, headers=bearer).status_code == 401


def test_a_rotated_clients_old_secret_works_within_its_grace(cast, sync):
    sync.made.rotate(by=cast.ana, grace_days=1)
    assert sync.ask().status_code == 200
    with later(days=1, minutes=1):
        assert sync.ask().status_code == 401


def test_a_clients_exchanges_and_requests_share_one_limit(client, sync):
    bearer = sync.bearer()
    assert client.get(ME, headers=bearer).headers["RateLimit-Policy"].startswith('"token";q=')
    owe(sync.made, 600)
    assert client.get(ME, headers=bearer).status_code == 429
    refused = sync.ask()
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)


def test_access_that_expired_is_forgotten(cast, settings, sync):
    sync.ask()
    forget_access_tokens(0)
    assert AccessToken.objects.count() == 1
    with later(minutes=settings.ACCESS_TOKEN_MINUTES, seconds=1):
        forget_access_tokens(0)
    assert not AccessToken.objects.exists()


def test_the_server_describes_itself(client, db, settings):
    told = client.get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == settings.BASE_URL
    assert told["token_endpoint"] == settings.BASE_URL + "/api/v1/oauth/token"
    assert told["grant_types_supported"] == ["client_credentials"]


def test_a_client_is_made_on_the_page_with_its_id_and_its_secret_shown_once(client, cast):
    client.force_login(cast.ana)
    told = {"name": "n", "membership": cast.ana.memberships.get().pk, "sort": "client", "scope": "read", "days": 30}
    page = client.post("/tokens/", told).content.decode()
    made = ApiToken.objects.get()
    assert str(made.pk) in page
    assert "ats_" in page.split('id="secret"')[1]
    assert page.split('id="secret">')[1].split("<")[0] not in client.get("/tokens/").content.decode()
