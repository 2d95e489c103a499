"""A standby of an embedded cluster: a copy that streams what is written there, for tests and the bench."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg

from config.embedded import Cluster, _binaries, _locked, _make_room

FOLLOWING = ["hot_standby_feedback=on", "wal_retrieve_retry_interval=100ms"]
KEPT = "512MB"
"""Of its log, by the primary, for a standby that was down for a moment."""


class Standby(Cluster):
    """Begins as a copy of a running cluster, made anew at every start; passwords and databases are the same."""

    def __init__(self, place: Path, of: Cluster, *, options: list[str] | None = None) -> None:
        super().__init__(place, options=[*FOLLOWING, *(options or [])])
        self.of = of

    def start(self) -> str:
        """Copy, start, and follow. Returns the address of our role and database on it."""
        _make_room(self.place)
        with _locked(self.place / ".lock"):
            self.binaries = _binaries(self.place if self.root else None)
            if self.data.exists():
                self.stop(at_once=True)
            self._copy()
            self._start_server()
            self.started_here = True
        return self._url("attest", "attest")

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it; `at_once` as if the power went, which a copy survives."""
        self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "immediate" if at_once else "fast", "-w", check=False)

    def remove(self) -> None:
        """Stop it and take the copy away."""
        self.stop(at_once=True)
        shutil.rmtree(self.place, ignore_errors=True)

    def as_superuser(self, database: str = "postgres") -> str:
        """An address by which replay may be paused."""
        return self._url("postgres", database)

    def _copy(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copy(self.of.place / "password", self.place / "password")
        self._own(self.place, self.place / "password")
        # -R writes how to follow, with the password; a fast checkpoint, or the copy waits for the next one.
        source = self.of._url("postgres", "postgres")
        with psycopg.connect(source, autocommit=True) as primary:
            primary.execute(f"ALTER SYSTEM SET wal_keep_size = '{KEPT}'")
            primary.execute("SELECT pg_reload_conf()")
        self._run("pg_basebackup", "-D", str(self.data), "-R", "-X", "stream", "-c", "fast", "-d", source)
