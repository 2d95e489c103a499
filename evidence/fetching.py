"""Fetching one address, guarded: at every redirection the host is looked up, looked at, and connected to as it was.

No cookie is taken and nothing of ours is told but that something like a browser asks. Time and size are bounded on the
socket, so that neither slow headers nor compressed bodies escape.
"""

from __future__ import annotations

import ssl
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple

import httpcore
import httpx

from evidence.archiving import Archive, Exchange
from evidence.guarding import Address, Forbidden, Guard, what_is_wrong_with

MOST_REDIRECTIONS = 5
REDIRECTS = (301, 302, 303, 307, 308)
HEADERS = [
    ("User-Agent", "Mozilla/5.0 (compatible)"),
    ("Accept", "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.9,*/*;q=0.5"),
    ("Accept-Encoding", "identity"),
    ("Connection", "close"),
]
IN_MEMORY = 1024 * 1024
"""Bytes of an answer; more go to disk."""


class NotFetched(Exception):
    """Why there is nothing to keep; one sentence."""


class Landed(NamedTuple):
    """Where redirections led, when, and the record of the answer."""

    url: str
    at: datetime
    record_id: str


class Budget:
    """The time and bytes that are left, for all redirections together."""

    def __init__(self, seconds: float, most_bytes: int) -> None:
        self.seconds, self.most_bytes = seconds, most_bytes
        self.until, self.left = time.monotonic() + seconds, most_bytes

    def remaining(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise self.too_slow()
        return left

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise NotFetched(f"It is larger than {self.most_bytes // 2**20} MB, which is the most that is fetched.")

    def too_slow(self) -> NotFetched:
        return NotFetched(f"It did not come within {self.seconds:g} seconds.")


def fetch(url: str, archive: Archive, *, guard: Guard, budget: Budget) -> Landed:
    """Fetch an address into a web archive, through at most five redirections. Raises `NotFetched`."""
    for _ in range(MOST_REDIRECTIONS + 1):
        if refusal := what_is_wrong_with(url):
            raise NotFetched(f"It leads to {url[:200]}. {refusal}")
        with closing(_Asked(_parsed(url), guard, budget)) as asked:
            status, location = asked.answer()
            record_id = archive.add(asked.exchange(url))
        if status not in REDIRECTS or not location:
            if not 200 <= status < 300:
                raise NotFetched(f"It answered with the status {status}: nothing was kept.")
            return Landed(url, asked.at, record_id)
        url = str(_parsed(url).join(location).copy_with(fragment=None))
    raise NotFetched(f"It redirects more than {MOST_REDIRECTIONS} times.")


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise NotFetched("This is no address.") from error


class _Asked:
    """One request, and what came of it as it was on the wire."""

    def __init__(self, url: httpx.URL, guard: Guard, budget: Budget) -> None:
        self.url, self.budget = url, budget
        self.at = datetime.now(UTC)
        self.request, self.response = a_tape(), a_tape()
        self.backend = _Guarded(self, guard)

    def answer(self) -> tuple[int, str]:
        """Status and Location. Raises `NotFetched`."""
        try:
            return self._answer()
        except Forbidden as refusal:
            raise NotFetched(str(refusal)) from refusal
        except httpcore.TimeoutException as error:
            raise self.budget.too_slow() from error
        except ssl.SSLCertVerificationError as error:
            raise NotFetched(f"Its certificate does not hold: {error.verify_message}.") from error
        except httpcore.ConnectError as error:
            raise NotFetched("Its host cannot be reached.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise NotFetched("It broke off before all of it had come.") from error

    def _answer(self) -> tuple[int, str]:
        told = self.url
        target = httpcore.URL(scheme=told.raw_scheme, host=told.raw_host, port=told.port, target=told.raw_path)
        pool = httpcore.ConnectionPool(network_backend=self.backend, retries=0, http2=False)
        with pool, pool.stream("GET", target, headers=HEADERS) as response:
            for _ in response.iter_stream():
                pass  # it runs over the tape
            headers = {name.lower(): value for name, value in response.headers}
            return response.status, headers.get(b"location", b"").decode("latin-1")

    def close(self) -> None:
        self.request.close()
        self.response.close()

    def exchange(self, url: str) -> Exchange:
        return Exchange(url, self.at, str(self.backend.address), self.request, _final(self.response))


def a_tape() -> Any:
    """Where bytes are kept as they pass; on disk when they are many."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY)


def _final(response: BinaryIO) -> BinaryIO:
    """The answer without what a server said before it (103 Early Hints and the like)."""
    response.seek(0)
    head = response.read(64 * 1024)
    start = 0
    while head[start : start + 10].startswith((b"HTTP/1.1 1", b"HTTP/1.0 1")):
        start = head.index(b"\r\n\r\n", start) + 4
    if not start:
        return response
    kept = a_tape()
    response.seek(start)
    while piece := response.read(64 * 1024):
        kept.write(piece)
    return kept


class _Guarded(httpcore.NetworkBackend):
    """Connects to the address that was looked at, and to nothing else."""

    def __init__(self, asked: _Asked, guard: Guard) -> None:
        self.asked, self.guard = asked, guard
        self.address: Address | None = None
        self.network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.address = self.guard.looked_up(host, port)
        return _Taped(self.network.connect_tcp(str(self.address), port, self.asked.budget.remaining()), self.asked)


class _Taped(httpcore.NetworkStream):
    """A connection whose time and size are bounded, and whose bytes are kept."""

    def __init__(self, stream: httpcore.NetworkStream, asked: _Asked) -> None:
        self.stream, self.asked = stream, asked

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece = self.stream.read(max_bytes, self.asked.budget.remaining())
        self.asked.budget.spend(len(piece))
        self.asked.response.write(piece)
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.asked.budget.remaining())
        self.asked.request.write(buffer)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self.stream.start_tls(ssl_context, server_hostname, self.asked.budget.remaining())
        return _Taped(stream, self.asked)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)

    def close(self) -> None:
        self.stream.close()
