"""How bytes of evidence leave: as a download of no type, which no browser shows or runs in our origin."""

from typing import BinaryIO

from csp.constants import HEADER
from django.http import FileResponse

from evidence.labels import name_of

NOTHING = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""Were it shown all the same: in an origin of its own, without script, loading nothing."""


def as_download(stream: BinaryIO, name: str) -> FileResponse:
    """The bytes, under a name in which nothing is hidden."""
    answer = FileResponse(stream, as_attachment=True, filename=name_of(name))
    answer["Content-Type"] = "application/octet-stream"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer[HEADER] = NOTHING
    return answer
