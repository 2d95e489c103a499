"""The four elements against the items: what supports each, what speaks against it, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from accounts.prepared import Prepared
from cases.blindness import NOT_WEIGHED
from cases.choices import Bearing, Element, Supports
from cases.models import Attribution, Citation, ElementFinding, FindingCitation, GatePolicy, Incident
from evidence.choices import ItemStatus
from evidence.models import EvidenceItem, Passage
from evidence.origins import origins_of
from evidence.quoted import quoted


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
    def name(self) -> str:
        """The element's; empty against the claim as a whole."""
        return Element(self.element).label if self.element else ""

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
    findings = {each.element: each for each in _findings(incident.pk)}
    lines = _each_once(_lines(incident, {each.pk: each.element for each in findings.values()}))
    origin = origins_of({line.passage.item_id for line in lines}) if lines else {}
    needed = GatePolicy.in_force_in(incident.workspace_id)
    sought = any(each.contrary_searched_on and each.contrary_search_note.strip() for each in attributions)
    against_all = any(not line.element for line in lines)
    columns = [
        _column(each, findings.get(each.value), lines, origin, needed.origins_for(each), sought or against_all)
        for each in Element
    ]
    return Grid(columns, _rows(lines, origin, against_all), against_all)


@Prepared
def _findings(incident: UUID) -> QuerySet[ElementFinding]:
    return ElementFinding.objects.filter(incident=incident).only("element", "finding", "rationale").order_by("element")


@Prepared
def _cited_by_findings(incident: UUID) -> QuerySet[FindingCitation]:
    found = FindingCitation.objects.filter(finding__incident=incident, status="active")
    return found.only("finding", "passage", "bearing", "note").order_by("pk")


@Prepared
def _cited(incident: UUID) -> QuerySet:
    """What an incident's attributions cite and is weighed: passage, what it supports, and the note."""
    found = Citation.objects.filter(attribution__incident=incident, status="active")
    weighed = found.exclude(attribution__status__in=NOT_WEIGHED).exclude(supports=Supports.LEGAL_BASIS)
    return weighed.values_list("passage", "supports", "note").order_by("pk")


def _lines(incident: Incident, elements: dict[UUID, str]) -> list[Line]:
    """Every citation of a passage that the reader may see: those of findings by element, then of attributions."""
    of_findings, of_attributions = _cited_by_findings(incident.pk), _cited(incident.pk)
    seen = quoted([*(each.passage_id for each in of_findings), *(passage for passage, *_ in of_attributions)])
    place = list(elements)
    of_findings.sort(key=lambda each: place.index(each.finding_id))
    return [
        *(
            Line(elements[each.finding_id], each.bearing, seen[each.passage_id], each.note, each)
            for each in of_findings
            if each.passage_id in seen
        ),
        *(
            _of_attribution(seen[passage], supports, note)
            for passage, supports, note in of_attributions
            if passage in seen
        ),
    ]


def _of_attribution(passage: Passage, supports: str, note: str) -> Line:
    if supports == Supports.CONTRARY:
        return Line("", Bearing.CONTRARY, passage, note)
    return Line(supports, Bearing.SUPPORTING, passage, note)


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
