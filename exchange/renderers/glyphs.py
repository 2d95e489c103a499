"""Which characters a font can draw, read from its character map (OpenType `cmap`, formats 4 and 12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path


def characters_of(path: Path) -> frozenset[str]:
    """Every character for which a TrueType font has a shape."""
    font = path.read_bytes()
    begin = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, begin + 2)
    found: set[int] = set()
    for number in range(count):
        (offset,) = struct.unpack_from(">4xI", font, begin + 4 + 8 * number)
        (form,) = struct.unpack_from(">H", font, begin + offset)
        if form == 4:
            found.update(_of_segments(font, begin + offset))
        elif form == 12:
            found.update(_of_groups(font, begin + offset))
    return frozenset(map(chr, found))


def _table(font: bytes, name: bytes) -> int:
    """Where a table begins."""
    (count,) = struct.unpack_from(">4xH", font)
    for number in range(count):
        tag, offset = struct.unpack_from(">4s4xI", font, 12 + 16 * number)
        if tag == name:
            return offset
    raise ValueError(f"The font has no table {name!r}.")


def _of_segments(font: bytes, at: int) -> Iterator[int]:
    """Format 4: segments of the basic plane."""
    (doubled,) = struct.unpack_from(">6xH", font, at)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * doubled)
    ranges_at = at + 16 + 3 * doubled
    ranges = struct.unpack_from(f">{count}H", font, ranges_at)
    for number, (start, end, delta, shift) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code + delta
            if shift:
                (named,) = struct.unpack_from(">H", font, ranges_at + 2 * number + shift + 2 * (code - start))
                glyph = named + delta if named else 0
            if glyph & 0xFFFF:
                yield code


def _of_groups(font: bytes, at: int) -> Iterator[int]:
    """Format 12: groups of any plane."""
    (count,) = struct.unpack_from(">12xI", font, at)
    for number in range(count):
        start, end, glyph = struct.unpack_from(">3I", font, at + 16 + 12 * number)
        yield from range(start + (glyph == 0), end + 1)
