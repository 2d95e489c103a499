"""The matrix in a browser: filled by keys alone, a row saved at a time, blind until one's own stands."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cases.models import MatrixRow, rate_row
from ledger.acting import acting_as
from tests import making
from tests.browser.test_story import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def incident(cast, east):
    """Two items, rated by Ben: the first I II N CC, the second all N."""

    def make():
        with acting_as(cast.ben):
            incident = making.an_incident(by=cast.ben, workspace=east)
            for ratings in ("I II N CC", "N N N N"):
                item = making.an_item(by=cast.ben, workspace=east)
                MatrixRow.add(by=cast.ben, incident=incident, item=item)
                told = zip(incident.hypotheses.values_list("pk", flat=True), ratings.split(), strict=True)
                rate_row(incident, by=cast.ben, item=item, ratings=dict(told))
            return incident

    with ThreadPoolExecutor(1) as pool:  # Playwright's own thread runs an event loop
        return pool.submit(make).result()


def test_keys_fill_the_matrix_row_by_row(new_context, live_server, cast, incident):
    ana = Reader(new_context, live_server, cast.ana)
    ana.page.goto(reverse("matrix", args=[incident.pk]))
    ana.sees("Your own ratings come first: 0 of 2 rows are whole.")
    ana.is_at_ease()
    cells = ana.page.locator("[data-matrix] select")
    cells.first.focus()
    for key in "4421":
        ana.page.keyboard.press(key)
    expect(cells.nth(4)).to_be_focused()
    ana.sees("Your own ratings come first: 1 of 2 rows are whole.")
    first = ana.page.locator("[data-matrix] tbody tr").first
    expect(first).to_contain_text("Ben")
    expect(first).to_contain_text("1 step apart")
    for key in ("l", "ArrowRight", "h", "k", "j"):
        ana.page.keyboard.press(key)
    expect(cells.nth(5)).to_be_focused()
    ana.page.keyboard.press("5")
    ana.page.keyboard.press("Enter")
    expect(ana.page.locator("[data-matrix] tbody tr").nth(1).locator("select").nth(1)).to_have_value("II")
    for place in (4, 6, 7):
        cells.nth(place).focus()
        ana.page.keyboard.press("3")
    ana.sees("State strategy")
    expect(ana.page.locator("#result")).to_contain_text("leads")
    ana.is_at_ease()
    ana.page.goto(reverse("ranking_history", args=[incident.pk]))
    ana.is_at_ease()
    ana.page.goto(incident.get_absolute_url())
    ana.is_at_ease()
