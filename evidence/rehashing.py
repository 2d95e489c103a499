"""Preservation: stored bytes are hashed again in turn, and whoever relies on them is told where they changed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from accounts.choices import SUPERVISORS
from evidence import storage
from evidence.choices import BytesState, Custody
from evidence.models import ByteCheck, CustodyEvent, StoredFile
from ledger.acting import as_owner, taking
from ledger.choices import Event
from ledger.notices import readers_of, tell

AT_ONCE = 500
"""Files looked at in one run."""

MOST_BYTES = 20 * 2**30
"""Bytes read in one run, give or take the last file."""

FOUND = {BytesState.ALTERED: Custody.ALTERED, BytesState.MISSING: Custody.MISSING, BytesState.WHOLE: Custody.RESTORED}

SENTENCES = {
    BytesState.ALTERED: "The stored bytes of “{}” no longer have the hash they came with.",
    BytesState.MISSING: "The stored bytes of “{}” are gone.",
    BytesState.WHOLE: "The stored bytes of “{}” are whole again.",
}

logger = logging.getLogger("attest.evidence")


def check_what_is_due(now: datetime) -> int:
    """Hash again what was not looked at for `RECHECK_DAYS`, longest ago first. Returns how many were not whole.

    Reading takes long, so it happens outside any transaction; each file is written down on its own.
    """
    with as_owner():
        due = list(_due(now))
    bad, read = 0, 0
    for file in due:
        state = state_of(file.sha256)
        note(file, state, now)
        bad += state != BytesState.WHOLE
        read += file.size
        if read > MOST_BYTES:
            break
    return bad


def _due(now: datetime) -> Iterable[StoredFile]:
    before = now - timedelta(days=settings.RECHECK_DAYS)
    kept = StoredFile.objects.exclude(bytes_state=BytesState.EXPUNGED)
    due = kept.filter(Q(byte_check=None) | Q(byte_check__checked_at__lt=before))
    return due.order_by(F("byte_check__checked_at").asc(nulls_first=True), "pk")[:AT_ONCE]


def state_of(sha256: str) -> BytesState:
    """What the stored bytes are now. Reads them whole."""
    match storage.hash_of(sha256):
        case None:
            return BytesState.MISSING
        case found if found == sha256:
            return BytesState.WHOLE
        case _:
            return BytesState.ALTERED


def note(file: StoredFile, state: BytesState, now: datetime) -> None:
    """Write down that a file was looked at; where its state changed, in its custody, and tell of it.

    The filtered update is both check and lock: of two lookers one tells.
    """
    with as_owner():
        ByteCheck.objects.update_or_create(file_id=file.pk, defaults={"checked_at": now})
        with taking("check_bytes"):
            changed = (
                StoredFile.objects.filter(pk=file.pk)
                .exclude(bytes_state__in=[state, BytesState.EXPUNGED])
                .update(bytes_state=state)
            )
            if changed:
                _raise_alarm(StoredFile.objects.select_related("item__source").get(pk=file.pk), state)


def _raise_alarm(file: StoredFile, state: BytesState) -> None:
    """As owner: custody says it, supervisors and stewards are told, and approvals are looked at again."""
    sentence = SENTENCES[state].format(file)
    CustodyEvent.objects.create(
        file=file, workspace_id=file.workspace_id, marking=file.marking, action=FOUND[state], note=file.sha256
    )
    logger.error("%s: %s", file.pk, "whole again" if state == BytesState.WHOLE else state.label.lower())
    in_charge = readers_of(file.workspace_id, file.marking).filter(
        memberships__workspace=file.workspace_id, memberships__role__in=SUPERVISORS, memberships__ended_at=None
    )
    tell(in_charge.distinct(), about=file.item, event=Event.BYTES_NOT_WHOLE, sentence=sentence)
    file.item.say_moved(by=None, reason=sentence)
