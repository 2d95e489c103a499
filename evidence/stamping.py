"""RFC 3161 time-stamps: an authority outside signs that a file's hash existed at a time.

Only the hash leaves. An answer is kept once it verifies: granted, for this hash and this request, signed by a
certificate for time-stamping that the configured roots vouch for.
"""

from __future__ import annotations

import base64
import logging
import secrets
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import IntegrityError
from django.http import HttpResponse
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

from evidence.choices import BytesState, Custody
from evidence.models import CustodyEvent, StoredFile, TimeStamp
from ledger.acting import as_owner, taking

AT_ONCE = 50
"""Files stamped in one run."""

PATIENCE = 20
"""Seconds that an authority may take."""

LONGEST = 100_000
"""Bytes of an answer."""

BEFORE_THE_HASH = bytes.fromhex("020101303130 0d0609608648016503040201 0500 0420".replace(" ", ""))
"""Version 1, then SHA-256 and the length of what it gives (DER)."""

ASKS_FOR_THE_CERTIFICATE = bytes.fromhex("0101ff")

SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")

logger = logging.getLogger("attest.evidence")


class NotStamped(Exception):
    """Why there is no time-stamp; one sentence."""


class Stamp(NamedTuple):
    """What a verified answer says."""

    signer: str
    stamped_at: datetime
    serial: str
    policy: str


def stamp_what_is_not() -> int:
    """Have the configured authority stamp files that it has not stamped, oldest first. Returns how many it did.

    Without an authority nothing happens. The first failure ends the run: the next one tries again.
    """
    if not settings.TIMESTAMP_URL:
        return 0
    with as_owner():
        waiting = StoredFile.objects.filter(bytes_state=BytesState.WHOLE).exclude(
            time_stamps__authority=settings.TIMESTAMP_URL
        )
        waiting = list(waiting.order_by("pk")[:AT_ONCE])
    for done, file in enumerate(waiting):
        try:
            stamp_file(file)
        except NotStamped as refusal:
            logger.error("No time-stamp from %s: %s", settings.TIMESTAMP_URL, refusal)
            return done
    return len(waiting)


def stamp_file(file: StoredFile) -> None:
    """Ask for a file's time-stamp, verify it and keep it, with its custody event. Raises `NotStamped`."""
    nonce = secrets.randbits(63) | 1 << 62
    response = ask(settings.TIMESTAMP_URL, request_for(file.sha256, nonce))
    told = verified(response, file.sha256, roots=roots(), nonce=nonce)
    scope = {"file": file, "workspace_id": file.workspace_id, "marking": file.marking}
    with as_owner(), taking("stamp"):
        try:
            TimeStamp.objects.create(
                **scope,
                **told._asdict(),
                authority=settings.TIMESTAMP_URL,
                response=base64.b64encode(response).decode(),
            )
        except IntegrityError as refusal:
            raise NotStamped("Another run stamped it at the same moment.") from refusal
        CustodyEvent.objects.create(
            **scope, action=Custody.STAMPED, note=f"{told.stamped_at:%Y-%m-%d %H:%M:%S} UTC by {told.signer}"[:500]
        )


def request_for(sha256: str, nonce: int) -> bytes:
    """A TimeStampReq (DER) for a hash, with an eight-byte nonce and asking for the signer's certificate."""
    body = BEFORE_THE_HASH + bytes.fromhex(sha256) + b"\x02\x08" + nonce.to_bytes(8) + ASKS_FOR_THE_CERTIFICATE
    return b"\x30" + bytes([len(body)]) + body


def ask(url: str, request: bytes) -> bytes:
    """Send a request to an authority (RFC 3161, section 3.4). Raises `NotStamped`."""
    asked = urllib.request.Request(url, request, {"Content-Type": "application/timestamp-query"})  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310 - settings allow http and https only
            return answer.read(LONGEST)
    except (urllib.error.URLError, OSError) as refusal:
        raise NotStamped(f"it did not answer ({refusal})") from refusal


def roots() -> list[x509.Certificate]:
    """The certificates that vouch for the authority."""
    return x509.load_pem_x509_certificates(Path(settings.TIMESTAMP_ROOTS).read_bytes())


def verified(response: bytes, sha256: str, *, roots: list[x509.Certificate], nonce: int | None = None) -> Stamp:
    """What an answer says, if it holds. Raises `NotStamped`."""
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    if nonce is not None:
        builder = builder.nonce(nonce)
    try:
        told = decode_timestamp_response(response)
        builder.build().verify(told, bytes.fromhex(sha256))
    except (ValueError, VerificationError) as refusal:
        raise NotStamped(f"its answer does not hold ({refusal})") from refusal
    info = told.tst_info
    if info.message_imprint.hash_algorithm != SHA256:
        raise NotStamped("its answer is about another kind of hash")
    return Stamp(
        signer=_signer(told),
        stamped_at=info.gen_time,
        serial=str(info.serial_number),
        policy=info.policy.dotted_string,
    )


def answer_of(stamp: TimeStamp) -> HttpResponse:
    """What the authority answered, as a download."""
    answer = HttpResponse(base64.b64decode(stamp.response), content_type="application/timestamp-reply")
    answer["Content-Disposition"] = f'attachment; filename="{stamp.file.sha256}.tsr"'
    return answer


def _signer(told: TimeStampResponse) -> str:
    """Whom the certificate that signed it names: the common name, else the whole subject."""
    (info,) = told.signed_data.signer_infos
    sent = map(x509.load_der_x509_certificate, told.signed_data.certificates)
    certificate = next(each for each in sent if (each.issuer, each.serial_number) == (info.issuer, info.serial_number))
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value if names else certificate.subject.rfc4514_string())[:500]
