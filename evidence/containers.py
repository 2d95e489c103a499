"""What a container holds, unpacked into a folder under numbers of ours. Pure: it knows no record.

Names inside are labels: no path is ever made of one. What is not taken is told in one sentence each.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from evidence.detection import EML
from evidence.labels import label_of
from evidence.readers import mail
from evidence.readers.archives import chunks_of, opened, why_not
from evidence.unpacked import MOST_BYTES, MOST_PART_BYTES, MOST_PARTS, MOST_TOLD, Contents, Room, Unpacked
from evidence.unreadable import Unreadable


class _TooMuch(Exception):
    """A part is larger than what may still come out."""


def unpack(stream: BinaryIO, media_type: str, folder: Path, room: Room = Room()) -> Contents:  # noqa: B008 - a constant
    """Write the parts of a container into a folder, as far as there is room. Raises `Unreadable`."""
    parts: list[Unpacked] = []
    left_out: list[str] = []
    beyond = 0
    for position, path, content, reason in _pieces(stream, media_type):
        label = label_of(path)
        if reason:
            left_out.append(f"“{_short(label)}” {reason}.")
        elif len(parts) >= room.parts:
            beyond += 1
        else:
            size = room.size - sum(each.size for each in parts)
            try:
                parts.append(_written(folder / str(position), label, position, content, size))
            except (Unreadable, _TooMuch) as refusal:
                left_out.append(f"“{_short(label)}” {refusal}.")
    if beyond:
        left_out.insert(0, f"{beyond:,} more were not taken: at most {MOST_PARTS:,} parts come out of one file.")
    return Contents(parts, _told(left_out))


def _pieces(stream: BinaryIO, media_type: str) -> Iterator[tuple[int, str, Iterable[bytes], str]]:
    """Position, path, content and, for what is not taken, the reason."""
    if media_type == EML:
        for position, attached in enumerate(mail.attachments(mail.opened(stream)), start=1):
            yield position, attached.name, [attached.content], "" if attached.content else "is empty"
        return
    with opened(stream) as archive:
        for position, info in enumerate(archive.infolist(), start=1):
            if not info.is_dir():
                reason = why_not(info) or ("" if info.file_size else "is empty")
                yield position, info.filename, chunks_of(archive, info), reason


def _written(file: Path, label: str, position: int, content: Iterable[bytes], most: int) -> Unpacked:
    """Counted while it is unpacked: what a container says of sizes is not believed."""
    digest, size = hashlib.sha256(), 0
    try:
        with file.open("xb") as out:
            for chunk in content:
                size += len(chunk)
                _require_room(size, most)
                digest.update(chunk)
                out.write(chunk)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return Unpacked(label, position, size, digest.hexdigest(), file)


def _require_room(size: int, most: int) -> None:
    if size > MOST_PART_BYTES:
        raise _TooMuch(f"is larger than {MOST_PART_BYTES // 2**20:,} MB")
    if size > most:
        raise _TooMuch(f"was not taken: at most {MOST_BYTES // 2**30} GB come out of one file")


def _short(label: str) -> str:
    return label if len(label) <= 120 else f"…{label[-119:]}"


def _told(left_out: list[str]) -> list[str]:
    if len(left_out) <= MOST_TOLD:
        return left_out
    return [*left_out[:MOST_TOLD], f"And {len(left_out) - MOST_TOLD:,} more were left out."]
