"""`python -m bench.upload`: a file of 1 GB through the product's own web server, and what that takes of its memory.

One gunicorn worker of four threads. The file comes in pieces of 64 MB (tus) and is taken in, which hashes and copies
it. Memory is what the kernel says of that one process: resident (VmRSS) before and meanwhile, ten times a second, and
its peak (VmHWM), which the kernel keeps by itself.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from bench import place, serving
from bench.analyst import PIECE, Analyst, begin
from bench.serving import PRODUCT, Way, family

MOST = 150
"""Megabytes that the process may take in all."""

EVERY = 0.1
"""Seconds between two looks."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.upload", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--port", type=int, default=8119)
    asked = parser.parse_args()
    cluster = place.start().cluster
    shutil.rmtree(place.PLACE / "intake", ignore_errors=True)
    try:
        facts, source = begin()
        settings = {"ATTEST_DATA_DIR": os.environ["ATTEST_DATA_DIR"]}
        with serving.serving(PRODUCT, facts, asked.port, Way(workers=1), **settings) as served:
            analyst = Analyst(asked.port, facts.tokens["analyst"], facts.workspace, source)
            return _measure(analyst, family(served.process.pid)[1], asked.megabytes * 2**20)
    finally:
        shutil.rmtree(place.PLACE / "intake", ignore_errors=True)
        if cluster.started_here:
            cluster.stop()


def _measure(analyst: Analyst, web: int, length: int) -> int:
    """Print what it took. 1 where it was too much."""
    print(f"up: {_memory(web, 'VmRSS'):.0f} MB")
    analyst.ask("GET", "/api/v1/evidence-items/")
    analyst.bring("small.txt", b"A small file comes first.")
    print(f"after a small file: {_memory(web, 'VmRSS'):.0f} MB")
    with TemporaryFile(dir=place.PLACE) as content:
        _fill(content, length)
        where = _watched(web, "upload", length, lambda: analyst.upload("large.bin", content, length, PIECE))
    _watched(web, "take-in", length, lambda: analyst.take_in(where))
    peak = _memory(web, "VmHWM")
    print(f"peak of the process: {peak:.0f} MB, to stay under {MOST} MB: {'yes' if peak < MOST else 'no'}")
    return int(peak >= MOST)


def _fill(content: BinaryIO, length: int) -> None:
    """Bytes that no file system saves itself."""
    for _ in range(0, length, 2**20):
        content.write(os.urandom(2**20))
    content.seek(0)


def _watched(web: int, what: str, length: int, act):
    """Do it, and print how long it took and the most memory that was seen meanwhile."""
    began = time.perf_counter()
    with _seen(web) as seen:
        done = act()
    took = time.perf_counter() - began
    print(f"{what}: {took:.1f} s, {length / 2**20 / took:.0f} MB/s, {took / (length / 2**30):.1f} s/GB;", end=" ")
    print(f"resident {min(seen):.0f} to {max(seen):.0f} MB")
    return done


@contextmanager
def _seen(web: int) -> Iterator[list[float]]:
    seen, over = [_memory(web, "VmRSS")], threading.Event()

    def look() -> None:
        while not over.wait(EVERY):
            seen.append(_memory(web, "VmRSS"))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


def _memory(pid: int, name: str) -> float:
    """Megabytes, as the kernel counts them."""
    told = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith(name)) / 1024


if __name__ == "__main__":
    sys.exit(main())
