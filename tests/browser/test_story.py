"""The whole story in a browser: record, upload, mark, cite, submit, be refused, cite more, approve."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Page, expect
from procrastinate.contrib.django import app

from accounts.models import User
from cases.demo import reading
from cases.demo.loading import load_demo
from cases.models import Attribution
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from policy.demo import load_responses
from tests import making
from tests.evidence.files import a_pdf
from tests.fixtures import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Reader:
    """Somebody at a browser of their own."""

    def __init__(self, new_context, live_server, person, code=None, password=PASSWORD) -> None:
        self.page: Page = new_context(base_url=live_server.url, viewport={"width": 1300, "height": 900}).new_page()
        self.page.on("console", lambda message: self._complain(message) if message.type == "error" else None)
        self.complaints: list[str] = []
        self.page.goto("/")
        self.fill(Email=person.email, Password=password)
        self.page.get_by_role("button", name="Sign in").click()
        if code:
            self.page.locator("input[name=code]").fill(code())
            self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", name="Desk", level=1)).to_be_visible()

    def _complain(self, message) -> None:
        if "Failed to load resource" not in message.text:  # refusals are told by status as well
            self.complaints.append(message.text)

    def fill(self, **told: str) -> None:
        for label, value in told.items():
            field = self.page.get_by_label(label.replace("_", " "), exact=True)
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def selects(self, words: str) -> None:
        """Select words of the text, as with the mouse, once the page has come in whole."""
        self.sees(words)
        self.page.wait_for_load_state()
        self.page.evaluate(SELECT, words)
        expect(self.page.get_by_role("button", name="Mark passage c")).to_be_visible()

    def is_at_ease(self) -> None:
        """No barrier that axe knows, no complaint on the console."""
        found = Axe().run(self.page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert self.complaints == []


@pytest.fixture
def code(cast):
    secret = generate_totp_secret()
    TOTP.activate(cast.sofia, secret)
    return lambda: format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def work():
    """Run the background jobs that wait, as the worker does, on a thread of its own."""

    def run() -> None:
        async def once():
            with app.replace_connector(app.connector.get_worker_connector()) as worker:
                async with worker.open_async():
                    await worker.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

        try:
            asyncio.run(once())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        yield lambda: pool.submit(run).result(timeout=60)


SELECT = """words => {
  const walker = document.createTreeWalker(document.querySelector('.page-text'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }
}"""


def record_incident_and_actor(ana: Reader) -> None:
    ana.page.goto("/incidents/add/")
    ana.fill(Title="Buses to the border", Began="2021-07", Target_countries="PL", Summary="A sudden rise.")
    ana.is_at_ease()
    ana.press("Record")
    ana.sees("Buses to the border")
    ana.is_at_ease()
    ana.page.goto("/actors/add/")
    ana.fill(Name="Northern Republic", Kind="State", Country="BY")
    ana.press("Record")
    ana.sees("Northern Republic")


def upload_pdf(ana: Reader, tmp_path, work) -> None:
    pdf = tmp_path / "decree.pdf"
    pdf.write_bytes(a_pdf("By decree the carriers flew people in. 🚌 The carriers were paid."))
    ana.page.goto("/evidence/add/")
    ana.page.get_by_label("File", exact=True).set_input_files(pdf)
    ana.fill(Title="Decree on carriers", Kind="State directive", Category="Behavioural")
    ana.fill(Or_name_a_new_source="Ministry of Transport", Class_of_the_new_source="The accused party")
    ana.is_at_ease()
    ana.press("Keep")
    ana.sees("is being read")
    work()
    ana.sees("By decree the carriers flew people in.")
    ana.is_at_ease()


def begin_attribution(ana: Reader) -> None:
    ana.page.goto("/incidents/")
    ana.follow("Buses to the border")
    ana.follow("Attribute")
    ana.fill(Actor="Northern Republic", Statement="The republic moved people to the border by decree.")
    ana.press("Save the draft")
    ana.sees("Nothing is cited yet")
    ana.is_at_ease()


def mark_and_cite(ana: Reader) -> None:
    ana.follow("Find words to cite")
    ana.follow("Decree on carriers")
    ana.selects("the carriers flew people in")
    ana.page.keyboard.press("c")
    ana.fill(**{"What the words show, in your own words": "Who flew them"})
    ana.press("Mark and cite")
    ana.fill(Supports="Facilitation or direction", Why="The decree names the carriers.")
    ana.is_at_ease()
    ana.press("Cite")
    ana.sees("the carriers flew people in")


def submit(ana: Reader, address: str) -> None:
    ana.page.goto(address)
    ana.follow("Submit")
    ana.press("Submit")
    ana.sees("In review")


def concur(ben: Reader, address: str) -> None:
    ben.page.goto(address)
    ben.follow("Conclude a review")
    ben.page.get_by_label("Concur", exact=True).check()
    ben.fill(Declared_interests="None.")
    ben.is_at_ease()
    ben.press("Conclude")
    ben.sees("Your conclusion is recorded.")


def test_from_a_document_to_an_approved_attribution(new_context, live_server, cast, east, code, tmp_path, work):
    ana = Reader(new_context, live_server, cast.ana)
    record_incident_and_actor(ana)
    upload_pdf(ana, tmp_path, work)
    begin_attribution(ana)
    address = ana.page.url
    mark_and_cite(ana)
    submit(ana, address)

    ben = Reader(new_context, live_server, cast.ben)
    concur(ben, address)

    sofia = Reader(new_context, live_server, cast.sofia, code)
    sofia.follow("The republic moved people to the border by decree.")
    sofia.follow("Approve")
    sofia.press("Approve")
    sofia.sees("The gate does not let this pass yet.")
    sofia.sees("The claim rests on 0 independent origins")
    sofia.is_at_ease()
    sofia.page.goto(address)
    sofia.follow("Return")
    sofia.fill(Reason="Cite what else carries it, and grade the ministry.")
    sofia.press("Return")
    sofia.sees("Cite what else carries it")

    cite_more(cast, east)
    making.weighed(the_attribution(cast), by=[cast.ana, cast.ben])
    submit(ana, address)
    concur(ben, address)

    sofia.page.goto(address)
    sofia.sees("16 of 16 checks hold")
    sofia.follow("Approve")
    sofia.press("Approve")
    sofia.sees("Approved and sealed")
    sofia.is_at_ease()
    sofia.follow("Full history")
    sofia.sees("Approve")
    sofia.is_at_ease()

    ana.page.goto(address)
    ana.follow("Decree on carriers, page 1")
    expect(ana.page.locator("mark.passage:target")).to_have_text("the carriers flew people in")


def the_attribution(cast) -> Attribution:
    with acting_as(cast.ana):
        return Attribution.objects.select_related("incident").get(status="returned")


def cite_more(cast, east) -> None:
    """What Ana adds by the same verbs, so that the story stays short enough to play."""
    with acting_as(cast.ana):
        attribution = Attribution.objects.get()
        EvidenceItem.objects.get().source.regrade(by=cast.ana, reliability="B", reason="Its own decree.")
        model = making.a_ready_attribution(by=cast.ana, workspace=east)
        for citation in model.citations.select_related("passage"):
            read_from = citation.intent_basis
            attribution.cite(by=cast.ana, passage=citation.passage, supports=citation.supports, intent_basis=read_from)
        wanted = (
            "state_involvement legal_basis likelihood confidence key_assumptions source_summary ai_use_note review_by"
        )
        attribution.change(by=cast.ana, **{name: getattr(model, name) for name in wanted.split()})
        model.withdraw(by=cast.ana, reason="Made only to lend its citations.")


def test_when_what_carries_it_is_withdrawn_the_belarus_approval_shows_stale_and_why_and_flags_its_responses(
    new_context, live_server
):
    load_demo()
    load_responses()
    analyst = User.objects.get(email="analyst@demo.example")
    with acting_as(analyst):
        item = EvidenceItem.objects.get(reference_number="TIMES-2021-05-27")
        resting = Attribution.objects.get(status="approved", actor__name="Belarus")
    ana = Reader(new_context, live_server, analyst, password=reading.load("people.yaml")["password"])
    ana.page.goto(resting.get_absolute_url())
    ana.sees("16 of 16 checks hold")
    ana.is_at_ease()
    ana.page.goto(item.get_absolute_url())
    ana.follow("Withdraw")
    ana.fill(Reason="The newspaper took the article back.")
    ana.press("Withdraw")
    ana.follow(resting.statement)
    ana.sees("Stale")
    ana.sees(f"“{item.title}” was withdrawn: The newspaper took the article back.")
    ana.sees("Strategic objective rests on 1 origin that counts; it needs 2.")
    ana.is_at_ease()
    ana.sees("Basis in question")
    ana.follow("List those in the Belarusian leadership who steered the movement")
    ana.sees("Basis in question.")
    ana.sees("An attribution that it rests on is now stale.")
    ana.is_at_ease()


@pytest.mark.parametrize(("width", "scheme"), [(1300, "light"), (400, "dark")])
def test_the_main_pages_have_no_barrier_in_light_and_dark_wide_and_narrow(
    new_context, live_server, cast, approved, scheme, width
):
    reader = Reader(new_context, live_server, cast.ben)
    reader.page.emulate_media(color_scheme=scheme)
    reader.page.set_viewport_size({"width": width, "height": 900})
    with acting_as(cast.ben):
        item = EvidenceItem.objects.first()
        addresses = [
            each.get_absolute_url() for each in (approved, approved.incident, approved.actor, item, item.source)
        ]
    for address in [
        "/",
        "/incidents/",
        "/evidence/",
        "/attributions/",
        "/review/",
        "/search/?q=border",
        "/tokens/",
        "/workspaces/east/",
        "/incidents/add/",
        "/evidence/add/",
        "/evidence/add-many/",
        "/near-copies/",
        *addresses,
    ]:
        reader.page.goto(address)
        assert reader.page.evaluate("document.documentElement.dataset.bsTheme") == scheme
        assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        reader.is_at_ease()


def test_words_before_which_an_emoji_stands_are_marked_at_their_place(new_context, live_server, cast, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text="🚌🚌 Twice here. Twice there.")
    ana = Reader(new_context, live_server, cast.ana)
    ana.page.goto(item.get_absolute_url())
    ana.selects("Twice there")
    ana.press("Mark passage c")
    ana.press("Mark")
    expect(ana.page.locator("mark.passage")).to_have_text("Twice there")
