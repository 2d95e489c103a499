"""A replica of the tests' own cluster: begun where a test first needs one, one for each process of the suite."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import psycopg
import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from config import replica as routing
from config.embedded import QUICK_AND_LOSSY, Cluster
from config.standby import Standby
from ledger.replica import REPLICA
from tests.cluster import PLACE

PATIENCE = 60
"""Seconds."""


def _connect(connection: BaseDatabaseWrapper) -> None:
    """Without the guard by which Django's tests refuse databases that were not announced beforehand."""
    if connection.connection is None:
        with connection.wrap_database_errors:
            connection.connect()


class Replica:
    """The standby, as tests handle it."""

    def __init__(self, standby: Standby) -> None:
        self.standby = standby
        self.control = psycopg.connect(standby.as_superuser(), autocommit=True)

    def pause(self) -> None:
        self.control.execute("SELECT pg_wal_replay_pause()")
        while self._one("SELECT pg_get_wal_replay_pause_state()") != "paused":
            time.sleep(0.002)

    def resume(self) -> None:
        self.control.execute("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Return once it has replayed all that is written on the primary by now."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            (end,) = cursor.fetchone()
        patience = time.monotonic() + PATIENCE
        while not self._one("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", end):
            assert time.monotonic() < patience, "the replica follows no more"
            time.sleep(0.002)

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """Every connection breaks off, and no other is taken."""
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            settings.DATABASES[REPLICA]["PORT"] = silent.getsockname()[1]
            self.control.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'attest'")
            yield
            settings.DATABASES[REPLICA]["PORT"] = _port(self.standby)

    def _one(self, query: str, *given: str) -> object:
        return self.control.execute(query, given).fetchone()[0]


@pytest.fixture(scope="module")
def standby() -> Iterator[Standby]:
    """A standby of the tests' own server. It replays what all tests write: not kept longer than it is needed."""
    primary = Cluster(PLACE, options=QUICK_AND_LOSSY)
    if not (primary.data / "postmaster.pid").exists() or primary._url("attest", "attest") != os.environ["DATABASE_URL"]:
        pytest.skip("DATABASE_URL names a PostgreSQL that is not ours to copy")
    place = PLACE.parent / f"test-standby-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    standby = Standby(place, of=primary, options=QUICK_AND_LOSSY)
    standby.start()
    yield standby
    standby.remove()


@pytest.fixture
def replica(standby: Standby, transactional_db: None) -> Iterator[Replica]:
    """A replica that is configured, trusted and has come as far as the primary."""
    here = connections[DEFAULT_DB_ALIAS].settings_dict
    settings.DATABASES[REPLICA] = {**here, "PORT": _port(standby), "OPTIONS": {"connect_timeout": 2}}
    routing.trust = routing.Trust()
    handled = Replica(standby)
    handled.catch_up()
    with mock.patch.object(BaseDatabaseWrapper, "ensure_connection", _connect):
        yield handled
    handled.resume()
    handled.control.close()
    connections[REPLICA].close()
    del connections[REPLICA]
    del settings.DATABASES[REPLICA]


def _port(standby: Standby) -> int:
    return int((standby.data / "postmaster.pid").read_text().split("\n")[3])
