"""Packed web archives (WACZ): the web archives inside a ZIP file, and the digests that its list of files states."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from evidence.readers import warc
from evidence.readers.archives import BROKEN, chunks_of, opened, why_not
from evidence.readers.warc import Capture
from evidence.unreadable import Unreadable

LIST = "datapackage.json"
MOST_LIST = 16 * 2**20
"""Bytes of the list of files."""

ARCHIVES = (".warc", ".warc.gz")
ALGORITHMS = frozenset({"sha256", "sha512", "sha1", "md5"})


def pages_of(stream: BinaryIO) -> list[str]:
    with opened(stream) as archive:
        good, stated = digests(archive)
        said = f"Files whose digest is the one that {LIST} states: {good:,} of {stated:,}"
        return warc.listed(list(_captures(archive)), (said,))


def captures(stream: BinaryIO, *, with_text: bool = True) -> Iterator[Capture]:
    with opened(stream) as archive:
        yield from _captures(archive, with_text=with_text)


def _captures(archive: zipfile.ZipFile, *, with_text: bool = True) -> Iterator[Capture]:
    for info in archive.infolist():
        if info.filename.lower().endswith(ARCHIVES):
            if reason := why_not(info):
                raise Unreadable(f"A web archive inside, {info.filename[:100]}, {reason}.")
            try:
                with archive.open(info) as inside:
                    yield from warc.captures(inside, with_text=with_text)  # type: ignore[arg-type]
            except BROKEN as error:
                raise Unreadable(f"A web archive inside, {info.filename[:100]}, is broken.") from error


def digests(archive: zipfile.ZipFile) -> tuple[int, int]:
    """How many of the files have the digest that the list states, and for how many it states one."""
    told = [each for each in _listed(archive) if isinstance(each, dict) and ":" in str(each.get("hash", ""))]
    return sum(_is_so(archive, each) for each in told), len(told)


def _listed(archive: zipfile.ZipFile) -> list[Any]:
    try:
        info = archive.getinfo(LIST)
        if info.file_size > MOST_LIST or why_not(info):
            return []
        told = json.loads(b"".join(chunks_of(archive, info)))
    except (KeyError, ValueError, RecursionError, Unreadable):
        return []
    resources = told.get("resources") if isinstance(told, dict) else None
    return resources if isinstance(resources, list) else []


def _is_so(archive: zipfile.ZipFile, told: dict[str, Any]) -> bool:
    algorithm, _, wanted = str(told["hash"]).partition(":")
    if algorithm not in ALGORITHMS:
        return False
    digest = hashlib.new(algorithm, usedforsecurity=False)
    try:
        info = archive.getinfo(str(told.get("path", "")))
        if why_not(info):
            return False
        for chunk in chunks_of(archive, info):
            digest.update(chunk)
    except (KeyError, Unreadable):
        return False
    return digest.hexdigest() == wanted.lower()
