"""What `make check` asks of Django: no migration missing, and a production start without warnings."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

from config.embedded import QUICK_AND_LOSSY, CannotStart, Cluster

HERE = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "ATTEST_MODE": "production",
    "ATTEST_BASE_URL": "https://attest.example.org",
    "ATTEST_SECRET_KEY": secrets.token_urlsafe(64),
}


def main() -> int:
    cluster = None
    try:
        if "DATABASE_URL" not in os.environ:
            cluster = Cluster(HERE / ".data" / "test-cluster", options=QUICK_AND_LOSSY)
            os.environ["DATABASE_URL"] = cluster.start()
        return _manage("migrate", "--verbosity=0") or _manage("makemigrations", "--check", "--dry-run") or _deploy()
    except CannotStart as refusal:
        print(f"attest: {refusal}", file=sys.stderr)
        return 2
    finally:
        if cluster and cluster.started_here:
            cluster.stop()


def _deploy() -> int:
    return _manage("check", "--deploy", "--fail-level=WARNING", **PRODUCTION)


def _manage(*arguments: str, **environment: str) -> int:
    told = {**os.environ, **environment}
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=HERE, env=told).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
