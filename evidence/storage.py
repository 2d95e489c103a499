"""Where the bytes lie: under their own hash, written once, never overwritten."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db import connection

CHUNK = 1024 * 1024

HOLD = "SELECT pg_advisory_xact_lock_shared(hashtextextended('bytes ' || %s, 0))"
HOLD_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('bytes ' || %s, 0))"
"""Of who keeps bytes and who removes the same, the second waits for the first to commit."""


class LocalVault(FileSystemStorage):
    """A local folder in which a file is whole or absent, even if the process dies while writing."""

    def _save(self, name: str, content: File) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks(CHUNK):
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(partial, 0o440)
            os.replace(partial, target)
        except BaseException:
            os.unlink(partial)
            raise
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The hash is the name: the same name can only hold the same bytes."""
        return name

    def names(self) -> Iterator[str]:
        """The names of all files."""
        root = Path(self.base_location)
        yield from sorted(each.relative_to(root).as_posix() for each in root.rglob("*") if each.is_file())


def digest_of(content: File) -> str:
    """The SHA-256 in hex of bytes that are not stored yet."""
    digest = hashlib.sha256()
    for chunk in content.chunks(CHUNK):
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


def keep(content: File) -> tuple[str, int]:
    """Store bytes under their hash. Returns the SHA-256 in hex and the size in bytes."""
    digest, size = hashlib.sha256(), 0
    for chunk in content.chunks(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    sha256 = digest.hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [sha256])
    if not default_storage.exists(path_of(sha256)) or hash_of(sha256) != sha256:
        content.seek(0)
        default_storage.save(path_of(sha256), content)
    return sha256, size


def remove(sha256: str) -> None:
    """Remove bytes for good. That they are gone already is no error."""
    default_storage.delete(path_of(sha256))


def path_of(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def opened(sha256: str) -> File:
    """The stored bytes, opened for reading. Raises `FileNotFoundError`."""
    return default_storage.open(path_of(sha256))


def hash_of(sha256: str, vault: Storage = default_storage) -> str | None:
    """The hash that the stored bytes have now; `None` if they are gone."""
    digest = hashlib.sha256()
    try:
        with vault.open(path_of(sha256)) as stored:
            for chunk in stored.chunks(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def verified(files: Iterable[tuple[str, int]], *, thoroughly: bool = False) -> frozenset[str]:
    """Of some (SHA-256, size), the hashes whose bytes are still there and, looked at thoroughly, still match."""
    if thoroughly:
        return frozenset(sha256 for sha256, _ in files if hash_of(sha256) == sha256)
    return frozenset(sha256 for sha256, size in files if size_of(sha256) == size)


def size_of(sha256: str, vault: Storage = default_storage) -> int | None:
    """The size in bytes of what is stored; `None` if it is gone."""
    try:
        return vault.size(path_of(sha256))
    except FileNotFoundError:
        return None


@contextmanager
def on_disk(sha256: str) -> Iterator[Path]:
    """The stored bytes as a file to be read: where they lie, or fetched for as long as this lasts.

    Raises `FileNotFoundError` where they are gone.
    """
    if isinstance(default_storage, LocalVault):
        place = Path(default_storage.path(path_of(sha256)))
        if not place.is_file():
            raise FileNotFoundError(place)
        yield place
        return
    with default_storage.open(path_of(sha256)) as stored, tempfile.NamedTemporaryFile(prefix="attest-") as fetched:
        for chunk in stored.chunks(CHUNK):
            fetched.write(chunk)
        fetched.flush()
        yield Path(fetched.name)
