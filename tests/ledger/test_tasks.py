"""Tasks: given to somebody who may read them, finished once, told when given and when due."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.errors import IllegalStep, NotYours
from ledger.acting import acting_as
from ledger.models import Notification, Task
from ledger.tasks import tell_due_tasks
from tests import making


@pytest.fixture
def incident(cast, east):
    with acting_as(cast.ana):
        return making.an_incident(by=cast.ana, workspace=east, marking="amber")


@pytest.fixture
def task(cast, incident):
    with acting_as(cast.ana):
        return Task.add(by=cast.ana, about=incident, title="Ask the ministry", assignee=cast.ben)


def told(person) -> list[tuple[str, str]]:
    with acting_as(person):
        return [(each.event, str(each.about)) for each in Notification.objects.order_by("pk").shown()]


def test_whom_a_task_is_given_to_is_told(cast, task):
    assert told(cast.ben) == [("task_assigned", "Ask the ministry")]
    with acting_as(cast.ana):
        task.assign(by=cast.ana, assignee=cast.sofia)
        task.assign(by=cast.ana, assignee=cast.ana)
        task.assign(by=cast.ana, assignee=None)
    assert told(cast.sofia) == [("task_assigned", "Ask the ministry")]
    assert told(cast.ana) == []


def test_a_task_is_given_only_to_those_who_may_read_it(cast, incident, task):
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
        for person in (cast.vera, cast.stranger, cast.nobody):
            with pytest.raises(ValidationError, match="who may read"):
                Task.objects.get(pk=task.pk).assign(by=cast.ana, assignee=person)
            with pytest.raises(ValidationError, match="who may read"):
                Task.add(by=cast.ana, about=incident, title="x", assignee=person)


def test_a_task_follows_what_it_is_about_and_keeps_its_marking(cast, incident, task):
    with acting_as(cast.vera):
        assert Task.objects.count() == 1
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
        with pytest.raises(ValidationError, match="what it is about"):
            Task.objects.get(pk=task.pk).change(by=cast.ana, marking="green")
    with acting_as(cast.vera):
        assert Task.objects.count() == 0


def test_a_task_of_its_own_lies_where_it_is_put(cast, east):
    with acting_as(cast.ana):
        own = Task.add(by=cast.ana, workspace=east, marking="red", title="Tidy up")
        own.change(by=cast.ana, marking="green")
        assert (own.marking, own.about) == ("green", None)
    with acting_as(cast.vera), pytest.raises(NotYours):
        Task.objects.get(pk=own.pk).finish(by=cast.vera)


def test_a_task_is_finished_once_reopened_and_withdrawn(cast, task):
    with acting_as(cast.ben):
        second = Task.objects.get(pk=task.pk)
        task.finish(by=cast.ben, note="They answered.")
        assert (task.status, task.done_by, task.state_note) == ("done", cast.ben, "They answered.")
        for step in (
            lambda: second.finish(by=cast.ben),
            lambda: second.withdraw(by=cast.ben, reason="x"),
            lambda: second.assign(by=cast.ben, assignee=cast.ana),
            lambda: task.change(by=cast.ben, title="x"),
        ):
            with pytest.raises(IllegalStep, match="done"):
                step()
        task.reopen(by=cast.ben, reason="Not all of it.")
        assert (task.status, task.done_at, task.done_by) == ("open", None, None)
        with pytest.raises(IllegalStep, match="open"):
            task.reopen(by=cast.ben, reason="x")
        with pytest.raises(ValidationError):
            task.withdraw(by=cast.ben, reason=" ")
        task.withdraw(by=cast.ben, reason="Not needed.")
        assert task.status == "withdrawn"


def test_what_is_due_is_told_once_for_each_date(cast, incident):
    today = timezone.localdate()
    with acting_as(cast.ana):
        due = Task.add(by=cast.ana, about=incident, title="Due", assignee=cast.ben, due=today)
        Task.add(by=cast.ana, about=incident, title="Later", assignee=cast.ben, due=today + timedelta(days=8))
        Task.add(by=cast.ana, about=incident, title="Nobody's", due=today)
        Task.add(by=cast.ana, about=incident, title="Done", assignee=cast.ben, due=today).finish(by=cast.ana)
    for _ in range(2):
        tell_due_tasks(0)
        assert [each for each in told(cast.ben) if each[0] == "task_due"] == [("task_due", "Due")]
    with acting_as(cast.ana):
        due.change(by=cast.ana, due=today - timedelta(days=1))
        assert due.is_overdue
    tell_due_tasks(0)
    assert len([each for each in told(cast.ben) if each[0] == "task_due"]) == 2


def test_a_due_task_out_of_reach_is_not_told(cast, incident):
    with acting_as(cast.ana):
        Task.add(by=cast.ana, about=incident, title="Due", assignee=cast.vera, due=timezone.localdate())
        incident.change(by=cast.ana, marking="red")
    assert Task.tell_due() == 0
