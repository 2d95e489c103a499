"""Expunging in a browser: a steward asks, a supervisor looks and carries it out."""

import os

import pytest

from evidence.models import TextPage
from ledger.acting import acting_as
from tests import making
from tests.browser.test_story import Reader
from tests.evidence.expunging import NUMBER, REASON, everywhere

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_words_are_expunged_by_two_people(new_context, live_server, cast, east, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    with acting_as(cast.ana):
        item = making.an_item(
            by=cast.ana, workspace=east, title="Report of a patrol", text=f"A man with passport {NUMBER} came."
        )
    stella = Reader(new_context, live_server, cast.stella)
    stella.page.goto(item.get_absolute_url())
    stella.follow("Expunge")
    stella.is_at_ease()
    stella.page.get_by_label("Certain words").check()
    stella.page.get_by_label("The exact words").fill(NUMBER)
    stella.page.get_by_label("A person asked").check()
    stella.page.get_by_label("Reason").fill(REASON)
    picture(stella, "ask")
    stella.press("Ask")
    stella.sees("Waits for a second person")
    stella.is_at_ease()
    sofia = Reader(new_context, live_server, cast.sofia)
    sofia.page.get_by_role("link", name="Notifications, 1 unread").click()
    sofia.sees(REASON)
    sofia.follow("Expunging of words")
    sofia.sees("Text page: 1")
    sofia.is_at_ease()
    picture(sofia, "look")
    sofia.follow("Carry out")
    sofia.page.get_by_label("I have looked").check()
    sofia.is_at_ease()
    sofia.press("Expunge for good")
    sofia.sees("Carried out")
    sofia.is_at_ease()
    picture(sofia, "done")
    sofia.page.goto(item.get_absolute_url())
    sofia.sees("A man with passport [expunged] came.")
    picture(sofia, "item")
    assert everywhere(NUMBER) == []
    with acting_as(cast.ana):
        assert "[expunged]" in TextPage.objects.get().text


def picture(reader: Reader, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        reader.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
