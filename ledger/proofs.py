"""Proofs: what an outsider needs to see that an entry stood in the ledger when a checkpoint was signed."""

from __future__ import annotations

from typing import Any

from django.db import connection

from ledger.acting import as_owner
from ledger.checkpoints import audit_path, hashes_under, public_key, signature_holds, statement_of
from ledger.models import Checkpoint, LedgerEntry

NOT_COVERED = "This entry is not yet covered by a checkpoint: the next one is made within the hour."

WORDS = "SELECT e.document::text, ledger_canonical(e) FROM ledger_entry e WHERE e.sequence = %s"


def proof_of(entry: LedgerEntry) -> dict[str, Any]:
    """An entry as hashed, its audit path and the checkpoint over it, ready for JSON.

    The reader sees the entry, or this finds nothing to prove. The path's hashes come from
    entries that the reader may not see: a hash tells nothing of them. Reads every hash under the
    checkpoint. Before a checkpoint covers the entry, `checkpoint` is None and `uncovered` says so.
    """
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [entry.sequence])
        document, canonical = cursor.fetchone()
    checkpoint = _covering(entry)
    return {
        "document": document,
        "entry": {"canonical": canonical, "hash": entry.hash_text},
        "uncovered": "" if checkpoint else NOT_COVERED,
        **(_proven(entry, checkpoint) if checkpoint else UNPROVEN),
    }


UNPROVEN: dict[str, Any] = {"inclusion": None, "checkpoint": None, "chain": [], "public_key": ""}


def _covering(entry: LedgerEntry) -> Checkpoint | None:
    return Checkpoint.objects.filter(
        epoch=entry.epoch, from_transaction__lte=entry.transaction, to_transaction__gt=entry.transaction
    ).first()


def _proven(entry: LedgerEntry, checkpoint: Checkpoint) -> dict[str, Any]:
    with as_owner():
        hashes = hashes_under(checkpoint)
    index = hashes.index(bytes(entry.entry_hash))
    chain = _up_to_a_signature(checkpoint)
    signed = [checkpoint, *chain][-1]
    return {
        "inclusion": {
            "leaf_index": index,
            "tree_size": len(hashes),
            "path": [each.hex() for each in audit_path(hashes, index)],
        },
        "checkpoint": _told(checkpoint),
        "chain": [_told(each) for each in chain],
        "public_key": public_key() if signed.signature and signature_holds(signed) else "",
    }


def _up_to_a_signature(checkpoint: Checkpoint) -> list[Checkpoint]:
    """The checkpoints after an unsigned one, as far as the first that is signed; none if none is."""
    if checkpoint.signature:
        return []
    signed = Checkpoint.objects.filter(number__gt=checkpoint.number).exclude(signature="").first()
    if signed is None:
        return []
    return list(Checkpoint.objects.filter(number__gt=checkpoint.number, number__lte=signed.number))


def _told(checkpoint: Checkpoint) -> dict[str, Any]:
    return {**statement_of(checkpoint), "digest": checkpoint.digest, "signature": checkpoint.signature}
