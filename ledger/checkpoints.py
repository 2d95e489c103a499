"""Checkpoints: signed Merkle roots by which an outsider can prove that entries were there."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from ledger.models import Checkpoint, LedgerEntry


def merkle_root(hashes: list[bytes]) -> bytes:
    """The root over leaf hashes (RFC 9162, section 2.1: leaves prefixed 0x00, nodes 0x01)."""
    level = [hashlib.sha256(b"\x00" + each).digest() for each in hashes]
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        paired = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def audit_path(hashes: list[bytes], index: int) -> list[bytes]:
    """The hashes that lead from one leaf up to the root (RFC 9162, section 2.1.3)."""
    level = [hashlib.sha256(b"\x00" + each).digest() for each in hashes]
    path = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):  # the last of an odd level rises as it is
            path.append(level[sibling])
        paired = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level, index = paired + level[len(paired) * 2 :], index // 2
    return path


@transaction.atomic
def make_checkpoint() -> Checkpoint | None:
    """Cover everything committed since the last checkpoint; None if nothing was. Run as the owner.

    Only transactions below the oldest one still running are covered, so that none can slip in later.
    """
    last = Checkpoint.objects.select_for_update().order_by("-number").first()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, (SELECT number FROM ledger_epoch)"
        )
        horizon, epoch = cursor.fetchone()
    begin = last.to_transaction if last and last.epoch == epoch else 0
    hashes = _hashes(epoch, begin, horizon)
    if not hashes:
        return None
    checkpoint = Checkpoint(
        number=last.number + 1 if last else 1,
        epoch=epoch,
        from_transaction=begin,
        to_transaction=horizon,
        entries=len(hashes),
        root=merkle_root(hashes).hex(),
        previous_digest=last.digest if last else "",
        at=datetime.now(UTC),
    )
    checkpoint.digest = _digest(checkpoint)
    checkpoint.signature = _sign(checkpoint.digest)
    checkpoint.save(force_insert=True)
    return checkpoint


def first_broken_checkpoint() -> tuple[int, str] | None:
    """The number of the first checkpoint that does not fit, and why. Run as the owner."""
    previous = ""
    for checkpoint in Checkpoint.objects.order_by("number"):
        hashes = hashes_under(checkpoint)
        if len(hashes) != checkpoint.entries:
            return checkpoint.number, f"it covered {checkpoint.entries} entries; {len(hashes)} are there"
        if merkle_root(hashes).hex() != checkpoint.root:
            return checkpoint.number, "the entries that it covers have changed"
        if checkpoint.previous_digest != previous or checkpoint.digest != _digest(checkpoint):
            return checkpoint.number, "it was changed itself"
        if not signature_holds(checkpoint):
            return checkpoint.number, "its signature does not hold"
        previous = checkpoint.digest
    return None


def hashes_under(checkpoint: Checkpoint) -> list[bytes]:
    """The leaves of a checkpoint, in its order. Reads them all; run as the owner."""
    return _hashes(checkpoint.epoch, checkpoint.from_transaction, checkpoint.to_transaction)


def _hashes(epoch: int, begin: int, end: int) -> list[bytes]:
    entries = LedgerEntry.objects.filter(epoch=epoch, transaction__gte=begin, transaction__lt=end)
    ordered = entries.order_by("transaction", "sequence").values_list("entry_hash", flat=True)
    return [bytes(each) for each in ordered.iterator(chunk_size=10_000)]


def statement_of(checkpoint: Checkpoint) -> dict[str, Any]:
    """What the digest is taken of."""
    return {
        "number": checkpoint.number,
        "epoch": checkpoint.epoch,
        "from_transaction": checkpoint.from_transaction,
        "to_transaction": checkpoint.to_transaction,
        "entries": checkpoint.entries,
        "root": checkpoint.root,
        "previous_digest": checkpoint.previous_digest,
        "at": checkpoint.at.astimezone(UTC).isoformat(),
    }


def public_key() -> str:
    """The public half of the configured signing key, in hex; empty where there is none."""
    key = _key()
    return key.public_key().public_bytes_raw().hex() if key else ""


def _digest(checkpoint: Checkpoint) -> str:
    return hashlib.sha256(rfc8785.dumps(statement_of(checkpoint))).hexdigest()


def _key() -> Ed25519PrivateKey | None:
    seed = settings.LEDGER_SIGNING_KEY
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)) if seed else None


def _sign(digest: str) -> str:
    key = _key()
    return key.sign(bytes.fromhex(digest)).hex() if key else ""


def signature_holds(checkpoint: Checkpoint) -> bool:
    """Unsigned checkpoints hold by their chain alone; so do all where no key is configured."""
    key = _key()
    if key is None or not checkpoint.signature:
        return True
    try:
        key.public_key().verify(bytes.fromhex(checkpoint.signature), bytes.fromhex(checkpoint.digest))
    except InvalidSignature:
        return False
    return True
