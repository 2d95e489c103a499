"""`make demo`: database, demonstration data, web and worker under one roof, until Ctrl-C."""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import yaml

from config.embedded import CannotStart, Cluster, check_database, check_port

HERE = Path(__file__).resolve().parent.parent
PATIENCE = 60
"""Seconds that the web process may take to answer."""

PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""

REFUSED = 2
"""Exit status when it cannot start."""


def main() -> int:
    cluster, children = None, {}
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _as_interrupt)
    try:
        port = _port()
        check_port(port)
        cluster = _database()
        _set_environment(port)
        _manage("prepare_demo")
        children = _start(port)
        _wait_until_it_answers(port, children)
        _print_welcome(port)
        return _watch(children)
    except CannotStart as refusal:
        print(f"attest: {refusal}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _stop(children)
        if cluster:
            cluster.stop()


def _as_interrupt(number, frame) -> None:
    raise KeyboardInterrupt


def _port() -> int:
    told = os.environ.get("ATTEST_PORT", "8000")
    if not told.isdigit() or not 1 <= int(told) <= 65535:
        raise CannotStart(f"ATTEST_PORT is {told!r}; it must be a number from 1 to 65535.")
    return int(told)


def _database() -> Cluster | None:
    """The database that DATABASE_URL names, or our own, which is returned to be stopped later."""
    if url := os.environ.get("DATABASE_URL"):
        check_database(url)
        return None
    cluster = Cluster(_data_dir() / "cluster")
    os.environ["DATABASE_URL"] = cluster.start()
    return cluster


def _data_dir() -> Path:
    return Path(os.environ.get("ATTEST_DATA_DIR", HERE / ".data")).absolute()


def _set_environment(port: int) -> None:
    os.environ.setdefault("ATTEST_MODE", "demo")
    os.environ.setdefault("ATTEST_BASE_URL", f"http://127.0.0.1:{port}")
    (_data_dir() / "static").mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("ATTEST_LEDGER_SIGNING_KEY", _signing_key(_data_dir() / "ledger-signing-key"))


def _signing_key(place: Path) -> str:
    """A signing key of the demonstration's own, made once and kept beside its data."""
    if not place.exists():
        place.touch(mode=0o600)
        place.write_text(secrets.token_hex(32))
    return place.read_text().strip()


def _manage(*arguments: str) -> None:
    ran = subprocess.run([sys.executable, "manage.py", *arguments], cwd=HERE, stderr=subprocess.PIPE, text=True)  # noqa: S603
    if ran.returncode:
        lines = ran.stderr.strip().split("\n")
        raise CannotStart(f"{arguments[0]} failed: {lines[-1]}")


def _start(port: int) -> dict[str, subprocess.Popen]:
    web = ["-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    worker = ["manage.py", "procrastinate", "worker", "--concurrency", "2"]
    return {
        "web": _spawn([*web, "--timeout", "120", "--log-level", "warning"]),
        "worker": _spawn(worker),
    }


def _spawn(arguments: list[str]) -> subprocess.Popen:
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, cwd=HERE, stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent)  # noqa: S603


def _end_with_parent() -> None:
    """On Linux, be told to stop when the supervisor dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_until_it_answers(port: int, children: dict[str, subprocess.Popen]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if children["web"].poll() is not None:
            raise CannotStart("The web process stopped at once; its reason stands above.")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise CannotStart(f"The web process did not answer within {PATIENCE} seconds.")


def _print_welcome(port: int) -> None:
    told = yaml.safe_load((HERE / "cases" / "demo" / "people.yaml").read_text())
    print(f"\nAttest is at http://127.0.0.1:{port}\n\nSign in with the password {told['password']} as")
    for person in told["people"]:
        print(f"  {person['email']:<26} {person['name']}: {person['does']}")
    print("\nCtrl-C stops it; the data stays.", flush=True)


def _watch(children: dict[str, subprocess.Popen]) -> int:
    """Wait until a child ends, which none should."""
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                print(f"attest: the {name} process ended with status {child.returncode}; stopping.", file=sys.stderr)
                return 1
        time.sleep(0.3)


def _stop(children: dict[str, subprocess.Popen]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()


if __name__ == "__main__":
    sys.exit(main())
