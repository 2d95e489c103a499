"""Look at one route from inside: its queries, and where its time goes. In this process, without a server."""

from __future__ import annotations

import cProfile
import json
import pstats
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable

import django

from bench import asking
from bench.place import Facts

SAVEPOINT = re.compile(r'SAVEPOINT "\w+"')
WARM = 5
TOP = 30


def requested(raw: bytes, application: Callable) -> Callable[[], None]:
    """A call of the WSGI application with this request; an answer of 400 or above raises."""
    from django.test import RequestFactory

    head, _, body = raw.partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    method, path, _ = line.split()
    told = dict(each.split(": ", 1) for each in headers)
    kind = told.pop("Content-Type", "application/octet-stream")

    def call() -> None:
        made = RequestFactory(headers=told).generic(method, path, body, content_type=kind, secure=True)
        status: list[str] = []
        answer = application(made.environ, lambda code, _, exc=None: status.append(code))
        list(answer)
        answer.close()
        if int(status[0].split()[0]) >= 400:
            raise RuntimeError(f"{path}: {status[0]}")

    return call


class Queries:
    """Counts and times what is sent to PostgreSQL while it is held open."""

    def __init__(self) -> None:
        self.number, self.spent = 0, 0.0
        self.by_text: dict[str, list[float]] = defaultdict(list)

    def __call__(self, execute, sql, params, many, context):
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = (time.perf_counter() - began) * 1000
            self.number += 1
            self.spent += took
            self.by_text[SAVEPOINT.sub("SAVEPOINT", " ".join(str(sql).split()))].append(took)


def count(facts: Facts) -> dict[str, int | None]:
    """Queries of a request, by figure; None for what is not there."""
    from django.db import connection

    from config.wsgi import application

    told: dict[str, int | None] = {}
    for key, ask in asking.PRODUCT.items():
        requests = ask(facts)
        try:
            requested(next(requests), application)()
        except RuntimeError:
            told[key] = None
            continue
        queries = Queries()
        with connection.execute_wrapper(queries):
            requested(next(requests), application)()
        told[key] = queries.number
    return told


def profile(figure: str, facts: Facts, runs: int) -> None:
    """Print where the time of a figure's requests goes."""
    from django.db import connection

    from config.wsgi import application

    requests = asking.PRODUCT[figure](facts)
    calls = [requested(next(requests), application) for _ in range(WARM + 3 * runs)]
    for call in calls[:WARM]:
        call()
    idle = time.process_time()
    plain = _timed(calls[WARM : WARM + runs])
    computing = (time.process_time() - idle) / runs * 1000
    queries = Queries()
    with connection.execute_wrapper(queries):
        _timed(calls[WARM + runs : WARM + 2 * runs])
    profiler = cProfile.Profile(time.process_time)  # what others do on this machine does not count
    profiler.enable()
    _timed(calls[WARM + 2 * runs :])
    profiler.disable()
    _tell(figure, plain, computing, queries, profiler, runs)


def _timed(calls: list[Callable[[], None]]) -> list[float]:
    spent = []
    for call in calls:
        began = time.perf_counter()
        call()
        spent.append((time.perf_counter() - began) * 1000)
    return spent


def _tell(
    figure: str, plain: list[float], computing: float, queries: Queries, profiler: cProfile.Profile, runs: int
) -> None:
    print(f"\n{figure}: median {statistics.median(plain):.2f} ms, of which Python computes {computing:.2f} ms")
    print(f"SQL: {queries.number / runs:.1f} queries, {queries.spent / runs:.2f} ms a request, as seen from Python\n")
    print(f"{'median ms':>10} {'times':>6}  query")
    for text, spent in sorted(queries.by_text.items(), key=lambda each: -sum(each[1])):
        shown = text if len(text) <= 400 else f"{text[:150]} ... {text[-240:]}"
        print(f"{statistics.median(spent):>10.3f} {len(spent) / runs:>6.1f}  {shown}")
    for order in ("cumulative", "tottime"):
        what = "time with what it calls" if order == "cumulative" else "own time"
        print(f"\nSeconds of the processor by {what}, all {runs} requests:")
        pstats.Stats(profiler, stream=sys.stdout).strip_dirs().sort_stats(order).print_stats(TOP)


if __name__ == "__main__":
    django.setup()
    asked = json.loads(sys.stdin.read())
    if sys.argv[1] == "count":
        print(json.dumps(count(Facts(**asked))))
    else:
        profile(sys.argv[2], Facts(**asked), int(sys.argv[3]))
