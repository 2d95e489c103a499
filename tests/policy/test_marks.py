"""Measures on the chart of counts: each at its date as known, with what was observed after, and no claim of cause."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.drawing import Mark, Observed, by_unit, flow_chart
from cases.signals import marks_of
from ledger.acting import acting_as
from policy.models import Outcome, PolicyResponse
from tests import making

CAUSE = "A line in time is no claim of cause"


def a_measure(incident, *, by, **fields) -> PolicyResponse:
    given = {"title": "Checks", "response_kind": "border_enforcement", "measure_date": "2021-09-02"}
    room = incident.workspace_id
    return PolicyResponse.put_on_record(by=by, workspace_id=room, incidents=[incident], **{**given, **fields})


@pytest.fixture
def counted(cast, east):
    """An incident along a corridor, with a count."""
    with acting_as(cast.ana):
        along = making.a_corridor(by=cast.ana, workspace=east)
        incident = making.an_incident(by=cast.ana, workspace=east, along=along)
        making.a_count(by=cast.ana, incident=incident)
    return incident


def test_a_day_is_drawn_as_a_day_and_a_month_or_year_as_what_it_may_be():
    marks = [Mark(when, "Sanctions", "Listed", "/") for when in ("2021-07-02", "2021-07", "2021", "")]
    drawn = flow_chart(by_unit([]), marks)["marks"]
    assert [(each["from"], each["to"], each["when"]) for each in drawn] == [
        ("2021-07-02", "2021-07-02", "on 2021-07-02"),
        ("2021-07-01", "2021-07-31", "in 2021-07"),
        ("2021-01-01", "2021-12-31", "in 2021"),
    ]


def test_what_was_observed_after_stands_beside_its_measure():
    mark = Mark("2021-07", "Sanctions", "Listed", "/", after=(Observed("2021-09", "Fewer flights."),))
    (drawn,) = flow_chart([], [mark])["marks"]
    assert [(each["from"], each["when"], each["what"]) for each in drawn["after"]] == [
        ("2021-09-01", "in 2021-09", "Fewer flights.")
    ]


def test_only_measures_that_were_taken_are_marked_earliest_first(counted, reach, cast):
    with acting_as(cast.ana):
        a_measure(counted, by=cast.ana, title="Later", measure_date="2022")
        a_measure(counted, by=cast.ana, title="Undated", measure_date="")
        a_measure(counted, by=cast.ana, title="Earlier", measure_date="2021-09")
        proposed = reach("proposed").incidents.get().incident
        assert [each.title for each in marks_of([counted])] == ["Earlier", "Later", "Undated"]
        assert marks_of([proposed]) == []
        assert marks_of([]) == []


def test_a_border_measure_without_a_date_stands_at_its_first_day(reach, cast):
    response = reach("in_force", "border_enforcement")
    with acting_as(cast.ana):
        (mark,) = marks_of([response.incidents.get().incident])
        assert mark.when == response.border_enforcement.starts.isoformat()


@pytest.mark.parametrize("page", ["incident", "corridor"])
def test_the_page_draws_and_tells_measures_and_outcomes(client, cast, counted, page):
    with acting_as(cast.ana):
        measure = a_measure(counted, by=cast.ana, measure_date="2021-09")
        Outcome.add(by=cast.ana, response=measure, observed="Fewer attempts.", observed_on="2021-10")
        address = (counted if page == "incident" else counted.along).get_absolute_url()
    client.force_login(cast.vera)
    told = client.get(address).content.decode()
    drawn = json.loads(re.search(r'id="flow-chart" type="application/json">(.*?)</script>', told)[1])
    assert [(each["title"], each["when"]) for each in drawn["marks"]] == [("Checks", "in 2021-09")]
    assert CAUSE in told
    assert '<td class="nums">in 2021-09</td>' in told
    assert "in 2021-10</span> Fewer attempts." in told


def test_a_measure_that_the_reader_may_not_see_is_not_marked(client, cast, counted):
    with acting_as(cast.ana):
        a_measure(counted, by=cast.ana, marking="red")
        address = counted.get_absolute_url()
    client.force_login(cast.vera)
    assert CAUSE not in client.get(address).content.decode()


def test_marks_take_the_same_few_queries_however_many_there_are(cast, counted):
    taken = []
    for _ in range(2):
        with acting_as(cast.ana):
            for _ in range(2):
                Outcome.add(by=cast.ana, response=a_measure(counted, by=cast.ana), observed="Fewer.")
            with CaptureQueriesContext(connection) as queries:
                marks_of([counted])
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 3
