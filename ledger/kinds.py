"""Every kind of record, by the name that the ledger gives it."""

from django.core.exceptions import ObjectDoesNotExist

from ledger.models import Record, kinds

__all__ = ["kinds", "name_of", "title_of"]


def title_of(kind: str) -> str:
    """A kind as a reader calls it: `evidence_item` is “Evidence item”."""
    return kind.replace("_", " ").capitalize()


def name_of(record: Record) -> str:
    """A record as its reader may call it; only its kind, where its own name needs what they may not read."""
    try:
        return str(record)
    except ObjectDoesNotExist:
        return title_of(record.kind)
