"""The reading of a stored file: outside any transaction, in a process of its own, kept all at once when it is done.

A worker that is killed meanwhile leaves the file waiting and nothing half kept; its job is given to another.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from evidence import apart, ocr_languages, storage
from evidence.allowance import allowed
from evidence.choices import Extraction
from evidence.models import ReadingProgress, StoredFile
from evidence.unreadable import Unreadable, Unsupported
from ledger.acting import acting_as

TOLD_EVERY = 1.0
"""Seconds between two tellings of how far a reading has come."""

GONE = "The bytes of this file are not in the store."


def read_file(file_id: UUID, person: User) -> None:
    """Take the text out of a file that waits for it. What cannot be read is kept and says why."""
    with acting_as(person):
        file = StoredFile.objects.select_related("item").filter(pk=file_id, extraction=Extraction.WAITING).first()
    if file is None:
        return
    traits: list[tuple[str, str]] = []
    try:
        with storage.on_disk(file.sha256) as path:
            traits = _traits_of(file, path)
            taken = _read(file, path, person)
    except (FileNotFoundError, Unreadable) as reason:
        sentence = str(reason) if isinstance(reason, Unreadable) else GONE
        with acting_as(person):
            is_unsupported = isinstance(reason, Unsupported)
            file.refuse_reading(by=person, sentence=sentence, is_unsupported=is_unsupported, traits=traits)
        return
    with acting_as(person):
        file.keep_reading(
            by=person,
            pages=taken.pages,
            languages=taken.languages,
            extractor=taken.extractor,
            extractor_version=taken.extractor_version,
            notes=taken.notes,
            traits=traits,
        )


def _traits_of(file: StoredFile, path: Path) -> list[tuple[str, str]]:
    """What it holds that whoever opens it should know; nothing where that cannot be told."""
    try:
        return apart.look(path, file.media_type, limits=allowed())
    except Unreadable:
        return []


def _read(file: StoredFile, path: Path, person: User) -> apart.Reading:
    told = _Telling(file, person).hear
    return apart.read(path, file.media_type, limits=allowed(), languages=_languages_of(file), told=told)


def _languages_of(file: StoredFile) -> list[str]:
    """In which OCR reads: as somebody chose, else that of the item, and those that are set here."""
    if file.ocr_languages:
        return file.ocr_languages
    return list(dict.fromkeys([*ocr_languages.of(file.item.language), *settings.OCR_LANGUAGES]))


class _Telling:
    """Writes down now and then how far a reading has come, for whoever looks at the file."""

    def __init__(self, file: StoredFile, person: User) -> None:
        self.file, self.person, self.last = file, person, monotonic()

    def hear(self, pages_read: int, page_count: int) -> None:
        if monotonic() - self.last < TOLD_EVERY:
            return
        self.last = monotonic()
        told = {"pages_read": pages_read, "page_count": page_count, "told_at": timezone.now()}
        with acting_as(self.person):
            ReadingProgress.objects.update_or_create(file=self.file, defaults=told)
