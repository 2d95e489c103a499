"""Remove the bytes of files that were expunged: after the commit, and by a sweep where that was cut short."""

from __future__ import annotations

import logging

from django.db import connection

from evidence import storage
from evidence.choices import BytesState, Custody
from evidence.models.custody import CustodyEvent
from evidence.models.files import StoredFile
from evidence.viewing import clear_pictures_of
from ledger.acting import as_owner, taking
from ledger.models import kinds

AT_ONCE = 500
"""Files looked at in one run."""

logger = logging.getLogger("attest.evidence")


def remove_what_is_expunged() -> int:
    """Remove bytes that nothing else holds, and write it down in custody. Returns of how many files.

    The bytes go first and are written down then: cut short in between, the next run finds them gone and says so.
    """
    with as_owner():
        waiting = list(_waiting()[:AT_ONCE])
    return sum(map(_remove, waiting))


def _waiting():
    """Expunged files of whose bytes it is not written down that they were removed, oldest first."""
    removed = CustodyEvent.objects.filter(action=Custody.REMOVED).values("file")
    return StoredFile.objects.filter(bytes_state=BytesState.EXPUNGED).exclude(pk__in=removed).order_by("pk")


def _remove(file: StoredFile) -> bool:
    """Remove the bytes of one file, unless another record holds the same: whoever keeps these now waits, or is seen."""
    with as_owner(), taking("remove_bytes"):
        with connection.cursor() as cursor:
            cursor.execute(storage.HOLD_ALONE, [file.sha256])
        if _is_held(file.sha256) or not _is_still_waiting(file):
            return False
        try:
            storage.remove(file.sha256)
            _remove_what_was_made_of(file)
        except OSError:
            logger.exception("The bytes of %s could not be removed; it is tried again.", file.pk)
            return False
        scope = {"workspace_id": file.workspace_id, "marking": file.marking}
        CustodyEvent.objects.create(file=file, **scope, action=Custody.REMOVED, note=file.sha256)
    return True


def _remove_what_was_made_of(file: StoredFile) -> None:
    """Where its words stood, unless another file has the same, and what was drawn of its pages."""
    if file.layout and not _not_expunged(StoredFile.objects.filter(layout=file.layout)).exists():
        storage.remove(file.layout)
    clear_pictures_of(file)


def _is_still_waiting(file: StoredFile) -> bool:
    return _waiting().filter(pk=file.pk).exists()


def _is_held(sha256: str) -> bool:
    """Whether a record of any kind and room holds these bytes: a file that is not expunged, or what left."""
    holding = (model._default_manager.filter(sha256=sha256) for model in kinds().values() if hasattr(model, "sha256"))
    return any(_not_expunged(found).exists() for found in holding)


def _not_expunged(found):
    return found.exclude(bytes_state=BytesState.EXPUNGED) if found.model is StoredFile else found
