"""Identifiers: time-ordered, so that an index grows at its end."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUID version 7 (RFC 9562)."""
    return UUID(int=uuid7().int)
