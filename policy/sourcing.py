"""How a measure on record says where it was read. Pure.

A measure that others took names its source in its remarks, or cites a passage. One that does neither is unsourced.
"""

from typing import Any

SOURCE = "Source: "
UNSOURCED = "Unsourced, to verify."


def remarks_of(document: dict[str, Any] | None, reference: str = "") -> str:
    """The line of the remarks that names a document of the register, or says that there is none."""
    if document is None:
        return UNSOURCED
    dated = f", {document['date']}" if document.get("date") else ""
    told = f" Reference {reference}." if reference else ""
    return f"{SOURCE}“{document['title']}”, {document['issuer']}{dated}.{told}"


def is_unsourced(*, is_on_record: bool, remarks: str, citations: int) -> bool:
    """Whether nothing says where a recorded measure was read. Our own responses rest on their grounds instead."""
    names_one = any(line.startswith(SOURCE) for line in remarks.splitlines())
    return is_on_record and not citations and not names_one
