"""A copy of what one may read, in one SQLite file, kept in step by the change feed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson

from attest_client.errors import AnotherSync, OtherReplica

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
    workspace_id TEXT NOT NULL, marking TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (kind, id));
CREATE INDEX IF NOT EXISTS record_by_scope ON record (workspace_id, marking);
CREATE TABLE IF NOT EXISTS replica (
    only INTEGER PRIMARY KEY CHECK (only = 1), address TEXT NOT NULL, kinds TEXT NOT NULL, cursor TEXT NOT NULL);
"""
KEEP = """INSERT INTO record VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version,
    workspace_id = excluded.workspace_id, marking = excluded.marking, document = excluded.document"""
FORGET = "DELETE FROM record WHERE kind = ? AND id = ?"
CLOSE = "DELETE FROM record WHERE workspace_id = ? AND marking = ?"
PAGES_UNTIL_CHECKPOINT = 4000
"""Of 4 KB. Each checkpoint waits for the disk twice; a first load writes little else."""

GONE = frozenset({"moved", "expunged"})


@dataclass
class Summary:
    """What came: records written, records forgotten, scopes closed."""

    written: int = 0
    forgotten: int = 0
    closed: int = 0

    def __add__(self, other: Summary) -> Summary:
        return Summary(self.written + other.written, self.forgotten + other.forgotten, self.closed + other.closed)

    @property
    def changes(self) -> int:
        return self.written + self.forgotten + self.closed


class Replica:
    """One SQLite file: the table `record` (kind, id, version, workspace_id, marking, document as JSON text).

    A page of changes and the cursor after it are written in one transaction: whatever happens, the file is a state
    that the server had, and goes on from there. Raises `OtherReplica` for a file that belongs to another server or
    another choice of kinds, `AnotherSync` when somebody else moved it meanwhile.
    """

    def __init__(self, path: Path | str, *, address: str, kinds: Sequence[str] = ()) -> None:
        self.database = sqlite3.connect(path, isolation_level=None, timeout=30)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = NORMAL")
        self.database.execute("PRAGMA secure_delete = ON")  # what is forgotten is not left in free pages
        self.database.execute(f"PRAGMA wal_autocheckpoint = {PAGES_UNTIL_CHECKPOINT}")
        self.database.executescript(SCHEMA)
        self.cursor = self._claimed(address.rstrip("/"), ",".join(sorted(set(kinds))))

    def _claimed(self, address: str, kinds: str) -> str:
        """The cursor of this file, which is of this server and these kinds from now on if it was of none."""
        self.database.execute("INSERT OR IGNORE INTO replica VALUES (1, ?, ?, '')", [address, kinds])
        told = self.database.execute("SELECT address, kinds, cursor FROM replica").fetchone()
        if told[:2] != (address, kinds):
            self.close()
            raise OtherReplica(f"This file is a replica of {told[0]} ({told[1] or 'every kind'}).")
        return str(told[2])

    def __enter__(self) -> Replica:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    def take(self, changes: Iterable[Mapping[str, Any]], cursor: str) -> Summary:
        """Apply changes in their order, and stand at the cursor after them."""
        summary = Summary()
        self.database.execute("BEGIN IMMEDIATE")
        try:
            moved = self.database.execute("UPDATE replica SET cursor = ? WHERE cursor = ?", [cursor, self.cursor])
            if not moved.rowcount:
                raise AnotherSync("Something else keeps this file in step at this moment.")
            for is_kept, run in groupby(changes, key=_is_kept):
                apply = self._keep if is_kept else self._let_go
                summary += apply(run)
            self.database.execute("COMMIT")
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.cursor = cursor
        return summary

    def _keep(self, changes: Iterable[Mapping[str, Any]]) -> Summary:
        rows = [(*_scope_of(each), orjson.dumps(each["document"]).decode()) for each in changes]
        self.database.executemany(KEEP, rows)
        return Summary(written=len(rows))

    def _let_go(self, changes: Iterable[Mapping[str, Any]]) -> Summary:
        summary = Summary()
        for each in changes:
            if each["op"] == "closed":
                self.database.execute(CLOSE, [each["workspace_id"], each["marking"]])
                summary.closed += 1
            else:
                self.database.execute(FORGET, [each["kind"], each["id"]])
                summary.forgotten += 1
        return summary


_scope_of = itemgetter("kind", "id", "version", "workspace_id", "marking")


def _is_kept(change: Mapping[str, Any]) -> bool:
    return change["op"] != "closed" and change["op"] not in GONE and change["document"] is not None
