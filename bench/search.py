"""`python -m bench.search`: full-text search as a member of one workspace among fifty, against the same by hand.

The floor is the SQL that anybody would write as the database's owner: the query, the workspace and the markings of
this reader, the best hundred. Beside it: the product's function in PostgreSQL as the API asks it (`search_matches`,
as the reader), the answer of the API over HTTP, and what the page asks (`search`): twenty, each with a headline.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import quote

import psycopg

from bench import asking, place, serving
from bench.place import SMALL, Facts
from bench.serving import PRODUCT, Way

RUNS = 30
MOST = 3
"""Times the floor that the function may take, and the answer."""

MOST_HITS = 100
"""As the API gives; the floor takes as many."""

QUERIES = {
    "rare word": "Document 379",
    "common word": "flights",
    "two words": "envoy readmission",
    "phrase": '"equipment for cutting wire"',
    "no hit": "nothingofthekind",
}
FLOOR = """
    SELECT record_id, kind, anchor_id, title, marking,
           ts_rank_cd(vector, websearch_to_tsquery('english', %(q)s)) AS rank
    FROM ledger_search
    WHERE vector @@ websearch_to_tsquery('english', %(q)s) AND workspace_id = %(room)s AND marking = ANY (%(markings)s)
    ORDER BY rank DESC, record_id LIMIT %(most)s
"""
OURS = """
    SELECT record_id, kind, anchor_id, title, marking, rank FROM search_matches(%(q)s, NULL)
    ORDER BY rank DESC, record_id LIMIT %(most)s
"""
OF_A_PAGE = "SELECT record_id, kind, title, headline, marking FROM search(%(q)s, NULL, 21, 0)"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--size", "--incidents", type=int, default=SMALL, help=f"incidents; {SMALL} by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8119)
    parser.add_argument("--explain", action="store_true", help="how PostgreSQL finds the common word")
    asked = parser.parse_args()
    cluster = place.start().cluster
    try:
        facts = place.prepared(asked.size, asked.seed)
        if asked.explain:
            return _explain(facts)
        with serving.serving(PRODUCT, facts, asked.port, Way()):
            return _measure(facts, asked.port)
    finally:
        if cluster.started_here:
            cluster.stop()


def _measure(facts: Facts, port: int) -> int:
    """Print the table. 1 where the product takes too long."""
    rows = []
    with (
        psycopg.connect(facts.url, autocommit=True) as owner,
        psycopg.connect(facts.url, autocommit=True) as reader,
    ):
        (items,) = owner.execute("SELECT count(*) FROM evidence_evidenceitem").fetchone()
        (searched,) = owner.execute("SELECT count(*) FROM ledger_search").fetchone()
        owner.execute("SET jit = off")  # as the product's connections have it
        _become(reader, facts)
        for title, words in QUERIES.items():
            given = {"q": words, "room": facts.workspace, "markings": facts.markings, "most": MOST_HITS}
            rows.append((title, *_compared(given, owner, reader, facts, port)))
    print(f"\n{items:,} items, {searched:,} rows are searched; medians of {RUNS} in ms\n")
    print("| query | hits | floor | `search_matches` | | API | | page's `search` | |")
    print("| --- | ---: |" + " ---: |" * 7)
    for title, hits, floor, *others in rows:
        told = " | ".join(f"{each:.1f} | {each / floor:.1f} x" for each in others)
        print(f"| {title} | {hits} | {floor:.1f} | {told} |")
    return int(any(ours > MOST * floor for _, _, floor, ours, *_ in rows))


def _become(reader: psycopg.Connection, facts: Facts) -> None:
    """As the door has a connection act."""
    reader.execute("SET ROLE attest_app; SET jit = off")
    reader.execute("SELECT set_config('attest.user', %s, false)", [facts.author])


def _compared(given: dict, owner, reader, facts: Facts, port: int) -> tuple:
    """How many hits, then milliseconds of the floor, the function, the API and the page, each asked in turn."""
    http = HTTPConnection("127.0.0.1", port, timeout=60)
    head = {"X-Forwarded-Proto": "https", **asking.token(facts)}

    def api() -> list:
        http.request("GET", f"/api/v1/search/?q={quote(given['q'])}", headers=head)
        return [each["record_id"] for each in json.loads(http.getresponse().read())["results"]]

    ways: list[Callable[[], list]] = [
        lambda: [str(row[0]) for row in owner.execute(FLOOR, given).fetchall()],
        lambda: [str(row[0]) for row in reader.execute(OURS, given).fetchall()],
        api,
        lambda: reader.execute(OF_A_PAGE, given).fetchall(),
    ]
    found = [way() for way in ways]
    if found[0] != found[1] or found[0] != found[2]:
        raise SystemExit(f"{given['q']}: the product finds others than the floor.")
    seen = [[_timed(way) for way in ways] for _ in range(RUNS)]
    return len(found[0]), *(statistics.median(each) for each in zip(*seen, strict=True))


def _timed(act: Callable[[], list]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _explain(facts: Facts) -> int:
    given = {"q": QUERIES["common word"], "room": facts.workspace, "markings": facts.markings, "most": MOST_HITS}
    with psycopg.connect(facts.url, autocommit=True) as owner:
        for line in owner.execute("EXPLAIN (ANALYZE, BUFFERS) " + FLOOR, given).fetchall():
            print(*line)
        owner.execute("LOAD 'auto_explain'")
        owner.execute("SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on")
        owner.execute("SET auto_explain.log_analyze = on; SET client_min_messages = log")
        owner.add_notice_handler(lambda told: print(told.message_primary))
        _become(owner, facts)
        owner.execute(OURS, given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
