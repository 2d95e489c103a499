"""Talk in a browser: a thread opens where its citation stands, and is answered there."""

import pytest
from playwright.sync_api import expect

from ledger.acting import acting_as
from ledger.models import Comment, Notification
from tests.browser.test_story import Reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_citation_is_discussed_beside_its_words(new_context, live_server, cast, draft):
    with acting_as(cast.ben):
        Comment.add(by=cast.ben, about=draft.citations.first(), text="Is it cited for the right element?")
    ana = Reader(new_context, live_server, cast.ana)
    ana.page.goto(draft.get_absolute_url())
    ana.page.get_by_role("link", name="1 comment").click()
    ana.sees("Is it cited for the right element?")
    thread = ana.page.locator(".citation-talk .discussion")
    thread.get_by_text("Reply").first.click()
    thread.get_by_label("Your reply").fill("It is. @Ben")
    thread.get_by_role("button", name="Reply").click()
    ana.sees("It is.")
    expect(thread.locator(".mention")).to_have_text("@Ben")
    ana.is_at_ease()
    with acting_as(cast.ben):
        assert [each.event for each in Notification.objects.shown()] == ["mentioned"]


def test_the_bell_leads_to_what_one_was_told(new_context, live_server, cast, draft):
    with acting_as(cast.ben):
        Comment.add(by=cast.ben, about=draft, text="Look here, @Ana")
    ana = Reader(new_context, live_server, cast.ana)
    ana.page.get_by_role("link", name="Notifications, 1 unread").click()
    ana.is_at_ease()
    ana.follow("Look here, @Ana")
    expect(ana.page.get_by_role("heading", name="Discussion", level=1)).to_be_visible()
    expect(ana.page.get_by_role("link", name="Notifications", exact=True).first).to_be_visible()
    ana.is_at_ease()
