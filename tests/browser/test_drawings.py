"""Drawings in a browser: they are drawn under the page's own rules, follow the theme, and need no mouse to read."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from cases.models import CorridorPresence
from evidence.models import Derivation, NearCopy
from ledger.acting import acting_as, as_owner
from policy.models import Outcome, PolicyResponse
from tests import making
from tests.fixtures import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(cast, east):
    ana = cast.ana
    with acting_as(ana):
        corridor = making.a_corridor(
            by=ana, workspace=east, crossing_points=[{"name": "Kuznica", "point": [23.65, 53.51]}]
        )
        incident = making.an_incident(
            by=ana, workspace=east, began="2021", along=corridor, latitude="53", longitude="24"
        )
        relation = making.a_relation(by=ana, workspace=east)
        CorridorPresence.add(by=ana, corridor=corridor, actor=relation.from_actor, activity="guards")
        making.a_count(by=ana, corridor=corridor, unit="arrivals", low=100, high=180)
        making.a_count(by=ana, incident=incident)
        measure = {"title": "Checks", "response_kind": "border_enforcement", "measure_date": "2021-09"}
        taken = PolicyResponse.put_on_record(by=ana, workspace=east, incidents=[incident], **measure)
        Outcome.add(by=ana, response=taken, observed="Fewer attempts.", observed_on="2021-10-02")
        protest = {"title": "Note", "response_kind": "diplomatic_protest", "measure_date": "2021-07"}
        PolicyResponse.put_on_record(by=ana, workspace=east, incidents=[incident], **protest)
        wire, copy, paper = (making.an_item(by=ana, workspace=east) for _ in range(3))
        Derivation.add(by=ana, item=copy, original=wire, nature="wire_copy")
    with as_owner():
        alike = {"similarity": 80, "containment": 90, "ground": "alike"}
        NearCopy.objects.create(workspace=east, item=paper, other=copy, **alike)
    return {"corridor": corridor, "incident": incident, "actor": relation.from_actor, "item": copy}


@pytest.fixture
def page(new_context, live_server, cast, world):
    page = new_context(base_url=live_server.url, viewport={"width": 1300, "height": 900}).new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto("/")
    page.get_by_label("Email").fill(cast.ana.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Desk", level=1)).to_be_visible()
    return page


def addresses(world) -> list[str]:
    lists = [f"/incidents/?view={view}" for view in ("map", "timeline", "chart")]
    lists += [
        "/actors/?view=network",
        "/corridors/?view=map",
        "/responses/figures/",
        "/",
        f"/evidence/{world['item'].pk}/lineage/",
    ]
    return [*lists, *(each.get_absolute_url() for each in world.values())]


def test_every_drawing_is_drawn_named_and_without_complaint(page: Page, world):
    for address in addresses(world):
        page.goto(address)
        places = page.locator("[data-draw]")
        expect(page.locator("[data-drawn=yes]")).to_have_count(places.count())
        assert places.count() >= 1, address
        for place in places.all():
            assert place.locator("canvas").count() >= 1, address
            assert place.get_attribute("role") == "img"
            assert place.get_attribute("aria-label"), address
        assert page.complaints == [], address
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], address


def test_a_drawing_follows_the_theme(page: Page, world):
    page.goto("/incidents/?view=timeline")
    expect(page.locator("[data-drawn=yes]")).to_be_visible()
    was = page.evaluate("document.querySelector('canvas').toDataURL()")
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    page.wait_for_function("was => document.querySelector('canvas').toDataURL() !== was", arg=was)
    assert page.complaints == []


def test_without_script_the_tables_say_it_all(new_context, live_server, page: Page, world):
    plain = new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=page.context.storage_state()
    ).new_page()
    plain.goto(world["corridor"].get_absolute_url())
    expect(plain.get_by_text("100 to 180")).to_be_visible()
    expect(plain.get_by_text("Kuznica")).to_be_visible()
    expect(plain.locator("[data-draw]").first).to_be_hidden()


def test_what_is_typed_outlives_the_search_for_its_words(page: Page, world):
    page.goto(world["corridor"].get_absolute_url())
    page.get_by_role("link", name="Record a count").click()
    page.get_by_label("From").fill("2021-07")
    page.get_by_label("Low").fill("1200")
    page.get_by_label("Unit").select_option("flights")
    page.get_by_label("Words in the passage").fill("carriers")
    page.get_by_role("button", name="Find passages").click()
    expect(page.get_by_label("From")).to_have_value("2021-07")
    expect(page.get_by_label("Low")).to_have_value("1200")
    expect(page.get_by_label("Unit")).to_have_value("flights")
