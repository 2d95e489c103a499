"""Every kind of record, by the name that the ledger gives it."""

from ledger.models import kinds

__all__ = ["kinds", "title_of"]


def title_of(kind: str) -> str:
    """A kind as a reader calls it: `evidence_item` is “Evidence item”."""
    return kind.replace("_", " ").capitalize()
