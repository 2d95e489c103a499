"""The board in a browser: cards move by drag and by keys, refusals are said, and no barrier that axe knows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ledger.acting import acting_as
from policy.models import PolicyResponse
from tests.fixtures import PASSWORD
from tests.policy import proposing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def responses(approved, cast):
    with acting_as(cast.ana):
        return {kind: proposing.ready(kind, by=cast.ana, attribution=approved) for kind in ("sanctions", "prosecution")}


@pytest.fixture
def page(new_context, live_server, cast, responses):
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


def card(page: Page, title: str):
    return page.locator(".card-item", has_text=title)


def column(page: Page, status: str):
    return page.locator(f".column[data-status={status}]")


def status_of(response, person) -> str:
    with acting_as(person):
        return PolicyResponse.objects.get(pk=response.pk).status


def test_a_card_is_moved_by_drag_and_by_keys_and_a_refusal_is_said(page: Page, responses, cast):
    page.goto("/responses/board/")
    card(page, "Response by sanctions").drag_to(column(page, "in_force"))
    expect(page.get_by_role("status")).to_contain_text("does not go from proposed to in force")
    card(page, "Response by sanctions").drag_to(column(page, "in_review"))
    expect(page.get_by_role("status")).to_contain_text("is in review now")
    expect(column(page, "in_review")).to_contain_text("Response by sanctions")
    assert status_of(responses["sanctions"], cast.ana) == "in_review"
    page.keyboard.press("j")
    expect(card(page, "Response by prosecution")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text("“Response by prosecution” is in review now")
    assert status_of(responses["prosecution"], cast.ana) == "in_review"
    assert page.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_responses_raise_no_barrier(page: Page, responses, theme):
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    paths = [each.get_absolute_url() for each in responses.values()]
    law = "/law/"
    rest = [f"{paths[0]}rest/", f"{paths[0]}own-fields/", f"{paths[0]}rights/asylum_access/", f"{paths[0]}edit/"]
    for path in ["/responses/", "/responses/board/", law, f"{law}add/", *paths, *rest]:
        page.goto(path)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], path
    assert page.complaints == []
