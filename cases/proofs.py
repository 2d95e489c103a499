"""The proof bundle of a sealed packet: all that `bin/verify_packet.py` asks for, in one JSON file."""

from __future__ import annotations

from typing import Any

from accounts.errors import IllegalStep
from cases.models import SealedPacket
from ledger.models import LedgerEntry
from ledger.proofs import proof_of

FORMAT = "attest-proof/1"


def bundle_of(packet: SealedPacket) -> dict[str, Any]:
    """The packet and its seal, with the proof of the first entry about it that the reader may read."""
    entry = LedgerEntry.objects.filter(object_id=packet.pk, document__isnull=False).order_by("sequence").first()
    if entry is None:
        raise IllegalStep("The ledger shows no entry of this packet that you may read.")
    return {"format": FORMAT, "packet": packet.canonical, "seal": packet.sha256, **proof_of(entry)}
