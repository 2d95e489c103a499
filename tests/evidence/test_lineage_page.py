"""Lineage as it is drawn, told in words, and answered to programs."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from evidence.drawing_lineage import columns_of, rows_of
from evidence.models import Derivation, NearCopy
from ledger.acting import acting_as, as_owner
from tests import making
from tests.api.test_kinds import Door


@pytest.fixture
def world(cast, east) -> dict:
    """A wire story, an article that repeats it, a blog that mirrors the article, and two sources of one owner."""
    ana = cast.ana
    with acting_as(ana):
        owner = making.a_source(by=ana, workspace=east, name="Holding")
        paper = making.a_source(by=ana, workspace=east, name="Paper", owner=owner)
        station = making.a_source(by=ana, workspace=east, name="Station", owner=owner)
        made = {
            name: making.an_item(by=ana, workspace=east, title=name, **more)
            for name, more in {
                "wire": {},
                "article": {"source": paper},
                "blog": {},
                "broadcast": {"source": station},
                "stranger": {},
            }.items()
        }
        Derivation.add(by=ana, item=made["article"], original=made["wire"], nature="wire_copy")
        Derivation.add(by=ana, item=made["blog"], original=made["article"], nature="mirror")
    with as_owner():
        NearCopy.objects.create(
            workspace=east, item=made["broadcast"], other=made["blog"], similarity=80, containment=90, ground="alike"
        )
    return made


def lineage(client, person, about, **asked):
    return Door(client, person, "read").get(f"/evidence-items/{about.pk}/lineage/", asked)


def test_the_api_tells_nodes_edges_and_origins(client, cast, world):
    told = lineage(client, cast.ana, world["wire"]).json()
    names = {node["id"]: node["name"] for node in told["nodes"]}
    edges = {(names[e["from_id"]], e["kind"], names[e["to_id"]], e["nature"], e["suggested"]) for e in told["edges"]}
    assert {
        ("article", "repeats", "wire", "wire_copy", False),
        ("blog", "repeats", "article", "mirror", False),
        ("broadcast", "reads_like", "blog", "", True),
        ("article", "given_by", "Paper", "", False),
        ("Paper", "owned_by", "Holding", "", False),
        ("Station", "owned_by", "Holding", "", False),
    } <= edges
    assert (told["counted"], told["origins"], told["is_whole"]) == (4, 1, True)
    assert "stranger" not in names.values()


def test_origins_of_any_set_are_counted_in_the_same_answer(client, cast, world):
    asked = [str(world[name].pk) for name in ("wire", "broadcast", "stranger")]
    told = lineage(client, cast.ana, world["blog"], item=asked).json()
    assert (told["counted"], told["origins"]) == (3, 2)
    assert lineage(client, cast.ana, world["stranger"]).json()["origins"] == 1


def test_depth_bounds_what_is_followed_and_says_so(client, cast, world):
    told = lineage(client, cast.ana, world["wire"], depth=1).json()
    assert {node["name"] for node in told["nodes"] if node["kind"] == "evidence_item"} == {"wire", "article"}
    assert told["is_whole"] is False
    for wrong in ("0", "7", "x"):
        assert lineage(client, cast.ana, world["wire"], depth=wrong).status_code == 400


@pytest.mark.parametrize("wrong", ["x", str(UUID(int=1))])
def test_an_unknown_item_is_refused_by_name(client, cast, world, wrong):
    answer = lineage(client, cast.ana, world["wire"], item=wrong)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/item")


def test_what_one_may_not_read_is_not_told_but_counts(client, cast, world):
    with acting_as(cast.ana):
        world["article"].change(by=cast.ana, marking="red")
    asked = [str(world[name].pk) for name in ("wire", "blog")]
    told = lineage(client, cast.vera, world["wire"], item=asked)
    assert told.status_code == 200
    assert "article" not in told.content.decode()
    assert (told.json()["counted"], told.json()["origins"]) == (2, 1)
    assert lineage(client, cast.vera, world["article"]).status_code == 404
    hidden = lineage(client, cast.vera, world["wire"], item=str(world["article"].pk))
    assert hidden.status_code == 400


def test_the_page_says_in_words_what_is_drawn(client, cast, world):
    client.force_login(cast.vera)
    page = client.get(reverse("evidence_item_lineage", args=[world["wire"].pk])).content.decode()
    for words in ("4 items, 1 origin.", "carries as a wire story", "mirrors", "reads like, not decided", "owned by"):
        assert words in page
    assert 'data-draw="lineage"' in page
    item = client.get(world["blog"].get_absolute_url()).content.decode()
    assert reverse("evidence_item_lineage", args=[world["blog"].pk]) in item
    assert 'data-draw="lineage"' in item
    alone = client.get(world["stranger"].get_absolute_url()).content.decode()
    assert "It repeats nothing that we know of" in alone
    assert "echarts" not in alone


@pytest.mark.parametrize("depth", ["", "0", "99", "x", "²"])
def test_the_page_takes_any_depth_within_its_bounds(client, cast, world, depth):
    client.force_login(cast.vera)
    address = reverse("evidence_item_lineage", args=[world["wire"].pk])
    assert client.get(address, {"depth": depth}).status_code == 200


def test_it_takes_the_same_few_queries_whatever_its_width(client, cast, east, world):
    door, path = Door(client, cast.ana), f"/evidence-items/{world['wire'].pk}/lineage/"
    door.get(path)
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert door.get(path).status_code == 200
        counted.append(len(queries))
        with acting_as(cast.ana):
            for _ in range(4):
                echo = making.an_item(by=cast.ana, workspace=east)
                Derivation.add(by=cast.ana, item=echo, original=world["wire"])
    assert counted[0] == counted[1] <= 26


# --- Where it is drawn ---------------------------------------------------------------------------


def test_columns_stand_behind_what_things_depend_on():
    lines = [
        {"kind": "owned_by", "from_id": "paper", "to_id": "holding"},
        {"kind": "given_by", "from_id": "wire", "to_id": "paper"},
        {"kind": "repeats", "from_id": "copy", "to_id": "wire"},
        {"kind": "repeats", "from_id": "late", "to_id": "copy"},
        {"kind": "repeats", "from_id": "late", "to_id": "wire"},
    ]
    drawn = [{"id": each} for each in ("holding", "paper", "wire", "copy", "late")]
    assert columns_of(["holding", "paper"], drawn, lines) == {"holding": 0, "paper": 1, "wire": 2, "copy": 3, "late": 4}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_any_graph_is_placed_with_one_thing_in_one_spot(pairs):
    """Even one with circles, as it may have been recorded before they were refused."""
    lines = [{"kind": "repeats", "from_id": str(a), "to_id": str(b)} for a, b in pairs]
    columns = columns_of([], [{"id": str(each)} for each in range(10)], lines)
    rows = rows_of(columns, lines)
    assert len({(columns[each], rows[each]) for each in columns}) == 10
    assert min(columns.values()) == 0
