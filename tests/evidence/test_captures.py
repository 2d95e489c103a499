"""Addresses are fetched in the worker, guarded, and kept as a web archive: against a real server on the loopback."""

import gzip
import io
import socket
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from warcio.archiveiterator import ArchiveIterator

from accounts.errors import IllegalStep
from evidence import guarding
from evidence.guarding import Forbidden, Guard, is_public, what_is_wrong_with
from evidence.models import Capture, CustodyEvent, StoredFile, TextPage
from evidence.tasks import capture as fetch_it
from evidence.tasks import read_text
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from tests import making
from tests.evidence.files import a_pdf

PAGE = b"<!doctype html><html><body><p>The minister said that carriers brought people to the border.</p></body></html>"


class Site(BaseHTTPRequestHandler):
    """A small site; `release` lets the slow page end."""

    protocol_version = "HTTP/1.1"
    release = threading.Event()
    seen: list = []

    def do_GET(self):
        type(self).seen.append((self.path, dict(self.headers)))
        getattr(self, f"page_{self.path.strip('/').partition('?')[0].replace('-', '_')}", self.page_missing)()

    def answer(self, body=b"", status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page_said(self):
        self.answer(PAGE, Content_Type="text/html; charset=utf-8", Set_Cookie="who=you")

    def page_moved(self):
        self.answer(status=302, Location="/said#top", Set_Cookie="who=you")

    def page_round(self):
        self.answer(status=302, Location="/round")

    def page_inside(self):
        self.answer(status=302, Location=f"http://127.0.0.2:{self.server.server_port}/said")

    def page_file(self):
        self.answer(status=302, Location="file:///etc/passwd")

    def page_with_password(self):
        self.answer(status=302, Location=f"http://me:secret@127.0.0.1:{self.server.server_port}/said")

    def page_chunked(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        packed = gzip.compress(PAGE)
        for piece in (packed[:20], packed[20:]):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def page_bomb(self):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        self.answer(packer.compress(b"a" * 3_000_000) + packer.flush(), Content_Encoding="gzip")

    def page_early(self):
        self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>\r\n\r\n")
        self.page_said()

    def page_large(self):
        self.answer(b"x" * 1_100_000)

    def page_report(self):
        self.answer(a_pdf("Carriers brought people."), Content_Type="application/octet-stream")

    def page_picture(self):
        self.answer(b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, Content_Type="image/png")

    def page_bytes(self):
        self.answer(b"\x00\x01\x02" * 50, Content_Type="image/png")

    def page_short(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        self.close_connection = True

    def page_slow(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        self.release.wait(30)

    def page_missing(self):
        self.answer(b"no", status=404)

    def log_message(self, *told):
        pass


@pytest.fixture
def site(settings):
    Site.release.clear()
    Site.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CAPTURE_ALLOW, settings.CAPTURE_PORTS = ["127.0.0.1"], [server.server_port]
        settings.CAPTURE_BYTES = 1_000_000
        yield f"http://127.0.0.1:{server.server_port}"
        Site.release.set()
        server.shutdown()


@pytest.fixture
def item(cast, east):
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east)


@pytest.fixture
def fetched(item, cast):
    """Ask for an address, and let the worker fetch it."""

    def run(url: str) -> Capture:
        with acting_as(cast.ana):
            asked = Capture.ask(by=cast.ana, item=item, requested_url=url)
        fetch_it(str(asked.pk), str(cast.ana.pk))
        with acting_as(cast.ana):
            asked.refresh_from_db()
        return asked

    return run


def jobs_of(asked: Capture):
    return ProcrastinateJob.objects.filter(task_name="evidence.capture", args__capture_id=str(asked.pk))


def files(cast) -> list[StoredFile]:
    with acting_as(cast.ana):
        return list(StoredFile.objects.order_by("pk"))


def records(file: StoredFile) -> list:
    """Type, address, and what stands in it, of every record of a web archive; its digests are checked."""
    found = []
    with file.open() as stream:
        archive = ArchiveIterator(io.BytesIO(stream.read()), check_digests="raise")
        for record in archive:
            told = record.rec_headers
            found.append((record.rec_type, told.get_header("WARC-Target-URI"), record, record.content_stream().read()))
    return found


def test_an_address_is_kept_as_an_archive_and_its_page_is_read(site, fetched, cast):
    asked = fetched(f"{site}/moved")
    assert (asked.status, asked.final_url) == ("done", f"{site}/said")
    archive, page = files(cast)
    told = [(kind, uri) for kind, uri, _, _ in records(archive)]
    assert told == [
        ("warcinfo", None),
        ("response", f"{site}/moved"),
        ("request", f"{site}/moved"),
        ("response", f"{site}/said"),
        ("request", f"{site}/said"),
    ]
    answer = next(record for kind, uri, record, _ in records(archive) if (kind, uri) == ("response", f"{site}/said"))
    assert answer.rec_headers.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert answer.rec_headers.get_header("WARC-IP-Address") == "127.0.0.1"
    assert answer.http_headers.get_header("Set-Cookie") == "who=you"
    assert page.capture["warc_record_id"] == answer.rec_headers.get_header("WARC-Record-ID")
    assert (page.capture["warc_sha256"], page.original_name) == (archive.sha256, "said.html")
    for file in (archive, page):
        assert file.capture["requested_url"] == f"{site}/moved"
        assert file.capture["final_url"] == f"{site}/said"
        assert file.capture["tool"] == "Attest"
        assert file.capture["captured_at"].endswith("+00:00")
        assert file.verifies()
    read_text(str(page.pk), str(cast.ana.pk))
    with acting_as(cast.ana):
        assert "carriers brought people" in TextPage.objects.get().text
        actions = CustodyEvent.objects.filter(file=page).order_by("pk").values_list("action", flat=True)
        assert list(actions) == ["received", "hashed", "read"]


def test_nothing_of_ours_goes_along(site, fetched):
    fetched(f"{site}/moved")
    for _, headers in Site.seen:
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_what_was_packed_for_its_way_is_archived_as_it_came_and_read_unpacked(site, fetched, cast):
    assert fetched(f"{site}/chunked").status == "done"
    archive, page = files(cast)
    with page.open() as stream:
        assert stream.read() == PAGE
    with archive.open() as stream:
        raw = gzip.decompress(stream.read())
    assert b"Transfer-Encoding: chunked" in raw
    assert gzip.compress(PAGE)[:20][10:] in raw


def test_hints_before_the_answer_are_not_taken_for_it(site, fetched, cast):
    assert fetched(f"{site}/early").status == "done"
    assert [kind for kind, *_ in records(files(cast)[0])] == ["warcinfo", "response", "request"]
    assert records(files(cast)[0])[1][3] == PAGE


def test_a_pdf_is_told_by_its_content(site, fetched, cast):
    fetched(f"{site}/report")
    assert [each.media_type for each in files(cast)][1] == "application/pdf"
    assert files(cast)[1].original_name == "report.pdf"


def test_of_what_is_not_read_here_only_the_archive_is_kept(site, fetched, cast):
    assert "Nothing of application/octet-stream is read here" in fetched(f"{site}/bytes").note
    assert len(files(cast)) == 1


def test_a_picture_is_kept_to_be_looked_at(site, fetched, cast):
    fetched(f"{site}/picture")
    assert files(cast)[1].media_type == "image/png"


def test_a_page_that_is_held_already_is_not_kept_twice(site, fetched, cast):
    fetched(f"{site}/said")
    assert "same as one that is held" in fetched(f"{site}/said").note
    assert [each.original_name.rpartition(".")[2] for each in files(cast)] == ["gz", "html", "gz"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/missing", "It answered with the status 404"),
        ("/round", "It redirects more than 5 times."),
        ("/inside", "lies in a private or special network"),
        ("/file", "An address begins with http:// or https://"),
        ("/with-password", "Leave the user name and the password out"),
        ("/large", "It is larger than"),
        ("/bomb", "Unpacked it is larger than"),
        ("/short", "It broke off before all of it had come."),
    ],
)
def test_what_is_not_kept_says_why(site, fetched, cast, path, sentence):
    asked = fetched(site + path)
    assert (asked.status, sentence in asked.note) == ("failed", True), asked.note
    assert files(cast) == []


def test_what_is_slow_is_given_up(site, fetched, settings):
    settings.CAPTURE_SECONDS = 0.2
    assert fetched(f"{site}/slow").note == "It did not come within 0.2 seconds."


def test_where_nobody_listens_nothing_is_fetched(fetched, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.CAPTURE_ALLOW, settings.CAPTURE_PORTS = ["127.0.0.0/8"], [port]
    assert fetched(f"http://127.0.0.1:{port}/").note == "Its host cannot be reached."
    assert fetched("http://nowhere.invalid/").note == "Port 80 is not fetched from."
    settings.CAPTURE_PORTS = [80]
    assert fetched("http://nowhere.invalid/").note == "The host nowhere.invalid is not found."


# --- The guard ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "192.88.99.1", "198.18.0.1",
        "::", "::1", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "2002:808:808::1", "2001:0:808:808::1",
    ],
)  # fmt: skip
def test_no_address_of_ours_or_of_a_tunnel_is_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111"])
def test_public_addresses_are(address):
    assert is_public(ip_address(address))


def resolving(*addresses):
    return lambda host, port: list(addresses)


def test_a_name_is_refused_where_any_of_its_addresses_is_private():
    guard = Guard.allowing([], [443])
    assert guard.looked_up("a.example", 443, resolving("8.8.8.8")) == ip_address("8.8.8.8")
    for found in (["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["fe80::1%eth0"], ["::ffff:127.0.0.1"], []):
        with pytest.raises(Forbidden):
            guard.looked_up("a.example", 443, resolving(*found))
    with pytest.raises(Forbidden, match="Port 22"):
        guard.looked_up("a.example", 22, resolving("8.8.8.8"))


def test_what_the_settings_allow_is_let_through_and_nothing_beside_it():
    guard = Guard.allowing(["Intranet.example", "10.1.0.0/16", ""], [80])
    assert guard.looked_up("intranet.example", 80, resolving("192.168.0.1")) == ip_address("192.168.0.1")
    assert guard.looked_up("other.example", 80, resolving("10.1.2.3")) == ip_address("10.1.2.3")
    for found in ("192.168.0.1", "10.2.0.1"):
        with pytest.raises(Forbidden):
            guard.looked_up("other.example", 80, resolving(found))


def test_a_name_that_leads_inside_at_the_second_look_is_not_connected_to(site, fetched, settings, monkeypatch):
    """The address that was looked at is the one that is connected to: there is no second look to deceive."""
    port = int(site.rpartition(":")[2])
    looks = []

    def changing(host, port):
        looks.append(host)
        return ["127.0.0.1"] if len(looks) == 1 else ["127.0.0.2"]

    monkeypatch.setattr(guarding, "addresses_of", changing)
    asked = fetched(f"http://changing.example:{port}/said")
    assert (asked.status, looks) == ("done", ["changing.example"])
    assert fetched(f"http://changing.example:{port}/said").status == "failed"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/",
        "javascript:alert(1)",
        "http://",
        "http://a@b.example/",
        "http://x.example/a b",
        "x",
        "http://[::1/",
    ],
)
def test_what_is_no_address_of_the_web_is_told_so(url):
    assert what_is_wrong_with(url)


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "127.1", "localhost"])
def test_other_ways_to_write_the_loopback_are_seen_through(host):
    with pytest.raises(Forbidden):
        Guard.allowing([], [80]).looked_up(host, 80)


# --- Asking ------------------------------------------------------------------------------------------


def test_asking_leaves_a_job_and_the_ledger_tells_of_it(item, cast):
    with acting_as(cast.ana):
        asked = Capture.ask(by=cast.ana, item=item, requested_url=" https://example.org/said ")
        assert (asked.requested_url, asked.status) == ("https://example.org/said", "waiting")
        assert jobs_of(asked).count() == 1
        with pytest.raises(IllegalStep, match="It waits to be fetched"):
            asked.ask_again(by=cast.ana)


def test_what_failed_is_asked_again(site, fetched, cast, settings):
    settings.CAPTURE_PORTS, port = [80], settings.CAPTURE_PORTS
    asked = fetched(f"{site}/said")
    assert asked.status == "failed"
    settings.CAPTURE_PORTS = port
    with acting_as(cast.ben):
        Capture.objects.get(pk=asked.pk).ask_again(by=cast.ben)
    fetch_it(str(asked.pk), str(cast.ben.pk))
    fetch_it(str(asked.pk), str(cast.ben.pk))  # a job that comes twice does nothing
    with acting_as(cast.ana):
        asked.refresh_from_db()
        steps = list(LedgerEntry.objects.filter(object_id=asked.pk).order_by("sequence").values_list("step", flat=True))
    assert (asked.status, steps[1:]) == ("done", ["capture", "ask_again", "capture"])
    assert len(files(cast)) == 2


def test_what_waits_beyond_its_time_may_be_asked_again(item, cast, monkeypatch):
    from datetime import timedelta

    with acting_as(cast.ana):
        asked = Capture.ask(by=cast.ana, item=item, requested_url="https://example.org/")
        monkeypatch.setattr("evidence.models.captures.GIVEN_UP_AFTER", timedelta(days=-1))
        asked.ask_again(by=cast.ana)
        assert asked.version == 2


def test_switched_off_it_says_so(item, cast, settings):
    settings.CAPTURES = False
    with acting_as(cast.ana):
        asked = Capture.ask(by=cast.ana, item=item, requested_url="https://example.org/")
        assert (asked.status, "switched off" in asked.note) == ("failed", True)
        assert not jobs_of(asked).exists()
        with pytest.raises(IllegalStep, match="switched off"):
            asked.ask_again(by=cast.ana)


def test_an_item_that_fell_meanwhile_takes_nothing_more(site, item, cast):
    with acting_as(cast.ana):
        asked = Capture.ask(by=cast.ana, item=item, requested_url=f"{site}/said")
        item.withdraw(by=cast.ana, reason="Forged.")
    fetch_it(str(asked.pk), str(cast.ana.pk))
    with acting_as(cast.ana):
        asked.refresh_from_db()
        assert (asked.status, "no longer active" in asked.note) == ("failed", True)
        assert not StoredFile.objects.exists()
