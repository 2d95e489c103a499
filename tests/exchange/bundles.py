"""Proof bundles for tests, and the script that checks them, run as an outsider would."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoints import audit_path, merkle_root

SCRIPT = Path(__file__).resolve().parents[2] / "bin" / "verify_packet.py"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
PACKET: dict[str, Any] = {
    "format": "attest-sealed-packet/2",
    "attribution": {"id": "0000", "round": 1, "statement": 'Zażółć "gęślą"\n🚌 \u2028'},
    "citations": [{"quote": "The carriers flew people in.", "origin": 0}],
    "policy": {"id": "2026-1", "numbers": {"origins": 3, "weight": "1.414"}},
    "note": "",
    "é": True,
    "\ue000": None,
    "🚌": False,
}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def a_bundle(*, size: int = 7, index: int = 2, signed: bool = True, chained: bool = False) -> dict[str, Any]:
    """A good bundle; `chained` leaves its checkpoint unsigned and signs the one after it."""
    packet = rfc8785.dumps(PACKET).decode()
    document = json.dumps(
        {"id": "p", "round": 1, "attribution_id": "0000", "canonical": packet, "sha256": sha256(packet)},
        ensure_ascii=False,
    )
    columns = [9, 1, 50, "2026-11-24T12:00:00.000001Z", "u", None, "add", "", "sealed_packet", "p", 1, "created", "w"]
    canonical = json.dumps([*columns, "amber", sha256(document), None], ensure_ascii=False)
    hashes = [hashlib.sha256(bytes([n])).digest() for n in range(size)]
    hashes[index] = bytes.fromhex(sha256(canonical))
    links = [a_checkpoint(1, merkle_root(hashes).hex(), size, "", signed=signed and not chained)]
    if chained:
        links.append(a_checkpoint(2, "00" * 32, 4, links[0]["digest"], signed=signed))
    return {
        "format": "attest-proof/1",
        "packet": packet,
        "seal": sha256(packet),
        "document": document,
        "entry": {"canonical": canonical, "hash": sha256(canonical)},
        "uncovered": "",
        "inclusion": {"leaf_index": index, "tree_size": size, "path": [p.hex() for p in audit_path(hashes, index)]},
        "checkpoint": links[0],
        "chain": links[1:],
        "public_key": PUBLIC,
    }


def a_checkpoint(number: int, root: str, entries: int, previous: str, *, signed: bool) -> dict[str, Any]:
    told = {"number": number, "epoch": 1, "from_transaction": 0 if number == 1 else 100, "to_transaction": 100 * number}
    told |= {"entries": entries, "root": root, "previous_digest": previous, "at": "2026-11-24T13:07:00+00:00"}
    digest = hashlib.sha256(rfc8785.dumps(told)).hexdigest()
    return {**told, "digest": digest, "signature": KEY.sign(bytes.fromhex(digest)).hex() if signed else ""}


def verify(bundle, tmp_path: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and words of the script, run without site packages and without this project."""
    place = tmp_path / "bundle.json"
    place.write_bytes(bundle if isinstance(bundle, bytes) else json.dumps(bundle, ensure_ascii=False).encode())
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(place), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, timeout=60)
    assert ran.stderr == "" or ran.returncode == 2, ran.stderr
    return ran.returncode, ran.stdout
