#!/usr/bin/env python3
"""Check a proof bundle of Attest with nothing but Python 3.11: no Attest, no network, no packages.

    python3 verify_packet.py bundle.json --key <64 hexadecimal digits>

One line per step; exit status 0 if every step holds, 1 if one does not, 2 if the call was wrong.
The key is the public Ed25519 key of the ledger that you had from elsewhere. Without --key the one
in the bundle serves: then the bundle vouches for itself, and that is said.
"""

import argparse
import hashlib
import json
import sys
from itertools import pairwise

FORMAT = "attest-proof/1"
# What an entry's text says, in its order (`ledger_canonical` of Attest's ledger).
ENTRY = (
    *("sequence", "epoch", "transaction", "at", "user_id", "client_id", "step", "reason", "kind", "object_id"),
    *("version", "operation", "workspace_id", "marking", "document_sha256", "previous_hash"),
)
CHECKPOINT = ("number", "epoch", "from_transaction", "to_transaction", "entries", "root", "previous_digest", "at")


class Fault(Exception):
    """What does not hold, as a sentence."""


# --- Canonical JSON (RFC 8785), for texts, whole numbers, true, false and null --------------------


def canonical(value) -> str:
    """The one text of a value. A number that is not whole is refused: packets hold none."""
    if isinstance(value, dict):
        ordered = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in ordered) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or (type(value) is int and abs(value) > 2**53 - 1):
        raise Fault(f"It holds the number {value}, which is not whole or too large: packets hold none such.")
    return json.dumps(value, ensure_ascii=False)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --- Ed25519 (RFC 8032, section 5.1) --------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def recover_x(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point(told: bytes) -> tuple | None:
    """A point from its 32 bytes, in extended coordinates; None if they are none."""
    y = int.from_bytes(told, "little")
    x = recover_x(y & (2**255 - 1), y >> 255)
    return None if x is None else (x, y & (2**255 - 1), 1, x * (y & (2**255 - 1)) % P)


def add(a: tuple, b: tuple) -> tuple:
    left, right = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = right - left, d - c, d + c, right + left
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, base: tuple) -> tuple:
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, base)
        base, number = add(base, base), number >> 1
    return result


def same(a: tuple, b: tuple) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signature_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` over `message` is by the holder of this public key."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment = point(key), point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return same(times(scalar, BASE), add(commitment, times(challenge, public)))


# --- The steps ------------------------------------------------------------------------------------


def packet_is_canonical(bundle: dict) -> str:
    if canonical(json.loads(bundle["packet"])) != bundle["packet"]:
        raise Fault("The packet is not in canonical form (RFC 8785): it was changed or re-written.")
    return "The packet is in canonical form (RFC 8785)."


def seal_fits(bundle: dict) -> str:
    if sha256(bundle["packet"]) != bundle["seal"]:
        raise Fault(f"The seal does not fit: the packet's SHA-256 is {sha256(bundle['packet'])}.")
    return f"The seal is the packet's SHA-256: {bundle['seal']}."


def document_fits(bundle: dict) -> str:
    if sha256(bundle["document"]) != entry_of(bundle)["document_sha256"]:
        raise Fault("The ledger's document was changed: its SHA-256 is not the one in its entry.")
    return "The ledger's document has the SHA-256 that its entry names."


def document_holds_the_packet(bundle: dict) -> str:
    document, entry = json.loads(bundle["document"]), entry_of(bundle)
    claim = json.loads(bundle["packet"])["attribution"]
    told = [entry["kind"], entry["object_id"], document["canonical"], document["sha256"]]
    told += [document["attribution_id"], document["round"]]
    if told != ["sealed_packet", document["id"], bundle["packet"], bundle["seal"], claim["id"], claim["round"]]:
        raise Fault("The ledger's document is not the record of this packet and this seal.")
    return f"The ledger's document is the record of this packet: attribution {claim['id']}, round {claim['round']}."


def entry_hash_fits(bundle: dict) -> str:
    if sha256(bundle["entry"]["canonical"]) != bundle["entry"]["hash"]:
        raise Fault("The ledger entry was changed: its hash does not fit what it says.")
    entry = entry_of(bundle)
    return f"Ledger entry {entry['sequence']}, written {entry['at']}, has the hash {bundle['entry']['hash']}."


def entry_is_under_the_root(bundle: dict) -> str:
    """RFC 9162, section 2.1.3.2: climb from the leaf to the root."""
    entry, checkpoint, inclusion = entry_of(bundle), covering(bundle), bundle["inclusion"]
    within = checkpoint["from_transaction"] <= entry["transaction"] < checkpoint["to_transaction"]
    if not within or entry["epoch"] != checkpoint["epoch"] or inclusion["tree_size"] != checkpoint["entries"]:
        raise Fault(f"Checkpoint {checkpoint['number']} does not cover this entry.")
    index, last = inclusion["leaf_index"], inclusion["tree_size"] - 1
    if not 0 <= index <= last:
        raise Fault("The audit path names a place outside the checkpoint.")
    node = hashlib.sha256(b"\0" + bytes.fromhex(bundle["entry"]["hash"])).digest()
    for step in map(bytes.fromhex, inclusion["path"]):
        if last == 0:
            raise Fault("The audit path is too long.")
        if index & 1 or index == last:
            node = hashlib.sha256(b"\1" + step + node).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + step).digest()
        index, last = index >> 1, last >> 1
    if last or node.hex() != checkpoint["root"]:
        raise Fault(f"The audit path does not lead from the entry to the root of checkpoint {checkpoint['number']}.")
    return f"The entry is one of {checkpoint['entries']} under the root of checkpoint {checkpoint['number']}."


def checkpoint_fits(bundle: dict) -> str:
    checkpoint = covering(bundle)
    if digest_of(checkpoint) != checkpoint["digest"]:
        raise Fault(f"Checkpoint {checkpoint['number']} was changed: its digest does not fit what it says.")
    return f"Checkpoint {checkpoint['number']} of {checkpoint['at']} has the digest {checkpoint['digest']}."


def chain_fits(bundle: dict) -> str:
    links = [covering(bundle), *bundle["chain"]]
    for before, after in pairwise(links):
        follows = after["number"] == before["number"] + 1 and after["previous_digest"] == before["digest"]
        if not follows or digest_of(after) != after["digest"]:
            raise Fault(f"Checkpoint {after['number']} does not follow checkpoint {before['number']}.")
    if len(links) == 1:
        return "No chain is needed: this checkpoint stands for itself."
    return f"The chain of {len(links)} checkpoints holds as far as checkpoint {links[-1]['number']}."


def signature_fits(bundle: dict, key: str, allow_unsigned: bool) -> str:
    signed = [covering(bundle), *bundle["chain"]][-1]
    name = f"checkpoint {signed['number']}"
    if not signed["signature"]:
        if allow_unsigned:
            return f"The {name} is not signed, as you allowed: nothing outside this ledger vouches for it."
        raise Fault(f"The {name} is not signed: nothing outside this ledger vouches for it (--allow-unsigned).")
    by = "the key that you gave" if key else "the key in the bundle, so the bundle vouches for itself: compare it"
    key = key or bundle["public_key"]
    if not key:
        raise Fault(f"No key to check {name} with: the bundle holds none, give one with --key.")
    if not signature_holds(bytes.fromhex(key), bytes.fromhex(signed["digest"]), bytes.fromhex(signed["signature"])):
        raise Fault(f"The signature of {name} does not hold by {by} ({key}).")
    return f"The signature of {name} holds by {by} ({key})."


STEPS = [
    ("packet", packet_is_canonical),
    ("seal", seal_fits),
    ("document", document_fits),
    ("record", document_holds_the_packet),
    ("entry", entry_hash_fits),
    ("path", entry_is_under_the_root),
    ("checkpoint", checkpoint_fits),
    ("chain", chain_fits),
]


def entry_of(bundle: dict) -> dict:
    told = json.loads(bundle["entry"]["canonical"])
    if len(told) != len(ENTRY):
        raise Fault("The ledger entry does not have the parts of an entry.")
    return dict(zip(ENTRY, told, strict=True))


def covering(bundle: dict) -> dict:
    if bundle["checkpoint"] is None:
        raise Fault(bundle["uncovered"] or "No checkpoint covers this entry.")
    return bundle["checkpoint"]


def digest_of(checkpoint: dict) -> str:
    return sha256(canonical({name: checkpoint[name] for name in CHECKPOINT}))


def holds(name: str, step, *arguments) -> bool:
    """Run one step and say in one line how it went."""
    try:
        print(f"ok    {name:<11}{step(*arguments)}")
        return True
    except Fault as fault:
        print(f"FAIL  {name:<11}{fault}")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        print(f"FAIL  {name:<11}This part of the bundle cannot be read: {error!r}.")
    return False


def read(path: str) -> dict:
    with open(path, encoding="utf-8", newline="") as file:
        bundle = json.load(file)
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    return bundle


def main() -> int:
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    parser = argparse.ArgumentParser(description="Check a proof bundle of Attest.")
    parser.add_argument("bundle", help="the file that Attest gave, as JSON")
    parser.add_argument("--key", default="", help="the ledger's public Ed25519 key, 64 hexadecimal digits")
    parser.add_argument("--allow-unsigned", action="store_true", help="accept a checkpoint without a signature")
    told = parser.parse_args()
    if told.key and (len(told.key) != 64 or set(told.key.lower()) - set("0123456789abcdef")):
        parser.error("--key wants 64 hexadecimal digits")
    try:
        bundle = read(told.bundle)
    except (OSError, ValueError, RecursionError) as error:
        print(f"FAIL  bundle     {told.bundle} is not a proof bundle: {error}.")
        return 1
    results = [holds(name, step, bundle) for name, step in STEPS]
    results.append(holds("signature", signature_fits, bundle, told.key.lower(), told.allow_unsigned))
    failed = results.count(False)
    print("Everything holds." if not failed else f"{failed} of {len(results)} steps do not hold. Do not rely on this.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
