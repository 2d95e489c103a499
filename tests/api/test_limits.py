"""What a token may ask: counted beside the request, told in headers, and in next to no time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken, TokenUse
from ledger.acting import acting_as
from tests import making
from tests.accounts.test_tokens import owe
from tests.api.test_kinds import V1, Door


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


def test_answers_to_a_token_say_what_is_left(ana, settings):
    answer = ana.get("/me/")
    assert answer.headers["RateLimit-Policy"] == f'"token";q={settings.API_REQUESTS_PER_MINUTE};w=60'
    assert answer.headers["RateLimit"] == '"token";r=599;t=1'
    assert "RateLimit" in ana.get("/weather/").headers


def test_a_token_that_asks_too_often_is_told_when_to_come_again(ana):
    owe(ana.token, 600)
    refused = ana.get("/me/")
    assert (refused.status_code, refused.headers["Content-Type"]) == (429, "application/problem+json")
    assert refused.json()["type"].endswith("#problem-throttled")
    assert 1 <= int(refused.headers["Retry-After"]) <= 541
    assert refused.headers["RateLimit"] == '"token";r=0;t=60'


def test_each_token_has_a_bucket_of_its_own(client, cast, ana):
    owe(ana.token, 600)
    assert Door(client, cast.ana).get("/me/").status_code == 200


def test_a_bucket_fills_again(ana):
    owe(ana.token, 600)
    assert ana.get("/me/").status_code == 429
    owe(ana.token, 30)  # as after 570 seconds
    assert ana.get("/me/").status_code == 200


def test_a_limit_of_its_own_goes_for_a_token(cast, ana):
    ana.token.set_limit(by=cast.sofia, requests_per_minute=10)
    assert ana.get("/me/").headers["RateLimit-Policy"] == '"token";q=10;w=60'


def test_people_signed_in_are_not_counted(client, cast):
    client.force_login(cast.ana)
    assert "RateLimit" not in client.get(f"{V1}/me/").headers
    assert not TokenUse.objects.exists()


def test_a_list_by_token_takes_six_queries_in_all(ana, cast, east):
    with acting_as(cast.ana):
        making.an_actor(by=cast.ana, workspace=east)
    ana.get("/actors/")  # notes the use, once a minute
    with CaptureQueriesContext(connection) as queries:
        ana.get("/actors/")
    told = [each["sql"].split("FROM")[0][:60] for each in queries]
    assert len(told) == 6, "\n".join(told)
    assert "token_take" in queries[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_a_reading_request_holds_nothing_back(cast, ana, east):
    """Finding the token commits by itself; the request's own transaction never becomes a writing one."""
    seen = []

    def look(execute, sql, *rest):
        answer = execute(sql, *rest)
        if connection.in_atomic_block and not sql.startswith(("SAVEPOINT", "RELEASE")):
            with connection.connection.cursor() as cursor:
                seen.append(cursor.execute("SELECT pg_current_xact_id_if_assigned()").fetchone()[0])
        elif "token_take" in sql:
            seen.append("by itself")
        return answer

    ana.get("/actors/")
    with connection.execute_wrapper(look):
        assert ana.get("/actors/").status_code == 200
    assert (seen[0], set(seen[1:])) == ("by itself", {None})


@pytest.mark.django_db(transaction=True)
def test_a_reading_page_of_a_person_holds_nothing_back_either(client, cast):
    client.force_login(cast.ana)
    seen = []

    def look(execute, sql, *rest):
        answer = execute(sql, *rest)
        if connection.in_atomic_block and not sql.startswith(("SAVEPOINT", "RELEASE")):
            with connection.connection.cursor() as cursor:
                seen.append(cursor.execute("SELECT pg_current_xact_id_if_assigned()").fetchone()[0])
        return answer

    with connection.execute_wrapper(look):
        assert client.get("/").status_code == 200
    assert set(seen) == {None}


@pytest.mark.django_db(transaction=True)
def test_what_a_request_counts_is_not_given_back_when_it_is_refused(ana):
    ana.get("/me/")
    before = TokenUse.objects.get().full_at
    assert ana.send("post", "/sources/", {"colour": "red"}).status_code == 400
    assert TokenUse.objects.get().full_at > before


def test_the_use_of_a_token_is_noted_once_a_minute(ana):
    ana.get("/me/")
    first = ApiToken.objects.get().last_used_at
    with CaptureQueriesContext(connection) as queries:
        ana.get("/me/")
    assert not [each for each in queries if each["sql"].strip().startswith("UPDATE accounts_apitoken")]
    assert ApiToken.objects.get().last_used_at == first
