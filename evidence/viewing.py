"""Pages of files as they look and recordings as they sound, for the reading page: pictures of ours, never the bytes.

A recording is the exception: players need its bytes. They are sent as what they were found to be, of a few kinds that
hold nothing that runs, and under a policy that lets nothing run.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from accounts.errors import IllegalStep
from accounts.ids import new_id
from evidence import apart, storage
from evidence.choices import BytesState
from evidence.detection import is_drawn
from evidence.layout import placed_on
from evidence.models.files import StoredFile
from evidence.models.pages import TextPage
from evidence.serving import NOTHING
from ledger.acting import taking

WIDTH = 1400
"""Pixels of a page's picture."""

LIMITS = apart.Limits(seconds=30, megabytes=1536)

AT_ONCE = threading.Semaphore(2)
"""Pages that one serving process has drawn at the same time."""

PLAYED = frozenset(
    {
        *(
            f"audio/{kind}"
            for kind in (
                "mpeg",
                "wav",
                "x-wav",
                "wave",
                "vnd.wave",
                "ogg",
                "flac",
                "x-flac",
                "mp4",
                "x-m4a",
                "webm",
                "aac",
            )
        ),
        *(f"video/{kind}" for kind in ("mp4", "webm", "ogg", "quicktime")),
    }
)
"""What is played here; other recordings are downloaded."""

KEPT_FOR = timedelta(days=30)

RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def note_viewing(file: StoredFile) -> None:
    """Tell custody that the reader has seen the original; once a day and person."""
    with taking("view"), connection.cursor() as cursor:
        cursor.execute("SELECT custody_of_viewing(%s, %s)", [new_id(), file.pk])


def picture_of(page: TextPage) -> bytes:
    """A page as a picture (WebP), drawn apart and kept for next time. Raises `IllegalStep`, `Unreadable`."""
    file = page.file
    if not is_drawn(file.media_type):
        raise IllegalStep("Such a file has no pages that could be drawn.")
    file.require_bytes()
    kept = _pictures_of(file) / f"{page.number}-{WIDTH}.webp"
    if kept.is_file():
        kept.touch()
        return kept.read_bytes()
    try:
        with AT_ONCE, storage.on_disk(file.sha256) as path:
            picture = apart.draw(path, file.media_type, page.number, WIDTH, limits=LIMITS)
    except FileNotFoundError:
        raise IllegalStep("The bytes of this file are not in the store.") from None
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".{new_id()}")
    partial.write_bytes(picture)
    partial.replace(kept)
    return picture


def _pictures_of(file: StoredFile) -> Path:
    return Path(settings.PICTURES_DIR, file.sha256[:2], file.sha256)


def clear_pictures_of(file: StoredFile) -> None:
    """Throw away what was drawn of its pages."""
    shutil.rmtree(_pictures_of(file), ignore_errors=True)


def clear_unseen(now: datetime) -> None:
    """Throw away the pictures that nobody asked for within `KEPT_FOR`."""
    for picture in Path(settings.PICTURES_DIR).glob("*/*/*"):
        if picture.stat().st_mtime < (now - KEPT_FOR).timestamp():
            picture.unlink(missing_ok=True)


def picture_answer(page: TextPage) -> HttpResponse:
    answer = HttpResponse(picture_of(page), content_type="image/webp")
    answer["Cache-Control"] = "private, max-age=600"
    answer["Content-Security-Policy"] = NOTHING
    return answer


def words_of(page: TextPage) -> dict[str, Any]:
    """The text of a page and the place of each word: offsets in code points, boxes in ten-thousandths of the page."""
    size, words = None, []
    is_there = page.file.bytes_state != BytesState.EXPUNGED
    if page.file.layout and is_there and page.reading == page.file.reading:
        with storage.opened(page.file.layout) as stream:
            size, words = placed_on(stream, page.number)
    return {"text": page.text, "size": size, "words": [list(word) for word in words]}


def recording_answer(file: StoredFile, asked: str) -> HttpResponse:
    """A recording, or the stretch of bytes of it that a player asks for (RFC 9110, Range). Raises `IllegalStep`."""
    if file.media_type not in PLAYED:
        raise IllegalStep("Recordings of this kind are not played here. Download it.")
    file.require_bytes()
    try:
        stream = file.open()
    except FileNotFoundError:
        raise IllegalStep("The bytes of this file are not in the store.") from None
    answer = _stretch(stream, file, asked) if asked else FileResponse(stream)
    answer["Content-Type"] = file.media_type
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Disposition"] = "attachment"
    answer["Content-Security-Policy"] = NOTHING
    answer["Cache-Control"] = "private, max-age=600"
    return answer


def _stretch(stream: BinaryIO, file: StoredFile, asked: str) -> HttpResponse:
    found = RANGE.fullmatch(asked)
    start = int(found[1]) if found else file.size
    last = min(int(found[2]), file.size - 1) if found and found[2] else file.size - 1
    if start > last:
        stream.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    stream.seek(start)
    answer = StreamingHttpResponse(_chunks(stream, last - start + 1), status=206)
    answer["Content-Range"] = f"bytes {start}-{last}/{file.size}"
    answer["Content-Length"] = str(last - start + 1)
    return answer


def _chunks(stream: BinaryIO, left: int) -> Iterator[bytes]:
    with stream:
        while left > 0 and (chunk := stream.read(min(storage.CHUNK, left))):
            left -= len(chunk)
            yield chunk
