"""Where the bench keeps its databases: one for each size, seed and schema, on a cluster set as in production."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg

from config.embedded import Cluster

HERE = Path(__file__).resolve().parent.parent
PLACE = HERE / ".data" / "bench"
SETTINGS = ["shared_buffers=512MB", "max_wal_size=4GB"]
"""What a PostgreSQL of this size is given; everything else, fsync above all, stays as it comes."""

SMALL, LARGE = 10_000, 100_000


@dataclass(frozen=True)
class Facts:
    """What was made: how to reach it, who reads it, and what there is to ask for."""

    url: str
    size: int
    workspace: str
    author: str
    markings: list[str]
    tokens: dict[str, str]
    """By role: the secret of a token that this bench alone knows."""

    session: str
    """The key of a signed-in analyst's session."""

    incidents: list[str]
    attributions: list[str]
    """Some that were approved."""


def environment(url: str) -> dict[str, str]:
    """The product's environment, as in production, on this database."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "ATTEST_MODE": "production",
        "ATTEST_BASE_URL": "https://127.0.0.1",
        "ATTEST_SECRET_KEY": "known-to-everyone-and-of-no-use-outside-the-bench-" + "x" * 20,
        "ATTEST_DATA_DIR": str(PLACE),
        "ATTEST_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def prepared(size: int, seed: int) -> Facts:
    """The database of this size and seed, made now if there is none for the schema as it is."""
    running = start()
    name = f"bench_{size}_{seed}_{_digest('bench/*.sql', 'bench/making*.py')}"
    facts = PLACE / f"{name}.json"
    with psycopg.connect(running.url, autocommit=True) as connection:
        if not (_exists(connection, name) and facts.exists()):
            _make(running, connection, name, size, seed)
    known = json.loads(facts.read_text())
    return Facts(**{**known, "url": running.url_of(name)})


def emptied(name: str) -> str:
    """The address of a database of this name with the schema as it is and nothing else, made anew."""
    running = start()
    with psycopg.connect(running.url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_with_schema(running, connection)}"')
    return running.url_of(name)


class Running(NamedTuple):
    cluster: Cluster
    url: str
    """Of a database in which others can be made."""

    def url_of(self, database: str) -> str:
        return self.url.rsplit("/", 1)[0] + "/" + database


def start() -> Running:
    """Start the cluster, or find it running."""
    cluster = Cluster(PLACE / "cluster", options=SETTINGS)
    return Running(cluster, cluster.start())


def forget_since(facts: Facts, sequence: int) -> None:
    """Take away what was recorded after this ledger entry, so that the next run measures on the same rows.

    Past every trigger, as the server's own superuser: it is for a bench's database and nothing else.
    """
    url = facts.url.replace("postgres://attest:", "postgres://postgres:")
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        new = "SELECT object_id FROM ledger_entry WHERE sequence > %s"
        tables = "SELECT DISTINCT record_table(kind) FROM ledger_entry WHERE sequence > %s"
        for (table,) in connection.execute(tables, [sequence]).fetchall():
            connection.execute(f"DELETE FROM {table} WHERE id IN ({new})", [sequence])
        connection.execute(f"DELETE FROM ledger_search WHERE record_id IN ({new})", [sequence])
        connection.execute("DELETE FROM ledger_entry WHERE sequence > %s", [sequence])


def last_entry(facts: Facts) -> int:
    with psycopg.connect(facts.url) as connection:
        return connection.execute("SELECT max(sequence) FROM ledger_entry").fetchone()[0]


def keep(name: str, facts: Facts) -> None:
    (PLACE / f"{name}.json").write_text(json.dumps(asdict(facts), indent=1))


def _make(running: Running, connection, name: str, size: int, seed: int) -> None:
    """Make it under another name first, so that one that was broken off is never taken for whole."""
    for (old,) in connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"bench_{size}_{seed}_%"]
    ).fetchall():
        connection.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        (PLACE / f"{old}.json").unlink(missing_ok=True)
    template = _with_schema(running, connection)
    connection.execute(f'CREATE DATABASE "{name}_part" TEMPLATE "{template}"')
    _run(running.url_of(f"{name}_part"), "-m", "bench.making", name, str(size), str(seed))
    connection.execute(f'ALTER DATABASE "{name}_part" RENAME TO "{name}"')


def _with_schema(running: Running, connection) -> str:
    """An empty database with the schema as it is: migrating takes longer than copying."""
    name = f"schema_{_digest()}"
    if not _exists(connection, name):
        for (old,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'schema_%'").fetchall():
            connection.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}_part"')
        _run(running.url_of(f"{name}_part"), "manage.py", "migrate", "--verbosity", "0")
        connection.execute(f'ALTER DATABASE "{name}_part" RENAME TO "{name}"')
    return name


def _run(url: str, *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=HERE, env=environment(url), check=True)


def _digest(*more: str) -> str:
    """Of everything that makes the schema, and of what else makes the rows."""
    found = [HERE / "uv.lock", HERE / "ledger" / "wall.py", *HERE.glob("*/migrations/*.py")]
    digest = hashlib.sha256()
    for path in sorted([*found, *(path for pattern in more for path in HERE.glob(pattern))]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _exists(connection, name: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())
