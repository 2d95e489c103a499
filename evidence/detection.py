"""What bytes are, judged by their content and never by what they are called."""

import re
import zipfile

import puremagic
from django.core.files.base import File

LOOK_AT = 64 * 1024
"""Bytes read from the beginning of a file to judge it."""

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
HTML = "text/html"
TEXT = "text/plain"
SVG = "image/svg+xml"
UNKNOWN = "application/octet-stream"


def is_drawn(media_type: str) -> bool:
    """Whether pages of such a file are shown as pictures."""
    return media_type == PDF or (media_type.startswith("image/") and media_type != SVG)


def is_played(media_type: str) -> bool:
    """Whether such a file has a course in time."""
    return media_type.startswith(("audio/", "video/"))


def media_type_of(content: File) -> str:
    """The media type of the content (RFC 6838), `application/octet-stream` if nothing fits."""
    content.seek(0)
    head = content.read(LOOK_AT)
    content.seek(0)
    if head[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK"):
        return _kind_of_zip(content)
    if _reads_as_text(head):
        return HTML if re.search(rb"<(!doctype\s+html|html|head|body)[\s>]", head, re.IGNORECASE) else TEXT
    try:
        return puremagic.from_string(head, mime=True) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN


def _kind_of_zip(content: File) -> str:
    try:
        with zipfile.ZipFile(content) as archive:
            return DOCX if "word/document.xml" in archive.namelist() else "application/zip"
    except zipfile.BadZipFile:
        return UNKNOWN
    finally:
        content.seek(0)


def _reads_as_text(head: bytes) -> bool:
    """Text has no control bytes other than white space; UTF-16 announces itself."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return bool(head) and not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head)
