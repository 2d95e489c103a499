"""Uploads that resume where they broke off (tus 1.0.0): by the protocol, past broken connections and killed servers."""

import base64
import hashlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.base import File
from django.db import IntegrityError, connection
from django.http import UnreadablePostError
from django.test import Client
from django.utils import timezone

from evidence import pieces, storage
from evidence.api_uploads import SILENCE, patience
from evidence.intake import take_in
from evidence.models import CustodyEvent, EvidenceItem, StoredFile, Upload
from evidence.tasks import forget_uploads
from ledger.acting import acting_as, as_owner
from tests import making
from tests.api.test_kinds import Door

UPLOADS = "/api/v1/uploads/"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


class Sender:
    """A client that speaks tus with a token."""

    def __init__(self, client, person, scope="write"):
        self.client, self.door = client, Door(client, person, scope)
        self.headers = {**self.door.headers, **TUS}

    def begin(self, length, name="report.txt", **headers):
        told = {"Upload-Length": str(length), "Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}"}
        return self.client.post(UPLOADS, headers={**self.headers, **told, **headers})

    def begun(self, length, name="report.txt"):
        answer = self.begin(length, name)
        assert answer.status_code == 201, answer.content
        return answer.headers["Location"]

    def send(self, where, at, content: bytes, content_type=BYTES, **headers):
        told = {**self.headers, "Upload-Offset": str(at), **headers}
        return self.client.patch(where, content, content_type=content_type, headers=told)

    def whole(self, content: bytes, name="report.txt") -> str:
        where = self.begun(len(content), name)
        assert self.send(where, 0, content).status_code == 204
        return where

    def offset(self, where) -> int:
        answer = self.client.head(where, headers=self.headers)
        assert (answer.status_code, answer.content) == (200, b"")
        return int(answer.headers["Upload-Offset"])

    def take_in(self, where, source, **fields):
        told = {"source_id": str(source.pk), "workspace_id": str(source.workspace_id), **KIND, **fields}
        return self.door.send("post", f"{path_of(where)}take-in/", told)


KIND = {"evidence_kind": "news_report", "category": "contextual"}


def path_of(where: str) -> str:
    return where.partition("/api/v1")[2]


def key_of(where: str) -> str:
    return where.rstrip("/").rpartition("/")[2]


@pytest.fixture
def ana(client, cast):
    return Sender(client, cast.ana)


@pytest.fixture
def source(cast, east):
    with acting_as(cast.ana):
        return making.a_source(by=cast.ana, workspace=east)


@pytest.fixture
def item(cast, east):
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east)


def test_the_server_says_what_it_speaks(ana):
    told = ana.client.options(UPLOADS, headers=ana.headers).headers
    assert (told["Tus-Version"], told["Tus-Resumable"]) == ("1.0.0", "1.0.0")
    assert told["Tus-Extension"] == "creation,checksum,expiration,termination"
    assert set(told["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "sha256"}


def test_pieces_make_a_whole_and_each_answer_says_where_to_go_on(ana):
    where = ana.begun(11)
    assert ana.offset(where) == 0
    first = ana.send(where, 0, b"Hello ")
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "6")
    assert "GMT" in first.headers["Upload-Expires"]
    assert ana.send(where, 6, b"world").headers["Upload-Offset"] == "11"
    told = ana.client.get(where, headers=ana.headers)
    assert (told.json()["name"], told.json()["offset"], told.headers["Upload-Length"]) == ("report.txt", 11, "11")
    assert pieces.place_of(key_of(where)).read_bytes() == b"Hello world"


def test_a_piece_that_begins_elsewhere_or_is_too_long_is_refused(ana):
    where = ana.begun(11)
    ana.send(where, 0, b"Hello ")
    wrong = ana.send(where, 5, b"world")
    assert (wrong.status_code, "go on from 6" in wrong.json()["detail"]) == (409, True)
    assert ana.send(where, 6, b"worlds").status_code == 409
    assert ana.send(where, 6, b"world", "application/octet-stream").status_code == 415
    assert ana.offset(where) == 6


@pytest.mark.parametrize(
    ("headers", "status", "named"),
    [
        ({"Upload-Length": "0"}, 400, "/Upload-Length"),
        ({"Upload-Length": "many"}, 400, "/Upload-Length"),
        ({"Upload-Length": str(10**14)}, 413, None),
        ({"Upload-Metadata": "filename !!"}, 400, "/Upload-Metadata"),
        ({"Tus-Resumable": "0.2.2"}, 412, None),
    ],
)
def test_what_is_announced_wrongly_is_refused_by_name(ana, headers, status, named):
    answer = ana.begin(5, **headers)
    assert answer.status_code == status, answer.content
    assert named is None or answer.json()["errors"][0]["pointer"] == named
    if status == 412:
        assert answer.headers["Tus-Version"] == "1.0.0"


def test_a_piece_with_a_checksum_counts_whole_or_not_at_all(ana):
    where, content = ana.begun(10), b"0123456789"
    for algorithm in ("sha256", "sha1"):
        wrong = base64.b64encode(hashlib.new(algorithm, b"other").digest()).decode()
        answer = ana.send(where, 0, content, **{"Upload-Checksum": f"{algorithm} {wrong}"})
        assert (answer.status_code, ana.offset(where)) == (460, 0)
    assert ana.send(where, 0, content, **{"Upload-Checksum": "md5 x"}).status_code == 400
    right = base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert ana.send(where, 0, content, **{"Upload-Checksum": f"sha256 {right}"}).status_code == 204


class Broken(io.BytesIO):
    """A sender that breaks off."""

    def read(self, size=-1):
        return super().read(size) or self._break()

    def _break(self):
        raise UnreadablePostError("gone")


def an_upload(person, length, name="x") -> Upload:
    with acting_as(person):
        return Upload.begin(by=person, name=name, length=length)


def offset_of(upload, person) -> int:
    with acting_as(person):
        upload.refresh_from_db()
    return upload.offset


@pytest.mark.django_db(transaction=True)
def test_what_came_before_the_connection_broke_is_kept(cast):
    upload = an_upload(cast.ana, 10)
    with pytest.raises(UnreadablePostError):
        upload.append(Broken(b"0123"), by=cast.ana, token=None, at=0, size=10)
    assert offset_of(upload, cast.ana) == 4
    upload.append(io.BytesIO(b"456"), by=cast.ana, token=None, at=4, size=6)  # ends early, without a word
    assert offset_of(upload, cast.ana) == 7
    checksum = pieces.Checksum("sha256", hashlib.sha256(b"789").digest())
    with pytest.raises(UnreadablePostError):
        upload.append(Broken(b"78"), by=cast.ana, token=None, at=7, size=3, checksum=checksum)
    assert offset_of(upload, cast.ana) == 7
    upload.append(io.BytesIO(b"789"), by=cast.ana, token=None, at=7, size=3, checksum=checksum)
    assert pieces.place_of(upload.pk).read_bytes() == b"0123456789"


@pytest.mark.django_db(transaction=True)
def test_after_a_killed_server_no_more_counts_than_was_noted_and_is_there(cast):
    upload = an_upload(cast.ana, 10)
    upload.append(io.BytesIO(b"0123"), by=cast.ana, token=None, at=0, size=4)
    with pieces.place_of(upload.pk).open("ab") as file:
        file.write(b"never counted")
    assert offset_of(upload, cast.ana) == 4
    upload.append(io.BytesIO(b"456789"), by=cast.ana, token=None, at=4, size=6)
    assert pieces.place_of(upload.pk).read_bytes() == b"0123456789"
    os.truncate(pieces.place_of(upload.pk), 2)  # the disk lost some
    assert offset_of(upload, cast.ana) == 2


@pytest.mark.django_db(transaction=True)
def test_a_long_piece_is_counted_on_its_way(cast, monkeypatch):
    monkeypatch.setattr(pieces, "COUNTED_EVERY", 1)
    monkeypatch.setattr(pieces, "CHUNK", 2)
    upload, seen = an_upload(cast.ana, 6), []

    class Looking(io.BytesIO):
        def read(self, size=-1):
            seen.append(offset_of(Upload(pk=upload.pk), cast.ana))
            return super().read(size)

    upload.append(Looking(b"012345"), by=cast.ana, token=None, at=0, size=6)
    assert seen == [0, 2, 4]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_at_once_the_second_is_told_to_wait(client, cast):
    ana = Sender(client, cast.ana)
    where = ana.begun(10)
    upload = Upload(pk=key_of(where))
    with pieces.held(upload.pk):
        refused = ana.send(where, 0, b"0123")
        assert (refused.status_code, "in a moment" in refused.json()["detail"]) == (423, True)
        assert ana.client.delete(where, headers=ana.headers).status_code == 423
    assert ana.send(where, 0, b"0123").status_code == 204


def test_a_sender_who_says_nothing_does_not_hold_the_upload_for_ever():
    ours, theirs = socket.socketpair()
    with ours, theirs, patience(type("Request", (), {"META": {"gunicorn.socket": ours}})()):
        assert ours.gettimeout() == SILENCE
    with patience(type("Request", (), {"META": {}})()):
        pass


@pytest.mark.django_db(transaction=True)
def test_an_upload_given_up_is_gone_with_its_bytes(client, cast):
    ana = Sender(client, cast.ana)
    where = ana.whole(b"bytes")
    assert ana.client.delete(where, headers=ana.headers).status_code == 204
    assert not pieces.place_of(key_of(where)).exists()
    assert ana.client.head(where, headers=ana.headers).status_code == 404
    assert ana.send(where, 5, b"").status_code == 404


def test_an_upload_is_its_senders_alone(client, cast, ana):
    where = ana.begun(5)
    for other in (Sender(client, cast.ben), Sender(client, cast.ana), Sender(client, cast.stranger)):
        assert client.head(where, headers=other.headers).status_code == 404
        assert other.send(where, 0, b"mine!").status_code == 404
        assert client.delete(where, headers=other.headers).status_code == 404
        assert client.get(UPLOADS, headers=other.headers).json()["results"] == []
    assert [each["length"] for each in client.get(UPLOADS, headers=ana.headers).json()["results"]] == [5]


def test_who_may_write_nothing_sends_nothing(client, cast):
    for sender in (Sender(client, cast.vera, "read"), Sender(client, cast.ana, "read")):
        assert sender.begin(5).status_code == 403


def test_a_person_signed_in_sends_with_the_word_against_forgery(cast, settings):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ana)
    told = {**TUS, "Upload-Length": "5"}
    assert client.post(UPLOADS, headers=told).status_code == 403
    client.cookies["csrftoken"] = csrf = "c" * 32
    begun = client.post(UPLOADS, headers={**told, "X-CSRFToken": csrf})
    assert begun.status_code == 201
    where, piece = begun.headers["Location"], {**TUS, "Upload-Offset": "0"}
    assert client.patch(where, b"bytes", content_type=BYTES, headers=piece).status_code == 403
    assert client.patch(where, b"bytes", content_type=BYTES, headers={**piece, "X-CSRFToken": csrf}).status_code == 204


def test_nobody_leaves_too_many_unfinished(ana, monkeypatch):
    monkeypatch.setattr("evidence.models.uploads.MOST_UNFINISHED", 1)
    ana.begun(5)
    refused = ana.begin(5)
    assert (refused.status_code, "take them in or give them up" in refused.json()["detail"]) == (409, True)


# --- What becomes of it ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_whole_upload_becomes_a_file_of_an_item(client, cast, item):
    ana = Sender(client, cast.ana)
    where = ana.whole(b"What was said.", name="C:\\papers\\said.txt")
    answer = ana.door.send("post", f"/evidence-items/{item.pk}/files/", {"upload": key_of(where)})
    assert answer.status_code == 201, answer.content
    with acting_as(cast.ana):
        file = StoredFile.objects.get()
        assert (file.original_name, file.media_type, file.size) == ("said.txt", "text/plain", 14)
        assert file.verifies()
        assert [each.action for each in CustodyEvent.objects.all()] == ["received", "hashed"]
    assert not pieces.place_of(key_of(where)).exists()
    again = ana.door.send("post", f"/evidence-items/{item.pk}/files/", {"upload": key_of(where)})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/upload")


def test_an_upload_that_is_not_whole_is_not_taken(client, cast, ana, item):
    where = ana.begun(5)
    ana.send(where, 0, b"12")
    answer = ana.door.send("post", f"/evidence-items/{item.pk}/files/", {"upload": key_of(where)})
    assert (answer.status_code, "2 of 5 bytes" in answer.json()["errors"][0]["detail"]) == (422, True)
    ben = Sender(client, cast.ben)
    assert ben.door.send("post", f"/evidence-items/{item.pk}/files/", {"upload": key_of(where)}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_item_and_file_are_made_at_once_or_not_at_all(client, cast, source):
    ana = Sender(client, cast.ana)
    where = ana.whole(b"What was said.", name="said.txt")
    refused = ana.take_in(where, source, marking="white")
    assert refused.status_code == 400, refused.content
    refused = ana.take_in(where, source, credibility=1)  # which needs two others that confirm it
    assert refused.status_code == 422, refused.content
    with acting_as(cast.ana):
        assert not EvidenceItem.objects.exists()
    made = ana.take_in(where, source, marking="green", language="pl")
    assert made.status_code == 201, made.content
    assert (made.json()["title"], made.json()["marking"], made.json()["collected_by_id"]) == (
        "said.txt",
        "green",
        str(cast.ana.pk),
    )
    with acting_as(cast.ana):
        assert EvidenceItem.objects.get().files.get().original_name == "said.txt"
        assert not Upload.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_bytes_that_are_held_already_are_asked_about(client, cast, source):
    ana = Sender(client, cast.ana)
    first = ana.take_in(ana.whole(b"The same.", name="one.txt"), source).json()
    where = ana.whole(b"The same.", name="two.txt")
    asked = ana.take_in(where, source)
    told = asked.json()["errors"][0]
    assert (asked.status_code, told["pointer"], told["code"]) == (422, "/confirmed_repeat", "held_already")
    assert f"“one.txt”, /evidence/{first['id']}/" in told["detail"]
    assert ana.take_in(where, source, confirmed_repeat=True).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_what_the_sender_may_not_read_is_not_told_to_be_held(client, cast, source, east):
    ben = cast.ben
    with acting_as(cast.sofia):
        making.an_item(by=cast.sofia, workspace=east, marking="red", text="Secret.")
    with as_owner():
        ben.memberships.update(clearance="green")
    with acting_as(cast.sofia):
        open_source = making.a_source(by=cast.sofia, workspace=east, marking="green")
    sender = Sender(client, ben)
    where = sender.whole(b"Secret.")
    assert sender.take_in(where, open_source, marking="green").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_upload_make_one_item(cast, source, east):
    upload = an_upload(cast.ana, 5)
    upload.append(io.BytesIO(b"bytes"), by=cast.ana, token=None, at=0, size=5)
    told = {"workspace": east, "source": source, **KIND}
    results = []

    def take():
        try:
            with acting_as(cast.ana):
                results.append(take_in(by=cast.ana, upload=upload, confirmed_repeat=True, **told))
        except Exception as refusal:
            results.append(refusal)
        finally:
            connection.close()

    both = [threading.Thread(target=take) for _ in range(2)]
    [each.start() for each in both]
    [each.join() for each in both]
    assert sorted(type(each).__name__ for each in results) == ["EvidenceItem", "IllegalStep"]


@pytest.mark.django_db(transaction=True)
def test_what_nobody_goes_on_with_is_forgotten(cast, settings):
    old, fresh, busy = (an_upload(cast.ana, 5) for _ in range(3))
    for each in (old, fresh, busy):
        each.append(io.BytesIO(b"12"), by=cast.ana, token=None, at=0, size=2)
    long_ago = timezone.now() - timedelta(hours=settings.UPLOAD_HOURS, minutes=1)
    with as_owner():
        Upload.objects.filter(pk__in=[old.pk, busy.pk]).update(touched_at=long_ago)
    stray = pieces.place_of("0199f6a0-0000-7000-8000-0000000000aa")
    stray.write_bytes(b"left by a crash")
    not_ours = pieces.place_of(old.pk).with_name("lost+found")
    not_ours.mkdir()
    for each in (stray, not_ours):
        os.utime(each, (long_ago.timestamp(), long_ago.timestamp()))
    with acting_as(cast.ana):
        assert {each.pk for each in Upload.objects.alive()} == {fresh.pk}
    with pieces.held(busy.pk):
        forget_uploads(0)
    assert not_ours.exists()
    with acting_as(cast.ana):
        assert {each.pk for each in Upload.objects.all()} == {fresh.pk, busy.pk}
    assert (pieces.place_of(old.pk).exists(), stray.exists(), pieces.place_of(fresh.pk).exists()) == (
        False,
        False,
        True,
    )


def test_the_database_holds_what_an_upload_is(cast):
    upload = an_upload(cast.ana, 5)
    with pytest.raises(IntegrityError), acting_as(cast.ana):
        Upload.objects.filter(pk=upload.pk).update(received=6)


def test_the_digest_of_a_stream_is_that_of_its_bytes(tmp_path):
    (tmp_path / "x").write_bytes(b"x" * 3_000_000)
    with (tmp_path / "x").open("rb") as file:
        assert storage.digest_of(File(file)) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
        assert file.tell() == 0


# --- Through a server that serves as in production ---------------------------------------------------

MANY = 64 * 1024 * 1024
"""Bytes that are sent."""

LITTLE = 24 * 1024
"""Kilobytes by which the process that takes them may grow."""


def _free_port() -> int:
    for port in range(8310, 8320):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("All ports are taken.")


@pytest.fixture
def server(cast, settings, tmp_path):
    """Gunicorn with one worker on the tests' own database; its port, and how to learn its memory."""
    port, at = _free_port(), connection.settings_dict
    place = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{at['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": place, "ATTEST_DATA_DIR": str(tmp_path / "served")}
    settings.UPLOADS_DIR = tmp_path / "served" / "uploads"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
    process = subprocess.Popen([*command, "--log-level", "warning"], env=environment, cwd=settings.BASE_DIR)
    try:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < end, "the server does not answer"
                with suppress(subprocess.TimeoutExpired):
                    raise AssertionError(f"the server ended with {process.wait(0.1)}") from None
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=20)


def children_of(process) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def peak_of(process) -> int:
    """The most memory that the process and its children have ever held, in kilobytes."""
    told = [Path(f"/proc/{pid}/status").read_text() for pid in children_of(process)]
    return max(int(re.search(r"VmHWM:\s+(\d+)", each)[1]) for each in told)


class Wire:
    """A connection to the server that is kept open."""

    def __init__(self, port, headers):
        self.port, self.headers, self.connection = port, headers, HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, path, body=None, **more):
        self.connection.request(method, path, body, {**self.headers, **more})
        answer = self.connection.getresponse()
        answer.read()
        return answer

    def begun(self) -> str:
        return urlsplit(self.ask("POST", UPLOADS, **{"Upload-Length": str(MANY)}).headers["Location"]).path

    def offset(self, where) -> int:
        return int(self.ask("HEAD", where).headers["Upload-Offset"])

    def send(self, where, at, size):
        block = b"x" * 1024 * 1024
        pieces = (block[: min(len(block), size - done)] for done in range(0, size, len(block)))
        told = {"Upload-Offset": str(at), "Content-Type": BYTES, "Content-Length": str(size)}
        assert self.ask("PATCH", where, pieces, **told).status == 204

    def begin_to_send(self, where, block) -> socket.socket:
        """A request that announces all and brings some."""
        told = {"Host": "127.0.0.1", "Upload-Offset": 0, "Content-Type": BYTES, "Content-Length": MANY}
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**self.headers, **told}.items())
        sender = socket.create_connection(("127.0.0.1", self.port))
        sender.sendall(f"PATCH {where} HTTP/1.1\r\n{lines}\r\n".encode() + block)
        return sender


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read from /proc")
@pytest.mark.django_db(transaction=True)
def test_a_large_upload_takes_no_memory_in_a_real_server(client, cast, server):
    port, process = server
    wire = Wire(port, Sender(client, cast.ana).headers)
    where = wire.begun()
    wire.send(where, 0, 1024)
    before = peak_of(process)
    wire.send(where, 1024, MANY - 1024)
    assert wire.offset(where) == MANY
    assert peak_of(process) - before < LITTLE


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="a server's processes are found in /proc")
@pytest.mark.django_db(transaction=True)
def test_what_was_counted_outlives_a_server_that_is_killed(client, cast, server):
    port, process = server
    wire = Wire(port, Sender(client, cast.ana).headers)
    where = wire.begun()
    with wire.begin_to_send(where, b"x" * (pieces.COUNTED_EVERY + 4096)):
        while not (reached := wire.offset(where)):
            assert process.poll() is None
        for pid in [*children_of(process), process.pid]:
            os.kill(pid, signal.SIGKILL)
        process.wait()
    assert reached == pieces.COUNTED_EVERY
    with as_owner():
        assert Upload.objects.get(pk=key_of(where)).offset == reached
