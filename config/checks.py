"""What `make check` asks of Django: no migration missing, and a production start without warnings.

Neither needs a database. That migrations apply is what the tests begin with.
"""

import os
import secrets
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "ATTEST_MODE": "production",
    "ATTEST_BASE_URL": "https://attest.example.org",
    "ATTEST_SECRET_KEY": secrets.token_urlsafe(64),
}
NO_DATABASE = "postgres://checks-only@127.0.0.1:1/none"
NO_HISTORY = "ignore:Got an error checking a consistent migration history"


def main() -> int:
    missing = _manage("makemigrations", "--check", "--dry-run")
    return missing or _manage("check", "--deploy", "--fail-level=WARNING", **PRODUCTION)


def _manage(*arguments: str, **environment: str) -> int:
    told = {**os.environ, "DATABASE_URL": NO_DATABASE, **environment}
    command = [sys.executable, "-W", NO_HISTORY, "manage.py", *arguments]
    return subprocess.run(command, cwd=HERE, env=told).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
