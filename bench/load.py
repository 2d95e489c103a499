"""Load for a server on the loopback: so many clients, each with one request under way, for so many seconds.

One process, one thread, non-blocking sockets that are kept open: what a request costs here is measured
with it (`own_us`, microseconds of processor time), so that one sees whether the load was the bottleneck.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

PATIENCE = 60
"""Seconds without any answer after which it is given up."""

CHUNK = 262_144
MOST = 200_000
"""Requests of one measurement at most."""


@dataclass(frozen=True)
class Measured:
    """What was seen. Times in milliseconds."""

    requests: int
    per_second: float
    p50: float
    p99: float
    own_us: float
    """What a request cost the load itself, in microseconds of processor time."""

    bytes: int
    """Of the last answer, with its head."""


@dataclass
class _Client:
    socket: socket.socket | None = None
    began: float = 0.0
    got: bytearray = field(default_factory=bytearray)
    needed: int = 0


class Refused(Exception):
    """The server answered with an error, or not at all."""


def drive(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> Measured:
    """Send the requests in turn until the time is over; raises `Refused` at the first answer of 400 or above."""
    return _Drive(port, requests).run(clients, seconds)


class _Drive:
    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.port, self.requests = port, requests
        self.waiting = selectors.DefaultSelector()
        self.spent: list[float] = []
        self.last = 0

    def run(self, clients: int, seconds: float) -> Measured:
        began, own = time.perf_counter(), time.process_time()
        end = began + seconds
        for _ in range(clients):
            self._send(_Client())
        under_way = clients
        while under_way:
            ready = self.waiting.select(PATIENCE)
            if not ready:
                raise Refused(f"No answer within {PATIENCE} seconds.")
            for key, _ in ready:
                if self._received(key.data):
                    if time.perf_counter() < end and len(self.spent) < MOST:
                        self._send(key.data)
                    else:
                        under_way -= 1
                        self._close(key.data)
        took = time.perf_counter() - began
        return self._measured(took, time.process_time() - own)

    def _send(self, client: _Client) -> None:
        client.got.clear()
        client.needed = 0
        client.began = time.perf_counter()
        request = next(self.requests)
        if client.socket is None:
            client.socket = socket.create_connection(("127.0.0.1", self.port))
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.waiting.register(client.socket, selectors.EVENT_READ, client)
        client.socket.sendall(request)

    def _received(self, client: _Client) -> bool:
        """Take what has come; whether the answer is whole."""
        came = client.socket.recv(CHUNK)
        if not came:
            return self._closed(client)
        client.got += came
        if not client.needed:
            client.needed = _length(client.got)
        if not client.needed or len(client.got) < client.needed:
            return False
        self.spent.append((time.perf_counter() - client.began) * 1000)
        self.last = len(client.got)
        if b"\r\nconnection: close" in client.got[:2000].lower():
            self._close(client)
        return True

    def _closed(self, client: _Client) -> bool:
        """A connection that was idle too long is closed by the server: once more on a new one."""
        if client.got:
            raise Refused("The connection broke off in the middle of an answer.")
        self._close(client)
        self._send(client)
        return False

    def _close(self, client: _Client) -> None:
        if client.socket is not None:
            self.waiting.unregister(client.socket)
            client.socket.close()
            client.socket = None

    def _measured(self, took: float, own: float) -> Measured:
        ordered = sorted(self.spent)
        number = len(ordered)
        return Measured(
            requests=number,
            per_second=number / took,
            p50=ordered[number // 2],
            p99=ordered[min(number - 1, int(number * 0.99))],
            own_us=own / number * 1e6,
            bytes=self.last,
        )


def _length(got: bytearray) -> int:
    """Bytes of the whole answer, head included; 0 while the head is not whole."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = bytes(got[:end]).lower()
    status = int(head.split(b" ", 2)[1])
    if status >= 400 or status in (301, 302):
        raise Refused(bytes(got[:600]).decode(errors="replace"))
    at = head.find(b"content-length:")
    if at < 0:
        raise Refused("An answer without Content-Length: the load cannot tell where it ends.")
    return end + 4 + int(head[at + 15 :].split(b"\r\n", 1)[0])
