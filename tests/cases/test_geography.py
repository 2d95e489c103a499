"""Lines and crossing points: what is accepted, and how it is typed."""

import pytest
from django.core.exceptions import ValidationError

from cases.geography import (
    read_crossing_points,
    read_line,
    validate_crossing_points,
    validate_line,
    write_crossing_points,
    write_line,
)

LINE = [[27.5, 53.9], [-76.78, 8.42]]
CROSSINGS = [{"name": "Kuznica: road", "point": [23.65, 53.51]}]


def test_what_is_written_is_read_back():
    assert read_line(write_line(LINE)) == LINE
    assert read_crossing_points(write_crossing_points(CROSSINGS)) == CROSSINGS


def test_a_line_is_good_without_points_or_with_two():
    for line in ([], LINE):
        validate_line(line)
    validate_crossing_points(CROSSINGS)


@pytest.mark.parametrize(
    "line",
    [
        "x",
        {"a": 1},
        [[1, 2]],
        [[1, 2], [181, 0]],
        [[1, 2], [0, -91]],
        [[1, 2], ["1", 2]],
        [[1, 2], [1, 2, 3]],
        [[1, 2], [True, 2]],
        [[1, 2], [float("nan"), 2]],
        [[1, 2]] * 501,
    ],
)
def test_what_is_no_line_is_refused(line):
    with pytest.raises(ValidationError):
        validate_line(line)


@pytest.mark.parametrize(
    "crossing",
    [
        "x",
        {"name": "A"},
        {"name": " ", "point": [1, 2]},
        {"name": "A", "point": [1]},
        {"name": "A", "point": [1, 2], "x": 1},
    ],
)
def test_what_is_no_crossing_point_is_refused(crossing):
    with pytest.raises(ValidationError):
        validate_crossing_points([crossing])


@pytest.mark.parametrize("text", ["1, 2\nx", "1, 2\n3", "1, 2\n200, 3"])
def test_a_wrong_line_is_named_by_its_number(text):
    with pytest.raises(ValueError, match="Line 2"):
        read_line(text)


def test_a_crossing_point_without_a_name_is_named_by_its_number():
    with pytest.raises(ValueError, match="Line 1: write a name"):
        read_crossing_points("23.65, 53.51")
