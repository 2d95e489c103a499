"""Programs go straight to the door: no cookie counts for them, and nothing that only browsers need is done."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.api.test_kinds import V1, Door

pytestmark = pytest.mark.django_db


def test_beside_a_token_a_session_does_not_count(cast):
    client = Client()
    client.force_login(cast.sofia)
    assert Door(client, cast.ana).get("/me/").json()["name"] == "Ana"
    wrong = client.get(f"{V1}/me/", headers={"Authorization": "Bearer att_unknown"})
    assert (wrong.status_code, "unknown" in wrong.json()["detail"]) == (401, True)


def test_a_program_is_given_no_cookie_and_its_answers_do_not_vary_by_one(client, cast):
    answer = Door(client, cast.ana).get("/incidents/")
    assert (answer.status_code, answer.cookies.output(), answer.get("Vary", "")) == (200, "", "")
    assert not Session.objects.exists()


def test_whoever_shows_no_token_still_needs_the_cookies_protection(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ana)
    answer = client.post(f"{V1}/actors/", {"name": "x"}, content_type="application/json")
    assert (answer.status_code, "CSRF" in answer.json()["detail"]) == (403, True)


def test_a_token_on_a_page_is_nobody(client, cast):
    door = Door(client, cast.ana)
    assert client.get("/incidents/", headers=door.headers).status_code == 302
