"""Servers for the bench: the product as in production, and the floor in the same way, both on the loopback."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bench.place import HERE, PLACE, Facts, environment

PATIENCE = 60
PRODUCT, FLOOR = "config.wsgi:application", "bench.floor:application"

SERVERS = {
    "gunicorn": "-m gunicorn {app} --bind 127.0.0.1:{port} --workers {workers} --threads {threads} --timeout 120"
    " --log-level warning",
    "granian": "-m granian --interface wsgi --host 127.0.0.1 --port {port} --workers {workers}"
    " --blocking-threads {threads} --no-ws --log-level warning {app}",
}
"""As in `docs/operations.md`, and what was tried beside it."""


@dataclass(frozen=True)
class Way:
    """How it is served."""

    server: str = "gunicorn"
    workers: int = 2
    threads: int = 4
    more: str = ""

    def __str__(self) -> str:
        return f"{self.server}, {self.workers} workers, {self.threads} threads {self.more}".strip()


@dataclass(frozen=True)
class Served:
    port: int
    process: subprocess.Popen

    def memory_mb(self) -> float:
        """Of all its processes: what is theirs alone, and their share of what they hold in common (PSS)."""
        return sum(_pss(pid) for pid in family(self.process.pid)) / 1024


@contextmanager
def serving(app: str, facts: Facts, port: int, way: Way, **settings: str) -> Iterator[Served]:
    """Serve until the block ends, with more settings if any."""
    command = SERVERS[way.server].format(app=app, port=port, workers=way.workers, threads=way.threads)
    more = {
        "BENCH_WORKSPACE": facts.workspace,
        "BENCH_MARKINGS": ",".join(facts.markings),
        "BENCH_AUTHOR": facts.author,
    }
    process = subprocess.Popen(
        [sys.executable, *command.split(), *way.more.split()],
        cwd=HERE,
        env={**environment(facts.url), **more, **settings},
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        yield Served(port, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


def collect_static(facts: Facts) -> None:
    """Static files under their hashed names, as production asks for."""
    if not (PLACE / "static" / "staticfiles.json").exists():
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        subprocess.run(command, cwd=HERE, env=environment(facts.url), check=True)


def _wait(process: subprocess.Popen, port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit("The server stopped at once; its reason stands above.")
        try:
            asked = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            asked.request("GET", "/health/")
            asked.getresponse()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The server did not answer within {PATIENCE} seconds.")


def family(pid: int) -> list[int]:
    """A process and all that it has begun."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def _pss(pid: int) -> int:
    """KiB."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:"))
