"""Settings refuse nonsense before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent.parent
SOUND = {
    "ATTEST_MODE": "production",
    "ATTEST_BASE_URL": "https://attest.example.org",
    "ATTEST_SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgres://a:b@127.0.0.1:5432/c",
}


def start(**environment) -> subprocess.CompletedProcess:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ATTEST_", "DATABASE_"))}
    command = [sys.executable, "-c", "from config import settings"]
    return subprocess.run(command, cwd=HERE, env={**kept, **SOUND, **environment}, capture_output=True, text=True)


def test_sound_settings_start():
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ATTEST_MODE", "staging"),
        ("ATTEST_SECRET_KEY", "short"),
        ("ATTEST_BASE_URL", "attest.example.org"),
        ("ATTEST_BASE_URL", "http://attest.example.org"),
        ("DATABASE_URL", "mysql://a:b@127.0.0.1/c"),
        ("ATTEST_REPLICA_URL", "mysql://a:b@127.0.0.1/c"),
        ("ATTEST_REPLICA_SECONDS", "0"),
        ("ATTEST_SECOND_FACTOR_SECONDS", "soon"),
        ("ATTEST_SECOND_FACTOR_SECONDS", "5"),
        ("ATTEST_UPLOAD_HOURS", "0"),
        ("ATTEST_CAPTURE", "maybe"),
        ("ATTEST_CAPTURE_ALLOW", "intranet.example,10.0.0.0/99"),
        ("ATTEST_CAPTURE_PORTS", "80,http"),
        ("ATTEST_MAX_UPLOAD_MB", "0"),
        ("ATTEST_APPROVAL_NEEDS_SECOND_FACTOR", "false"),
        ("ATTEST_LEDGER_SIGNING_KEY", "not hex"),
    ],
)
def test_nonsense_stops_the_start_and_names_the_variable(name, value):
    refused = start(**{name: value})
    assert refused.returncode
    assert f"ImproperlyConfigured: {name}" in refused.stderr
