"""The table, on the screen and in `bench/RESULTS.md`."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench.figures import CLIENTS, FIGURES, Line
from bench.place import SETTINGS, Facts

RESULTS = Path(__file__).parent / "RESULTS.md"
FALL = 1 / 3
"""No figure falls by more between the sizes."""


def table(lines: list[Line], queries: dict[str, int | None]) -> str:
    """The judgements of one size, then everything that was measured."""
    rows = ["| figure | measured | to reach | reached | queries |", "| --- | ---: | --- | --- | ---: |"]
    rows += [_judgement(line, queries) for line in lines]
    head = ["requests/s", "p50 ms", "p99 ms"]
    columns = [f"{what} at {clients}" for clients in CLIENTS for what in head]
    rows += ["", "| " + " | ".join(["figure", *columns]) + " |", "| --- |" + " ---: |" * len(columns)]
    for line in lines:
        if line.floor:
            rows.append(_measures(f"floor of {line.key}", line.floor))
        if line.product:
            rows.append(_measures(line.key, line.product))
    return "\n".join(rows)


def _judgement(line: Line, queries: dict[str, int | None]) -> str:
    figure = FIGURES[line.key]
    reached = {True: "yes", False: "**no**", None: ""}[line.reached]
    told = [figure.title, line.note if line.value is None else _value(line), figure.target, reached]
    return "| " + " | ".join([*told, str(queries.get(line.key) or "")]) + " |"


def _value(line: Line) -> str:
    if line.key == "bulk":
        return f"{line.value:,.0f} records/s"
    if FIGURES[line.key].least is not None:
        return f"{line.value:.0%}"
    return f"{line.value:.1f} x" + (f" ({line.note})" if line.note else "")


def _measures(name: str, seen: dict) -> str:
    cells = []
    for clients in CLIENTS:
        one = seen.get(clients)
        cells += [f"{one.per_second:,.0f}", f"{one.p50:.1f}", f"{one.p99:.1f}"] if one else ["", "", ""]
    return "| " + " | ".join([name, *cells]) + " |"


def write(parts: list[str]) -> str:
    """Keep the results; returns what was written."""
    text = "\n\n".join(parts) + "\n"
    RESULTS.write_text(text)
    return text


def falls(small: list[Line], large: list[Line]) -> str:
    """How each figure changes from one size to the other."""
    rows = ["| figure | change | within a third |", "| --- | ---: | --- |"]
    for before, after in zip(small, large, strict=True):
        if before.speed and after.speed:
            change = after.speed / before.speed - 1
            rows.append(f"| {FIGURES[after.key].title} | {change:+.0%} | {'yes' if change >= -FALL else '**no**'} |")
    return "\n".join(rows)


def machine(facts: Facts) -> str:
    with psycopg.connect(facts.url) as connection:
        (server,) = connection.execute("SHOW server_version").fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%-d %B %Y, %H:%M} UTC. {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB memory, "
        f"{platform.system()} {platform.release()}; Python {platform.python_version()}; PostgreSQL {server} with "
        f"{', '.join(SETTINGS)} and fsync. Load average at the end: {busy:.1f}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()
