"""Talk, tasks, watches and notifications through the API."""

import pytest

from accounts.models import Membership
from ledger.acting import acting_as
from ledger.models import Notification
from ledger.notices import tell
from tests import making
from tests.api.test_kinds import Door


@pytest.fixture
def incident(cast, east):
    with acting_as(cast.ana):
        return making.an_incident(by=cast.ana, workspace=east, marking="amber")


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


def step(door, path, body=None, version=1):
    return door.send("post", path, body, **{"If-Match": str(version)})


def test_a_thread_is_begun_answered_resolved_and_withdrawn(client, cast, ana, incident):
    about = {"about_kind": "incident", "about_id": str(incident.pk)}
    head = ana.send("post", "/comments/", about | {"text": "Is that so? @Ben"}).json()
    assert head["mentions"] == [str(cast.ben.pk)]
    ben = Door(client, cast.ben)
    reply = ben.send("post", "/comments/", about | {"text": "It is.", "reply_to_id": head["id"]}).json()
    found = ana.get("/comments/", about | {"thread": head["id"]}).json()["results"]
    assert [each["id"] for each in found] == [reply["id"]]
    assert ana.get("/comments/", {"mentions_me": "true"}).json()["results"] == []
    assert len(ben.get("/comments/", {"mentions_me": "true"}).json()["results"]) == 1
    path = f"/comments/{head['id']}"
    assert step(ana, f"{path}/withdraw/", {}).status_code == 400
    assert step(ben, f"{path}/withdraw/", {"reason": "x"}).status_code == 403
    assert step(ben, f"{path}/resolve/", {"word": "Agreed"}).json()["resolution"] == "Agreed"
    assert step(ben, f"{path}/resolve/", {"word": "Agreed"}, 2).status_code == 409
    assert step(ana, f"{path}/reopen/", version=2).json()["resolved_at"] is None
    assert step(ana, f"{path}/withdraw/", {"reason": "Mistaken."}, 3).json()["status"] == "withdrawn"


def test_comments_name_only_what_one_may_read(client, cast, ana, incident):
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
    cast.ben.memberships.update(clearance="amber")
    told = {"about_kind": "incident", "about_id": str(incident.pk), "text": "x"}
    answer = Door(client, cast.ben).send("post", "/comments/", told)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/about_id")
    assert ana.send("post", "/comments/", told | {"about_kind": "weather"}).status_code == 400


def test_a_task_goes_its_way(cast, ana, incident, east):
    told = {"workspace_id": str(east.pk), "title": "Ask", "about_kind": "incident", "about_id": str(incident.pk)}
    path = f"/tasks/{ana.send('post', '/tasks/', told).json()['id']}"
    assert step(ana, f"{path}/assign/", {"assignee_id": str(cast.stranger.pk)}).status_code == 422
    assert step(ana, f"{path}/assign/", {"assignee_id": str(cast.ben.pk)}).json()["assignee_id"] == str(cast.ben.pk)
    assert step(ana, f"{path}/finish/", {"note": "Done."}, 2).json()["status"] == "done"
    assert step(ana, f"{path}/finish/", {}, 3).status_code == 409
    assert step(ana, f"{path}/reopen/", {"reason": "Again."}, 3).json()["status"] == "open"
    assert step(ana, f"{path}/withdraw/", {"reason": "No."}, 4).json()["status"] == "withdrawn"


def test_a_watch_goes_its_way(client, cast, ana, incident, east):
    told = {"workspace_id": str(east.pk), "sort": "search", "title": "New", "over": "incident", "query": "colour=red"}
    assert ana.send("post", "/watches/", told).status_code == 422
    path = f"/watches/{ana.send('post', '/watches/', told | {'query': 'status=open'}).json()['id']}"
    assert step(Door(client, cast.ben), f"{path}/pause/").status_code == 403
    assert step(ana, f"{path}/pause/").json()["status"] == "paused"
    assert step(ana, f"{path}/resume/", version=2).json()["status"] == "active"
    assert step(ana, f"{path}/withdraw/", {"reason": "Over."}, 3).json()["status"] == "withdrawn"


def test_notifications_are_listed_and_marked_by_their_receiver(client, cast, incident):
    with acting_as(cast.ana):
        for event in ("approved", "returned", "dissent"):
            tell([cast.ben], about=incident, event=event, sentence="By Ana.")
    ben, ana = Door(client, cast.ben), Door(client, cast.ana)
    first = ben.get("/notifications/", {"limit": 2, "count": 1}).json()
    rest = client.get(first["next"], headers=ben.headers).json()
    assert (first["count"], [each["event"] for each in first["results"]]) == (3, ["dissent", "returned"])
    assert [each["title"] for each in rest["results"]] == [str(incident)]
    path = f"/notifications/{rest['results'][0]['id']}/"
    assert (ana.get(path).status_code, ana.send("post", f"{path}read/").status_code) == (404, 404)
    assert ben.send("post", f"{path}read/").json()["read_at"]
    assert len(ben.get("/notifications/", {"unread": "true"}).json()["results"]) == 2
    assert ben.send("post", "/notifications/read-all/").json() == {"marked": 2}
    assert ben.send("post", "/notifications/", {}).status_code == 405
    assert ben.get("/notifications/", {"colour": "red"}).status_code == 400


def test_what_moved_out_of_reach_is_not_listed(client, cast, incident):
    with acting_as(cast.ana):
        tell([cast.vera], about=incident, event="approved", sentence="A secret.")
        incident.change(by=cast.ana, marking="red")
    answer = Door(client, cast.vera, "read").get("/notifications/", {"count": 1}).json()
    assert (answer["results"], answer["count"]) == ([], 0)


def test_a_token_is_told_of_its_own_room_only_and_a_reading_one_marks_nothing(client, cast, incident, west):
    membership = Membership.objects.create(user=cast.ben, workspace=west, role="analyst", clearance="red")
    with acting_as(cast.ana):
        tell([cast.ben], about=incident, event="approved")
    reading = Door(client, cast.ben, "read")
    assert len(reading.get("/notifications/").json()["results"]) == 1
    assert reading.send("post", "/notifications/read-all/").status_code == 403
    cast.ben.memberships.exclude(pk=membership.pk).get()
    elsewhere = Door(client, cast.ben)
    elsewhere.token.__class__.objects.filter(pk=elsewhere.token.pk).update(membership=membership)
    assert elsewhere.get("/notifications/").json()["results"] == []
    assert elsewhere.send("post", "/notifications/read-all/").json() == {"marked": 0}
    with acting_as(cast.ben):
        assert Notification.objects.unread().count() == 1
