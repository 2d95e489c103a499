"""The places of a file's words, kept as one archive under its own hash: a member for each page. Pure.

It is derived from the file and can be made anew, so no record holds it, only its hash.
"""

import io
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

import orjson
from django.core.files.base import ContentFile

from evidence.pages import Page, Word

STILL = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the same places have the same hash."""


def layout_of(pages: Sequence[Page]) -> ContentFile | None:
    """The archive of these pages; None where no page has a size."""
    if not any(page.size for page in pages):
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, page in enumerate(pages, start=1):
            placed = {"size": page.size, "words": [list(word) for word in page.words]}
            archive.writestr(zipfile.ZipInfo(str(number), STILL), orjson.dumps(placed), zipfile.ZIP_DEFLATED)
    return ContentFile(out.getvalue())


def placed_on(stream: BinaryIO, number: int) -> tuple[tuple[int, int] | None, list[Word]]:
    """Size and words of a page."""
    with zipfile.ZipFile(stream) as archive:
        try:
            placed = orjson.loads(archive.read(str(number)))
        except KeyError:
            return None, []
    return tuple(placed["size"]) if placed["size"] else None, [Word(*each) for each in placed["words"]]
