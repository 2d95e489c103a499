"""Read counts from rows copied out of a spreadsheet: what each row says, and what is wrong with it. Pure."""

import csv
import re
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_ROWS = 300
"""Rows of one paste."""

COLUMNS = {
    "from": ("from", "since", "start", "begin", "began", "date", "period", "month", "year", "day", "observed from"),
    "to": ("to", "until", "end", "ended", "observed to"),
    "number": ("number", "count", "n", "total", "figure", "persons", "people"),
    "low": ("low", "lower", "minimum", "min"),
    "high": ("high", "upper", "maximum", "max"),
    "unit": ("unit", "what is counted"),
    "category": ("category", "who", "group"),
    "country": ("country", "of country", "nationality", "nationals of"),
    "note": ("note", "notes", "comment", "remark", "wording"),
}
"""Columns by name, and what a header row may call them."""

WITHOUT_HEADER = ("from", "to", "number", "unit", "category", "country", "note")
"""The order of columns where there is no header row."""

SPACES = "[ \u00a0\u2007\u2009\u202f]"
GROUPED = re.compile(rf"\d{{1,3}}(?:(?P<mark>[.,'\u2019]|{SPACES})\d{{3}})(?:(?P=mark)\d{{3}})*|\d+")
RANGE = re.compile(r"\s*(?:[-\u2010-\u2015\u2212]|\bto\b|\.\.+|\u2026)\s*")
ABOUT = re.compile(r"^(?:~|\u2248|\u223c|about|approx\.?|approximately|circa|ca\.?|c\.)\s*", re.IGNORECASE)
DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class Number(NamedTuple):
    """A count as written: equal ends where it is exact; `about` where it says so."""

    low: int
    high: int
    about: bool


@dataclass
class Row:
    """One row: its cells by column, what it was read as, and errors by column."""

    number: int
    cells: dict[str, str]
    fields: dict[str, object] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def shown(self) -> dict[str, object]:
        """What was read, by column; where it could not be read, the cell as pasted."""
        low, high = self.fields.get("low"), self.fields.get("high")
        read = {
            "from": self.fields.get("observed_from"),
            "to": self.fields.get("observed_to"),
            "number": None if low is None else f"{low}" if low == high else f"{low} to {high}",
            "country": self.fields.get("of_country"),
            **{name: self.fields.get(name) for name in ("unit", "category", "note")},
        }
        return {column: value or self.cells.get(column, "") for column, value in read.items()}

    def refuse(self, column: str, sentence: str) -> None:
        self.errors.setdefault(column, []).append(sentence)


@dataclass
class Sheet:
    """What was pasted: its rows, and an error about the whole."""

    rows: list[Row]
    error: str = ""

    @property
    def is_clean(self) -> bool:
        return bool(self.rows) and not self.error and not self.faults

    @property
    def faults(self) -> int:
        """How many rows cannot be recorded as they are."""
        return sum(bool(row.errors) for row in self.rows)


def read_number(text: str) -> Number:
    """`1 200`, `1.200`, `1,200`, `1200-1500`, `~1200`. Raises `ValueError` with a sentence."""
    written = text.strip()
    bare = ABOUT.sub("", written)
    ends = [_whole(ABOUT.sub("", each), written) for each in RANGE.split(bare)]
    if len(ends) > 2:
        raise ValueError(f"“{written}” is no count: write one number or a range like 1200-1500.")
    if ends[0] > ends[-1]:
        raise ValueError(f"“{written}” runs from the higher number to the lower.")
    return Number(ends[0], ends[-1], bare != written)


def _whole(text: str, written: str) -> int:
    if not GROUPED.fullmatch(text.strip()):
        raise ValueError(f"“{written}” is no whole number: write it like 1200, 1 200 or 1200-1500.")
    return int(re.sub(r"\D", "", text))


def read_date(text: str) -> str:
    """A partial date; `15.7.2021` is turned round. What else it may be is left to the field's own rule."""
    if found := DOTTED_DAY.fullmatch(text.strip()):
        day, month, year = found.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    return text.strip()


def read_choice(text: str, choices: list[tuple[str, str]]) -> str:
    """The value of a choice by its value or label, whatever the case. Raises `ValueError`."""
    wanted = text.strip().lower().replace("_", " ")
    for value, label in choices:
        if wanted in (value.replace("_", " "), label.lower()):
            return value
    raise ValueError(f"“{text.strip()}” is none of {', '.join(label.lower() for _, label in choices)}.")


def read_sheet(text: str) -> Sheet:
    """Cut pasted text into rows and cells. Tabs part cells before semicolons, semicolons before commas."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    mark = next((each for each in "\t;" if each in lines), ",")
    told = enumerate(csv.reader(lines.split("\n"), delimiter=mark), 1)
    cut = [(number, cells) for number, cells in told if any(cell.strip() for cell in cells)]
    if not cut:
        return Sheet([], "Paste at least one row.")
    named = _header(cut[0][1])
    columns = named or list(WITHOUT_HEADER)
    rows = [_row(number, cells, columns) for number, cells in (cut[1:] if named else cut)]
    return Sheet(rows, _fault_of_whole(columns, rows))


def _header(cells: list[str]) -> list[str]:
    """The columns that a header row names; none if it is no header row."""
    known = {name: column for column, names in COLUMNS.items() for name in names}
    columns = [known.get(cell.strip().lower().replace("_", " "), f"?{cell.strip()}") for cell in cells]
    return columns if sum(not each.startswith("?") for each in columns) >= 2 else []


def _row(number: int, cells: list[str], columns: list[str]) -> Row:
    row = Row(number, {column: cell.strip() for column, cell in zip(columns, cells, strict=False)})
    if any(cell.strip() for cell in cells[len(columns) :]):
        row.refuse(columns[-1], f"This row has {len(cells)} cells, the columns are {len(columns)}.")
    return row


def _fault_of_whole(columns: list[str], rows: list[Row]) -> str:
    unknown = [each for each in columns if each.startswith("?")]
    if used := [each[1:] for each in unknown if any(row.cells.get(each) for row in rows)]:
        return f"There is no column “{used[0]}”. Known are {', '.join(COLUMNS)}."
    known = [each for each in columns if each not in unknown]
    if len(set(known)) < len(known):
        return "The header names a column twice."
    if not rows:
        return "There is a header row and nothing below it."
    return f"At most {MOST_ROWS} rows at once; these are {len(rows)}." if len(rows) > MOST_ROWS else ""


def read_counts(sheet: Sheet, *, units: list[tuple[str, str]], categories: list[tuple[str, str]]) -> None:
    """Read every row's cells into the fields of a count, and note what cannot be read."""
    for row in sheet.rows:
        _read_count(row, units, categories)
    _refuse_repeated(sheet.rows)


def _read_count(row: Row, units: list, categories: list) -> None:
    row.fields |= {
        "observed_from": read_date(row.cells.get("from", "")),
        "observed_to": read_date(row.cells.get("to", "")),
        "note": row.cells.get("note", ""),
    }
    for column, name, choices in (("unit", "unit", units), ("category", "category", categories)):
        if cell := row.cells.get(column):
            try:
                row.fields[name] = read_choice(cell, choices)
            except ValueError as fault:
                row.refuse(column, str(fault))
    if country := row.cells.get("country"):
        row.fields["of_country"] = country.upper()
    _read_ends(row)


def _read_ends(row: Row) -> None:
    """Low and high, from one cell or from two."""
    read: dict[str, Number] = {}
    for column in ("number", "low", "high"):
        if cell := row.cells.get(column):
            try:
                read[column] = read_number(cell)
            except ValueError as fault:
                row.refuse(column, str(fault))
                return
    if not read:
        row.refuse("number", "There is no count in this row.")
        return
    ends = [read[each] for each in ("low", "number", "high") if each in read]
    row.fields |= {"low": ends[0].low, "high": ends[-1].high}
    if any(each.about for each in ends):
        written = ", ".join(row.cells[each] for each in ("number", "low", "high") if each in read)
        row.fields["note"] = f"{row.fields['note']} (written as {written})".strip()


def _refuse_repeated(rows: list[Row]) -> None:
    seen: dict[tuple, int] = {}
    for row in rows:
        told = tuple(sorted((name, str(value)) for name, value in row.fields.items() if name != "note"))
        if not row.errors and told in seen:
            row.refuse("number", f"The same count stands in row {seen[told]}.")
        seen.setdefault(told, row.number)
