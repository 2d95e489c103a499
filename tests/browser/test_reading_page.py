"""The reading page in a browser: words are marked on the page as it looks, and found again when it is read anew."""

import io
import wave

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from evidence.models import Passage, StoredFile
from evidence.tasks import read_text
from ledger.acting import acting_as
from tests import making
from tests.browser.test_story import Reader
from tests.evidence.test_reading import a_pdf_of, a_picture_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = (
    "The ministry instructed the carriers to sell seats without a return ticket, and the con-",
    "sulates to issue visas to whoever an agency named. Buses waited at the airport.",
)

SELECT = """([first, last]) => {
    const spans = [...document.querySelectorAll(".leaf-words span")];
    const from = spans.find((each) => each.textContent.startsWith(first));
    const to = spans.find((each) => each.textContent.startsWith(last));
    const range = document.createRange();
    range.setStart(from.firstChild, 0);
    range.setEnd(to.firstChild, last.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""

OVERLAP = """() => {
    const box = document.querySelector(".leaf-words .marked").getBoundingClientRect();
    const sheet = document.querySelector("[data-sheet] img").getBoundingClientRect();
    return [(box.left - sheet.left) / sheet.width, (box.top - sheet.top) / sheet.height, box.width / sheet.width];
}"""


def a_wave() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(8000)
        written.writeframes(b"\x80" * 8000 * 30)
    return out.getvalue()


@pytest.fixture
def kept(cast, east):
    """Keeps a file for an item of its own, read."""

    def keep(content: bytes, name: str):
        with acting_as(cast.ana):
            item = making.an_item(by=cast.ana, workspace=east)
            file = StoredFile.receive(by=cast.ana, item=item, content=ContentFile(content), name=name)
        read_text(str(file.pk), str(cast.ana.pk))
        return item, file

    return keep


def test_words_marked_on_a_pdf_page_are_found_again_when_it_is_read_anew(new_context, live_server, cast, kept):
    item, file = kept(a_pdf_of(PAGE), "decree.pdf")
    ana = Reader(new_context, live_server, cast.ana)
    ana.page.goto(item.get_absolute_url())
    expect(ana.page.locator(".leaf-words span").first).to_be_attached()
    ana.page.evaluate(SELECT, ["con", "agency"])
    ana.page.keyboard.press("c")
    expect(ana.page.get_by_role("dialog")).to_contain_text("con\u00adsulates to issue visas to whoever an agency")
    ana.page.get_by_label("What the words show, in your own words").fill("Consulates were told to issue visas.")
    ana.press("Mark")
    expect(ana.page.locator(".leaf-words .marked").first).to_be_attached()
    left, top, width = ana.page.evaluate(OVERLAP)
    assert (round(left, 1), round(top, 1)) == (0.8, 0.1)
    assert width > 0.02
    ana.is_at_ease()

    with acting_as(cast.ana):
        marked = Passage.objects.get()
    ana.follow("read it again")
    ana.press("Read it again")
    read_text(str(file.pk), str(cast.ana.pk))
    ana.page.goto(marked.get_absolute_url())  # as it was cited before: the page of the earlier reading
    expect(ana.page.locator(".leaf-words .marked.flash").first).to_be_attached()
    with acting_as(cast.ana):
        marked.refresh_from_db()
        assert (marked.anchor_state, marked.page.reading) == ("exact", 2)


def test_a_part_of_a_picture_and_a_stretch_of_a_recording_are_marked(new_context, live_server, cast, kept):
    picture, _ = kept(a_picture_of("Departures"), "board.png")
    speech, _ = kept(a_wave(), "speech.wav")
    ana = Reader(new_context, live_server, cast.ana)
    ana.page.goto(picture.get_absolute_url())
    ana.press("Mark a part of the picture")
    sheet = ana.page.locator("[data-sheet]").bounding_box()
    ana.page.mouse.move(sheet["x"] + 20, sheet["y"] + 20)
    ana.page.mouse.down()
    ana.page.mouse.move(sheet["x"] + 220, sheet["y"] + 100, steps=3)
    ana.page.mouse.up()
    ana.page.get_by_label("What the words show, in your own words").fill("A departure board.")
    ana.press("Mark")
    expect(ana.page.locator(".leaf-part")).to_be_visible()
    ana.is_at_ease()

    ana.page.goto(speech.get_absolute_url())
    player = ana.page.locator("audio")
    for second, button in ((3, "Begin here"), (7.5, "End here")):
        player.evaluate("(e, at) => new Promise((done) => { e.onseeked = done; e.currentTime = at; })", second)
        ana.press(button)
    ana.press("Mark this stretch")
    ana.page.get_by_label("What the words show, in your own words").fill("He names the price.")
    ana.press("Mark")
    ana.sees("From 0:03 to 0:07.5")
    ana.is_at_ease()
    with acting_as(cast.ana):
        assert {each.fragment[:4] for each in Passage.objects.all()} == {"xywh", "t=3,"}


def test_without_script_the_page_is_text_and_words_are_found_in_it(new_context, live_server, cast, kept):
    item, _ = kept(a_pdf_of(PAGE, ("Nothing here.",)), "decree.pdf")
    context = new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email", exact=True).fill(cast.ana.email)
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{item.get_absolute_url()}?find=agency+named")
    expect(page.get_by_text("stands on 1 page")).to_be_visible()
    expect(page.locator("mark.sought")).to_have_text("agency named")
