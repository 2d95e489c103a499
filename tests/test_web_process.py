"""The web process does without the libraries that only the worker needs, so that it stays small."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent

LOADED = """
import sys
import config.wsgi
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> set[str]:
    """The packages of a web process that has come up and has not been asked for anything."""
    told = {"DATABASE_URL": "postgres://none@127.0.0.1/none", "DJANGO_SETTINGS_MODULE": "config.settings"}
    told |= {"ATTEST_MODE": "production", "ATTEST_SECRET_KEY": "x" * 60, "ATTEST_BASE_URL": "https://attest.example"}
    told |= {"ATTEST_DATA_DIR": str(tmp_path_factory.mktemp("web")), "PATH": os.environ["PATH"]}
    ran = subprocess.run([sys.executable, "-c", LOADED], cwd=HERE, env=told, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


@pytest.mark.parametrize(
    "library",
    [
        *("numpy", "scipy", "datasketch", "httpx", "warcio", "docx", "typst", "lxml", "boto3"),
        *("pypdfium2", "PIL", "pytesseract", "openpyxl", "trafilatura", "py3langid"),
    ],
)
def test_what_only_the_worker_needs_is_not_loaded(loaded, library):
    assert library not in loaded
