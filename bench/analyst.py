"""An analyst in an empty workspace who asks the API as the browser does: for the figures of intake and upload."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from bench.place import HERE, PLACE, Facts, emptied, environment

NAME = "bench_intake"
WORKER = ["manage.py", "procrastinate", "worker", "--concurrency", "2"]
"""As `config/demo.py` starts it."""

UPLOADS = "/api/v1/uploads/"
PIECE = 64 * 2**20
"""Bytes that the browser sends at once."""

PATIENCE = 600
KIND = {"evidence_kind": "news_report", "category": "contextual"}


@dataclass(frozen=True)
class Analyst:
    """Someone with a token of a workspace, and a source there."""

    port: int
    secret: str
    workspace: str
    source: str

    def ask(self, method: str, path: str, body: Any = b"", **headers: str) -> tuple[dict[str, str], Any]:
        """The headers and the JSON of an answer. Raises `SystemExit` with what a refusal says."""
        http = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        told = {"X-Forwarded-Proto": "https", "Authorization": f"Bearer {self.secret}"}
        http.request(method, path, body, {**told, **{name.replace("_", "-"): value for name, value in headers.items()}})
        answer = http.getresponse()
        said = answer.read()
        http.close()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {said[:500].decode(errors='replace')}")
        return dict(answer.headers), json.loads(said) if said else None

    def upload(self, name: str, content: BinaryIO, length: int, piece: int = PIECE) -> str:
        """Send a file in pieces (tus). Returns the path of the upload."""
        named = base64.b64encode(name.encode()).decode()
        tus = {"Tus_Resumable": "1.0.0"}
        begun, _ = self.ask("POST", UPLOADS, **tus, Upload_Length=str(length), Upload_Metadata=f"filename {named}")
        where = urlsplit(begun["Location"]).path
        for at in range(0, length, piece):
            told = {"Upload_Offset": str(at), "Content_Type": "application/offset+octet-stream"}
            size = min(piece, length - at)
            self.ask("PATCH", where, _Part(content, size), **tus, **told, Content_Length=str(size))
        return where

    def take_in(self, where: str) -> str:
        """Make an item of an upload. Returns its id."""
        told = {"workspace_id": self.workspace, "source_id": self.source, **KIND}
        return self.ask("POST", f"{where}take-in/", json.dumps(told), Content_Type="application/json")[1]["id"]

    def bring(self, name: str, content: bytes) -> str:
        return self.take_in(self.upload(name, BytesIO(content), len(content)))

    def found(self, word: str) -> set[str]:
        """Ids of the items whose text holds a word."""
        hits = self.ask("GET", f"/api/v1/search/?kind=text_page&q={quote(word)}")[1]["results"]
        return {each["anchor_id"] for each in hits}

    def files(self) -> list[dict[str, Any]]:
        told, path = [], "/api/v1/stored-files/?limit=200"
        while path:
            page = self.ask("GET", path)[1]
            told += page["results"]
            path = page["next"] and "?".join(urlsplit(page["next"])[2:4])
        return told


class _Part:
    """So many bytes of a stream, read as they are sent."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.stream, self.left = stream, size

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(min(size, self.left) if size >= 0 else self.left)
        self.left -= len(piece)
        return piece


def begin() -> tuple[Facts, str]:
    """A database with a workspace, an analyst and a source; this process has the product's settings for it.

    Returns what there is to know, and the source's id.
    """
    os.environ.update(environment(emptied(NAME)), ATTEST_DATA_DIR=str(PLACE / "intake"))
    (PLACE / "intake" / "static").mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from accounts.models import ApiToken, Membership, User, Workspace
    from evidence.models import Source
    from ledger.acting import acting_as

    connection.ensure_connection()  # before anything acts as owner, or it stays the owner's
    room = Workspace.objects.create(name="Intake", slug="intake")
    person = User.objects.create_user("analyst@bench.example", name="Analyst")
    member = Membership.objects.create(user=person, workspace=room, role="analyst", clearance="red")
    with acting_as(person):
        fields = {"name": "The desk", "source_class": "independent_press", "reliability": "B"}
        source = Source.add(by=person, workspace=room, **fields)
    until = timezone.now() + timedelta(days=1)
    token, secret = ApiToken.issue(by=person, membership=member, name="Bench", scope="write", expires_at=until)
    ApiToken.objects.filter(pk=token.pk).update(requests_per_minute=100_000_000)
    connection.close()
    facts = Facts(os.environ["DATABASE_URL"], 0, str(room.pk), str(person.pk), [], {"analyst": secret}, "", [], [])
    return facts, str(source.pk)


@contextmanager
def working() -> Iterator[Worker]:
    worker = Worker()
    try:
        yield worker
    finally:
        worker.kill()


class Worker:
    """A worker of the product's; with the environment of this process."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, *WORKER], cwd=HERE, stdin=subprocess.DEVNULL)

    def kill(self) -> None:
        """As the kernel does when memory runs out: nothing is told to anybody."""
        self.process.kill()
        self.process.wait()

    def told(self, signal: int) -> None:
        self.process.send_signal(signal)
