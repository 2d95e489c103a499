"""An address of the API means the same with its slash and without, for every method."""

import json

import pytest

from tests.api.test_kinds import V1, Door


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


def test_the_slash_may_be_left_out_of_a_question(ana):
    assert ana.get("/changes").json()["changes"] == ana.get("/changes/").json()["changes"]
    assert ana.get("/actors", {"limit": 1}).status_code == 200


def test_a_body_arrives_where_the_slash_was_left_out(ana, east):
    sent = {"workspace_id": str(east.pk), "name": "New", "actor_kind": "gang"}
    added = ana.send("post", "/actors", sent)
    assert (added.status_code, added.json()["name"]) == (201, "New")
    path = f"/actors/{added.json()['id']}"
    changed = ana.send("patch", path, {"country": "BY"}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["country"]) == (200, "BY")


def test_a_bulk_without_the_slash_is_carried_out(ana, east):
    fields = {"workspace_id": str(east.pk), "name": "N", "source_class": "court"}
    line = json.dumps({"op": "create", "kind": "source", "fields": fields})
    answer = ana.client.post(f"{V1}/bulk", line, content_type="application/x-ndjson", headers=ana.headers)
    assert [each["status"] for each in answer.json()["results"]] == [201]


def test_both_forms_are_the_same_request_sent_again(ana, east):
    sent = {"workspace_id": str(east.pk), "name": "New", "actor_kind": "gang"}
    first = ana.send("post", "/actors/", sent, **{"Idempotency-Key": '"a"'})
    again = ana.send("post", "/actors", sent, **{"Idempotency-Key": '"a"'})
    assert (again.json()["id"], again.headers["Idempotent-Replayed"]) == (first.json()["id"], "true")


def test_the_next_page_is_named_with_the_slash(ana, draft):
    assert f"{V1}/evidence-items/?" in ana.get("/evidence-items", {"limit": 1}).json()["next"]


def test_what_is_not_there_stays_not_there(ana):
    assert ana.get("/weather").status_code == 404
