"""Web archives (WARC 1.1, ISO 28500): what was asked and what was answered, byte by byte as on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

CHUNK = 64 * 1024


class Exchange(NamedTuple):
    """A request and its answer, each from its beginning."""

    url: str
    at: datetime
    address: str
    request: BinaryIO
    response: BinaryIO


class Archive:
    """A web archive that is being written."""

    def __init__(self, out: BinaryIO, *, software: str) -> None:
        self.writer = WARCWriter(out, gzip=True, warc_version="1.1")
        told = {"software": software, "format": "WARC File Format 1.1"}
        self.writer.write_record(self.writer.create_warcinfo_record("", told))

    def add(self, exchange: Exchange) -> str:
        """Write a request and its answer. Returns the id of the answer's record."""
        asked, answered = (self._record(kind, exchange) for kind in ("request", "response"))
        self.writer.write_request_response_pair(asked, answered)
        return answered.rec_headers.get_header("WARC-Record-ID")

    def _record(self, kind: str, exchange: Exchange) -> Any:
        told = {
            "WARC-Date": datetime_to_iso_date(exchange.at.replace(tzinfo=None), use_micros=True),
            "WARC-IP-Address": exchange.address,
        }
        stream = getattr(exchange, kind)
        length = stream.seek(0, 2)
        stream.seek(0)
        return self.writer.create_warc_record(exchange.url, kind, payload=stream, length=length, warc_headers_dict=told)


def payload_of(archive: BinaryIO, record_id: str) -> Iterator[bytes]:
    """The body of an answer without what it was packed in for its way (chunks, compression)."""
    archive.seek(0)
    for record in ArchiveIterator(archive):
        if record.rec_headers.get_header("WARC-Record-ID") == record_id:
            stream = record.content_stream()
            while piece := stream.read(CHUNK):
                yield piece
            return
