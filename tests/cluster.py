"""A real PostgreSQL for the suite: started before Django's settings are read, stopped at the end."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from config.embedded import QUICK_AND_LOSSY, Cluster

HERE = Path(__file__).resolve().parent.parent
PLACE = HERE / ".data" / "test-cluster"
TEMPLATE = "test_template"
"""The database that is migrated; those of the workers are copies of it."""

_cluster: Cluster | None = None

os.environ.setdefault("ATTEST_MODE", "test")
os.environ.setdefault("ATTEST_DATA_DIR", str(HERE / ".data" / "test"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's own loop runs beside the tests
if "DATABASE_URL" not in os.environ:
    _cluster = Cluster(PLACE, options=QUICK_AND_LOSSY)
    os.environ["DATABASE_URL"] = _cluster.start()


def _schema() -> str:
    """A digest of everything that makes the schema."""
    digest = hashlib.sha256((HERE / "uv.lock").read_bytes())
    for path in sorted([*HERE.glob("*/migrations/*.py"), HERE / "ledger" / "wall.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _make_template() -> None:
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{TEMPLATE}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{TEMPLATE}"')
    there = {**os.environ, "DATABASE_URL": urlsplit(url)._replace(path=f"/{TEMPLATE}").geturl()}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=HERE, env=there, check=True)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep the test databases from the last run while the schema is the same."""
    config.option.reuse_db = True
    if hasattr(config, "workerinput"):
        config.option.create_db = config.workerinput["create_db"]
        return
    PLACE.mkdir(parents=True, exist_ok=True)
    stamp = (
        PLACE
        / f"schema-{hashlib.sha256(os.environ['DATABASE_URL'].split('@')[-1].split(':')[0].encode()).hexdigest()[:8]}"
    )
    config.option.create_db = config.option.create_db or not stamp.exists() or stamp.read_text() != _schema()
    if config.option.create_db:
        _make_template()
    stamp.write_text(_schema())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell each worker of xdist whether its database is made anew: of itself it would make one each time."""
    node.workerinput["create_db"] = node.config.option.create_db


def pytest_unconfigure(config: pytest.Config) -> None:
    if _cluster is not None and _cluster.started_here and not hasattr(config, "workerinput"):
        _cluster.stop()
