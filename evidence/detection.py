"""What bytes are, judged by their content and never by what they are called.

It looks at the beginning and the end of a file, in bounded pieces, and unpacks next to nothing: it runs where
the bytes come in, before anything has been refused.
"""

import csv
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import puremagic

from evidence import ole

LOOK_AT = 64 * 1024
"""Bytes read from the beginning of a file to judge it."""

LOOK_AT_END = 1024 * 1024
"""Bytes read from the end of a ZIP file, where it names its members."""

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
EPUB = "application/epub+zip"
PDF = "application/pdf"
HTML = "text/html"
TEXT = "text/plain"
CSV = "text/csv"
TSV = "text/tab-separated-values"
RTF = "application/rtf"
SVG = "image/svg+xml"
EML = "message/rfc822"
MHTML = "multipart/related"
MBOX = "application/mbox"
WARC = "application/warc"
WACZ = "application/wacz"
ZIP = "application/zip"
GZIP = "application/gzip"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
OLE = "application/x-ole-storage"
UNKNOWN = "application/octet-stream"

PLAIN = frozenset({TEXT, CSV, TSV})
"""Read as they stand, with no parser: what is pasted so may be read at once."""

WITH_TEXT = PLAIN | {DOCX, XLSX, ODT, HTML, SVG, EML, MHTML, WARC, WACZ}
"""What text is taken from all at once (`readers/formats.py` says how)."""

CONTAINERS = frozenset({ZIP, EML})
"""What is opened into items of their own."""

BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"{\\rtf", RTF),
    (b"WARC/", WARC),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"BZh", "application/x-bzip2"),
)
IN_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    b"qt  ": "video/quicktime",
}
IN_ZIP = (
    (b"word/document.xml", DOCX),
    (b"xl/workbook.xml", XLSX),
    (b"xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.12"),
    (b"ppt/presentation.xml", PPTX),
)
MIMETYPES = (ODT, ODS, ODP, EPUB)
IN_OLE = (
    ("EncryptedPackage", OLE),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
    ("__properties_version1.0", MSG),
)

MPEG_AUDIO = re.compile(rb"\xff[\xf2\xf3\xfa\xfb][\x10-\xef]")
MARKUP = re.compile(rb"<(!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
PROLOGUE = re.compile(rb"\s+|<\?xml[^>]*>|<!--(?:[^-]|-(?!->))*-->|<!doctype\s[^>\[]*(?:\[[^\]]*\]\s*)?>", re.I)
"""What may stand before the root of XML, piece by piece: an expression for all of it could be made to run for hours."""
HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,60}):[^\n]*\n(?:[ \t][^\n]*\n)*")
FROM_WHOM = frozenset({b"from", b"return-path", b"received", b"sender"})
OF_A_MAIL = frozenset({b"message-id", b"mime-version", b"received", b"date", b"content-type"})
ENTRY = re.compile(rb"(?=PK\x01\x02.{24}(..).{16})", re.S)
"""Of a ZIP file's list of members: its place, and the length of the name that follows it."""


def is_drawn(media_type: str) -> bool:
    """Whether pages of such a file are shown as pictures."""
    return media_type == PDF or (media_type.startswith("image/") and media_type != SVG)


def is_played(media_type: str) -> bool:
    """Whether such a file has a course in time."""
    return media_type.startswith(("audio/", "video/"))


def is_read(media_type: str) -> bool:
    """Whether such a file has something to read, look at or listen to here."""
    return media_type in WITH_TEXT or is_drawn(media_type) or is_played(media_type)


def media_type_of(content: BinaryIO) -> str:
    """The media type of the content (RFC 6838), `application/octet-stream` if nothing fits."""
    content.seek(0)
    head = content.read(LOOK_AT)
    try:
        return _by_beginning(head) or _by_structure(content, head) or _by_text(head) or _by_library(head)
    finally:
        content.seek(0)


def _by_beginning(head: bytes) -> str:
    if b"%PDF-" in head[:1024] and head[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    for beginning, media_type in BEGINNINGS:
        if head.startswith(beginning):
            return "video/ogg" if media_type == "audio/ogg" and b"\x80theora" in head[:512] else media_type
    return _by_frame(head)


def _by_frame(head: bytes) -> str:
    """Formats that name themselves a few bytes in."""
    if head.startswith(b"RIFF"):
        return IN_RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video/mp4")
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head[:128] else "video/x-matroska"
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "image/bmp"
    if head[257:262] == b"ustar":
        return "application/x-tar"
    return "audio/mpeg" if MPEG_AUDIO.match(head) else ""


def _by_structure(content: BinaryIO, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _kind_of_zip(content, head)
    if head.startswith(ole.SIGNATURE):
        names = set(ole.names_of(content))
        return next((media_type for name, media_type in IN_OLE if name in names), OLE)
    if head.startswith(b"\x1f\x8b"):
        return WARC if _unpacked_beginning(head).startswith(b"WARC/") else GZIP
    return ""


def _kind_of_zip(content: BinaryIO, head: bytes) -> str:
    """By the names at its end, or the type that it states first, as open document formats do."""
    if head[30:38] == b"mimetype":
        return next((each for each in MIMETYPES if head[38 : 38 + len(each)] == each.encode()), ZIP)
    content.seek(0, 2)
    content.seek(max(0, content.tell() - LOOK_AT_END))
    end = content.read(LOOK_AT_END)
    if b"PK\x05\x06" not in end:
        return UNKNOWN
    names = {end[at : at + length] for at, length in _names_in(end)}
    if b"datapackage.json" in names and any(name.startswith(b"archive/") for name in names):
        return WACZ
    return next((media_type for name, media_type in IN_ZIP if name in names), ZIP)


def _names_in(end: bytes) -> Iterator[tuple[int, int]]:
    for entry in ENTRY.finditer(end):
        yield entry.start() + 46, int.from_bytes(entry[1], "little")


def _unpacked_beginning(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, 64)
    except zlib.error:
        return b""


def _by_text(head: bytes) -> str:
    if not _reads_as_text(head):
        return ""
    if head.startswith(b"From ") and is_mail(head.partition(b"\n")[2]):
        return MBOX
    if is_mail(head):
        return MHTML if re.search(rb"^snapshot-content-location:", head, re.I | re.M) else EML
    if _is_drawing(head):
        return SVG
    return HTML if MARKUP.search(head) else _kind_of_table(head) or TEXT


def is_mail(head: bytes) -> bool:
    """It begins with headers, three at least, that say from whom it is and how it was sent."""
    found, at, head = set(), 0, head.replace(b"\r\n", b"\n")
    while header := HEADER.match(head, at):
        found.add(header[1].lower())
        at = header.end()
    return len(found) >= 3 and bool(found & FROM_WHOM) and bool(found & OF_A_MAIL)


def _is_drawing(head: bytes) -> bool:
    at = 0
    while piece := PROLOGUE.match(head, at):
        at = piece.end()
    return bool(re.match(rb"<svg[\s>]", head[at : at + 5]))


def _kind_of_table(head: bytes) -> str:
    """Lines that fall into the same number of cells. Prose with commas does not."""
    lines = head.decode("utf-8", "replace").splitlines()
    if len(head) == LOOK_AT:
        lines = lines[:-1]
    for mark, fewest in (("\t", 2), (";", 2), (",", 3)):
        if dialect_fits(lines, mark, fewest):
            return TSV if mark == "\t" else CSV
    return ""


def dialect_fits(lines: list[str], mark: str, fewest: int) -> bool:
    try:
        rows = [row for row in csv.reader(lines[:200], delimiter=mark, strict=True) if row]
    except csv.Error:
        return False
    return len(rows) >= 3 and len(rows[0]) >= fewest and len({len(row) for row in rows}) == 1


def _reads_as_text(head: bytes) -> bool:
    """Text has no control bytes other than white space; UTF-16 announces itself."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return bool(head) and not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head)


def _by_library(head: bytes) -> str:
    try:
        return puremagic.from_string(head, mime=True) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN
