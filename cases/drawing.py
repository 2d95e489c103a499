"""What charts, maps and networks are drawn from: plain dictionaries for the page's scripts. Pure.

Every drawing stands beside a table that says the same in words.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import pycountry

from cases.choices import STATE_KINDS, FlowUnit, Severity
from cases.periods import first_day, last_day

MOST_DRAWN = 200
"""Records of one drawing."""

MARGIN = 0.25
"""Of a map's width and height, on every side of what it shows."""

NARROWEST = 2.0
"""Degrees that a map shows at least."""


def by_unit(flows: Iterable) -> list[dict[str, Any]]:
    """Counts by unit, units kept apart and in the order of the vocabulary, each in order of time."""
    told = sorted(flows, key=lambda each: (first_day(each.observed_from), str(each.pk)))
    groups = [{"unit": unit, "flows": [each for each in told if each.unit == unit]} for unit in FlowUnit]
    return [group for group in groups if group["flows"]]


@dataclass(frozen=True)
class Observed:
    """What was observed after something was done. `passage_id` without `passage`: words that are withheld."""

    when: str
    what: str
    passage_id: Any = None
    passage: Any = None

    @property
    def dated(self) -> str:
        return dated(self.when) if self.when else ""


@dataclass(frozen=True)
class Mark:
    """Something done, at its date as known (`when` is a year, a month or a day; empty: not known)."""

    when: str
    kind: str
    title: str
    url: str
    standing: str = ""
    after: tuple[Observed, ...] = ()

    @property
    def dated(self) -> str:
        return dated(self.when) if self.when else ""


def drawn_flows(groups: list[dict[str, Any]], marks: list[Mark]) -> dict[str, Any]:
    """What the panel of flows shows: the chart, and the marks that its table names."""
    return {"groups": groups, "marks": marks, "flow_chart": flow_chart(groups, marks)}


def flow_chart(groups: list[dict[str, Any]], marks: Iterable[Mark] = ()) -> dict[str, Any]:
    """Small multiples: one panel per unit over one axis of time, each count from low to high over its period.

    A mark is a line through all panels at its day, or a band where only its month or year is known.
    """
    return {
        "units": [
            {"label": group["unit"].label, "counts": [_count(each) for each in group["flows"]]} for group in groups
        ],
        "marks": [_marked(each) for each in marks if each.when],
    }


def _marked(mark: Mark) -> dict[str, Any]:
    return {
        "from": first_day(mark.when),
        "to": last_day(mark.when),
        "when": dated(mark.when),
        "kind": mark.kind,
        "title": mark.title,
        "standing": mark.standing,
        "url": mark.url,
        "after": [
            {"from": first_day(each.when), "to": last_day(each.when), "when": dated(each.when), "what": each.what}
            for each in mark.after
            if each.when
        ],
    }


def dated(when: str) -> str:
    """A date as known, with the word before it that says how well: `on 2021-07-02`, `in 2021-07`."""
    return f"{'on' if len(when) == len('2021-07-02') else 'in'} {when}"


def _count(flow) -> dict[str, Any]:
    whose = f" of {flow.of_country}" if flow.of_country else ""
    return {
        "from": first_day(flow.observed_from),
        "to": last_day(flow.observed_to or flow.observed_from),
        "low": flow.low,
        "high": flow.high,
        "number": flow.number,
        "period": flow.period,
        "category": flow.get_category_display() + whose,
        "sourced": flow.passage_id is not None,
    }


# --- Map ---------------------------------------------------------------------------------------


def corridor_map(corridors: Iterable, incidents: Iterable = ()) -> dict[str, Any]:
    """Lines and crossing points of corridors, which the map shows whole, and incidents that have a point."""
    corridors = list(corridors)
    lines = [
        {"name": each.name, "points": each.line, "url": each.get_absolute_url()} for each in corridors if each.line
    ]
    crossings = [
        {"name": crossing["name"], "point": crossing["point"], "of": each.name}
        for each in corridors
        for crossing in each.crossing_points
    ]
    places = [_place(each) for each in incidents if each.latitude is not None]
    shown = [point for line in lines for point in line["points"]] + [each["point"] for each in crossings]
    countries = {code for each in corridors for code in each.countries}
    return {
        "lines": lines,
        "crossings": crossings,
        "incidents": places,
        "countries": outlined(countries),
        **_frame(shown),
    }


def incident_map(incidents: Iterable) -> dict[str, Any]:
    """Incidents at their points, with the corridors that they lie along."""
    incidents = list(incidents)
    along = {each.along.pk: each.along for each in incidents if each.along}
    told = corridor_map(along.values(), incidents)
    shown = [point for line in told["lines"] for point in line["points"]]
    shown += [each["point"] for each in [*told["crossings"], *told["incidents"]]]
    targets = {code for each in incidents for code in each.target_countries}
    return told | {"countries": outlined(targets), **_frame(shown)}


def is_on_map(incident) -> bool:
    """Whether an incident can be drawn: it has a point, or lies along a corridor with a line."""
    return incident.latitude is not None or bool(incident.along and incident.along.line)


def _place(incident) -> dict[str, Any]:
    return {
        "name": str(incident),
        "point": [float(incident.longitude), float(incident.latitude)],
        "severity": incident.severity,
        "url": incident.get_absolute_url(),
    }


def outlined(codes: set[str]) -> dict[str, str]:
    """Names of countries by ISO 3166-1 numeric code, as the outlines call them."""
    found = [pycountry.countries.get(alpha_2=code) for code in sorted(codes)]
    return {each.numeric: getattr(each, "common_name", each.name) for each in found if each}


def _frame(points: list[list[float]]) -> dict[str, Any]:
    """The part of the world to show, and how much narrower a degree of longitude is there than one of latitude."""
    if not points:
        return {"frame": None, "aspect": 0.75}
    (west, east), (south, north) = [_widened([point[axis] for point in points]) for axis in (0, 1)]
    middle = (south + north) / 2
    return {
        "frame": [[max(west, -180), min(north, 84)], [min(east, 180), max(south, -58)]],
        "aspect": round(max(cos(radians(middle)), 0.35), 3),
    }


def _widened(values: list[float]) -> tuple[float, float]:
    span = max(max(values) - min(values), NARROWEST)
    middle = (max(values) + min(values)) / 2
    return middle - span * (0.5 + MARGIN), middle + span * (0.5 + MARGIN)


# --- Network -----------------------------------------------------------------------------------

GROUPS = ["States and their organs", "Organisations and enterprises", "Armed and criminal groups"]


def network(relations: Iterable, focus=None) -> dict[str, Any]:
    """Actors as nodes and relations as lines between them. `focus` is the actor that it is about."""
    relations = list(relations)
    actors = {each.pk: each for relation in relations for each in (relation.from_actor, relation.to_actor)}
    return {
        "groups": GROUPS,
        "nodes": [
            {
                "id": str(actor.pk),
                "name": actor.name,
                "kind": actor.get_actor_kind_display(),
                "group": _group(actor.actor_kind),
                "url": actor.get_absolute_url(),
                "focus": focus is not None and actor.pk == focus.pk,
            }
            for actor in actors.values()
        ],
        "links": [_link(each) for each in relations],
    }


def _group(kind: str) -> int:
    if kind in STATE_KINDS:
        return 0
    return 2 if kind in ("armed_group", "cartel", "smuggling_network", "gang") else 1


def _link(relation) -> dict[str, Any]:
    return {
        "source": str(relation.from_actor_id),
        "target": str(relation.to_actor_id),
        "label": relation.get_relation_display().lower(),
        "mutual": relation.is_mutual,
        "sourced": relation.passage_id is not None,
    }


# --- Incidents in time --------------------------------------------------------------------------


def timeline(incidents: Iterable) -> dict[str, Any]:
    """Incidents with a known beginning, earliest first, each over its days."""
    dated = sorted((each for each in incidents if each.began), key=lambda each: (first_day(each.began), each.reference))
    return {
        "rows": [
            {
                "title": each.title,
                "from": first_day(each.began),
                "to": last_day(each.ended) if each.ended else None,
                "severity": each.severity,
                "url": each.get_absolute_url(),
            }
            for each in dated
        ]
    }


def per_year(incidents: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """How many incidents, given as beginning and severity, began in each year. Years without any are told too."""
    counted = Counter((int(began[:4]), severity) for began, severity in incidents if began)
    years = [year for year, _ in counted]
    return [
        {
            "year": year,
            "by_severity": [counted[year, each.value] for each in Severity],
            "all": sum(counted[year, each.value] for each in Severity),
        }
        for year in (range(min(years), max(years) + 1) if years else [])
    ]


def year_chart(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "years": [row["year"] for row in rows],
        "series": [
            {"label": f"Severity {each.label}", "counts": [row["by_severity"][number] for row in rows]}
            for number, each in enumerate(Severity)
        ],
    }
