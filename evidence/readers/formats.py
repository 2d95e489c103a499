"""How text is taken from each format: one module for each, with `pages_of(stream)`. Pure: they know no record.

`FORMATS` names for each media type the function and what it rests on; `why_kept` says of others why no text is taken.
"""

from collections.abc import Callable
from typing import BinaryIO

from evidence import detection as kinds
from evidence.readers import html, mail, markup, plain, wacz, warc, word, xlsx

Pages = Callable[[BinaryIO], list[str]]

FORMATS: dict[str, tuple[Pages, str]] = {
    kinds.DOCX: (word.pages_of, "python-docx"),
    kinds.XLSX: (xlsx.pages_of, "openpyxl"),
    kinds.ODT: (markup.open_document_of, "lxml"),
    kinds.HTML: (html.pages_of, "trafilatura"),
    kinds.TEXT: (plain.pages_of, "plain"),
    kinds.CSV: (plain.table_of, "plain"),
    kinds.TSV: (plain.table_of, "plain"),
    kinds.SVG: (markup.drawing_of, "lxml"),
    kinds.EML: (mail.pages_of, "mail"),
    kinds.MHTML: (mail.pages_of, "mail"),
    kinds.WARC: (warc.pages_of, "warcio"),
    kinds.WACZ: (wacz.pages_of, "warcio"),
}

OLD_OFFICE = (
    "It is kept in a format of Office before 2007, which is not read here: add a copy saved as {} or PDF as well."
)
KEPT = {
    kinds.ZIP: "An archive has no text of its own.",
    kinds.DOC: OLD_OFFICE.format("DOCX"),
    kinds.XLS: OLD_OFFICE.format("XLSX"),
    kinds.PPT: OLD_OFFICE.format("PPTX"),
    kinds.OLE: "It is a compound file of Office, encrypted or of another program: it is kept as it is.",
    kinds.MSG: "It is a message of Outlook, which is not read here: add a copy saved as EML as well.",
    kinds.RTF: "Rich Text is not read here: add a copy saved as DOCX or PDF as well.",
    kinds.MBOX: "It is a mailbox of several mails, which is not opened here: add its mails as EML.",
}
UNPACKED_BY_HAND = frozenset(
    {kinds.GZIP, "application/x-7z-compressed", "application/vnd.rar", "application/x-tar", "application/x-xz"}
)


def why_kept(media_type: str) -> str:
    """One sentence on why no text is taken from a file of this type."""
    if media_type in UNPACKED_BY_HAND:
        return f"An archive of this type ({media_type}) is kept and not opened: add what it holds, or a ZIP file of it."
    return KEPT.get(media_type, f"No text is taken from {media_type}.")
