"""Pages over corridors, relations and flows: what is sent works, and drawings say what their tables say."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import drawing
from cases.models import ActorRelation, Corridor, CorridorPresence, FlowObservation, Incident
from ledger.acting import acting_as
from tests import making

A_PAGE_TAKES_AT_MOST = 29
A_LIST_TAKES_AT_MOST = 12


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


@pytest.fixture
def corridor(cast, east):
    with acting_as(cast.ana):
        return making.a_corridor(by=cast.ana, workspace=east, name="River")


@pytest.fixture
def passage(cast, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text="The cartel charges for passage.")
        return making.a_passage(by=cast.ana, item=item, quote="charges for passage")


def drawn(answer, name: str) -> dict:
    """What a page gives its script to draw."""
    return json.loads(re.search(rf'<script id="{name}"[^>]*>(.*?)</script>', answer.content.decode(), re.S)[1])


# --- Recording -----------------------------------------------------------------------------------

TYPED = {"name": "Road", "countries": "BY, PL", "marking": "amber", "line": "27.5, 53.9\n23.65, 53.51"}


def test_a_corridor_is_typed_point_by_point(ana, cast, east):
    told = {**TYPED, "workspace": east.pk, "crossing_points": "Kuznica: 23.65, 53.51\n"}
    assert ana.post(reverse("corridor_add"), told).status_code == 302
    with acting_as(cast.ana):
        corridor = Corridor.objects.get()
    assert corridor.line == [[27.5, 53.9], [23.65, 53.51]]
    assert corridor.crossing_points == [{"name": "Kuznica", "point": [23.65, 53.51]}]
    page = ana.get(reverse("corridor_edit", args=[corridor.pk])).content.decode()
    assert "Kuznica: 23.65, 53.51" in page


def test_a_wrong_point_is_named_by_its_line_and_nothing_is_lost(ana, east):
    told = {**TYPED, "workspace": east.pk, "line": "27.5, 53.9\nabout here", "crossing_points": "23.65, 53.51"}
    answer = ana.post(reverse("corridor_add"), told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 2: write longitude, latitude" in page
    assert "Line 1: write a name, a colon" in page
    assert "about here" in page


def test_a_presence_names_its_words_or_is_shown_as_unsourced(ana, cast, east, corridor, passage):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east)
    address = reverse("presence_add", args=[corridor.pk])
    told = {"actor": actor.pk, "since": "2021"}
    assert ana.post(address, told | {"activity": "guards", "passage": ""}).status_code == 302
    assert ana.get(address, {"words": "charges"}).content.decode().count("charges for passage") == 1
    assert ana.post(address, told | {"activity": "taxes_passage", "passage": passage.pk}).status_code == 302
    page = ana.get(corridor.get_absolute_url()).content.decode()
    assert page.count("unsourced, to verify") == 1
    assert page.count("charges for passage") == 1


def test_editing_keeps_the_words_that_are_named(ana, cast, east, corridor, passage):
    with acting_as(cast.ana):
        flow = making.a_count(by=cast.ana, corridor=corridor, passage=passage)
    address = reverse("flow_edit", args=[flow.pk])
    form = ana.get(address).context["form"]
    assert form["passage"].value() == passage.pk
    told = {each.name: each.value() or "" for each in form} | {"note": "As counted."}
    assert ana.post(address, told).status_code == 302
    with acting_as(cast.ana):
        assert (FlowObservation.objects.get().passage_id, FlowObservation.objects.get().note) == (
            passage.pk,
            "As counted.",
        )


def test_words_that_the_editor_may_not_read_stay_named(client, cast, east, corridor):
    with acting_as(cast.sofia):
        item = making.an_item(by=cast.sofia, workspace=east, text="Secret words.", marking="red")
        hidden = making.a_passage(by=cast.sofia, item=item, quote="Secret words.")
        flow = making.a_count(by=cast.sofia, corridor=corridor, passage=hidden)
    cast.ana.memberships.update(clearance="amber")
    client.force_login(cast.ana)
    page = client.get(corridor.get_absolute_url()).content.decode()
    assert "Secret words." not in page
    assert "In words that your clearance does not cover" in page
    address = reverse("flow_edit", args=[flow.pk])
    told = {each.name: each.value() or "" for each in client.get(address).context["form"]} | {"note": "Seen."}
    assert client.post(address, told).status_code == 302
    with acting_as(cast.sofia):
        stored = FlowObservation.objects.get()
        assert (stored.passage_id, stored.note) == (hidden.pk, "Seen.")


def test_what_is_watched_is_named_before_its_words_are_withdrawn(ana, cast, east, corridor, passage):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east, name="The cartel")
        CorridorPresence.add(by=cast.ana, corridor=corridor, actor=actor, activity="taxes_passage", passage=passage)
        making.a_count(by=cast.ana, corridor=corridor, low=1234, high=1234, passage=passage)
    page = ana.get(reverse("evidence_item_withdraw", args=[passage.item_id])).content.decode()
    assert "The cartel taxes passage on River" in page
    assert "1,234 attempts, 2021-07" in page


def test_an_exact_count_needs_its_number_once(ana, cast, corridor):
    told = {"observed_from": "2021", "low": 5, "unit": "flights", "category": "all", "marking": "amber"}
    assert ana.post(reverse("corridor_flow_add", args=[corridor.pk]), told).status_code == 302
    with acting_as(cast.ana):
        assert (FlowObservation.objects.get().low, FlowObservation.objects.get().high) == (5, 5)


def test_a_relation_is_recorded_from_an_actors_page(ana, cast, east):
    with acting_as(cast.ana):
        one, other = (making.an_actor(by=cast.ana, workspace=east, name=name) for name in ("Boss", "Crew"))
    told = {"relation": "directs", "to_actor": other.pk, "marking": "amber"}
    assert ana.post(reverse("relation_add", args=[one.pk]), told).status_code == 302
    itself = ana.post(reverse("relation_add", args=[one.pk]), told | {"to_actor": one.pk})
    assert "to_actor" in itself.context["form"].errors
    with acting_as(cast.ana):
        assert str(ActorRelation.objects.get()) == "Boss directs Crew"
    for actor in (one, other):
        assert "Directs" in ana.get(actor.get_absolute_url()).content.decode()


def test_an_incident_names_its_corridor_and_keeps_the_old_words(ana, cast, east, corridor):
    with acting_as(cast.ana):
        incident = making.an_incident(by=cast.ana, workspace=east, corridor="by the old road")
    form = ana.get(reverse("incident_edit", args=[incident.pk])).context["form"]
    told = {each.name: "" if each.value() is None else each.value() for each in form} | {"along": corridor.pk}
    told |= {"target_countries": "PL", "transit_countries": "", "origin_countries": ""}
    assert ana.post(reverse("incident_edit", args=[incident.pk]), told).status_code == 302
    page = ana.get(incident.get_absolute_url()).content.decode()
    assert "by the old road" in page
    assert corridor.get_absolute_url() in page
    assert incident.title in ana.get(corridor.get_absolute_url()).content.decode()


# --- Finding -------------------------------------------------------------------------------------


def test_both_doors_find_incidents_by_corridor_and_actors_by_relation(ana, cast, east, corridor):
    with acting_as(cast.ana):
        along = making.an_incident(by=cast.ana, workspace=east, along=corridor)
        making.an_incident(by=cast.ana, workspace=east)
        relation = making.a_relation(by=cast.ana, workspace=east, relation="funds")
        making.an_actor(by=cast.ana, workspace=east)
    ends = {str(relation.from_actor_id), str(relation.to_actor_id)}
    assert ana.get(reverse("incidents"), {"along": corridor.pk}).context["records"] == [along]
    assert {str(each.pk) for each in ana.get(reverse("actors"), {"relation": "funds"}).context["records"]} == ends
    assert ana.get(reverse("actors"), {"relation": "taxes"}).context["records"] == []

    def told(path):
        return {each["id"] for each in ana.get(f"/api/v1/{path}").json()["results"]}

    assert told(f"incidents/?along={corridor.pk}") == {str(along.pk)}
    assert told("actors/?relation=funds") == ends
    assert told(f"actor-relations/?actor={relation.to_actor_id}") == {str(relation.pk)}


def test_corridors_are_found_by_what_is_done_there_and_by_whom(ana, cast, east, corridor):
    with acting_as(cast.ana):
        other = making.a_corridor(by=cast.ana, workspace=east)
        actor = making.an_actor(by=cast.ana, workspace=east)
        CorridorPresence.add(by=cast.ana, corridor=corridor, actor=actor, activity="extorts")
        gone = CorridorPresence.add(by=cast.ana, corridor=other, actor=actor, activity="traffics")
        gone.withdraw(by=cast.ana, reason="Wrong.")

    def found(**asked):
        return ana.get(reverse("corridors"), asked).context["records"]

    assert found(activity="extorts") == found(actor=actor.pk) == [corridor]
    assert found(activity=["smuggles", "traffics"]) == []
    assert found(country="PL") == [other, corridor]


def test_counts_are_found_through_the_api_by_place_unit_and_time(ana, cast, east, corridor):
    with acting_as(cast.ana):
        incident = making.an_incident(by=cast.ana, workspace=east)
        one = making.a_count(by=cast.ana, incident=incident, unit="returns", observed_from="2021-07")
        two = making.a_count(by=cast.ana, corridor=corridor, unit="flights", observed_from="2022")

    def told(**asked):
        return [each["id"] for each in ana.get("/api/v1/flow-observations/", asked).json()["results"]]

    assert told(incident=incident.pk) == told(unit="returns") == told(observed_to="2021") == [str(one.pk)]
    assert told(corridor=corridor.pk) == told(unit="flights") == told(observed_from="2022-03") == [str(two.pk)]


# --- Drawings and their tables -------------------------------------------------------------------


def test_units_are_kept_apart_and_never_added(ana, cast, corridor):
    with acting_as(cast.ana):
        for unit, low, high in [("arrivals", 1000, 1000), ("attempts", 200, 350), ("attempts", 40, 40)]:
            making.a_count(by=cast.ana, corridor=corridor, unit=unit, low=low, high=high)
    answer = ana.get(corridor.get_absolute_url())
    told = drawn(answer, "flow-chart")["units"]
    assert [unit["label"] for unit in told] == ["Attempts", "Arrivals"]
    assert sorted((each["low"], each["high"]) for each in told[0]["counts"]) == [(40, 40), (200, 350)]
    page = answer.content.decode()
    assert "200 to 350" in page
    for added in ("1,240", "1,390", "240", "390", "1,200"):
        assert f">{added}<" not in page


def test_a_count_is_drawn_over_all_days_of_its_period(cast, corridor):
    with acting_as(cast.ana):
        flow = making.a_count(by=cast.ana, corridor=corridor, observed_from="2024-02")
        longer = making.a_count(by=cast.ana, corridor=corridor, observed_from="2023", observed_to="2024-02-10")
        told = drawing.flow_chart(drawing.by_unit([flow, longer]))["units"][0]["counts"]
    assert [(each["from"], each["to"]) for each in told] == [("2023-01-01", "2024-02-10"), ("2024-02-01", "2024-02-29")]


def test_counts_of_withdrawn_records_are_not_drawn(ana, cast, corridor):
    with acting_as(cast.ana):
        flow = making.a_count(by=cast.ana, corridor=corridor)
        flow.withdraw(by=cast.ana, reason="Wrong.")
    assert "No count is recorded" in ana.get(corridor.get_absolute_url()).content.decode()


@pytest.fixture
def placed(cast, east, corridor):
    """Two incidents of 2021 and 2023, one with a point, and one without date and place."""
    with acting_as(cast.ana):
        for title, more in [
            (
                "At a point",
                {"began": "2021-07", "ended": "2021", "latitude": "53.5", "longitude": "23.7", "severity": 4},
            ),
            ("Along", {"began": "2023", "along": corridor, "severity": 2}),
            ("Nowhere", {"severity": 1}),
        ]:
            making.an_incident(by=cast.ana, workspace=east, title=title, **more)


def test_the_map_shows_what_has_a_place_and_says_what_has_none(ana, placed):
    answer = ana.get(reverse("incidents"), {"view": "map"})
    told = drawn(answer, "incident-map")
    assert [each["point"] for each in told["incidents"]] == [[23.7, 53.5]]
    assert [each["name"] for each in told["lines"]] == ["River"]
    assert told["countries"] == {"616": "Poland"}
    assert "1 of them has no place" in answer.content.decode()


def test_the_timeline_begins_with_the_earliest(ana, placed):
    told = drawn(ana.get(reverse("incidents"), {"view": "timeline"}), "incident-timeline")["rows"]
    assert [(each["title"], each["from"], each["to"]) for each in told] == [
        ("At a point", "2021-07-01", "2021-12-31"),
        ("Along", "2023-01-01", None),
    ]


def test_the_chart_counts_by_year_of_beginning_and_severity(ana, placed):
    answer = ana.get(reverse("incidents"), {"view": "chart"})
    told = drawn(answer, "incident-chart")
    assert told["years"] == [2021, 2022, 2023]
    assert [each["counts"] for each in told["series"]] == [[0, 0, 0], [0, 0, 1], [0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert [row["all"] for row in answer.context["years"]] == [1, 0, 1]


@pytest.mark.parametrize("view", ["table", "map", "timeline", "chart"])
def test_every_view_is_under_the_same_filter_and_keeps_it(ana, cast, placed, view):
    answer = ana.get(reverse("incidents"), {"view": view, "severity": "4"})
    page = answer.content.decode()
    assert "Along" not in page or view == "chart"
    assert "view=map&amp;severity=4" in page or "severity=4&amp;view=map" in page
    assert len(answer.context["records"]) == 1


def test_an_unknown_view_is_the_table(ana, placed):
    assert ana.get(reverse("incidents"), {"view": "globe"}).context["view"] == "table"


def test_the_network_shows_the_relations_that_the_reader_may_read(client, cast, east):
    with acting_as(cast.ana):
        one, two, three = (making.an_actor(by=cast.ana, workspace=east, name=name) for name in "ABC")
        making.a_relation(by=cast.ana, workspace=east, from_actor=one, to_actor=two, relation="allied_with")
        making.a_relation(by=cast.ana, workspace=east, from_actor=one, to_actor=three, marking="red")
        making.a_relation(by=cast.ana, workspace=east, from_actor=two, to_actor=three)
    client.force_login(cast.ana)
    told = drawn(client.get(one.get_absolute_url()), "network")
    assert len(told["links"]) == 3
    assert [each["name"] for each in told["nodes"] if each["focus"]] == ["A"]
    client.force_login(cast.vera)
    told = drawn(client.get(reverse("actors"), {"view": "network"}), "network")
    assert sorted((each["label"], each["mutual"]) for each in told["links"]) == [
        ("allied with", True),
        ("directs", False),
    ]


def test_a_drawing_is_bounded_and_says_so(ana, cast, east, monkeypatch):
    monkeypatch.setattr("cases.views.drawn.MOST_DRAWN", 2)
    with acting_as(cast.ana):
        for _ in range(3):
            making.an_incident(by=cast.ana, workspace=east, began="2021")
    answer = ana.get(reverse("incidents"), {"view": "timeline"})
    assert len(drawn(answer, "incident-timeline")["rows"]) == 2
    assert "Only the first 2 are drawn" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["incidents/?view=map", "incidents/?view=timeline", "actors/?view=network", "corridors/?view=map"]
)
def test_a_drawn_list_takes_the_same_few_queries_whatever_its_length(ana, cast, east, address):
    counted = []
    for _ in range(2):
        with acting_as(cast.ana):
            for _ in range(3):
                _something_of_all(cast.ana, east)
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(f"/{address}").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= A_LIST_TAKES_AT_MOST


@pytest.mark.parametrize("kind", ["incident", "corridor", "actor"])
def test_a_page_takes_the_same_few_queries_whatever_hangs_on_it(ana, cast, east, corridor, kind):
    counted = []
    with acting_as(cast.ana):
        incident = making.an_incident(by=cast.ana, workspace=east, along=corridor)
        actor = making.an_actor(by=cast.ana, workspace=east)
        item = making.an_item(by=cast.ana, workspace=east, text="Words.")
        words = making.a_passage(by=cast.ana, item=item, quote="Words.")
    page = {"incident": incident, "corridor": corridor, "actor": actor}[kind].get_absolute_url()
    for _ in range(2):
        with acting_as(cast.ana):
            for _ in range(3):
                relation = making.a_relation(by=cast.ana, workspace=east, from_actor=actor, passage=words)
                CorridorPresence.add(
                    by=cast.ana, corridor=corridor, actor=relation.to_actor, activity="guards", passage=words
                )
                making.a_count(by=cast.ana, incident=incident, passage=words)
                making.a_count(by=cast.ana, corridor=corridor, passage=words)
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(page).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= A_PAGE_TAKES_AT_MOST


def _something_of_all(by, room) -> Incident:
    corridor = making.a_corridor(by=by, workspace=room)
    relation = making.a_relation(by=by, workspace=room)
    CorridorPresence.add(by=by, corridor=corridor, actor=relation.from_actor, activity="guards")
    return making.an_incident(by=by, workspace=room, began="2021", along=corridor, latitude="53", longitude="23")
