"""The proof bundle of a sealed packet: all that `bin/verify_packet.py` asks for, in one JSON file."""

from __future__ import annotations

from typing import Any

from accounts.errors import IllegalStep
from cases.models import SealedPacket
from ledger.models import LedgerEntry
from ledger.proofs import proof_of

FORMAT = "attest-proof/1"

EXPUNGED = (
    "Personal data was expunged from this packet, so its seal can no longer be computed from it. The seal and its "
    "entry in the ledger stand: a bundle that was taken before still verifies."
)


def bundle_of(packet: SealedPacket) -> dict[str, Any]:
    """The packet and its seal, with the proof of the first entry about it that the reader may read."""
    if not packet.fits_its_seal:
        raise IllegalStep(EXPUNGED)
    entry = LedgerEntry.objects.filter(object_id=packet.pk, document__isnull=False).order_by("sequence").first()
    if entry is None:
        raise IllegalStep("The ledger shows no entry of this packet that you may read.")
    return {"format": FORMAT, "packet": packet.canonical, "seal": packet.sha256, **proof_of(entry)}
