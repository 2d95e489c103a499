"""Points and lines on the map: [longitude, latitude] in decimal degrees, WGS 84. Pure."""

from typing import Any

from django.core.exceptions import ValidationError

MOST_POINTS = 500
"""Points of one line, or crossing points of one corridor."""


def fault_of_point(point: Any) -> str:
    """What is wrong with a point, as a sentence; empty if nothing is."""
    if not isinstance(point, list) or len(point) != 2 or not all(_is_number(each) for each in point):
        return "A point is [longitude, latitude], in decimal degrees."
    longitude, latitude = point
    if not -180 <= longitude <= 180:
        return f"Longitude {longitude} is not between -180 and 180."
    if not -90 <= latitude <= 90:
        return f"Latitude {latitude} is not between -90 and 90."
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def validate_line(line: Any) -> None:
    """Accept a list of points: none, or at least two."""
    if not isinstance(line, list):
        raise ValidationError("A line is a list of points.", code="line")
    if len(line) == 1 or len(line) > MOST_POINTS:
        raise ValidationError(f"A line has from 2 to {MOST_POINTS} points, or none.", code="line")
    _refuse([(number, fault_of_point(point)) for number, point in enumerate(line, 1)])


def validate_crossing_points(crossings: Any) -> None:
    """Accept a list of `{"name": ..., "point": [longitude, latitude]}`."""
    if not isinstance(crossings, list) or len(crossings) > MOST_POINTS:
        raise ValidationError(f"Crossing points are a list of at most {MOST_POINTS}.", code="crossing_points")
    _refuse([(number, _fault_of_crossing(each)) for number, each in enumerate(crossings, 1)])


def _fault_of_crossing(crossing: Any) -> str:
    if not isinstance(crossing, dict) or set(crossing) != {"name", "point"}:
        return "A crossing point has a name and a point, nothing else."
    name = crossing["name"]
    if not isinstance(name, str) or not name.strip() or len(name) > 200:
        return "A crossing point has a name of at most 200 characters."
    return fault_of_point(crossing["point"])


def _refuse(told: list[tuple[int, str]]) -> None:
    faults = [ValidationError(f"Point {number}: {fault}", code="point") for number, fault in told if fault]
    if faults:
        raise ValidationError(faults)


# --- As typed: one point a line, longitude before latitude ----------------------------------------


def read_line(text: str) -> list[list[float]]:
    """Points typed one a line. Raises `ValueError` naming the line."""
    return [_read_point(told, number) for number, told in _typed(text)]


def write_line(line: list[list[float]]) -> str:
    return "\n".join(_write_point(each) for each in line)


def read_crossing_points(text: str) -> list[dict[str, Any]]:
    """Crossing points typed one a line, like `Kuznica: 23.65, 53.51`. Raises `ValueError` naming the line."""
    crossings = []
    for number, told in _typed(text):
        name, colon, point = told.rpartition(":")
        if not colon or not name.strip():
            raise ValueError(f"Line {number}: write a name, a colon, and the point, like Kuznica: 23.65, 53.51.")
        crossings.append({"name": name.strip(), "point": _read_point(point, number)})
    return crossings


def write_crossing_points(crossings: list[dict[str, Any]]) -> str:
    return "\n".join(f"{each['name']}: {_write_point(each['point'])}" for each in crossings)


def _typed(text: str) -> list[tuple[int, str]]:
    return [(number, each) for number, each in enumerate(text.splitlines(), 1) if each.strip()]


def _read_point(text: str, number: int) -> list[float]:
    parts = text.replace(",", " ").split()
    try:
        point = [float(each) for each in parts]
    except ValueError:
        point = []
    if fault := fault_of_point(point):
        raise ValueError(f"Line {number}: {fault if point else 'write longitude, latitude, like 23.65, 53.51.'}")
    return point


def _write_point(point: list[float]) -> str:
    return f"{point[0]}, {point[1]}"
