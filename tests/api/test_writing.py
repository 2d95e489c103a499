"""One record written through the API: few statements, and the same answer when it is sent again."""

import pytest

from accounts.ids import new_id
from cases.models import Actor
from ledger.acting import acting_as
from tests.api.test_kinds import Door


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


def an_actor(room, **more) -> dict:
    return {"workspace_id": str(room.pk), "name": "Carrier", "actor_kind": "enterprise", **more}


def test_a_new_record_takes_its_insert_and_what_is_asked_of_every_request(ana, east, django_assert_num_queries):
    ana.send("post", "/actors/", an_actor(east, name="First"))
    # The token; the door, in a test's transaction: a savepoint, who acts, who acted, its end; a savepoint and the row.
    with django_assert_num_queries(8):
        told = ana.send("post", "/actors/", an_actor(east, id=str(new_id())))
    assert (told.status_code, told.headers["ETag"]) == (201, '"1"')


def test_the_answer_is_the_document_as_it_is_read(ana, east):
    made = ana.send("post", "/actors/", an_actor(east, aliases=["The Line"])).json()
    assert made == ana.get(f"/actors/{made['id']}/").json()


def test_the_same_again_is_answered_though_its_name_is_taken_by_itself(ana, cast, east):
    body = an_actor(east, id=str(new_id()))
    assert [ana.send("post", "/actors/", body).status_code for _ in range(2)] == [201, 200]
    with acting_as(cast.ana):
        assert Actor.objects.count() == 1


def test_the_same_again_is_answered_to_one_who_may_no_longer_write(ana, cast, east):
    body = an_actor(east, id=str(new_id()))
    ana.send("post", "/actors/", body)
    cast.ana.memberships.update(role="viewer")
    assert ana.send("post", "/actors/", body).status_code == 200
    assert ana.send("post", "/actors/", body | {"name": "Another"}).status_code == 409
    assert ana.send("post", "/actors/", an_actor(east, id=str(new_id()), name="Another")).status_code == 403


def test_an_id_of_another_room_is_taken_and_tells_nothing(client, cast, ana, east, west):
    body = an_actor(east, id=str(new_id()))
    ana.send("post", "/actors/", body)
    stranger = Door(client, cast.stranger)
    told = stranger.send("post", "/actors/", body | {"workspace_id": str(west.pk)})
    assert (told.status_code, "Carrier" in told.text) in [(409, False), (422, False)]


def test_a_rival_under_a_new_id_is_refused_and_nothing_is_written(ana, cast, east):
    ana.send("post", "/actors/", an_actor(east))
    told = ana.send("post", "/actors/", an_actor(east, id=str(new_id())))
    assert (told.status_code, told.json()["errors"][0]["detail"]) == (
        422,
        "This workspace has an actor of this name and kind already.",
    )
    with acting_as(cast.ana):
        assert Actor.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "status", "pointer"),
    [
        ({"colour": "red"}, 400, "/colour"),
        ({"name": 7}, 400, "/name"),
        ({"name": "x" * 301}, 400, "/name"),
        ({"country": "nowhere"}, 400, "/country"),
        ({"workspace_id": str(new_id())}, 400, "/workspace_id"),
        ({"workspace_id": "east"}, 400, "/workspace_id"),
    ],
)
def test_what_is_wrong_is_named_as_ever(ana, east, wrong, status, pointer):
    told = ana.send("post", "/actors/", an_actor(east) | wrong)
    assert (told.status_code, {each["pointer"] for each in told.json()["errors"]}) == (status, {pointer})
