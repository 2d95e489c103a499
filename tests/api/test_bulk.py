"""Many operations in one request: each as if it were sent alone, all or nothing, or each for itself."""

import json

import pytest

from accounts.ids import new_id
from cases.models import Actor, Incident
from evidence.models import EvidenceItem, Source
from ledger.acting import acting_as
from ledger.api import viewsets
from ledger.kinds import kinds
from ledger.models import LedgerEntry
from tests import making
from tests.api.test_kinds import V1, Door


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


def send(door, *lines, query=""):
    body = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
    return door.client.post(f"{V1}/bulk/{query}", body, content_type="application/x-ndjson", headers=door.headers)


def a_source(room, name, **more):
    told = {"workspace_id": str(room.pk), "name": name, "source_class": "independent_press", "reliability": "B"}
    return {"op": "create", "kind": "source", "fields": {**told, **more.pop("fields", {})}, **more}


def test_every_kind_with_endpoints_can_be_named_in_a_line(db, client):
    client.get("/api/docs/")  # loads every endpoint
    assert set(viewsets()) == set(kinds())


def test_creates_updates_and_verbs_go_in_one_request(ana, cast, east):
    with acting_as(cast.ana):
        known = making.a_source(by=cast.ana, workspace=east)
    answer = send(
        ana,
        a_source(east, "Gazette"),
        {"op": "update", "kind": "source", "id": str(known.pk), "version": 1, "fields": {"description": "Daily."}},
        {"op": "withdraw", "kind": "source", "id": str(known.pk), "version": 2, "fields": {"reason": "Closed."}},
    ).json()
    assert [(each["line"], each["status"], each["version"]) for each in answer["results"]] == [
        (1, 201, 1),
        (2, 200, 2),
        (3, 200, 3),
    ]
    with acting_as(cast.ana):
        assert Source.objects.get(pk=known.pk).status == "withdrawn"
        assert Source.objects.filter(name="Gazette").exists()


def test_a_line_may_refer_to_what_a_line_before_it_creates(ana, cast, east):
    source, item = str(new_id()), str(new_id())
    told = {
        "workspace_id": str(east.pk),
        "title": "Report",
        "source_id": source,
        "evidence_kind": "news_report",
        "category": "behavioural",
        "credibility": 2,
    }
    answer = send(
        ana, a_source(east, "Gazette", id=source), {"op": "create", "kind": "evidence_item", "id": item, "fields": told}
    )
    assert answer.status_code == 200
    with acting_as(cast.ana):
        kept = EvidenceItem.objects.get(pk=item)
        assert (str(kept.source_id), kept.collected_by) == (source, cast.ana)


def test_all_or_nothing_writes_nothing_where_one_line_is_refused(ana, cast, east):
    answer = send(ana, a_source(east, "Gazette"), a_source(east, "Herald", fields={"reliability": "Z"}))
    assert answer.status_code == 422
    (refused,) = answer.json()["results"]
    assert (refused["line"], refused["status"]) == (2, 400)
    assert refused["problem"]["errors"][0]["pointer"] == "/fields/reliability"
    with acting_as(cast.ana):
        assert not Source.objects.exists()


def test_partial_keeps_what_passes(ana, cast, east, west):
    answer = send(
        ana,
        a_source(east, "Gazette"),
        a_source(west, "Elsewhere"),
        "{broken",
        a_source(east, "Herald", fields={"country": "nowhere"}),
        a_source(east, "Courier"),
        query="?partial=1",
    )
    statuses = {each["line"]: each["status"] for each in answer.json()["results"]}
    assert (answer.status_code, statuses[1], statuses[5]) == (200, 201, 201)
    assert all(statuses[line] >= 400 for line in (2, 3, 4))
    with acting_as(cast.ana):
        assert set(Source.objects.values_list("name", flat=True)) == {"Gazette", "Courier"}


def test_two_rivals_in_one_request_are_told_apart(ana, cast, east):
    rival = {
        "op": "create",
        "kind": "actor",
        "fields": {"workspace_id": str(east.pk), "name": "Belarus", "actor_kind": "state", "country": "BY"},
    }
    answer = send(ana, rival, rival, query="?partial=1").json()["results"]
    assert sorted(each["status"] for each in answer) == [201, 422]
    with acting_as(cast.ana):
        assert Actor.objects.count() == 1


def test_the_same_lines_sent_again_change_nothing(ana, cast, east):
    lines = [a_source(east, f"Gazette {n}", id=str(new_id())) for n in range(3)]
    send(ana, *lines)
    again = send(ana, *lines).json()["results"]
    assert [each["status"] for each in again] == [200, 200, 200]
    other = send(ana, {**lines[0], "fields": {**lines[0]["fields"], "name": "Another"}}, query="?partial=1").json()
    assert other["results"][0]["status"] == 409
    with acting_as(cast.ana):
        assert Source.objects.count() == 3


def test_a_stale_version_and_a_missing_one_are_refused_as_alone(ana, cast, east):
    with acting_as(cast.ana):
        known = making.a_source(by=cast.ana, workspace=east)
    update = {"op": "update", "kind": "source", "id": str(known.pk), "fields": {"description": "Daily."}}
    answer = send(ana, {**update, "version": 7}, update, query="?partial=1").json()["results"]
    assert [each["status"] for each in answer] == [412, 428]
    assert answer[0]["problem"]["current_version"] == 1


def test_incidents_get_their_references_and_hypotheses(ana, cast, east):
    lines = [
        {"op": "create", "kind": "incident", "fields": {"workspace_id": str(east.pk), "title": f"Crossing {n}"}}
        for n in range(5)
    ]
    assert send(ana, *lines).status_code == 200
    with acting_as(cast.ana):
        assert [each.hypotheses.count() for each in Incident.objects.all()] == [4] * 5


def test_the_number_of_queries_does_not_grow_with_the_lines(ana, cast, east, django_assert_max_num_queries):
    send(ana, a_source(east, "First"))
    with django_assert_max_num_queries(12):
        answer = send(ana, *(a_source(east, f"Gazette {n}") for n in range(200)))
    assert answer.status_code == 200
    with acting_as(cast.ana):
        assert LedgerEntry.objects.filter(kind="source").count() == 201


def test_a_token_that_only_reads_writes_no_line(client, cast, east):
    reader = Door(client, cast.ana, scope="read")
    answer = send(reader, a_source(east, "Gazette"), query="?partial=1")
    assert answer.json()["results"][0]["status"] == 403


def test_nobody_reviews_by_a_line(client, in_review, cast):
    supervisor = Door(client, cast.sofia)
    line = {
        "op": "approve",
        "kind": "attribution",
        "id": str(in_review.pk),
        "version": in_review.version,
        "fields": {},
    }
    assert send(supervisor, line, query="?partial=1").json()["results"][0]["status"] == 403


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ("[]", ""),
        ({"op": "create", "kind": "ghost"}, "/kind"),
        ({"op": "erase", "kind": "source", "id": str(new_id())}, "/op"),
        ({"op": "update", "kind": "source", "id": "7"}, "/id"),
        ({"op": "update", "kind": "source", "id": str(new_id()), "version": "1"}, "/version"),
        ({"op": "create", "kind": "source", "fields": [1]}, "/fields"),
        ({"op": "create", "kind": "source", "more": 1}, "/more"),
        ({"op": "create", "kind": "custody_event", "fields": {}}, "/op"),
        ({"op": "create", "kind": "source", "fields": {"colour": "red"}}, "/fields/colour"),
    ],
)
def test_a_line_that_is_no_operation_says_where(ana, line, pointer):
    (refused,) = send(ana, line).json()["results"]
    assert refused["status"] == 400
    assert pointer in [error["pointer"] for error in refused["problem"]["errors"]]


@pytest.mark.parametrize("body", ["", "\n\n"])
def test_an_empty_request_is_refused(ana, body):
    assert send(ana, body).status_code == 400


def test_more_than_a_thousand_lines_are_refused(ana):
    assert send(ana, *(["{}"] * 1001)).status_code == 400


def test_more_than_twenty_megabytes_are_refused(ana):
    answer = send(ana, " " * (20 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["type"]) == (413, "/api/docs/#problem-too-large")


def test_an_unknown_parameter_is_refused(ana, east):
    assert send(ana, a_source(east, "Gazette"), query="?part=1").status_code == 400
