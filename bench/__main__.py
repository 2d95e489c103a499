"""`make bench`: the product as in production against a floor taken in the same run, at two sizes.

python -m bench                          both sizes, all figures; writes bench/RESULTS.md
python -m bench list one                 these figures only, at one size, on the screen
python -m bench profile list             where the time of one figure goes
python -m bench generate                 only make the database
python -m bench verify                   the product's own verification of the generated ledger
python -m bench servers                  ways to serve, by the list
python -m bench replica                  what a replica takes off the primary
python -m bench reliance                 thousands of approvals that rest on one item

python -m bench.intake                   two hundred files come in and are read, and the worker is killed on the way
python -m bench.upload                   a file of 1 GB, and the memory of the web process
python -m bench.search                   full-text search against the same SQL by hand
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import asdict
from itertools import product

from bench import asking, place, reliance, replica, results, serving
from bench.figures import FIGURES, Line, Ports, measure, warm
from bench.load import Measured, drive
from bench.place import HERE, LARGE, SMALL, Facts, environment
from bench.serving import FLOOR, PRODUCT, Way

SHORT = HERE / "bench" / "short.md"
"""What a profile says of the figures that are not reached; kept by hand."""

EVIDENCE = HERE / "bench" / "evidence.md"
"""What the three that run by themselves have shown; kept by hand."""

OTHERS = ("generate", "profile", "verify", "servers", "replica", "reliance")


def main(arguments: list[str]) -> int:
    asked = _arguments(arguments)
    verb = asked.what[0] if asked.what else ""
    if verb == "reliance":
        return reliance.main()
    cluster = place.start().cluster
    try:
        match verb:
            case "":
                _everything(asked)
            case "generate":
                place.prepared(asked.size, asked.seed)
            case "verify":
                _manage(place.prepared(asked.size, asked.seed), "ledger", "verify")
            case "profile":
                _look(place.prepared(asked.size, asked.seed), "profile", asked.what[1], str(asked.runs))
            case "servers":
                _compare_servers(place.prepared(asked.size, asked.seed), asked)
            case "replica":
                print(_with_replica(asked.size, asked))
            case _:
                print(_size(asked.size, asked.what, asked)[1])
    finally:
        if cluster.started_here:
            cluster.stop()
    return 0


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help=f"figures ({', '.join(FIGURES)}), or one of {', '.join(OTHERS)}")
    parser.add_argument("--size", "--incidents", type=int, default=SMALL, help=f"incidents; {SMALL} by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement")
    parser.add_argument("--runs", type=int, default=100, help="requests of a profile")
    parser.add_argument("--server", choices=serving.SERVERS, default=Way.server)
    parser.add_argument("--workers", type=int, default=Way.workers)
    parser.add_argument("--threads", type=int, default=Way.threads)
    parser.add_argument("--port", type=int, default=8117, help="on the loopback; the floor takes the next")
    asked = parser.parse_args(arguments)
    if unknown := [each for each in asked.what if each not in FIGURES and each not in OTHERS]:
        parser.error(f"there is no figure {', '.join(unknown)}")
    if asked.what[:1] == ["profile"] and (len(asked.what) != 2 or asked.what[1] not in asking.PRODUCT):
        parser.error(f"profile one of {', '.join(asking.PRODUCT)}")
    return asked


def _everything(asked: argparse.Namespace) -> None:
    """Written down as far as it has come: the last part copies the whole cluster, and may find no room."""
    small, small_told = _size(SMALL, list(FIGURES), asked)
    large, large_told = _size(LARGE, list(FIGURES), asked)
    told = ["# Results", f"By `make bench` on {results.machine(place.prepared(LARGE, asked.seed))}"]
    told += [f"## {LARGE:,} incidents", large_told, f"## {SMALL:,} incidents", small_told]
    told += ["## From the smaller to the larger", results.falls(small, large)]
    told += ["## What falls short, and why", SHORT.read_text().strip()]
    told += ["## Evidence", EVIDENCE.read_text().strip()]
    results.write(told)
    told += [f"## With a replica, {SMALL:,} incidents", _with_replica(SMALL, asked)]
    print(results.write(told))


def _size(size: int, figures: list[str], asked: argparse.Namespace) -> tuple[list[Line], str]:
    """Measure on one size; returns the lines, and all that is to be told of them."""
    facts = place.prepared(size, asked.seed)
    serving.collect_static(facts)
    way, before = Way(asked.server, asked.workers, asked.threads), place.last_entry(facts)
    ports = Ports(product=asked.port, floor=asked.port + 1)
    try:
        with (
            serving.serving(PRODUCT, facts, ports.product, way) as ours,
            serving.serving(FLOOR, facts, ports.floor, way) as floor,
        ):
            lines = [_measured(key, facts, ports, asked.seconds) for key in figures]
            memory = f"Memory (PSS): {ours.memory_mb():.0f} MB, the floor {floor.memory_mb():.0f} MB."
        queries = json.loads(_look(facts, "count", output=True))
    finally:
        place.forget_since(facts, before)
    own = max((seen.own_us for line in lines for seen in line.floor.values() if line.key != "feed"), default=0)
    load = f"The load itself took at most {own:.0f} us of processor time a request (feed pages apart)."
    return lines, "\n\n".join([f"{way}. {memory} {load}", results.table(lines, queries)])


def _with_replica(size: int, asked: argparse.Namespace) -> str:
    facts = place.prepared(size, asked.seed)
    serving.collect_static(facts)
    way = Way(asked.server, asked.workers, asked.threads)
    return replica.measure(place.start().cluster, facts, asked.port, asked.seconds, way)


def _measured(key: str, facts: Facts, ports: Ports, seconds: float) -> Line:
    line = measure(key, facts, ports, seconds)
    print(f"  {facts.size:>7,}  {key:<12} {line.note or f'{line.value:.2f}'}", file=sys.stderr, flush=True)
    return line


def _look(facts: Facts, *arguments: str, output: bool = False) -> str:
    """In a process of its own, which has the product's settings."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench.looking", *arguments],
        cwd=HERE,
        env=environment(facts.url),
        input=json.dumps(asdict(facts)),
        stdout=subprocess.PIPE if output else None,
        text=True,
        check=True,
    )
    return ran.stdout


def _manage(facts: Facts, *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=HERE, env=environment(facts.url), check=True)


WAYS = [
    Way("gunicorn", 2, 4),
    Way("gunicorn", 2, 2),
    Way("granian", 2, 4),
]
"""Granian is no dependency: install it to compare again."""

ROUNDS = 8


def _compare_servers(facts: Facts, asked: argparse.Namespace) -> None:
    """Several ways to serve, all up at once and asked in turn, so that what else the machine does meets all alike."""
    serving.collect_static(facts)
    seen: dict[tuple[Way, str, int], list[Measured]] = defaultdict(list)
    with ExitStack() as up:
        served = {
            way: up.enter_context(serving.serving(PRODUCT, facts, asked.port + number, way))
            for number, way in enumerate(WAYS)
        }
        for each in served.values():
            warm(each.port, asking.PRODUCT["list"](facts))
        for _, key, clients, way in product(range(ROUNDS), ("list", "one"), (8, 32), WAYS):
            requests = asking.PRODUCT[key](facts)
            seen[way, key, clients].append(drive(served[way].port, requests, clients=clients, seconds=asked.seconds))
        print("Medians of requests/s and p99 in ms\n")
        for way in WAYS:
            print(f"{way!s:<40} {served[way].memory_mb():>5.0f} MB", end="")
            for key, clients in product(("list", "one"), (8, 32)):
                told = seen[way, key, clients]
                speed, slow = (
                    statistics.median(getattr(each, name) for each in told) for name in ("per_second", "p99")
                )
                print(f"   {key} at {clients}: {speed:5.1f} {slow:6.0f}", end="")
            print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
