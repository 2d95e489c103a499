"""The calendar: a person's dates, as they may read them now, at an address that is a secret."""

import logging
from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import CalendarLink
from cases.models import ReviewClaim
from ledger.acting import acting_as
from ledger.models import Task
from policy.models import BorderEnforcement, PolicyResponse
from tests import making
from tests.api.test_kinds import Door

TODAY = timezone.localdate()
IN_A_WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def secret(cast) -> str:
    """Ana's."""
    return CalendarLink.renew(by=cast.ana)[1]


@pytest.fixture
def propose(cast, east):
    def make(**fields) -> PolicyResponse:
        given = {"title": "Close it", "response_kind": "border_enforcement", "due": IN_A_WEEK}
        with acting_as(cast.ana):
            return PolicyResponse.add(by=cast.ana, workspace=east, **{**given, **fields})

    return make


def fetch(client, secret: str, **headers):
    return client.get(reverse("calendar", args=[secret]), headers=headers)


def events(answer) -> dict[str, date]:
    """The days by what is said of them."""
    assert answer.status_code == 200
    told = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(each["SUMMARY"]): each["DTSTART"].dt for each in told}


def of(client, person) -> dict[str, date]:
    return events(fetch(client, CalendarLink.renew(by=person)[1]))


# --- What stands in it ---------------------------------------------------------------------------


def test_it_holds_due_dates_and_the_days_of_measures_of_ones_own_responses(client, cast, propose, secret):
    response = propose()
    days = {"starts": TODAY, "ends": TODAY + timedelta(days=60)}
    with acting_as(cast.ana):
        BorderEnforcement.add(by=cast.ana, response=response, section="Kuznica", measure="closure", **days)
    propose(title="Listed", response_kind="sanctions", measure_date=str(TODAY), due=None)
    propose(title="Some time", response_kind="sanctions", measure_date=str(TODAY)[:7], due=None)
    propose(title="Of Ben", owner=cast.ben)
    assert events(fetch(client, secret)) == {
        "Measure begins: Listed": TODAY,
        "Measure begins: Close it": days["starts"],
        "Response due: Close it": IN_A_WEEK,
        "Measure ends: Close it": days["ends"],
    }


def test_what_is_over_is_not_due_and_what_came_to_nothing_has_no_days(client, cast, propose, secret):
    response = propose(measure_date=str(IN_A_WEEK))
    assert len(events(fetch(client, secret))) == 2
    with acting_as(cast.ana):
        response.withdraw(by=cast.ana, reason="No.")
    assert events(fetch(client, secret)) == {}


def test_measures_long_past_leave_it_and_what_is_overdue_stays(client, propose, secret):
    long_ago = TODAY - timedelta(days=500)
    propose(due=long_ago, measure_date=str(long_ago))
    assert events(fetch(client, secret)) == {"Response due: Close it": long_ago}


def test_it_holds_ones_own_open_tasks(client, cast, east, secret):
    with acting_as(cast.ana):
        for title, assignee in [("Ask them", cast.ana), ("Done", cast.ana), ("For Ben", cast.ben)]:
            task = Task.add(by=cast.ana, workspace=east, title=title, assignee=assignee, due=IN_A_WEEK)
            if title == "Done":
                task.finish(by=cast.ana)
    assert events(fetch(client, secret)) == {"Task: Ask them": IN_A_WEEK}


def test_it_holds_review_dates_for_author_and_approver(client, cast, approved):
    expected = {f"Look again: {approved.statement}": approved.review_by}
    assert of(client, cast.ana) == of(client, cast.sofia) == expected
    assert of(client, cast.ben) == {}
    with acting_as(cast.ana):
        approved.withdraw(by=cast.ana, reason="Wrong.")
    assert of(client, cast.ana) == {}


def test_it_holds_the_deadline_of_a_review_one_claimed(client, cast, in_review):
    with acting_as(cast.ben):
        claim = ReviewClaim.claim(by=cast.ben, attribution=in_review)
    assert of(client, cast.ben) == {f"Review due: {in_review.statement}": claim.due_on}
    with acting_as(cast.ben):
        claim.release(by=cast.ben)
    assert of(client, cast.ben) == {}


@pytest.mark.parametrize(
    ("marking", "said"),
    [
        ("amber", "Response due: Close it"),
        ("amber_strict", "A record marked TLP:AMBER+STRICT"),
        ("red", "A record marked TLP:RED"),
    ],
)
def test_titles_above_amber_are_left_out(client, propose, secret, marking, said):
    response = propose(marking=marking, title="Close it")
    answer = fetch(client, secret)
    assert events(answer) == {said: IN_A_WEEK}
    assert response.get_absolute_url() in answer.content.decode().replace("\r\n ", "")
    assert ("Close it" in answer.content.decode()) == (marking == "amber")


def test_it_shows_only_what_may_be_read_now(client, cast, propose, secret):
    propose(marking="amber_strict")
    membership = cast.ana.memberships.get()
    membership.change(by=cast.sofia, role="analyst", clearance="amber")
    assert events(fetch(client, secret)) == {}
    membership.change(by=cast.sofia, role="analyst", clearance="red")
    assert len(events(fetch(client, secret))) == 1
    membership.end(by=cast.sofia)
    assert events(fetch(client, secret)) == {}


def test_events_are_whole_days_that_keep_their_name_and_say_when_they_changed(client, cast, propose, secret):
    response = propose()
    (before,) = Calendar.from_ical(fetch(client, secret).content).walk("VEVENT")
    with acting_as(cast.ana):
        response.change(by=cast.ana, due=TODAY)
    (after,) = Calendar.from_ical(fetch(client, secret).content).walk("VEVENT")
    assert before["UID"] == after["UID"] == f"policy_response-{response.pk}-due@127.0.0.1"
    assert after["LAST-MODIFIED"].dt == response.updated_at.replace(microsecond=0)
    assert after["DTSTART"].params["VALUE"] == "DATE"
    assert after["URL"] == f"http://127.0.0.1:8000{response.get_absolute_url()}"
    assert (after["TRANSP"], after["DESCRIPTION"]) == ("TRANSPARENT", "TLP:AMBER")


# --- Who is let in ---------------------------------------------------------------------------------


def test_unknown_revoked_and_replaced_addresses_are_not_there(client, cast, secret):
    assert fetch(client, "unknown").status_code == 404
    link, second = CalendarLink.renew(by=cast.ana)
    assert fetch(client, secret).status_code == 404
    assert fetch(client, second).status_code == 200
    link.revoke(by=cast.ana)
    assert fetch(client, second).status_code == 404


def test_who_is_no_longer_active_has_no_calendar(client, cast, secret):
    cast.ana.is_active = False
    cast.ana.save()
    assert fetch(client, secret).status_code == 404


def test_the_secret_opens_the_calendar_and_nothing_else(client, cast, propose, secret):
    response = propose()
    fetch(client, secret)
    assert client.get(response.get_absolute_url()).status_code == 302
    assert client.get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert client.post(reverse("calendar", args=[secret])).status_code == 405


def test_whoever_is_signed_in_is_shown_the_calendar_of_the_address(client, cast, propose, secret):
    propose()
    client.force_login(cast.stranger)
    assert set(events(fetch(client, secret))) == {"Response due: Close it"}


def test_acting_read_only_writes_no_record(cast, east):
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(cast.ana, reads_only=True):
        making.an_actor(by=cast.ana, workspace=east)


def test_the_secret_stands_in_no_log(client, secret, caplog):
    CalendarLink.objects.update(revoked_at=timezone.now())
    assert fetch(client, secret).status_code == 404
    assert client.post(reverse("calendar", args=[secret])).status_code == 405
    assert caplog.text.count("/calendar/...") == 2
    assert secret not in caplog.text


def test_what_any_logger_says_reaches_the_console_without_secrets():
    console = next(each for each in logging.getLogger().handlers if each.get_name() == "console")
    told = logging.makeLogRecord({"msg": "Refused: %s", "args": ("/invitations/a-secret_1/",)})
    assert console.filter(told)
    assert told.getMessage() == "Refused: /invitations/.../"


# --- Polling -----------------------------------------------------------------------------------------


def test_an_unchanged_calendar_is_not_sent_again(client, propose, secret):
    propose()
    first = fetch(client, secret)
    for told in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = fetch(client, secret, **told)
        assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Content-Type"] == "text/calendar; charset=utf-8"


def test_what_left_the_calendar_is_noticed_by_either_way_of_asking(client, cast, propose, secret):
    propose(marking="red")
    first = fetch(client, secret)
    cast.ana.memberships.update(clearance="amber")
    for told in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        assert events(fetch(client, secret, **told)) == {}


def test_it_takes_the_same_few_queries_whatever_it_holds(client, cast, east, approved, propose, secret):
    counted = []
    fetch(client, secret)  # the first use is noted
    for _ in range(2):
        propose()
        with acting_as(cast.ana):
            for _ in range(3):
                Task.add(by=cast.ana, workspace=east, title="Ask", assignee=cast.ana, due=TODAY)
        fetch(client, secret)  # so is a change
        with CaptureQueriesContext(connection) as queries:
            assert fetch(client, secret).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 13


# --- Through the API -----------------------------------------------------------------------------------


def test_a_token_gets_the_same_text(client, cast, propose, secret):
    propose()
    ana = Door(client, cast.ana, scope="read")
    answer = ana.get("/calendar/", Accept="text/calendar")
    assert answer.content == fetch(client, secret).content
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert ana.get("/calendar/", **{"If-None-Match": answer["ETag"]}).status_code == 304


def test_a_token_is_told_of_its_own_room_only(client, cast, west, propose):
    propose()
    token = Door(client, cast.ana)
    cast.ana.memberships.create(workspace=west, role="analyst", clearance="red")
    cast.ana.forget_memberships()
    with acting_as(cast.ana):
        Task.add(by=cast.ana, workspace=west, title="In the west", assignee=cast.ana, due=TODAY)
    assert set(events(token.get("/calendar/"))) == {"Response due: Close it"}
    assert set(of(client, cast.ana)) == {"Response due: Close it", "Task: In the west"}


def test_the_api_asks_who_one_is_and_knows_no_parameters(client, cast):
    answer = client.get("/api/v1/calendar/", headers={"Accept": "text/calendar"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert Door(client, cast.ana).get("/calendar/", {"colour": "red"}).status_code == 400
