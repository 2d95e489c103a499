"""Telling people: they learn only of what they may read, when told and whenever they look."""

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from ledger.acting import acting_as, as_owner
from ledger.kinds import kinds
from ledger.models import Notification
from ledger.notices import About, Notice, tell, tell_all
from tests import making


@pytest.fixture
def source(cast, east):
    with acting_as(cast.ana):
        return making.a_source(by=cast.ana, workspace=east, name="Ministry", marking="green")


def told(person) -> list[tuple[str, str]]:
    """What a person finds: the record's name and the sentence."""
    with acting_as(person):
        return [(str(each.about), each.sentence) for each in Notification.objects.shown()]


def everyone(cast) -> list:
    return [cast.ana, cast.ben, cast.vera, cast.stranger, cast.nobody]


def test_the_others_are_told_and_who_acts_is_not(cast, source):
    with acting_as(cast.ana):
        assert tell([cast.ana, cast.ben, cast.ben], about=source, event="approved", sentence="By Ana.") == 1
    assert told(cast.ben) == [("Ministry", "By Ana.")]
    assert told(cast.ana) == []


def test_who_may_not_read_the_record_is_left_out(cast, source):
    with acting_as(cast.ana):
        source.change(by=cast.ana, marking="red")
        assert tell(everyone(cast), about=source, event="approved") == 1
    assert [told(each) for each in (cast.vera, cast.stranger, cast.nobody)] == [[], [], []]


def test_a_person_who_was_switched_off_is_left_out(cast, source):
    cast.ben.is_active = False
    cast.ben.save()
    with acting_as(cast.ana):
        assert tell([cast.ben], about=source, event="approved") == 0


@pytest.mark.parametrize("way", [lambda: acting_as(None), as_owner])
def test_the_worker_and_the_owner_tell_too(cast, source, way):
    with way():
        assert tell(everyone(cast), about=source, event="task_due") == 3


def test_the_owner_on_somebodys_behalf_does_not_tell_that_person(cast, source):
    with acting_as(cast.ana), as_owner():
        assert tell([cast.ana, cast.ben], about=source, event="attribution_stale") == 1


def test_an_event_or_a_record_that_does_not_exist_tells_nobody(cast, source):
    with acting_as(cast.ana):
        with pytest.raises(ValueError, match="weather"):
            tell([cast.ben], about=source, event="weather")
        assert tell([cast.ben], about=About("weather", source.pk), event="approved") == 0
        assert tell([cast.ben], about=About("incident", source.pk), event="approved") == 0


def test_what_has_a_key_is_told_once(cast, source):
    with acting_as(cast.ana):
        assert tell([cast.ben, cast.vera], about=source, event="task_due", key="2026-11-01") == 2
        assert tell([cast.ben, cast.vera], about=source, event="task_due", key="2026-11-01") == 0
        assert tell([cast.ben], about=source, event="task_due", key="2026-12-01") == 1
        assert tell([cast.ben], about=source, event="task_due") == 1
        assert tell([cast.ben], about=source, event="task_due") == 1


def test_a_record_marked_anew_takes_its_notification_out_of_sight_and_back(cast, source):
    with acting_as(cast.ana):
        tell([cast.ben, cast.vera], about=source, event="approved", sentence="A secret.")
        source.change(by=cast.ana, marking="red")
    assert told(cast.vera) == []
    assert told(cast.ben) == [("Ministry", "A secret.")]
    with acting_as(cast.vera):
        assert Notification.objects.unread().count() == 0
    with acting_as(cast.ana):
        source.change(by=cast.ana, marking="amber")
    assert told(cast.vera) == [("Ministry", "A secret.")]


def test_a_record_that_moves_to_another_room_takes_its_notification_along(cast, source, west):
    with acting_as(cast.ana):
        tell([cast.ben], about=source, event="approved")
    with as_owner():
        type(source).objects.filter(pk=source.pk).update(workspace=west)
    assert told(cast.ben) == []


def test_a_membership_that_ended_and_a_lower_clearance_hide_what_was_told(cast, source):
    with acting_as(cast.ana):
        tell([cast.ben, cast.vera], about=source, event="approved")
    cast.vera.memberships.update(clearance="clear")
    cast.ben.memberships.get().end(by=cast.sofia)
    assert told(cast.vera) == told(cast.ben) == []


def test_nobody_reads_or_writes_anothers_notifications_by_raw_sql(cast, source, as_app):
    with acting_as(cast.ana):
        tell([cast.ben], about=source, event="approved")
    assert as_app("SELECT 1 FROM ledger_notification") == []
    assert as_app("SELECT 1 FROM ledger_notification", user=cast.sofia) == []
    as_app("UPDATE ledger_notification SET read_at = now()", user=cast.sofia)
    with acting_as(cast.ben):
        assert Notification.objects.unread().count() == 1
    for forbidden in (
        "DELETE FROM ledger_notification",
        "UPDATE ledger_notification SET sentence = 'x'",
        "INSERT INTO ledger_notification (id) VALUES (gen_random_uuid())",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            as_app(forbidden, user=cast.ben)


def test_every_record_table_takes_along_what_is_about_its_records(db, as_app):
    for kind, model in kinds().items():
        found = as_app(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'followed'", [model._meta.db_table]
        )
        assert found == [("followed",)], kind
        assert as_app("SELECT record_table(%s)", [kind]) == [(model._meta.db_table,)]


def test_five_thousand_records_are_told_of_in_a_few_queries(cast, east):
    adding = """INSERT INTO evidence_source (id, workspace_id, marking, state_note, status, name, source_class, country,
                homepage, description, reliability, reliability_reason)
                SELECT gen_random_uuid(), %s, 'green', '', 'active', 'S' || n, 'court', '', '', '', 'F', ''
                FROM generate_series(1, 5000) n RETURNING id"""
    with acting_as(cast.ana), connection.cursor() as cursor:
        cursor.execute(adding, [east.pk])
        ids = [row[0] for row in cursor.fetchall()]
        people = [cast.ben.pk, cast.sofia.pk, cast.stranger.pk]
        with CaptureQueriesContext(connection) as queries:
            rows = (Notice(person, About("source", pk), "basis_in_question") for pk in ids for person in people)
            assert tell_all(rows) == 10_000
    assert len(queries) == 2
    Membership.objects.filter(user=cast.ben).update(clearance="clear")
    with acting_as(cast.ben):
        assert Notification.objects.count() == 0
