"""The timeline of responses."""

import json
import re

import pytest
from django.urls import reverse

from cases.models import Involvement
from ledger.acting import acting_as
from policy.models import AnsweredIncident, PolicyResponse
from policy.sourcing import UNSOURCED
from tests import making

PAGE = "/responses/timeline/"


def recorded(cast, east, incident, **fields) -> PolicyResponse:
    given = {"title": "Border closed", "response_kind": "border_enforcement", "taken_by": "Poland"}
    return PolicyResponse.put_on_record(
        by=cast.ana,
        workspace=east,
        incidents=[incident],
        **{**given, "measure_date": "2021-09-02", "remarks": "Source: “Decree”, the government.", **fields},
    )


@pytest.fixture
def told(cast, east):
    """Two incidents with three responses, of which one is unsourced and one has no date."""
    with acting_as(cast.ana):
        first = making.an_incident(by=cast.ana, workspace=east, title="At the forest", began="2021-07", ended="2022-06")
        second = making.an_incident(by=cast.ana, workspace=east, title="At the sea", began="2020")
        minsk = making.an_actor(by=cast.ana, workspace=east, country="BY")
        Involvement.add(by=cast.ana, incident=first, actor=minsk, role="alleged_director")
        recorded(cast, east, first)
        recorded(cast, east, first, title="Listed", response_kind="sanctions", taken_by="EU", remarks=UNSOURCED,
                 measure_date="2022")  # fmt: skip
        recorded(cast, east, second, title="Summoned", response_kind="diplomatic_protest", measure_date="")
    return first


def titles(client, query: str = "") -> set[str]:
    page = client.get(PAGE + query).content.decode()
    return {title for title in ("Border closed", "Listed", "Summoned") if f">{title}</a>" in page}


def test_it_shows_each_incident_with_the_responses_to_it(client, cast, told):
    client.force_login(cast.vera)
    page = client.get(reverse("response_timeline")).content.decode()
    assert titles(client) == {"Border closed", "Listed", "Summoned"}
    assert page.count("unsourced, to verify</span>") == 1
    assert "1 without a date is in the table only" in page
    drawn = json.loads(re.search(r'id="response-timeline" type="application/json">(.*?)</script>', page)[1])
    assert [row["title"] for row in drawn["rows"]] == ["At the sea", "At the forest"]
    forest = drawn["rows"][1]
    assert (forest["from"], forest["to"]) == ("2021-07-01", "2022-06-30")
    assert [(mark["title"], mark["from"], mark["to"], mark["unsourced"]) for mark in forest["marks"]] == [
        ("Border closed", "2021-09-02", "2021-09-02", False),
        ("Listed", "2022-01-01", "2022-12-31", True),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=sanctions", {"Listed"}),
        ("?kind=sanctions&kind=border_enforcement", {"Listed", "Border closed"}),
        ("?country=BY", {"Border closed", "Listed"}),
        ("?taken_by=EU", {"Listed"}),
        ("?year=2021", {"Border closed"}),
        ("?year=2022&kind=border_enforcement", set()),
    ],
)
def test_it_narrows_by_kind_state_and_year(client, cast, told, query, found):
    client.force_login(cast.vera)
    assert titles(client, query) == found


def test_what_was_withdrawn_or_may_not_be_read_is_not_on_it(client, cast, told, east):
    with acting_as(cast.ana):
        ours = PolicyResponse.add(by=cast.ana, workspace=east, title="Summoned", response_kind="diplomatic_protest")
        AnsweredIncident.add(by=cast.ana, response=ours, incident=told)
        ours.withdraw(by=cast.ana, reason="No.")
        recorded(cast, east, told, title="Shared in secret", marking="red")
    client.force_login(cast.vera)
    page = client.get(PAGE).content.decode()
    assert "Shared in secret" not in page
    assert page.count(">Summoned</a>") == 1
    client.force_login(cast.stranger)
    assert "No response yet" in client.get(PAGE).content.decode()


def test_the_whole_page_takes_the_same_few_queries_whatever_its_length(
    client, cast, told, east, django_assert_max_num_queries
):
    client.force_login(cast.ana)
    for more in (0, 6):
        with acting_as(cast.ana):
            for number in range(more):
                incident = making.an_incident(by=cast.ana, workspace=east, title=f"Another {number}")
                recorded(cast, east, incident, title=f"Checks {number}")
        with django_assert_max_num_queries(12):
            assert client.get(PAGE + "?country=BY").status_code == 200
        with django_assert_max_num_queries(12):
            assert client.get(PAGE).status_code == 200


def test_it_asks_for_a_sign_in_and_is_empty_to_whom_nothing_is_shown(client, cast, told):
    assert client.get(PAGE).status_code == 302
    client.force_login(cast.nobody)
    assert "No response yet" in client.get(PAGE).content.decode()
