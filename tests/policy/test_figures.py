"""Responses in numbers, computed by hand: how long incidents waited, and what cannot be said."""

from uuid import UUID

import pytest

from policy.choices import ResponseKind
from policy.figures import Figures, Span, Taken, Timed, counts_of, days_between, drawing_of_counts, median_of, times_of

IDS = [UUID(int=number) for number in range(1, 20)]


def taken(incident: int, began: str, on: str, timed: str = "protest", title: str = "") -> Taken:
    response = IDS[incident]
    return Taken(timed, IDS[incident], f"Incident {incident}", began, response, title or f"On {on}", on)


def of_protests(*measures: Taken):
    return times_of(measures, [Timed.PROTEST])[0]


@pytest.mark.parametrize(
    ("began", "on", "days", "said"),
    [
        ("2021-07-02", "2021-07-14", Span(12, 12), "12"),
        ("2021-07-02", "2021-07", Span(-1, 29), "−1 to 29"),
        ("2021-07", "2021-09-02", Span(33, 63), "33 to 63"),  # from 31 and from 1 July
        ("2021-07", "2021-07", Span(-30, 30), "−30 to 30"),
        ("2020", "2021-01-01", Span(1, 366), "1 to 366"),  # 2020 is a leap year
        ("2020-02", "2020-03", Span(1, 59), "1 to 59"),  # 29 February to 1 March; 1 February to 31 March
        ("1975-11-06", "1975-10-18", Span(-19, -19), "−19"),
    ],
)
def test_days_between_partial_dates_are_all_that_there_can_have_been(began, on, days, said):
    assert days_between(began, on) == days
    assert str(days) == said


def test_the_median_of_ranges_lies_between_the_medians_of_their_ends():
    assert median_of([Span(1, 1), Span(33, 63), Span(8, 8)]) == Span(8, 8)
    assert median_of([Span(1, 1), Span(33, 63), Span(8, 40)]) == Span(8, 40)
    assert str(median_of([Span(1, 2), Span(4, 4)])) == "2.5 to 3"
    assert median_of([]) is None


def test_of_several_measures_the_first_counts():
    told = of_protests(
        taken(1, "2021-07-01", "2021-12-02"), taken(1, "2021-07-01", "2021-11-15"), taken(1, "2021-07-01", "2021-12-02")
    )
    assert [(each.measure.on, each.days) for each in told.firsts] == [("2021-11-15", Span(137, 137))]


def test_of_overlapping_dates_the_first_lies_between_the_earliest_first_and_the_earliest_last_day():
    told = of_protests(taken(1, "2021-11-01", "2021-11"), taken(1, "2021-11-01", "2021-11-11"))
    assert [(each.measure.on, each.days) for each in told.firsts] == [("2021-11", Span(0, 10))]


def test_what_cannot_be_computed_is_left_out_and_counted_by_why():
    told = of_protests(
        taken(1, "2021-07-01", "2021-07-11"),
        taken(2, "2021-07-01", "2021-07-21"),
        taken(2, "2021-07-01", ""),  # passed over beside a dated one
        taken(3, "", "2021-07-21"),
        taken(4, "2021-07-01", ""),
        taken(5, "", ""),
        taken(6, "2021-07-01", "2021-07-02", timed="sanctions"),
        taken(7, "2021-07-01", "2021-07-02", timed=""),
    )
    assert [each.days for each in told.firsts] == [Span(10, 10), Span(20, 20)]
    assert (told.median, told.no_beginning, told.no_date, told.left_out, told.without) == (Span(15, 15), 2, 1, 3, 2)


def test_a_measure_answers_each_of_its_incidents_and_kinds_stand_apart():
    protests, sanctions, closures = times_of(
        [
            taken(1, "2021-07-01", "2021-07-03"),
            taken(2, "2021-07-02", "2021-07-03"),
            taken(1, "2021-07-01", "2021-07-31", timed="sanctions"),
        ]
    )
    assert [each.days.least for each in protests.firsts] == [1, 2]
    assert [each.days.least for each in sanctions.firsts] == [30]
    assert (closures.firsts, closures.median, closures.without) == ([], None, 2)


def test_kinds_are_counted_by_status_and_only_statuses_in_use_are_drawn():
    counts = counts_of(
        {("sanctions", "completed"): 3, ("sanctions", "proposed"): 1, ("prosecution", "completed"): 2, ("x", "y"): 9}
    )
    figures = Figures(counts, [])
    assert [(each.kind, each.all) for each in counts] == [(ResponseKind.SANCTIONS, 4), (ResponseKind.PROSECUTION, 2)]
    assert (figures.all, figures.in_all) == (6, [1, 0, 0, 0, 5, 0, 0, 0])
    assert drawing_of_counts(figures) == {
        "kinds": ["Sanctions", "Prosecution"],
        "series": [
            {"key": "proposed", "label": "Proposed", "counts": [1, 0]},
            {"key": "completed", "label": "Completed", "counts": [3, 2]},
        ],
    }
