"""Starting: one clear sentence for each thing that is wrong."""

import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config.embedded import QUICK_AND_LOSSY, CannotStart, Cluster, _why, check_database, check_port

HERE = Path(__file__).resolve().parent.parent


def test_a_port_in_use_names_the_variable_to_change():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotStart, match=r"ATTEST_PORT=\d+ make demo"):
            check_port(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://x", "must begin with postgres://"),
        ("postgres://a:b@127.0.0.1:1/c", "leads to no database"),
        ("postgres://a:b@127.0.0.1:port/c", "leads to no database|cannot be understood"),
    ],
)
def test_a_wrong_address_is_told_in_one_sentence(url, sentence):
    with pytest.raises(CannotStart, match=sentence) as refusal:
        check_database(url)
    assert "\n" not in str(refusal.value)


def test_a_full_disk_is_told_as_such(tmp_path):
    said = _why("initdb", "could not extend file: No space left on device", tmp_path / "log")
    assert said == "The disk is full: PostgreSQL cannot write its data."


def test_the_demonstration_refuses_without_a_traceback():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = {"ATTEST_PORT": str(taken.getsockname()[1]), "PATH": "/usr/bin:/bin"}
        ran = subprocess.run([sys.executable, "-m", "config.demo"], cwd=HERE, env=told, capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr.startswith("attest: Port ")
    assert ran.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    place = Path("/var/tmp") / f"attest-test-{tmp_path_factory.getbasetemp().name}-{tmp_path_factory.mktemp('x').name}"
    cluster = Cluster(place, options=QUICK_AND_LOSSY)
    yield cluster
    cluster.stop()
    subprocess.run(["rm", "-rf", str(cluster.place)], check=True)


def test_the_same_data_is_there_after_a_restart_and_after_a_crash(cluster):
    with psycopg.connect(cluster.start(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
    for mode in ("fast", "immediate"):
        cluster._run("pg_ctl", "stop", "-D", str(cluster.data), "-m", mode, "-w")
        with psycopg.connect(cluster.start()) as connection:
            assert connection.execute("SELECT word FROM kept").fetchone() == ("still here",)


def test_a_server_left_running_is_found_and_used(cluster):
    first = cluster.start()
    other = Cluster(cluster.place, options=QUICK_AND_LOSSY)
    assert other.start() == first
    assert not other.started_here
