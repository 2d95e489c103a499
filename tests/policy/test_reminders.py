"""Owners are reminded of what is due and of measures that end: once for each date, whatever day the worker ran."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from ledger.acting import acting_as
from ledger.deadlines import reminder_of
from ledger.models import Notification
from policy.models import BorderEnforcement, PolicyResponse
from policy.reminders import end_of_measure, remind
from policy.tasks import remind_owners

TODAY = timezone.localdate()


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def told(person) -> list[tuple[str, str]]:
    """Events and the first word of what was said, the oldest first."""
    with acting_as(person):
        found = Notification.objects.filter(event__in=["response_due", "measure_ends"]).order_by("pk")
        return [(each.event, each.sentence.split()[0]) for each in found]


@pytest.fixture
def propose(cast, east):
    def make(due: date | None, **fields) -> PolicyResponse:
        given = {"title": "Protest", "response_kind": "diplomatic_protest", "owner": cast.ben}
        with acting_as(cast.ana):
            return PolicyResponse.add(by=cast.ana, workspace=east, due=due, **{**given, **fields})

    return make


@pytest.fixture
def in_force(cast, east):
    """A border measure in force until a day, owned by Ben."""

    def make(ends: date | None) -> PolicyResponse:
        with acting_as(cast.ana):
            response = PolicyResponse.put_on_record(
                by=cast.ana, workspace=east, title="Closed", response_kind="border_enforcement", status="in_force"
            )
            response.change(by=cast.ana, owner=cast.ben)
            BorderEnforcement.add(by=cast.ana, response=response, section="All", measure="closure", ends=ends)
        return response

    return make


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (8, None),
        (7, "Due in 7 days, on 8 March 2026."),
        (2, "Due in 2 days, on 3 March 2026."),
        (1, "Due tomorrow, 2 March 2026."),
        (0, "Due today, 1 March 2026."),
        (-1, "Overdue since 28 February 2026."),
    ],
)
def test_what_is_said_a_number_of_days_before_a_date(left, said):
    today = date(2026, 3, 1)
    reminder = reminder_of(today + timedelta(days=left), today)
    assert (reminder and reminder.sentence) == said


def test_a_measure_is_told_of_before_it_ends_and_after():
    today = date(2026, 3, 1)
    assert end_of_measure(today, today).sentence == "Ends on 1 March 2026."
    assert end_of_measure(date(2026, 2, 28), today).sentence == "Ended on 28 February 2026, and is still in force here."


def test_an_owner_is_reminded_a_week_ahead_a_day_ahead_and_when_overdue_each_time_once(cast, propose):
    propose(day(7))
    expected = []
    for today, word in [(0, "Due"), (5, None), (6, "Due"), (7, None), (8, "Overdue"), (9, None)]:
        expected += [("response_due", word)] if word else []
        for _ in range(2):
            _on(day(today))
            assert told(cast.ben) == expected, today
    assert told(cast.ana) == []


def _on(today: date) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("policy.reminders.timezone.localdate", lambda: today)
        return remind()


def test_a_changed_date_and_another_owner_start_anew(cast, propose):
    response = propose(day(3))
    assert (remind(), remind()) == (1, 0)
    with acting_as(cast.ana):
        response.change(by=cast.ana, due=day(4))
    assert (remind(), remind()) == (1, 0)
    with acting_as(cast.ana):
        response.change(by=cast.ana, owner=cast.sofia)
    assert (remind(), remind()) == (1, 0)
    assert len(told(cast.ben)) == 2
    assert len(told(cast.sofia)) == 1


def test_what_is_far_off_over_or_owned_by_nobody_is_not_told(cast, propose):
    propose(day(8))
    propose(None)
    withdrawn, free = propose(day(1)), propose(day(1))
    with acting_as(cast.ana):
        withdrawn.withdraw(by=cast.ana, reason="No.")
        free.change(by=cast.ana, owner=None)
    assert remind() == 0


def test_an_owner_who_may_no_longer_read_it_is_not_told(cast, propose):
    propose(day(1))
    cast.ben.memberships.update(clearance="clear")
    assert remind() == 0


def test_the_owner_of_a_border_measure_is_told_before_it_ends_and_when_it_has(cast, in_force):
    in_force(day(14))
    for today, expected in [(-1, 0), (0, 1), (10, 1), (14, 1), (15, 2), (16, 2)]:
        for _ in range(2):
            _on(day(today))
            assert len(told(cast.ben)) == expected, today
    assert told(cast.ben) == [("measure_ends", "Ends"), ("measure_ends", "Ended")]


def test_a_measure_that_is_over_without_end_or_withdrawn_in_its_fields_is_not_told(cast, in_force):
    over, unfilled = in_force(day(-1)), in_force(day(-1))
    in_force(None)
    with acting_as(cast.ana):
        over.complete(by=cast.ana)
        unfilled.border_enforcement.withdraw(by=cast.ana, reason="Wrong.")
    assert remind() == 0


def test_the_workers_task_reminds(cast, propose):
    propose(day(-3))
    remind_owners(0)
    remind_owners(0)
    assert told(cast.ben) == [("response_due", "Overdue")]
