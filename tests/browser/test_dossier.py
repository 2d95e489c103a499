"""A dossier in a browser: read, printed, and released under a lower marking."""

import pytest
from playwright.sync_api import expect

from ledger.acting import acting_as
from tests.browser.test_story import Reader, code  # noqa: F401 - a fixture
from tests.exchange.packets import pages_of
from tests.exchange.test_releases import secret, world  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(1300, "light"), (400, "dark")])
def test_the_dossier_and_the_releases_have_no_barrier(new_context, live_server, cast, world, scheme, width):  # noqa: F811
    reader = Reader(new_context, live_server, cast.vera)
    reader.page.emulate_media(color_scheme=scheme)
    reader.page.set_viewport_size({"width": width, "height": 900})
    address = world.attribution.get_absolute_url()
    for each in (address, f"{address}dossier/", "/releases/"):
        reader.page.goto(each)
        assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), each
        reader.is_at_ease()


def test_a_printed_dossier_carries_its_marking_on_every_page(new_context, live_server, cast, world):  # noqa: F811
    reader = Reader(new_context, live_server, cast.vera)
    reader.page.goto(f"{world.attribution.get_absolute_url()}dossier/")
    pages = pages_of(reader.page.pdf(prefer_css_page_size=True))
    assert len(pages) > 2
    assert all(words.count("TLP:AMBER") >= 2 for words in pages)


def test_a_supervisor_releases_under_a_lower_marking(new_context, live_server, cast, world, code):  # noqa: F811
    sofia = Reader(new_context, live_server, cast.sofia, code)
    sofia.page.goto(world.attribution.get_absolute_url())
    sofia.follow("Release under a lower marking")
    sofia.sees("1 citation for facilitation or direction")
    sofia.is_at_ease()
    sofia.page.get_by_label("The statement", exact=True).check()
    sofia.page.locator("#id_reason").fill("For the partners.")
    sofia.press("Release")
    sofia.sees("Released. What left is kept, word for word.")
    sofia.is_at_ease()
    with sofia.page.expect_download() as download:
        sofia.follow("Download")
    assert download.value.suggested_filename.endswith("-green.pdf")
    sofia.page.goto("/releases/")
    expect(sofia.page.get_by_role("cell", name="For the partners.")).to_be_visible()
    sofia.is_at_ease()
    with acting_as(cast.sofia):
        assert world.attribution.packets.count() == 1
