"""What comes out of a container, and how much of it at most. Pure."""

from pathlib import Path
from typing import NamedTuple

MOST_PARTS = 1_000
MOST_BYTES = 2 * 2**30
"""Of all that comes out of one file, at any depth."""

MOST_PART_BYTES = 2**30
"""Of one part."""

DEEPEST = 3
"""Containers within each other that are opened."""

MOST_TOLD = 100
"""Sentences on what was left out."""


class Room(NamedTuple):
    """How much may still come out."""

    parts: int = MOST_PARTS
    size: int = MOST_BYTES


class Unpacked(NamedTuple):
    """One part: where it stood, and the file of ours that it lies in."""

    path: str
    position: int
    size: int
    sha256: str
    file: Path


class Contents(NamedTuple):
    parts: list[Unpacked]
    left_out: list[str]
