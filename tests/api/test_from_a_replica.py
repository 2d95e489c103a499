"""What a replica serves: as much as the primary would, never less than one has written, never to whom it may not."""

import logging

import pytest
from django.db import Error, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from config import replica as routing
from config.api import router
from evidence.models import Source
from ledger.acting import acting_as
from ledger.models import LastWrite, Notification
from ledger.notices import tell
from ledger.replica import REPLICA, on_primary, on_replica
from tests import making
from tests.api.test_kinds import Door

pytestmark = pytest.mark.django_db(transaction=True)

SOURCES = "/sources/"
EARLY, BOTH = ["Early"], ["Early", "Late"]


@pytest.fixture
def paused(replica, cast, east):
    """The replica stands still and holds one source, Early. Late is known to the primary alone."""
    a_source(cast.stella, east, name="Early")
    replica.catch_up()
    replica.pause()
    a_source(cast.stella, east, name="Late")
    return replica


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


@pytest.fixture
def ben(cast):
    return Door(Client(), cast.ben)


def a_source(person, room, **fields):
    with acting_as(person):
        return making.a_source(by=person, workspace=room, **fields)


def add(door, room, name):
    fields = {"workspace_id": str(room.pk), "marking": "green", "source_class": "independent_press", "name": name}
    return door.send("post", SOURCES, {**fields, "reliability": "B"})


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return sorted(each["name"] for each in answer.json()["results"])


def names_for(person) -> list[str]:
    with acting_as(person):
        return sorted(Source.objects.values_list("name", flat=True))


# --- What comes from it --------------------------------------------------------------------------


def test_lists_records_and_pages_come_from_the_replica(paused, ana, cast):
    with acting_as(cast.stella):
        early = Source.objects.get(name="Early")
        early.change(by=cast.stella, name="Changed")
    assert names(ana.get(SOURCES)) == EARLY
    assert ana.get(f"{SOURCES}{early.pk}/").json()["name"] == "Early"
    ana.client.force_login(cast.ana)
    page = ana.client.get(reverse("sources")).content.decode()
    assert "Early" in page
    assert "Late" not in page


def test_what_the_replica_does_not_hold_yet_is_there_all_the_same(paused, ana, cast):
    with acting_as(cast.stella):
        late = Source.objects.get(name="Late")
    assert ana.get(f"{SOURCES}{late.pk}/").json()["name"] == "Late"


def test_every_list_and_record_named_for_it_is_served_without_the_primary(replica, approved, ana, cast, caplog):
    replica.catch_up()
    ana.client.force_login(cast.ana)
    pages = [reverse(name) for name in sorted(routing.PAGES)]
    answers = [ana.client.get(path) for path in pages]
    for prefix, viewset, _ in router.registry:
        answers.append(ana.get(f"/{prefix}/"))
        found = answers[-1].json()["results"][:1] if "retrieve" in dir(viewset) else []
        answers += [ana.get(f"/{prefix}/{each['id']}/") for each in found]
    assert {each.status_code for each in answers} == {200}
    assert len(answers) > len(pages) + len(router.registry)
    assert caplog.records == []


def test_the_replica_shows_nobody_more_than_the_primary(replica, cast, east, west):
    for person, room in [(cast.stella, east), (cast.stranger, west)]:
        for marking in ("green", "amber", "red"):
            a_source(person, room, name=f"{room.slug} {marking}", marking=marking)
    replica.catch_up()
    people = [cast.ana, cast.vera, cast.stranger, cast.nobody, None]
    with on_replica():
        there = [names_for(person) for person in people]
    assert [len(found) for found in there] == [3, 2, 3, 0, 0]
    assert there == [names_for(person) for person in people]


def test_nothing_is_written_there_and_the_primary_can_be_asked_meanwhile(paused, cast, east):
    with on_replica():
        assert names_for(cast.ana) == EARLY
        with pytest.raises(Error, match="read-only"):
            a_source(cast.ana, east)
        with on_primary():
            assert names_for(cast.ana) == BOTH
        assert names_for(cast.ana) == EARLY
    assert names_for(cast.ana) == BOTH


# --- One's own acts ------------------------------------------------------------------------------


def test_who_wrote_reads_it_back_though_the_replica_stands_still_and_others_need_not(paused, ana, ben, east):
    assert add(ana, east, "Mine").status_code == 201
    assert names(ana.get(SOURCES)) == [*BOTH, "Mine"]
    assert names(ben.get(SOURCES)) == EARLY


def test_what_was_done_on_a_page_is_read_back_by_token(paused, ana, cast, east):
    ana.client.force_login(cast.ana)
    fields = {"workspace": east.pk, "marking": "green", "name": "Mine", "source_class": "independent_press"}
    assert ana.client.post(reverse("source_add"), {**fields, "reliability": "B"}).status_code == 302
    assert names(ana.get(SOURCES)) == [*BOTH, "Mine"]


def test_a_position_handed_on_is_waited_for_by_anybody(paused, ana, ben, east):
    told = add(ana, east, "Mine").headers[routing.WROTE]
    assert names(ben.get(SOURCES, **{routing.READ_AFTER: told})) == [*BOTH, "Mine"]


@pytest.mark.parametrize("told", ["FFFFFFFF/FFFFFFFF", "nonsense"])
def test_a_position_that_cannot_be_is_answered_by_the_primary(paused, ana, told):
    assert names(ana.get(SOURCES, **{routing.READ_AFTER: told})) == BOTH


def test_the_replica_serves_again_once_it_holds_what_was_written(replica, ana, east):
    assert add(ana, east, "Mine").status_code == 201
    replica.catch_up()
    with CaptureQueriesContext(connections[REPLICA]) as there:
        assert names(ana.get(SOURCES)) == ["Mine"]
    assert any("evidence_source" in each["sql"] for each in there.captured_queries)


def test_only_what_wrote_is_remembered(replica, ana, east, cast):
    assert routing.WROTE not in ana.get(SOURCES).headers
    assert routing.WROTE not in ana.get("/me/").headers
    assert routing.WROTE not in add(ana, east, "").headers
    assert not LastWrite.objects.exists()
    add(ana, east, "Mine")
    assert LastWrite.objects.get().person_id == cast.ana.pk


def test_without_a_replica_nothing_is_remembered_or_told(ana, east, transactional_db):
    assert routing.WROTE not in add(ana, east, "Mine").headers
    assert not LastWrite.objects.exists()


def test_what_was_noted_in_another_log_is_not_waited_for(replica, ana, cast):
    """After a restore, positions begin anew: one that lies ahead would keep its person from the replica for long."""
    LastWrite.objects.create(person=cast.ana, position=2**62)
    replica.catch_up()
    with CaptureQueriesContext(connections[REPLICA]) as there:
        ana.get(SOURCES)
    assert any("evidence_source" in each["sql"] for each in there.captured_queries)


# --- Rights --------------------------------------------------------------------------------------


def test_a_right_that_ended_has_ended_there_at_once(paused, ana, cast):
    assert names(ana.get(SOURCES)) == EARLY
    Membership.objects.filter(user=cast.ana).update(clearance="clear")
    assert names(ana.get(SOURCES)) == []


def test_a_right_that_was_given_holds_at_once(paused, client, cast, east):
    client.force_login(cast.nobody)
    assert client.get(f"/api/v1{SOURCES}").json()["results"] == []
    Membership.objects.create(user=cast.nobody, workspace=east, role="viewer", clearance="red")
    assert names(client.get(f"/api/v1{SOURCES}")) == BOTH


def test_a_revoked_token_opens_nothing_there(paused, ana, cast):
    assert names(ana.get(SOURCES)) == EARLY
    ana.token.revoke(by=cast.ana)
    assert ana.get(SOURCES).status_code == 401
    assert ana.get("/changes/").status_code == 401


def test_who_left_everything_is_told_nothing_there(paused, ana, cast):
    Membership.objects.filter(user=cast.ana).update(ended_at=timezone.now())
    assert ana.get(SOURCES).status_code == 401


# --- When it fails -------------------------------------------------------------------------------


def test_the_primary_serves_while_the_replica_is_unreachable_and_the_log_tells_once(
    paused, ana, client, caplog, monkeypatch
):
    assert client.get("/health/").content == b"ok\nreplica: serving"
    with paused.unreachable():
        for _ in range(3):
            assert names(ana.get(SOURCES)) == BOTH
        health = client.get("/health/")
        assert (health.status_code, health.content[:23]) == (200, b"ok\nreplica: not used (c")
    assert [each.getMessage().split(":")[0] for each in caplog.records] == ["The primary serves what the replica did"]
    monkeypatch.setattr(routing.trust, "until", 0.0)
    paused.resume()
    paused.catch_up()
    assert client.get("/health/").content == b"ok\nreplica: serving"
    assert caplog.records[-1].getMessage() == "The replica serves again."


def test_a_replica_too_far_behind_is_left_alone_for_a_while(paused, ana, client, settings, caplog):
    settings.REPLICA_SECONDS = 0
    assert names(ana.get(SOURCES)) == BOTH
    with CaptureQueriesContext(connections[REPLICA]) as there:
        assert names(ana.get(SOURCES)) == BOTH
    assert there.captured_queries == []
    assert [each.getMessage()[:41] for each in caplog.records] == ["The primary serves what the replica did: "]
    assert b"behind" in client.get("/health/").content


@pytest.mark.parametrize("where", ["set_config", "evidence_source"])
def test_what_breaks_off_there_is_served_by_the_primary(paused, ana, caplog, where):
    def cut(execute, sql, params, many, context):
        if where in sql:
            pid = context["connection"].connection.info.backend_pid
            paused.control.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return execute(sql, params, many, context)

    with connections[REPLICA].execute_wrapper(cut):
        assert names(ana.get(SOURCES)) == BOTH
    assert [each.levelno for each in caplog.records] == [logging.WARNING]
    assert "could not serve api-sources-list" in caplog.text
    assert names(ana.get(SOURCES)) == EARLY


def test_what_would_write_there_is_done_by_the_primary(replica, client, cast, east, monkeypatch, caplog):
    source = a_source(cast.stella, east)
    with acting_as(cast.stella):
        tell([cast.ana], about=source, event="approved")
    with acting_as(cast.ana):
        told = Notification.objects.get()
    replica.catch_up()
    monkeypatch.setattr(routing, "may_be_served_there", lambda name: True)
    client.force_login(cast.ana)
    assert client.get(reverse("notification", args=[told.pk])).status_code == 302
    assert "could not serve notification: cannot execute UPDATE in a read-only transaction" in caplog.text
    with acting_as(cast.ana):
        assert not Notification.objects.unread().exists()


def test_an_address_that_leads_to_a_primary_is_no_replica(replica, ana, settings, cast, east):
    connections[REPLICA].close()
    settings.DATABASES[REPLICA]["PORT"] = connection.settings_dict["PORT"]
    a_source(cast.stella, east, name="Early")
    with CaptureQueriesContext(connection) as here:
        assert names(ana.get(SOURCES)) == EARLY
    assert any("evidence_source" in each["sql"] for each in here.captured_queries)
    assert routing.state() == "replica: not used (it follows no primary)"
