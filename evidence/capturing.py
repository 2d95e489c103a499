"""What becomes of an address: fetched outside any transaction, then kept as files of its item, all at once."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File

from accounts.errors import Refusal
from accounts.models import User
from evidence import storage
from evidence.archiving import Archive, payload_of
from evidence.choices import CaptureStatus
from evidence.detection import HTML, PDF, TEXT, is_read, media_type_of
from evidence.fetching import Budget, Landed, NotFetched, fetch
from evidence.guarding import Guard
from evidence.models import Capture, StoredFile
from evidence.models.uploads import plain_name
from ledger.acting import acting_as

TOOL = "Attest"


@cache
def tool_version() -> str:
    """Our version, and what fetches and writes."""
    ours = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
    return f"{ours} with httpcore {version('httpcore')}, warcio {version('warcio')}"


ENDINGS = {HTML: ".html", PDF: ".pdf", TEXT: ".txt"}


def carry_out(key: UUID, *, by: User) -> None:
    """Fetch an address that waits, and keep what came or say why nothing did. Nothing, if it waits no longer."""
    with acting_as(by):
        capture = Capture.objects.filter(pk=key, status=CaptureStatus.WAITING).first()
    if capture is None:
        return
    with tempfile.NamedTemporaryFile() as out:
        try:
            landed = _fetched(capture.requested_url, out.file)
            _keep(capture, landed, out.file, by=by)
        except (NotFetched, Refusal, ValidationError) as refusal:
            _fail(capture, _sentence(refusal), by=by)


def _fetched(url: str, out: BinaryIO) -> Landed:
    if not settings.CAPTURES:
        raise NotFetched("Fetching addresses was switched off meanwhile (ATTEST_CAPTURE).")
    guard = Guard.allowing(settings.CAPTURE_ALLOW, settings.CAPTURE_PORTS)
    budget = Budget(settings.CAPTURE_SECONDS, settings.CAPTURE_BYTES)
    return fetch(url, Archive(out, software=f"{TOOL} {tool_version()}"), guard=guard, budget=budget)


def _keep(capture: Capture, landed: Landed, archive: BinaryIO, *, by: User) -> None:
    """The archive, and of it what text can be taken from, as files of the item."""
    told = {
        "requested_url": capture.requested_url,
        "final_url": landed.url,
        "captured_at": landed.at.isoformat(),
        "tool": TOOL,
        "tool_version": tool_version(),
    }
    with tempfile.NamedTemporaryFile() as out, acting_as(by):
        capture = Capture.objects.select_for_update(of=("self",)).select_related("item").get(pk=capture.pk)
        host = urlsplit(landed.url).hostname or "page"
        name = f"{host}-{landed.at:%Y%m%dT%H%M%SZ}.warc.gz"
        kept = _receive(capture, archive, name, told, by=by)
        _poured(payload_of(archive, landed.record_id), out.file)
        note = f"Kept as {name}."
        if out.file.tell():
            of_it = {**told, "warc_sha256": kept.sha256, "warc_record_id": landed.record_id}
            note = f"{note} {_keep_body(capture, out.file, landed.url, of_it, by=by)}"
        capture.end(CaptureStatus.DONE, note.strip(), landed.url)


def _keep_body(capture: Capture, body: BinaryIO, url: str, told: dict[str, Any], *, by: User) -> str:
    """Keep the answer's body where its text can be read and the item does not hold it yet. Says what was done."""
    content = File(body)
    media_type = media_type_of(content)
    if not is_read(media_type):
        return f"Nothing of {media_type} is read here."
    if StoredFile.objects.filter(item=capture.item_id, sha256=storage.digest_of(content)).exists():
        return "The page is the same as one that is held already."
    name = _name_of(url, ENDINGS.get(media_type, ""))
    _receive(capture, body, name, told, by=by)
    return f"Its text is read from {name}."


def _receive(capture: Capture, stream: BinaryIO, name: str, told: dict[str, Any], *, by: User) -> StoredFile:
    stream.flush()
    return StoredFile.receive(by=by, item=capture.item, content=File(stream), name=name, capture=told)


def _poured(pieces: Iterable[bytes], out: BinaryIO) -> None:
    """Unpacked, an answer may be much larger than it was on its way. Raises `NotFetched`."""
    left = settings.CAPTURE_BYTES
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise NotFetched(f"Unpacked it is larger than {settings.CAPTURE_BYTES // 2**20} MB.")
        out.write(piece)


def _fail(capture: Capture, sentence: str, *, by: User) -> None:
    with acting_as(by):
        capture.end(CaptureStatus.FAILED, sentence)


def _sentence(refusal: Exception) -> str:
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)


def _name_of(url: str, ending: str) -> str:
    """What the file of an address is called: its last part, with an ending that says what it is."""
    parts = urlsplit(url)
    name = unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.hostname or "page"
    return plain_name(name if "." in name[-6:] and parts.path.strip("/") else f"{name}{ending}")
