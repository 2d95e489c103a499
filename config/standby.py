"""A standby of an embedded cluster: a copy that streams what is written there, for tests and the bench."""

from __future__ import annotations

import shutil
from pathlib import Path

from config.embedded import Cluster, _binaries, _locked, _make_room


class Standby(Cluster):
    """Begins as a copy of a running cluster, made anew at every start; passwords and databases are the same."""

    def __init__(self, place: Path, of: Cluster, *, options: list[str] | None = None) -> None:
        super().__init__(place, options=["hot_standby_feedback=on", *(options or [])])
        self.of = of

    def start(self) -> str:
        """Copy, start, and follow. Returns the address of our role and database on it."""
        _make_room(self.place)
        with _locked(self.place / ".lock"):
            self.binaries = _binaries(self.place if self.root else None)
            if self.data.exists():
                self.stop()
            self._copy()
            self._start_server()
            self.started_here = True
        return self._url("attest", "attest")

    def remove(self) -> None:
        """Stop it and take the copy away."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def as_superuser(self, database: str = "postgres") -> str:
        """An address by which replay may be paused."""
        return self._url("postgres", database)

    def _copy(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copy(self.of.place / "password", self.place / "password")
        self._own(self.place, self.place / "password")
        # -R writes how to follow, with the password; a fast checkpoint, or the copy waits for the next one.
        source = self.of._url("postgres", "postgres")
        self._run("pg_basebackup", "-D", str(self.data), "-R", "-X", "stream", "-c", "fast", "-d", source)
