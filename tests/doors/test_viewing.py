"""What the reading page loads: pictures of pages, places of words, recordings. Nothing of it runs in our pages."""

import pytest
from django.core.files.base import ContentFile

from evidence.models import CustodyEvent, StoredFile
from evidence.tasks import read_text
from ledger.acting import acting_as
from tests import making
from tests.browser.test_reading_page import a_wave
from tests.evidence.test_reading import LINES, a_pdf_of


@pytest.fixture
def page(cast, east):
    return _read(cast, east, a_pdf_of(LINES), "decree.pdf").pages.get()


@pytest.fixture
def recording(cast, east):
    return _read(cast, east, a_wave(), "speech.wav").pages.get().file


def _read(cast, east, content: bytes, name: str) -> StoredFile:
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east)
        file = StoredFile.receive(by=cast.ana, item=item, content=ContentFile(content), name=name)
    read_text(str(file.pk), str(cast.ana.pk))
    return _Seen(file, cast.ana)


class _Seen:
    """A file as somebody sees it."""

    def __init__(self, file: StoredFile, by) -> None:
        with acting_as(by):
            self.found = list(file.pages.select_related("file"))
        self.pages = self

    def get(self):
        [page] = self.found
        return page


def viewings(file, by) -> int:
    with acting_as(by):
        return CustodyEvent.objects.filter(file=file, action="viewed_original", created_by=by).count()


def test_a_page_is_seen_as_a_picture_and_custody_tells_of_it_once_a_day(client, cast, page):
    client.force_login(cast.vera)
    for _ in range(2):
        answer = client.get(f"/pages/{page.pk}/picture/")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert viewings(page.file, cast.vera) == 1


def test_the_words_of_a_page_come_with_their_places(client, cast, page):
    client.force_login(cast.vera)
    told = client.get(f"/pages/{page.pk}/words/").json()
    start, end, left, top, width, height = told["words"][1]
    assert told["text"][start:end] == "ministry"
    assert all(0 < each < 10_000 for each in (left, top, width, height))


def test_who_may_not_read_it_sees_nothing_of_it(client, cast, page, recording):
    client.force_login(cast.stranger)
    for address in (f"/pages/{page.pk}/picture/", f"/pages/{page.pk}/words/", f"/files/{recording.pk}/play/"):
        assert client.get(address).status_code == 404


def test_a_recording_is_played_from_where_the_player_asks(client, cast, recording):
    client.force_login(cast.vera)
    whole = client.get(f"/files/{recording.pk}/play/")
    assert len(b"".join(whole.streaming_content)) == recording.size
    assert whole.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    part = client.get(f"/files/{recording.pk}/play/", headers={"Range": "bytes=10-19"})
    assert (part.status_code, len(b"".join(part.streaming_content))) == (206, 10)
    assert part.headers["Content-Range"] == f"bytes 10-19/{recording.size}"
    rest = client.get(f"/files/{recording.pk}/play/", headers={"Range": f"bytes={recording.size - 5}-"})
    assert len(b"".join(rest.streaming_content)) == 5
    assert client.get(f"/files/{recording.pk}/play/", headers={"Range": "bytes=999999999-"}).status_code == 416
    assert viewings(recording, cast.vera) == 1


@pytest.mark.parametrize("what", ["picture of a recording", "recording of a page"])
def test_what_cannot_be_shown_so_says_why(client, cast, page, recording, what):
    client.force_login(cast.vera)
    with acting_as(cast.vera):
        silent = recording.pages.get()
    address = f"/pages/{silent.pk}/picture/" if what.startswith("picture") else f"/files/{page.file_id}/play/"
    answer = client.get(address)
    assert answer.status_code == 409
    assert answer.content.endswith(b".")
