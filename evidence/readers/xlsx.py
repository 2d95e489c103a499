"""Excel workbooks (XLSX, XLSM): a page per sheet, rows with tabs between their cells."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import BinaryIO

import openpyxl

from evidence.readers.archives import office
from evidence.unreadable import Unreadable

MOST_SHEETS = 500
MOST_ROWS = 1_048_576
"""Of a sheet, as Excel has it."""

MOST_CELLS = 2_000_000
"""Of a workbook, empty ones between others counted."""


def pages_of(stream: BinaryIO) -> list[str]:
    """Values as they were last computed: no formula is computed here."""
    with office(stream):
        pass
    stream.seek(0)
    try:
        return _sheets(stream)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl lets errors of several libraries through
        raise Unreadable("The workbook cannot be opened: its parts do not fit together.") from error


def _sheets(stream: BinaryIO) -> list[str]:
    book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    try:
        if len(book.worksheets) > MOST_SHEETS:
            raise Unreadable(f"The workbook has more than {MOST_SHEETS} sheets.")
        pages, left = [], MOST_CELLS
        for sheet in book.worksheets:
            rows, left = _rows(sheet, left)
            pages.append("\n".join([sheet.title, *rows]))
        return pages
    finally:
        book.close()


def _rows(sheet, left: int) -> tuple[list[str], int]:
    """The rows of a sheet up to its last filled one, and how many cells may still be read."""
    sheet.reset_dimensions()  # what it declares may be anything
    rows: list[str] = []
    for row in _within(sheet.iter_rows(values_only=True), sheet.title):
        left -= len(row)
        if left < 0:
            raise Unreadable(f"The workbook has more than {MOST_CELLS:,} cells.")
        rows.append("\t".join(map(_shown, row)).rstrip("\t"))
    while rows and not rows[-1]:
        rows.pop()
    return rows, left


def _within(rows: Iterator[tuple], title: str) -> Iterator[tuple]:
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise Unreadable(f"The sheet “{title[:100]}” has more than {MOST_ROWS:,} rows.")
        yield row


def _shown(value: object) -> str:
    """A value as it is read aloud: a day without midnight, a line for a cell."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\t", " ").replace("\r", "").replace("\n", " ")
