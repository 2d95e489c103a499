"""What a replica takes off the primary, and what it costs: the product with and without one, asked in turn.

Both PostgreSQL and both web servers share the cores of one machine here, so requests per second cannot grow. What
counts is how much of the primary's processor time a request still takes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psycopg

from bench import asking, place, serving
from bench.figures import warm
from bench.load import Measured, drive
from bench.place import Facts
from bench.serving import PRODUCT, Served, Way, family
from config.embedded import Cluster
from config.standby import Standby

CLIENTS = 8
WRITES = 100
TICKS = 100
"""Of processor time in a second, as Linux counts them."""


@dataclass(frozen=True)
class Seen:
    """Of one request for a figure: what the load saw, and the processor time of each PostgreSQL in ms."""

    load: Measured
    primary: float
    replica: float


def measure(cluster: Cluster, facts: Facts, port: int, seconds: float, way: Way) -> str:
    """All figures as a table; the database is left as it was."""
    before = place.last_entry(facts)
    with _standby(cluster) as standby:
        copy = standby.as_superuser(facts.url.rsplit("/", 1)[1])
        more = {"ATTEST_REPLICA_URL": copy.replace("postgres://postgres:", "postgres://attest:")}
        try:
            with (
                serving.serving(PRODUCT, facts, port, way) as alone,
                serving.serving(PRODUCT, facts, port + 1, way, **more) as helped,
            ):
                rows = [_row(key, facts, [alone, helped], (cluster, standby), seconds) for key in ("list", "feed")]
                own = [_read_back(each.port, facts, copy) for each in (alone, helped)]
        finally:
            place.forget_since(facts, before)
    return "\n".join([*HEAD, *(line for each in rows for line in each), *_own(own)])


HEAD = [
    "| | requests/s | p50 ms | p99 ms | primary ms | replica ms |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
]


@contextmanager
def _standby(cluster: Cluster) -> Iterator[Standby]:
    standby = Standby(place.PLACE / "standby", of=cluster, options=place.SETTINGS)
    standby.start()
    try:
        yield standby
    finally:
        standby.remove()


def _row(key: str, facts: Facts, served: list[Served], nodes: tuple[Cluster, Cluster], seconds: float) -> list[str]:
    told = []
    for name, each in zip(("one node", "with a replica"), served, strict=True):
        warm(each.port, asking.PRODUCT[key](facts))
        seen = _driven(key, facts, each.port, nodes, seconds)
        load = seen.load
        cells = [f"{load.per_second:,.0f}", f"{load.p50:.1f}", f"{load.p99:.1f}"]
        cells += [f"{seen.primary:.2f}", f"{seen.replica:.2f}"]
        told.append("| " + " | ".join([f"{key}, {CLIENTS} clients, {name}", *cells]) + " |")
    return told


def _driven(key: str, facts: Facts, port: int, nodes: tuple[Cluster, Cluster], seconds: float) -> Seen:
    before = [_spent(each) for each in nodes]
    load = drive(port, asking.PRODUCT[key](facts), clients=CLIENTS, seconds=seconds)
    primary, replica = (_spent(each) - was for each, was in zip(nodes, before, strict=True))
    return Seen(load, primary / load.requests * 1000, replica / load.requests * 1000)


def _spent(node: Cluster) -> float:
    """Seconds of processor time of a PostgreSQL so far: of what runs, and of what has ended."""
    leader = int((node.data / "postmaster.pid").read_text().split("\n")[0])
    fields = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in family(leader)]
    ended = sum(int(each) for each in fields[0][13:15])
    return (ended + sum(int(each[11]) + int(each[12]) for each in fields)) / TICKS


def _read_back(port: int, facts: Facts, copy: str) -> tuple[list[float], list[float]]:
    """Milliseconds to read a record that was written just before; and until the replica has replayed another."""
    http, read, replayed = HTTPConnection("127.0.0.1", port, timeout=60), [], []
    head = {"X-Forwarded-Proto": "https", "Host": "127.0.0.1", **asking.token(facts)}
    with psycopg.connect(copy, autocommit=True) as standby:
        for number in range(WRITES):
            body = json.dumps(asking.actor(facts))
            http.request("POST", "/api/v1/actors/", body, {**head, "Content-Type": "application/json"})
            answer = http.getresponse()
            made, began = json.loads(answer.read()), time.perf_counter()
            if number % 2 and answer.headers["Attest-Wrote"]:
                _wait(standby, answer.headers["Attest-Wrote"])
                replayed.append((time.perf_counter() - began) * 1000)
                continue
            http.request("GET", f"/api/v1/actors/{made['id']}/", headers=head)
            answer = http.getresponse()
            if json.loads(answer.read()).get("id") != made["id"]:
                raise SystemExit("What was written was not read back.")
            read.append((time.perf_counter() - began) * 1000)
    return sorted(read), sorted(replayed)


def _wait(standby: psycopg.Connection, position: str) -> None:
    while not standby.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [position]).fetchone()[0]:
        time.sleep(0.0005)


def _own(seen: list[tuple[list[float], list[float]]]) -> list[str]:
    (alone, _), (helped, replayed) = seen
    rows = [("one's own write read back, one node", alone), ("the same, with a replica", helped)]
    rows += [("a commit is replayed after", replayed)]
    return [f"| {name} | | {each[len(each) // 2]:.1f} | {each[int(len(each) * 0.99)]:.1f} | | |" for name, each in rows]
