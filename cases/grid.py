"""The four elements against the items: what supports each, what speaks against it, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts.prepared import Prepared
from cases.blindness import NOT_WEIGHED
from cases.choices import Bearing, Element, Supports
from cases.models import Attribution, Citation, ElementFinding, FindingCitation, GatePolicy, Incident
from evidence.choices import ItemStatus
from evidence.models import EvidenceItem, Passage
from evidence.origins import origins_of

WITH_ITEM = Passage.objects.select_related("item__source", "page")


@dataclass(frozen=True)
class Line:
    """One citation that bears on an element, or (`element` empty) against the claim as a whole."""

    element: str
    bearing: str
    passage: Passage
    note: str
    finding_citation: FindingCitation | None = None


@dataclass
class Cell:
    """One item under one element."""

    element: str
    supporting: list[Line] = field(default_factory=list)
    contrary: list[Line] = field(default_factory=list)

    @property
    def is_missing(self) -> bool:
        return not self.supporting and not self.contrary


@dataclass
class GridRow:
    item: EvidenceItem
    origin: int
    cells: list[Cell]

    @property
    def lines(self) -> list[Line]:
        return [line for cell in self.cells for line in (*cell.supporting, *cell.contrary)]


@dataclass
class Column:
    """One element: its finding, and the gaps that one look must show."""

    element: Element
    finding: ElementFinding | None
    items: int
    origins: int
    gaps: list[str]


@dataclass
class Grid:
    columns: list[Column]
    rows: list[GridRow]
    is_contrary_to_all: bool
    """Whether anything is cited against the claim as a whole, which then has a column of its own."""


def grid_of(incident: Incident, attributions: Iterable[Attribution]) -> Grid:
    """The grid of an incident, from its findings and its attributions. Six queries."""
    findings = {each.element: each for each in _findings(incident)}
    lines = [*_of_findings(findings.values()), *_of_attributions(incident)]
    lines = _each_once(lines)
    origin = origins_of({line.passage.item_id for line in lines}) if lines else {}
    needed = GatePolicy.in_force_in(incident.workspace_id)
    sought = any(each.contrary_searched_on and each.contrary_search_note.strip() for each in attributions)
    against_all = any(not line.element for line in lines)
    columns = [
        _column(each, findings.get(each.value), lines, origin, needed.origins_for(each), sought or against_all)
        for each in Element
    ]
    return Grid(columns, _rows(lines, origin, against_all), against_all)


def _findings(incident: Incident):
    citations = FindingCitation.objects.filter(status="active").prefetch_related(Prefetch("passage", WITH_ITEM))
    return incident.findings.prefetch_related(Prefetch("citations", citations))


def _of_findings(findings: Iterable[ElementFinding]) -> list[Line]:
    return [
        Line(finding.element, each.bearing, each.passage, each.note, each)
        for finding in findings
        for each in finding.citations.all()
        if _is_seen(each)
    ]


@Prepared
def _cited(incident: UUID) -> QuerySet[Citation]:
    """Citations of an incident's attributions that are weighed."""
    found = Citation.objects.filter(attribution__incident=incident, status="active")
    weighed = found.exclude(attribution__status__in=NOT_WEIGHED).exclude(supports=Supports.LEGAL_BASIS)
    return weighed.prefetch_related(Prefetch("passage", WITH_ITEM))


def _of_attributions(incident: Incident) -> list[Line]:
    return [
        Line("", Bearing.CONTRARY, each.passage, each.note)
        if each.supports == Supports.CONTRARY
        else Line(each.supports, Bearing.SUPPORTING, each.passage, each.note)
        for each in _cited(incident.pk)
        if _is_seen(each)
    ]


def _is_seen(citation) -> bool:
    """Whether the reader's clearance covers the passage. Wants it prefetched."""
    return citation._state.fields_cache.get("passage") is not None


def _each_once(lines: Iterable[Line]) -> list[Line]:
    """A passage cited for the same thing by finding and attribution stands once, under the first with a note."""
    found: dict[tuple, Line] = {}
    for line in lines:
        key = (line.element, line.bearing, line.passage.pk)
        known = found.get(key)
        if known is None:
            found[key] = line
        elif line.note and line.note not in known.note:
            note = f"{known.note} {line.note}".strip()
            found[key] = Line(known.element, known.bearing, known.passage, note, known.finding_citation)
    return list(found.values())


def _column(element, finding, lines, origin, needed: int, contrary_elsewhere: bool) -> Column:
    mine = [line for line in lines if line.element == element.value]
    in_use = [line for line in mine if line.passage.item.status == ItemStatus.ACTIVE]
    supporting = {line.passage.item_id for line in in_use if line.bearing == Bearing.SUPPORTING}
    origins = len({origin[item] for item in supporting})
    gaps = []
    if not supporting:
        gaps.append("Nothing in support.")
    elif origins < needed:
        gaps.append("One origin only." if origins == 1 else f"{origins} origins; the gate asks for {needed}.")
    if not contrary_elsewhere and not any(line.bearing == Bearing.CONTRARY for line in mine):
        gaps.append("No contrary evidence sought.")
    return Column(element, finding, len(supporting), origins, gaps)


def _rows(lines: list[Line], origin: dict, against_all: bool) -> list[GridRow]:
    elements = [*Element.values, *([""] if against_all else [])]
    items = {line.passage.item_id: line.passage.item for line in lines}
    rows = {pk: GridRow(item, origin[pk] + 1, [Cell(element) for element in elements]) for pk, item in items.items()}
    for line in lines:
        cell = rows[line.passage.item_id].cells[elements.index(line.element)]
        (cell.supporting if line.bearing == Bearing.SUPPORTING else cell.contrary).append(line)
    return sorted(rows.values(), key=lambda row: (row.origin, row.item.published or "", str(row.item.pk)))
