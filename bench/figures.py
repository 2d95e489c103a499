"""The figures: what is asked of the product, what the floor answers, and what is to be reached."""

from __future__ import annotations

import importlib.util
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bench import asking
from bench.load import Measured, drive
from bench.place import HERE, Facts

CLIENTS = (1, 8, 32)
WARM = 0.5
"""Seconds of load before a measurement, so that every worker and thread has its connection and its code."""

NOT_THERE = "not there yet"


@dataclass(frozen=True)
class Ports:
    product: int
    floor: int


@dataclass(frozen=True)
class Line:
    """One figure, measured: by number of clients where it is, the judgement in words, and whether it was reached."""

    key: str
    size: int
    product: dict[int, Measured]
    floor: dict[int, Measured]
    value: float | None
    """What is judged, and what stands in the table."""

    speed: float | None
    """The greater, the faster: compared between the sizes."""

    reached: bool | None
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """`floor` names the floor's request. `least` is a share of its requests per second, at 8 clients; `most` is so
    many times its p50, at one client.
    """

    title: str
    floor: str = ""
    least: float | None = None
    most: float | None = None
    target: str = ""

    def judged(self, product: dict[int, Measured], floor: dict[int, Measured]) -> tuple[float, float, bool]:
        """The value, the speed, and whether it is reached."""
        if self.least is not None:
            value = product[8].per_second / floor[8].per_second
            return value, product[8].per_second, value >= self.least
        value = product[1].p50 / floor[1].p50
        return value, 1000 / product[1].p50, value <= self.most


FIGURES = {
    "list": Figure("API, list of 50", "list", least=0.40, target="40 % of the floor's requests/s"),
    "one": Figure("API, one record", "one", least=0.40, target="40 % of the floor's requests/s"),
    "feed": Figure("API, feed page of 1,000", "feed", least=0.60, target="60 % of the floor's requests/s"),
    "html-list": Figure("page, list of 50", "list", least=0.15, target="15 % of the floor's requests/s"),
    "incident": Figure("page, incident", "one", most=8, target="p50 within 8 x the floor's one record"),
    "attribution": Figure("page, attribution", "one", most=8, target="p50 within 8 x the floor's one record"),
    "write": Figure("API, write of one record", "write", most=4, target="p50 under 4 x a bare INSERT"),
    "bulk": Figure("API, bulk of 1,000", target="2,000 records/s"),
    "sync": Figure("sync of a workspace into an empty replica", target="at most 2 x paging it from the floor"),
}


def measure(key: str, facts: Facts, ports: Ports, seconds: float) -> Line:
    """Measure one figure, product and floor in turn."""
    special: dict[str, Callable[[Facts, Ports, float], Line]] = {"bulk": _bulk, "sync": _sync}
    if key in special:
        return special[key](facts, ports, seconds)
    if not _is_there(asking.first(key, facts), ports.product):
        return _missing(key, facts)
    warm(ports.floor, asking.FLOOR[FIGURES[key].floor](facts))
    warm(ports.product, asking.PRODUCT[key](facts))
    product, floor = {}, {}
    for clients in CLIENTS:
        base = asking.FLOOR[FIGURES[key].floor](facts)
        floor[clients] = drive(ports.floor, base, clients=clients, seconds=seconds)
        product[clients] = drive(ports.product, asking.PRODUCT[key](facts), clients=clients, seconds=seconds)
    value, speed, reached = FIGURES[key].judged(product, floor)
    return Line(key, facts.size, product, floor, value, speed, reached)


def warm(port: int, requests: Iterator[bytes]) -> None:
    drive(port, requests, clients=16, seconds=WARM)


def _is_there(request: bytes, port: int) -> bool:
    """Whether the product has this address."""
    head = request.split(b"\r\n", 1)[0].decode().split()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", head[1].split("?")[0], headers=_headers(request))
    return connection.getresponse().status != 404


def _headers(request: bytes) -> dict[str, str]:
    lines = request.split(b"\r\n\r\n", 1)[0].decode().split("\r\n")[1:]
    told = dict(line.split(": ", 1) for line in lines)
    return {name: value for name, value in told.items() if not name.startswith("Content")}


def _missing(key: str, facts: Facts) -> Line:
    return Line(key, facts.size, {}, {}, None, None, None, NOT_THERE)


def _bulk(facts: Facts, ports: Ports, seconds: float) -> Line:
    if not _is_there(asking.first("bulk", facts), ports.product):
        return _missing("bulk", facts)
    warm(ports.product, asking.PRODUCT["one"](facts))
    seen = drive(ports.product, asking.bulk(facts), clients=1, seconds=seconds)
    records = seen.per_second * asking.MANY
    return Line("bulk", facts.size, {1: seen}, {}, records, records, records >= 2000)


# --- Sync: the client library, against paging the floor --------------------------------------------------


def _sync(facts: Facts, ports: Ports, seconds: float) -> Line:
    """All that one workspace's reader may read, into an empty replica; and as many changes paged from the floor."""
    sys.path.insert(0, str(HERE / "clients" / "python"))
    if importlib.util.find_spec("attest_client") is None:
        return _missing("sync", facts)
    import httpx
    from attest_client import Attest

    class BehindProxy(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.headers["X-Forwarded-Proto"] = "https"
            return super().handle_request(request)

    address = f"http://127.0.0.1:{ports.product}"
    with (
        tempfile.TemporaryDirectory() as folder,
        Attest(address, facts.tokens["analyst"], transport=BehindProxy()) as attest,
    ):
        attest.sync(Path(folder) / "before.sqlite")  # what is asked for the first time comes from the disk
        began = time.perf_counter()
        brought = attest.sync(Path(folder) / "replica.sqlite").changes
        took = time.perf_counter() - began
    _paged(ports.floor, brought)
    paged = _paged(ports.floor, brought)
    note = f"{brought:,} changes, {took:.1f} s against {paged:.1f} s"
    return Line("sync", facts.size, {}, {}, took / paged, brought / took, took / paged <= 2, note)


def _paged(port: int, changes: int) -> float:
    """Seconds to page so many changes from the floor; only where the next page begins is read of each."""
    connection, cursor, began = HTTPConnection("127.0.0.1", port, timeout=60), "0", time.perf_counter()
    for _ in range(-(-changes // asking.MANY)):
        connection.request("GET", f"/changes?limit={asking.MANY}&cursor={cursor}")
        told = re.search(rb'"next" : "(\d+)"}$', connection.getresponse().read())
        if told is None:
            break
        cursor = told[1].decode()
    return time.perf_counter() - began
