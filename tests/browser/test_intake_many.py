"""Many files in a browser: sent in pieces, kept as items, gone on with after a broken connection and a reload."""

import pytest
from playwright.sync_api import expect

from evidence.models import EvidenceItem, Source, StoredFile, Upload
from ledger.acting import acting_as
from tests import making
from tests.browser.test_story import Reader, work  # noqa: F401 - a fixture
from tests.evidence.test_captures import site  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UPLOADS = "**/api/v1/uploads/**"


@pytest.fixture
def ana(new_context, live_server, cast, east):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east, name="Ministry")
    reader = Reader(new_context, live_server, cast.ana)
    reader.page.goto("/evidence/add/")
    reader.follow("Add many files at once")
    return reader


@pytest.fixture
def papers(tmp_path):
    """Files by their names, each with its own words."""

    def make(*names: str, size: int = 0):
        (tmp_path / "papers").mkdir(exist_ok=True)
        for name in names:
            (tmp_path / "papers" / name).write_bytes(name.encode() * max(1, size // len(name)))
        return [tmp_path / "papers" / name for name in names]

    return make


def choose(reader, files) -> None:
    reader.page.get_by_label("Choose files").set_input_files([str(each) for each in files])


def entry(reader, name):
    return reader.page.get_by_role("list", name="Files").get_by_role("listitem").filter(has_text=name)


def say_what_they_are(reader, **more) -> None:
    reader.fill(**{"Source": "Ministry", "Kind": "News report", "Category": "Contextual", **more})


def items(cast):
    with acting_as(cast.ana):
        return list(EvidenceItem.objects.order_by("title").select_related("source"))


def test_many_files_become_items_of_their_own(ana, cast, papers):
    choose(ana, papers(*(f"paper {n}.txt" for n in range(5))))
    expect(ana.page.get_by_role("status")).to_contain_text("5 files")
    say_what_they_are(ana, Language="pl")
    ana.is_at_ease()
    ana.press("Keep 5 files as evidence")
    expect(ana.page.get_by_role("status")).to_contain_text("5 kept")
    ana.is_at_ease()
    made = items(cast)
    assert [each.title for each in made] == [f"paper {n}.txt" for n in range(5)]
    assert {(each.source.name, each.language, each.evidence_kind) for each in made} == {
        ("Ministry", "pl", "news_report")
    }
    with acting_as(cast.ana):
        assert (StoredFile.objects.count(), Upload.objects.count()) == (5, 0)
    assert ana.page.evaluate("localStorage.length") == 0
    entry(ana, "paper 3.txt").get_by_role("link").click()
    expect(ana.page.get_by_role("heading", name="paper 3.txt", level=1)).to_be_visible()


def test_a_folder_is_dropped_with_a_new_source(ana, cast, papers):
    papers("one.txt", "two.txt")
    ana.page.get_by_label("Choose a folder").set_input_files(str(papers("three.txt")[0].parent))
    expect(ana.page.get_by_role("status")).to_contain_text("3 files")
    ana.fill(Kind="News report", Category="Contextual")
    ana.press("Keep 3 files as evidence")
    ana.sees("Choose a source, or name a new one")
    ana.fill(**{"Or name a new source": "Border guard", "Class of the new source": "Official of the target state"})
    ana.press("Keep 3 files as evidence")
    expect(ana.page.get_by_role("status")).to_contain_text("3 kept")
    with acting_as(cast.ana):
        assert Source.objects.get(name="Border guard").items.count() == 3


def test_what_broke_off_goes_on_after_the_page_was_loaded_anew(ana, cast, papers):
    (long,) = papers("long.bin", size=20_000_000)
    broken = []

    def break_off(route):
        """Only the first piece arrives."""
        if route.request.method == "PATCH" and (broken or int(route.request.headers["upload-offset"]) > 0):
            broken.append(route)
            route.abort()
        else:
            route.continue_()

    ana.page.route(UPLOADS, break_off)
    choose(ana, [long])
    expect(entry(ana, "long.bin")).to_contain_text("Is being sent.")
    expect(ana.page.get_by_role("status")).to_contain_text("8.4 MB of 20.0 MB sent")
    ana.page.once("dialog", lambda dialog: dialog.accept())
    ana.page.reload()
    expect(entry(ana, "long.bin")).to_contain_text("Broke off at 8.4 MB: choose the same file again")
    ana.is_at_ease()
    offsets = []
    ana.page.unroute(UPLOADS)
    ana.page.on(
        "request", lambda sent: offsets.append(sent.headers.get("upload-offset")) if sent.method == "PATCH" else None
    )
    choose(ana, [long])
    expect(entry(ana, "long.bin")).to_contain_text("Is here:")
    assert offsets[0] == str(8 * 1024 * 1024)
    ana.page.reload()
    expect(entry(ana, "long.bin")).to_contain_text("Is here from before:")
    say_what_they_are(ana)
    ana.press("Keep as evidence")
    expect(entry(ana, "long.bin")).to_contain_text("Kept as")
    with acting_as(cast.ana):
        file = StoredFile.objects.get()
        assert (file.size, file.verifies()) == (long.stat().st_size, True)


def test_bytes_that_are_held_already_are_asked_about_and_refusals_are_said(ana, cast, papers, tmp_path):
    choose(ana, papers("first.txt"))
    say_what_they_are(ana)
    ana.press("Keep as evidence")
    expect(entry(ana, "first.txt")).to_contain_text("Kept as")
    (tmp_path / "second.txt").write_bytes(b"first.txt")
    (tmp_path / "third.txt").write_bytes(b"first.txt")
    (tmp_path / "empty.txt").write_bytes(b"")
    choose(ana, [tmp_path / name for name in ("second.txt", "third.txt", "empty.txt")])
    expect(entry(ana, "empty.txt")).to_contain_text("The file is empty.")
    ana.press("Keep 2 files as evidence")
    second, third = entry(ana, "second.txt"), entry(ana, "third.txt")
    for each in (second, third):
        expect(each).to_contain_text("The same bytes are held already: “first.txt”")
    ana.is_at_ease()
    assert second.get_by_role("link", name="open it").get_attribute("href") == items(cast)[0].get_absolute_url()
    second.get_by_role("button", name="Keep it once more").click()
    expect(second).to_contain_text("Kept as")
    third.get_by_role("button", name="Leave out").click()
    expect(third).to_have_count(0)
    assert [each.title for each in items(cast)] == ["first.txt", "second.txt"]


def test_on_a_narrow_page_without_script_one_file_still_comes_in(new_context, live_server, cast, east):
    ana = Reader(new_context, live_server, cast.ana)
    page = new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        viewport={"width": 380, "height": 800},
        storage_state=ana.page.context.storage_state(),
    ).new_page()
    page.goto("/evidence/add-many/")
    page.get_by_role("link", name="add them one by one").click()
    expect(page.get_by_role("heading", name="Add evidence", level=1)).to_be_visible()


def test_one_large_file_is_sent_in_pieces_before_its_form_and_outlives_a_refusal(ana, cast, papers):
    (large,) = papers("large.bin", size=9_000_000)
    ana.page.goto("/evidence/add/")
    ana.page.locator("input[type=file]").set_input_files(str(large))
    ana.fill(Title="Large", Kind="News report", Category="Contextual")
    ana.press("Keep")
    ana.sees("Choose a source, or name a new one")
    ana.sees("it need not be chosen again")
    ana.fill(Source="Ministry")
    ana.press("Keep")
    ana.sees("Kept, with its SHA-256.")
    with acting_as(cast.ana):
        file = StoredFile.objects.get()
        assert (file.original_name, file.size, file.verifies()) == ("large.bin", large.stat().st_size, True)


def test_what_becomes_of_an_address_shows_by_itself(ana, cast, east, site, work):  # noqa: F811 - fixtures
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east)
    ana.page.goto(item.get_absolute_url())
    for address in (f"{site}/missing", f"{site}/moved"):
        ana.follow("Fetch an address")
        ana.fill(Address=address)
        ana.press("Fetch")
        ana.sees("Waits to be fetched")
    work()
    ana.follow("Show what came")
    ana.sees("It answered with the status 404: nothing was kept.")
    ana.sees("carriers brought people to the border")
    ana.is_at_ease()
    ana.press(f"Try again: {site}/missing")
    ana.sees("It waits to be fetched again.")
