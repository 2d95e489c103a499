"""All stored bytes copied from one vault to another, each verified. Nothing is deleted, and it can be begun again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.files.storage import Storage

from evidence.storage import hash_of, path_of, size_of

STORED = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")


class Copied(NamedTuple):
    """What became of one file: `copied`, `there` already, `altered` at its origin (and so not copied), or `failed`."""

    sha256: str
    outcome: str
    size: int = 0


def copy_all(origin: Any, target: Any, *, thoroughly: bool = False) -> Iterator[Copied]:
    """Copy what the target does not have; thoroughly, also hash again what it has."""
    for name in origin.names():
        if found := STORED.fullmatch(name):
            yield _copied(found[1], origin, target, thoroughly=thoroughly)


def _copied(sha256: str, origin: Storage, target: Storage, *, thoroughly: bool) -> Copied:
    size = size_of(sha256, origin)
    if size is not None and size == size_of(sha256, target) and (not thoroughly or hash_of(sha256, target) == sha256):
        return Copied(sha256, "there", size)
    if hash_of(sha256, origin) != sha256:
        return Copied(sha256, "altered")
    with origin.open(path_of(sha256)) as content:
        target.save(path_of(sha256), content)
    return Copied(sha256, "copied" if hash_of(sha256, target) == sha256 else "failed", size or 0)
