"""Compound files (OLE2), in which Office kept its documents before 2007 and keeps encrypted ones still."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = 512
ENTRY = 128
"""Bytes of a directory's entry."""

IN_HEADER = 109
"""Sectors of the allocation table that the header names; a longer table goes on elsewhere."""

MOST_SECTORS = 4096
"""Of a directory, or of what names the allocation table."""

LAST = 0xFFFFFFFA
"""From here on numbers of sectors mean that there is none."""


def names_of(stream: BinaryIO) -> list[str]:
    """What the directory names, in order; nothing where the file is broken. Reads few sectors."""
    stream.seek(0)
    header = stream.read(HEADER)
    if len(header) < HEADER or not header.startswith(SIGNATURE):
        return []
    size = 4096 if header[30] == 12 else 512
    first_table_sectors = [each for each in struct.unpack_from(f"<{IN_HEADER}I", header, 76) if each < LAST]
    (first,) = struct.unpack_from("<I", header, 48)
    names: list[str] = []
    for sector in _chain(stream, size, [*first_table_sectors, *_further(stream, size, header)], first):
        names += (_name(sector[at : at + ENTRY]) for at in range(0, size, ENTRY))
    return [name for name in names if name]


def _further(stream: BinaryIO, size: int, header: bytes) -> Iterator[int]:
    """Sectors of the allocation table that the header has no room for."""
    (at,) = struct.unpack_from("<I", header, 68)
    for _ in range(MOST_SECTORS):
        if at >= LAST or len(sector := _sector(stream, size, at)) < size:
            return
        *named, at = struct.unpack(f"<{size // 4}I", sector)
        yield from (each for each in named if each < LAST)


def _chain(stream: BinaryIO, size: int, table: list[int], at: int) -> Iterator[bytes]:
    """The sectors of a stream, followed through the allocation table."""
    seen: set[int] = set()
    while at < LAST and at not in seen and len(seen) < MOST_SECTORS:
        seen.add(at)
        yield _sector(stream, size, at)
        part, slot = divmod(at, size // 4)
        links = _sector(stream, size, table[part]) if part < len(table) else b""
        at = struct.unpack_from("<I", links, slot * 4)[0] if len(links) == size else LAST


def _sector(stream: BinaryIO, size: int, number: int) -> bytes:
    stream.seek((number + 1) * size)
    return stream.read(size)


def _name(entry: bytes) -> str:
    if len(entry) < ENTRY or not entry[66]:
        return ""
    length = min(struct.unpack_from("<H", entry, 64)[0], 64)
    return entry[: max(0, length - 2)].decode("utf-16-le", "replace")
