"""The bytes of unfinished uploads: a file each, written by one at a time and only at its end.

They are put down (fsync) before they are counted. A process that dies between the two leaves bytes that nobody counted;
the next one writes over them. The lock is the file's own (flock), so that it ends with its process.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

CHUNK = 256 * 1024
"""Bytes in memory."""

COUNTED_EVERY = 16 * 1024 * 1024
"""Bytes that a killed process may have to be sent again."""

UPLOAD = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What the file of an upload is called."""

ALGORITHMS = ("sha1", "sha256")


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Busy(Exception):
    """Another request is writing."""


class NotAsAnnounced(Exception):
    """The bytes that came do not have the checksum that was sent with them; none of them was kept."""


class Checksum(NamedTuple):
    algorithm: str
    digest: bytes


def place_of(key: UUID) -> Path:
    return Path(settings.UPLOADS_DIR) / str(key)


def size_of(key: UUID) -> int:
    """The bytes that are there, 0 before the first."""
    try:
        return place_of(key).stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def held(key: UUID) -> Iterator[BinaryIO]:
    """The file of an upload, to be written by nobody else meanwhile. Raises `Busy` at once."""
    place_of(key).parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place_of(key), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield file


def append(
    file: BinaryIO,
    stream: Readable,
    *,
    at: int,
    size: int,
    note: Callable[[int], None],
    checksum: Checksum | None = None,
) -> None:
    """Put down what a stream brings, `note` how far that is, and leave nothing behind that is not noted.

    With a checksum all of it counts or nothing; without, whatever came before the stream ended or broke.
    """
    digest = hashlib.new(checksum.algorithm) if checksum else None
    down = _Down(file, at, None if digest else note)
    try:
        for piece in _pieces(stream, size):
            down.write(piece)
            if digest:
                digest.update(piece)
        if checksum and digest and not hmac.compare_digest(digest.digest(), checksum.digest):
            raise NotAsAnnounced
        down.count(note)
    except OSError:  # who sends has gone, or the disk is full
        if not digest:
            down.count(note)
        raise
    finally:
        file.truncate(down.counted)


class _Down:
    """How far a file has been written, and how far that is counted."""

    def __init__(self, file: BinaryIO, at: int, note: Callable[[int], None] | None) -> None:
        self.file, self.written, self.counted, self.note = file, at, at, note
        file.truncate(at)
        file.seek(at)

    def write(self, piece: bytes) -> None:
        view = memoryview(piece)
        while view:
            view = view[self.file.write(view) :]
        self.written += len(piece)
        if self.note and self.written - self.counted >= COUNTED_EVERY:
            self.count(self.note)

    def count(self, note: Callable[[int], None]) -> None:
        os.fsync(self.file.fileno())
        note(self.written)
        self.counted = self.written


def _pieces(stream: Readable, size: int) -> Iterator[bytes]:
    while size and (piece := stream.read(min(CHUNK, size))):
        size -= len(piece)
        yield piece


def opened(key: UUID, name: str) -> File:
    return File(place_of(key).open("rb"), name=name)


def remove_on_commit(key: UUID) -> None:
    """Remove the file once its row is gone for good."""
    transaction.on_commit(lambda: place_of(key).unlink(missing_ok=True))


def nobodys(before: float, known: Callable[[list[str]], set[str]]) -> Iterator[UUID]:
    """Files last written before a time (seconds) that no row names any more."""
    folder = Path(settings.UPLOADS_DIR)
    ours = [each for each in folder.iterdir() if UPLOAD.fullmatch(each.name)] if folder.is_dir() else []
    old = [each.name for each in ours if each.stat().st_mtime < before]
    yield from (UUID(name) for name in sorted(set(old) - known(old)))
