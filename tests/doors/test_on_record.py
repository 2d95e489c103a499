"""Putting on record what others did: on the page and through the API."""

import pytest
from django.urls import reverse

from ledger.acting import acting_as
from policy.models import PolicyResponse
from tests import making
from tests.api.test_kinds import Door

TOLD = {
    "title": "State of emergency",
    "response_kind": "border_enforcement",
    "taken_by": "Poland",
    "measure_date": "2021-09-02",
    "status": "completed",
    "marking": "amber",
}


@pytest.fixture
def world(cast, east):
    with acting_as(cast.ana):
        incidents = [making.an_incident(by=cast.ana, workspace=east) for _ in range(2)]
        item = making.an_item(by=cast.ana, workspace=east, text="An emergency was declared.")
        passage = making.a_passage(by=cast.ana, item=item, quote="emergency")
    return {"incident": incidents[0], "other": incidents[1], "passage": passage}


def put(client, world, **told):
    return client.post(reverse("measure_put_on_record", args=[world["incident"].pk]), {**TOLD, **told})


def test_a_measure_is_put_on_record_with_its_incidents_and_its_source(client, cast, world):
    client.force_login(cast.ana)
    answer = put(client, world, others=[world["other"].pk], passage=world["passage"].pk)
    with acting_as(cast.ana):
        measure = PolicyResponse.objects.get()
        assert answer.url == measure.get_absolute_url()
        assert (measure.is_on_record, measure.status, measure.author) == (True, "completed", cast.ana)
        assert {each.incident_id for each in measure.incidents.all()} == {world["incident"].pk, world["other"].pk}
        assert measure.citations.get().passage_id == world["passage"].pk
    page = client.get(measure.get_absolute_url()).content.decode()
    assert "on record: taken by others" in page


def test_what_is_refused_comes_back_with_what_was_typed(client, cast, world):
    client.force_login(cast.ana)
    answer = put(client, world, taken_by="", status="proposed", measure_date="2021-13")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"taken_by", "status", "measure_date"}
    assert "State of emergency" in answer.content.decode()
    with acting_as(cast.ana):
        assert not PolicyResponse.objects.exists()


@pytest.mark.parametrize("status", ["in_force", "completed", "lifted"])
def test_it_stands_as_it_was_taken(client, cast, world, status):
    client.force_login(cast.ana)
    assert put(client, world, status=status).status_code == 302
    with acting_as(cast.ana):
        assert PolicyResponse.objects.get().status == status


def test_the_way_there_leads_from_the_incident_and_from_the_list(client, cast, world):
    client.force_login(cast.ana)
    address = reverse("measure_put_on_record", args=[world["incident"].pk])
    assert address in client.get(world["incident"].get_absolute_url()).content.decode()
    first = reverse("measure_of_which_incident")
    assert first in client.get(reverse("responses")).content.decode()
    assert client.post(first, {"incident": world["incident"].pk}).url == address
    assert client.post(first, {"incident": ""}).status_code == 422
    client.force_login(cast.vera)
    assert address not in client.get(world["incident"].get_absolute_url()).content.decode()
    assert first not in client.get(reverse("responses")).content.decode()


# --- The API -----------------------------------------------------------------------------------------------

PATH = "/policy-responses/on-record/"


def body(world, **told):
    room = {"workspace_id": str(world["incident"].workspace_id)}
    return {**TOLD, **room, "incident_ids": [str(world["incident"].pk)], **told}


def test_the_api_puts_a_measure_on_record(client, cast, world):
    ana = Door(client, cast.ana)
    answer = ana.send("post", PATH, body(world, passage_ids=[str(world["passage"].pk)], status="in_force"))
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"'), answer.content
    told = answer.json()
    assert (told["is_on_record"], told["status"]) == (True, "in_force")
    for kind, name, thing in [
        ("answered-incidents", "incident_id", "incident"),
        ("response-citations", "passage_id", "passage"),
    ]:
        (part,) = ana.get(f"/{kind}/", {"response": told["id"]}).json()["results"]
        assert part[name] == str(world[thing].pk)


def test_the_api_takes_a_repeat_of_the_same_for_the_same(client, cast, world):
    ana = Door(client, cast.ana)
    told = body(world, id="01934567-89ab-7cde-8f01-23456789abcd")
    first = ana.send("post", PATH, told).json()
    assert ana.send("post", PATH, told).json() == first
    assert ana.send("post", PATH, {**told, "title": "Another"}).status_code == 409


@pytest.mark.parametrize(
    ("told", "code"),
    [({"status": "proposed"}, 400), ({"incident_ids": []}, 422), ({"is_on_record": False}, 400), ({"title": ""}, 400)],
)
def test_the_api_refuses_what_is_no_measure_on_record(client, cast, world, told, code):
    assert Door(client, cast.ana).send("post", PATH, body(world, **told)).status_code == code


def test_only_those_who_write_in_the_room_put_on_record(client, cast, world):
    assert Door(client, cast.vera, scope="read").send("post", PATH, body(world)).status_code == 403
    assert Door(client, cast.ana, scope="read").send("post", PATH, body(world)).status_code == 403
    assert Door(client, cast.stranger).send("post", PATH, body(world)).status_code == 400
    with acting_as(cast.ana):
        assert not PolicyResponse.objects.exists()
