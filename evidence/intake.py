"""How evidence comes in: an item with its first bytes, at once; and bytes that were sent in pieces."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction

from accounts.models import User
from evidence import pieces, storage
from evidence.models import Capture, EvidenceItem, StoredFile, Upload
from evidence.models.uploads import lifetime
from ledger.acting import as_owner

NOT_THERE = "There is no such upload of yours, or its time is over: send the file again."


def found_upload(key: UUID) -> Upload:
    """An upload of whoever acts. Raises `ValidationError` where there is none."""
    upload = Upload.objects.alive().filter(pk=key).first()
    if upload is None:
        raise ValidationError({"upload": NOT_THERE})
    return upload


@transaction.atomic
def take_in(
    *,
    by: User,
    upload: Upload | None = None,
    file: File | None = None,
    text: str = "",
    fetch: bool = False,
    confirmed_repeat: bool = False,
    title: str = "",
    **fields: Any,
) -> EvidenceItem:
    """A new item with its bytes, all or nothing: an upload, a file or pasted text, or its address, to be fetched.

    Without a title it is called by the file's name. Where the workspace holds the same bytes already it asks first;
    `confirmed_repeat` answers.
    """
    upload = upload.taken() if upload else None
    named = title.strip() or (upload.name if upload else "")
    item = EvidenceItem.add(by=by, collected_by=by, **{**fields, "title": named})
    bring(by=by, item=item, upload=upload, file=file, text=text, asks=not confirmed_repeat)
    if fetch:
        Capture.ask(by=by, item=item, requested_url=item.url)
    return item


@transaction.atomic
def bring(
    *,
    by: User,
    item: EvidenceItem,
    upload: Upload | None = None,
    file: File | None = None,
    text: str = "",
    asks: bool = False,
    replaces: StoredFile | None = None,
) -> StoredFile | None:
    """Keep what came for an item: an upload, which ends with it, else a file, else pasted text."""
    if upload:
        return receive_upload(by=by, item=item, upload=upload, asks=asks, replaces=replaces)
    if file:
        return _receive(by=by, item=item, content=file, name=file.name or "", asks=asks, replaces=replaces)
    return StoredFile.receive_text(by=by, item=item, text=text, replaces=replaces) if text.strip() else None


@transaction.atomic
def receive_upload(
    *, by: User, item: EvidenceItem, upload: Upload, asks: bool = False, replaces: StoredFile | None = None
) -> StoredFile:
    """Keep what an upload brought for an item that there is."""
    upload = upload.taken()
    with upload.open() as content:
        file = _receive(by=by, item=item, content=content, name=upload.name, asks=asks, replaces=replaces)
    upload.forget()
    return file


def _receive(
    *, by: User, item: EvidenceItem, content: File, name: str, asks: bool, replaces: StoredFile | None
) -> StoredFile:
    if asks:
        require_not_held(content, item)
    return StoredFile.receive(by=by, item=item, content=content, name=name, replaces=replaces)


def require_not_held(content: File, item: EvidenceItem) -> None:
    """Ask, where another item of the workspace that one may read holds the same bytes. Raises `ValidationError`."""
    found = StoredFile.objects.filter(sha256=storage.digest_of(content), workspace=item.workspace_id)
    held = found.exclude(item=item.pk).select_related("item").first()
    if held is not None:
        told = f"The same bytes are held already: “{held.item}”, {held.get_absolute_url()}"
        raise ValidationError({"confirmed_repeat": ValidationError(told, code="held_already")})


def forget_old_uploads(now: datetime) -> int:
    """Remove uploads that nobody went on with, and what is left of others. Returns how many."""
    gone = 0
    with as_owner():
        old = list(Upload.objects.old())
    for upload in old:
        gone += _forget_unless_busy(upload)
    for key in pieces.nobodys((now - lifetime()).timestamp(), _named):
        pieces.place_of(key).unlink(missing_ok=True)
    return gone


def _forget_unless_busy(upload: Upload) -> bool:
    try:
        with pieces.held(upload.pk), as_owner():
            still_old = Upload.objects.old().filter(pk=upload.pk).exists()
            if still_old:
                upload.forget()
            return still_old
    except pieces.Busy:
        return False


def _named(names: list[str]) -> set[str]:
    with as_owner():
        return {
            str(key)
            for key in Upload.objects.filter(pk__in=[UUID(name) for name in names]).values_list("pk", flat=True)
        }
