"""Identifiers, time-ordered so that an index grows at its end, and what is kept of secrets."""

import hashlib
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUID version 7 (RFC 9562)."""
    return UUID(int=uuid7().int)


def is_uuid(told: object) -> bool:
    """Whether a text is a UUID's."""
    try:
        return bool(UUID(told))  # type: ignore[arg-type]
    except (ValueError, TypeError, AttributeError):
        return False


def digest_of(secret: str) -> str:
    """The SHA-256 of a secret, in hex: all that is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()
