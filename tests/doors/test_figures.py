"""The figures of responses on their page, on the desk and through the API: the same, over what one may read."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Involvement
from ledger.acting import acting_as
from policy.models import AnsweredIncident, BorderEnforcement, PolicyResponse
from tests import making
from tests.api.test_kinds import Door

PAGE_TAKES_AT_MOST = 14
DESK_TAKES_AT_MOST = 34


def taken(cast, east, incidents, kind: str, on: str, **fields) -> PolicyResponse:
    given = {"title": f"{kind} {on}", "response_kind": kind, "measure_date": on, **fields}
    response = PolicyResponse.put_on_record(by=cast.ana, workspace=east, **given)
    for incident in incidents:
        AnsweredIncident.add(by=cast.ana, response=response, incident=incident)
    return response


def closed(cast, response, measure: str = "closure", **fields) -> None:
    BorderEnforcement.add(by=cast.ana, response=response, section="All", measure=measure, **fields)


@pytest.fixture
def told(cast, east):
    """Three incidents. Protests after 12, 33 to 63 days; sanctions after 40; a closure after 20; one left out."""
    with acting_as(cast.ana):
        forest = making.an_incident(by=cast.ana, workspace=east, title="Forest", began="2021-07-02")
        river = making.an_incident(by=cast.ana, workspace=east, title="River", began="2020-07")
        undated = making.an_incident(by=cast.ana, workspace=east, title="Undated")
        minsk = making.an_actor(by=cast.ana, workspace=east, country="BY")
        Involvement.add(by=cast.ana, incident=forest, actor=minsk, role="alleged_director")
        taken(cast, east, [forest], "diplomatic_protest", "2021-07-14")
        taken(cast, east, [forest], "diplomatic_protest", "2022-01-01")
        taken(cast, east, [river, undated], "diplomatic_protest", "2020-09-02")
        taken(cast, east, [forest], "sanctions", "2021-08-11", marking="red")
        closed(cast, taken(cast, east, [forest], "border_enforcement", "2021-07"), starts="2021-07-22")
        closed(cast, taken(cast, east, [forest], "border_enforcement", "2021-07-03"), measure="checks")
        planned = {"title": "Planned", "response_kind": "sanctions", "measure_date": "2021-07-03"}
        ours = PolicyResponse.add(by=cast.ana, workspace=east, **planned)
        AnsweredIncident.add(by=cast.ana, response=ours, incident=forest)
    return forest


def asked(client, **query) -> dict:
    """Days and number by sort of measure, as the API tells them."""
    answer = client.get("/api/v1/policy-responses/figures/", query)
    assert answer.status_code == 200, answer.content
    return {
        each["measure"]: [(found["days"]["least"], found["days"]["most"]) for found in each["incidents"]]
        for each in answer.json()["times"]
    }


def drawn(client, name: str, **query) -> list:
    """What the page draws."""
    page = client.get(reverse(name), query).content.decode()
    told = json.loads(re.search(r'id="response-times" type="application/json">(.*?)</script>', page)[1])
    return [[(first["least"], first["most"]) for first in lane["firsts"]] for lane in told["lanes"]]


ALL = {"protest": [(12, 12), (33, 63)], "sanctions": [(40, 40)], "closure": [(20, 20)]}


def test_page_desk_and_api_tell_the_same_days(client, cast, told):
    client.force_login(cast.ana)
    assert asked(client) == ALL
    assert drawn(client, "response_figures") == drawn(client, "desk") == list(ALL.values())


def test_the_api_says_how_it_counted(client, cast, told):
    protests = Door(client, cast.ana).get("/policy-responses/figures/").json()["times"][0]
    assert (protests["number"], protests["median_days"]) == (2, {"least": 22.5, "most": 37.5})
    assert (protests["left_out_without_beginning"], protests["left_out_without_date"]) == (1, 0)
    assert protests["without_such_a_measure"] == 0
    assert protests["incidents"][0]["incident_id"] == str(told.pk)
    assert (protests["incidents"][0]["began"], protests["incidents"][0]["taken_on"]) == ("2021-07-02", "2021-07-14")


def test_the_tables_say_what_is_drawn(client, cast, told):
    client.force_login(cast.ana)
    page = " ".join(client.get(reverse("response_figures")).content.decode().split())
    assert "2 incidents, median 22.5 to 37.5 days" in page
    assert '<td class="nums amount text-nowrap">33 to 63</td>' in page
    assert '<th scope="row">Border enforcement</th>' in page
    row = re.search(r'<th scope="row">Protest</th>(.*?)</tr>', page)[1]
    assert re.findall(r">([^<]+)</td>", row) == ["2", "22.5 to 37.5", "1", "0", "0"]


def test_counts_are_by_kind_and_status(client, cast, told):
    counts = Door(client, cast.ana).get("/policy-responses/figures/").json()["counts"]
    assert {(each["response_kind"], each["status"]): each["number"] for each in counts} == {
        ("diplomatic_protest", "completed"): 3,
        ("sanctions", "proposed"): 1,
        ("sanctions", "completed"): 1,
        ("border_enforcement", "completed"): 2,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "sanctions"}, {"sanctions": [(40, 40)]}),
        ({"kind": "prosecution"}, {}),
        ({"country": "BY"}, {**ALL, "protest": [(12, 12)]}),
        ({"year": "2020"}, {"protest": [(33, 63)], "sanctions": [], "closure": []}),
        ({"country": "BY", "year": "2020"}, {"protest": [], "sanctions": [], "closure": []}),
        ({"on_record": "true"}, ALL),
        ({"on_record": "false"}, {"protest": [], "sanctions": [], "closure": []}),
    ],
)
def test_it_narrows_by_kind_state_year_and_whose_measure_it_is(client, cast, told, query, found):
    client.force_login(cast.ana)
    assert asked(client, **query) == found
    assert client.get(reverse("response_figures"), query).status_code == 200


def test_what_one_may_not_read_is_in_no_number(client, cast, told):
    client.force_login(cast.vera)
    assert asked(client) == {**ALL, "sanctions": []}
    client.force_login(cast.stranger)
    assert set(map(len, asked(client).values())) == {0}
    assert "No response yet" in client.get(reverse("response_figures")).content.decode()
    assert "Responses in numbers" not in client.get(reverse("desk")).content.decode()


def test_wrong_parameters_are_refused_by_name(client, cast, told):
    ana = Door(client, cast.ana)
    for wrong in ({"colour": "red"}, {"kind": "weather"}, {"year": "1066"}):
        answer = ana.get("/policy-responses/figures/", wrong)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"].startswith(f"/{next(iter(wrong))}")
    assert client.get("/api/v1/policy-responses/figures/").status_code == 401


def test_a_withdrawn_incident_waited_for_nothing(client, cast, told):
    with acting_as(cast.ana):
        told.withdraw(by=cast.ana, reason="Recorded twice.")
    client.force_login(cast.ana)
    assert asked(client) == {"protest": [(33, 63)], "sanctions": [], "closure": []}


@pytest.mark.parametrize(("name", "most"), [("response_figures", PAGE_TAKES_AT_MOST), ("desk", DESK_TAKES_AT_MOST)])
def test_it_takes_the_same_few_queries_however_much_there_is(client, cast, east, told, name, most):
    client.force_login(cast.ana)
    counted = []
    for _ in range(2):
        with acting_as(cast.ana):
            for number in range(4):
                incident = making.an_incident(by=cast.ana, workspace=east, began="2021")
                taken(cast, east, [incident], "sanctions", f"2021-0{number + 1}", owner=cast.ana)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name)).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= most


def test_the_desk_says_how_many_are_overdue(client, cast, east):
    with acting_as(cast.ana):
        for number in range(10):
            late = {"title": f"Late {number}", "response_kind": "sanctions", "due": "2020-01-01"}
            PolicyResponse.add(by=cast.ana, workspace=east, **late)
        PolicyResponse.add(
            by=cast.ana, workspace=east, title="Not yet", response_kind="sanctions", due=timezone.localdate()
        )
    client.force_login(cast.ana)
    page = client.get(reverse("desk")).content.decode()
    assert 'Overdue responses <span class="count">10</span>' in page
    assert page.count("<strong>Late ") == 8
