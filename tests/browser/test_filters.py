"""Filters in a browser: the common ones at once, the others when they are wanted, and no typed word is lost."""

import pytest
from playwright.sync_api import expect

from ledger.acting import acting_as
from tests import making
from tests.browser.test_story import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_more_filters_come_beside_what_was_typed(new_context, live_server, cast, east):
    with acting_as(cast.ana):
        making.an_incident(by=cast.ana, workspace=east, title="Charter flights", severity=4)
        making.an_incident(by=cast.ana, workspace=east, title="Charter flights, slight", severity=1)
        making.an_incident(by=cast.ana, workspace=east, title="Border guards", severity=4)
    ana = Reader(new_context, live_server, cast.ana)
    ana.page.goto("/incidents/")
    bar = ana.page.get_by_role("search", name="Filter")
    bar.get_by_label("Words").fill("charter")
    bar.get_by_role("button", name="More filters").click()
    expect(bar.get_by_label("Words")).to_have_value("charter")
    bar.get_by_label("Severity").select_option("4")
    ana.is_at_ease()
    bar.get_by_label("Words").press("Enter")
    expect(ana.page.get_by_role("link", name="Charter flights")).to_have_count(1)
    expect(ana.page.get_by_role("link", name="Border guards")).to_have_count(0)


def test_enter_filters_although_more_filters_are_offered(new_context, live_server, cast, east):
    with acting_as(cast.ana):
        making.an_incident(by=cast.ana, workspace=east, title="Charter flights")
        making.an_incident(by=cast.ana, workspace=east, title="Border guards")
    ana = Reader(new_context, live_server, cast.ana)
    ana.page.goto("/incidents/")
    ana.page.get_by_role("search", name="Filter").get_by_label("Words").fill("charter")
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("link", name="Border guards")).to_have_count(0)
    expect(ana.page.get_by_role("link", name="Charter flights")).to_have_count(1)
