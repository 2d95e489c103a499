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
        ("ATTEST_S3_BUCKET", "No Bucket"),
    ],
)
def test_nonsense_stops_the_start_and_names_the_variable(name, value):
    refused = start(**{name: value})
    assert refused.returncode
    assert f"ImproperlyConfigured: {name}" in refused.stderr


BUCKET = {"ATTEST_S3_BUCKET": "attest-files", "ATTEST_S3_REGION": "eu-central-1"}


def test_a_bucket_takes_the_place_of_the_folder():
    assert start(**BUCKET).returncode == 0
    assert start(**BUCKET, ATTEST_S3_ENDPOINT="https://objects.example.org", ATTEST_S3_PREFIX="a/b").returncode == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ATTEST_S3_BUCKET": ""}, "ATTEST_S3_BUCKET must be set with ATTEST_S3_REGION"),
        ({"ATTEST_S3_REGION": ""}, "ATTEST_S3_REGION must be set, or ATTEST_S3_ENDPOINT"),
        ({"ATTEST_S3_ACCESS_KEY": "a"}, "ATTEST_S3_SECRET_KEY must be set with ATTEST_S3_ACCESS_KEY"),
        ({"ATTEST_S3_SECRET_KEY": "a"}, "ATTEST_S3_ACCESS_KEY must be set with ATTEST_S3_SECRET_KEY"),
        ({"ATTEST_S3_ENDPOINT": "objects.example.org"}, "ATTEST_S3_ENDPOINT must be an address"),
        ({"ATTEST_S3_ENDPOINT": "http://objects.example.org"}, "ATTEST_S3_ENDPOINT must begin with https://"),
        ({"ATTEST_S3_PREFIX": "../other"}, "ATTEST_S3_PREFIX must be names"),
        ({"ATTEST_S3_PREFIX": "/files/"}, "ATTEST_S3_PREFIX must be names"),
        ({"ATTEST_S3_PATH_STYLE": "perhaps"}, "ATTEST_S3_PATH_STYLE must be true or false"),
    ],
)
def test_a_bucket_set_by_halves_stops_the_start_and_names_the_variable(changes, named):
    refused = start(**{**BUCKET, **changes})
    assert refused.returncode
    assert f"ImproperlyConfigured: {named}" in refused.stderr
