"""ZIP files, opened with suspicion: nothing is held or unpacked beyond the bounds below."""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from evidence.unreadable import Unreadable

MOST_DIRECTORY = 8 * 2**20
"""Bytes of the list of members, all of which is held."""

MOST_RATIO = 200
RATIO_FROM = 16 * 2**20
"""Bytes from which a member that unpacks to more than two hundred times its size is held to be a bomb."""

MOST_OFFICE = 512 * 2**20
"""Unpacked bytes of a document of Word, Excel or LibreOffice."""

CHUNK = 256 * 1024
LOOK_AT = 64 * 1024
"""Bytes of an XML part in which a document type would stand."""

METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""The two that unpack in steps of a bounded size."""

LOCAL_HEADER = 30
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    struct.error,
    ValueError,
)


@contextmanager
def opened(stream: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """A ZIP file whose list of members is small, and whose members lie apart. Raises `Unreadable`."""
    _require_small_directory(stream)
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except BROKEN as error:
        raise Unreadable(f"The archive cannot be opened: {error}.") from error
    with archive:
        _require_apart(archive)
        yield archive


def _require_small_directory(stream: BinaryIO) -> None:
    try:
        end = zipfile._EndRecData(stream)  # type: ignore[attr-defined]  # what ZipFile itself goes by
    except BROKEN:
        end = None
    if not end:
        raise Unreadable("The archive has no end: it is broken, or was cut off.")
    if end[zipfile._ECD_SIZE] > MOST_DIRECTORY:  # type: ignore[attr-defined]
        raise Unreadable(f"The archive's list of members is longer than {MOST_DIRECTORY // 2**20} MB.")


def _require_apart(archive: zipfile.ZipFile) -> None:
    """Members that share bytes unpack to far more than the archive could hold."""
    end = 0
    for info in sorted(archive.infolist(), key=lambda each: each.header_offset):
        if info.header_offset < end:
            raise Unreadable("The archive's members overlap: it is a decompression bomb, and is not opened.")
        end = info.header_offset + LOCAL_HEADER + info.compress_size


def why_not(info: zipfile.ZipInfo) -> str:
    """Why a member is not unpacked, as the end of a sentence; empty if it may be."""
    if info.flag_bits & 0x1:
        return "is encrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link and no file"
    if info.compress_type not in METHODS:
        return "is compressed in a way that is not opened"
    if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
        return f"would unpack to more than {MOST_RATIO} times its size, as a decompression bomb does"
    return ""


def chunks_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member unpacks to, never more than it declares. Raises `Unreadable` where it is broken."""
    try:
        with archive.open(info) as member:
            while chunk := member.read(CHUNK):
                yield chunk
    except BROKEN as error:
        raise Unreadable(f"is broken ({error})") from error


@contextmanager
def office(stream: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """A document in parts, none of which is a bomb or declares a document type. Raises `Unreadable`.

    Office formats forbid document types, which is where entities that expand without end are declared.
    """
    with opened(stream) as archive:
        for info in archive.infolist():
            if reason := why_not(info):
                raise Unreadable(f"A part of the document, {info.filename[:100]}, {reason}.")
        if sum(each.file_size for each in archive.infolist()) > MOST_OFFICE:
            raise Unreadable(f"The document unpacks to more than {MOST_OFFICE // 2**20} MB.")
        for info in archive.infolist():
            if info.filename.lower().endswith((".xml", ".rels", ".vml")):
                _require_no_document_type(archive, info)
        yield archive


def _require_no_document_type(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    try:
        with archive.open(info) as part:
            beginning = part.read(LOOK_AT)
    except BROKEN as error:
        raise Unreadable(f"A part of the document, {info.filename[:100]}, is broken.") from error
    if re.search(rb"<!(doctype|entity)", beginning.replace(b"\x00", b""), re.IGNORECASE):
        raise Unreadable("A part of the document declares entities, which Office never does: it is not read.")
