"""Hostile files are opened apart: in a process of its own, within limits of memory and time, that knows no secret.

The process is forked from a server that has loaded the readers and nothing else: it holds no connection, no key and
no setting. What it says comes as JSON and plain bytes, which carry no code. Pure: it knows no record.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import orjson

from evidence.pages import Page, Word
from evidence.unpacked import Contents, Unpacked
from evidence.unreadable import Unreadable, Unsupported

PROJECT = Path(__file__).resolve().parent.parent

NEEDED = ("PATH", "HOME", "LANG", "TMPDIR", "TESSDATA_PREFIX")
"""All that it is told of the environment."""

BROKE_OFF = "The reader broke off: the file is damaged, made to do harm, or takes more than a reading may have."


class Limits(NamedTuple):
    """What a reading may take: seconds of the clock and of the processor, megabytes of memory and of a file written."""

    seconds: int
    megabytes: int
    written: int = 512


class Reading(NamedTuple):
    """The text of each page, in order, in Unicode NFC; what took it, in which languages it is, and what was noted."""

    pages: list[Page]
    languages: list[str]
    extractor: str
    extractor_version: str
    notes: list[str]


def read(
    path: Path,
    media_type: str,
    *,
    limits: Limits,
    languages: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda page, of: None,
) -> Reading:
    """Take the text of a file; `told` hears of each page. Raises `Unreadable`, also where a limit is met."""
    pages: list[Page] = []
    spoken: list[str] = []
    with _talking("read", str(path), media_type, list(languages), limits=limits) as said:
        opened = next(said)
        for message in said:
            if "notes" in message:
                return Reading(pages, spoken, opened["extractor"], opened["version"], message["notes"])
            pages.append(_page(message))
            spoken.append(message["language"])
            told(len(pages), opened["page_count"])
    raise Unreadable("The reader broke off.")


def look(path: Path, media_type: str, *, limits: Limits) -> list[tuple[str, str]]:
    """What a file holds that whoever opens it should know: traits, with a sentence each. Raises `Unreadable`."""
    with _talking("look", str(path), media_type, limits=limits) as said:
        return [(trait, sentence) for trait, sentence in next(said)["traits"]]


def unpack(path: Path, media_type: str, folder: Path, *, limits: Limits) -> Contents:
    """Write what a container holds into a folder. Raises `Unreadable`."""
    with _talking("unpack", str(path), media_type, str(folder), limits=limits) as said:
        told = next(said)
    parts = [Unpacked(where, at, size, sha256, Path(kept)) for where, at, size, sha256, kept in told["parts"]]
    return Contents(parts, told["left_out"])


def draw(path: Path, media_type: str, number: int, width: int, *, limits: Limits) -> bytes:
    """A page as a picture (WebP). Raises `Unreadable`."""
    with _talking("draw", str(path), media_type, number, width, limits=limits) as said:
        return bytes.fromhex(next(said)["webp"])


def _page(message: dict[str, Any]) -> Page:
    size = message["size"]
    words = tuple(Word(*each) for each in message["words"])
    return Page(message["text"], words, tuple(size) if size else None, message["confidence"])


@contextmanager
def _talking(job: str, *given: Any, limits: Limits) -> Iterator[Iterator[dict[str, Any]]]:
    """Have a job done apart, and hear what is said of it. However it ends, the process and its children end with it."""
    here, there = socket.socketpair()
    with there:
        _server().send({"job": job, "given": given, "limits": limits}, there)
    said = Connection(here.detach())
    process = None
    try:
        process = _heard(said, until=monotonic() + limits.seconds, limits=limits)["process"]
        yield _said(said, limits)
    finally:
        said.close()
        if process:
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)  # with what it has started, like OCR


def _said(said: Connection, limits: Limits) -> Iterator[dict[str, Any]]:
    until = monotonic() + limits.seconds
    while True:
        message = _heard(said, until=until, limits=limits)
        if "unreadable" in message:
            kind = Unsupported if message.get("is_unsupported") else Unreadable
            raise kind(message["unreadable"])
        yield message


def _heard(said: Connection, *, until: float, limits: Limits) -> dict[str, Any]:
    if not said.poll(max(0.0, until - monotonic())):
        raise Unreadable(f"Reading it took more than {limits.seconds} seconds.")
    try:
        return orjson.loads(said.recv_bytes())
    except (EOFError, ConnectionError):
        raise Unreadable(BROKE_OFF) from None


class _Server:
    """The process that readings are forked from. It ends when this one does."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.line, there = socket.socketpair(type=socket.SOCK_SEQPACKET)
        environment = {name: os.environ[name] for name in NEEDED if name in os.environ}
        with there:
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "evidence.reading_apart", str(there.fileno())],
                cwd=PROJECT,
                env={**environment, "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                pass_fds=[there.fileno()],
            )

    def send(self, asked: dict[str, Any], there: socket.socket) -> None:
        with self.lock:
            socket.send_fds(self.line, [json.dumps(asked).encode()], [there.fileno()])


_servers: dict[int, _Server] = {}
"""By process: after a fork the one that was there belongs to the other."""

_starting = threading.Lock()


def _server() -> _Server:
    with _starting:
        server = _servers.get(os.getpid())
        if server is None or server.process.poll() is not None:
            server = _servers[os.getpid()] = _Server()
        return server
