"""Word documents (DOCX, DOCM). Macros are never run, and nothing that a document refers to is fetched."""

from typing import BinaryIO

from docx.opc.constants import CONTENT_TYPE
from docx.opc.part import PartFactory
from docx.oxml.ns import qn
from docx.package import Package
from docx.parts.document import DocumentPart
from docx.table import Table, _Cell

from evidence.readers.archives import office
from evidence.unreadable import Unreadable

WITH_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
TEMPLATES = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)
for content_type in (WITH_MACROS, *TEMPLATES):
    PartFactory.part_type_for.setdefault(content_type, DocumentPart)

DOCUMENTS = frozenset({CONTENT_TYPE.WML_DOCUMENT_MAIN, WITH_MACROS, *TEMPLATES})


def pages_of(stream: BinaryIO) -> list[str]:
    """Word keeps no pages: a new one begins at each explicit page break."""
    with office(stream):
        pass
    stream.seek(0)
    try:
        return _pages(stream)
    except Unreadable:
        raise
    except Exception as error:  # python-docx lets errors of several libraries through
        raise Unreadable("The Word document cannot be opened: its parts do not fit together.") from error


def _pages(stream: BinaryIO) -> list[str]:
    part = Package.open(stream).main_document_part
    if part.content_type not in DOCUMENTS:
        raise Unreadable("The Word document cannot be opened: its main part is no text.")
    pages: list[list[str]] = [[]]
    for block in part.document.iter_inner_content():
        if isinstance(block, Table):
            pages[-1] += _rows(block)
            continue
        if pages[-1] and any(each.get(qn("w:type")) == "page" for each in block._p.iter(qn("w:br"))):
            pages.append([])
        pages[-1].append(block.text)
    return ["\n".join(lines) for lines in pages]


def _rows(table: Table) -> list[str]:
    """Each cell once, however many columns it says that it spans."""
    return ["\t".join(_Cell(cell, table).text for cell in row.tc_lst) for row in table._tbl.tr_lst]
