"""The ranking over time, on a series made by hand."""

from datetime import date

from cases.ranking import Entry, rankings, steps

MONDAY, TUESDAY, FRIDAY, SUNDAY = (date(2026, 3, day) for day in (2, 3, 6, 8))


def graded(on, item, credibility, source="s", status="active") -> Entry:
    return Entry(on, "evidence_item", item, {"source": source, "credibility": credibility, "status": status})


def rated(on, id, hypothesis, item, rating, analyst="ana") -> Entry:
    return Entry(on, "rating", id, {"hypothesis": hypothesis, "item": item, "analyst": analyst, "rating": rating})


def hypothesis(on, id, status="active") -> Entry:
    return Entry(on, "hypothesis", id, {"status": status})


SERIES = [
    hypothesis(MONDAY, "S"),
    hypothesis(MONDAY, "C"),
    Entry(MONDAY, "source", "s", {"reliability": "B"}),
    graded(MONDAY, "x", 2),
    rated(TUESDAY, 1, "S", "x", "I"),
    rated(TUESDAY, 2, "C", "x", "II"),
    rated(FRIDAY, 3, "S", "x", "II", analyst="ben"),
    rated(FRIDAY, 4, "C", "x", "N", analyst="ben"),
    graded(SUNDAY, "x", 4),
    hypothesis(SUNDAY, "P"),
]


def told(history) -> list:
    return [(each.on, {one: float(score) for one, score in each.scores.items()}, set(each.leaders)) for each in history]


def test_each_day_on_which_the_ranking_moved_stands_once():
    # B2 weighs 1.414. Tuesday: S -1, C -2. Friday, by two: S -1.5, C -1. Sunday at B4 it weighs 0.707; P is untested.
    assert told(rankings(SERIES)) == [
        (TUESDAY, {"S": -1.414, "C": -2.828}, {"S"}),
        (FRIDAY, {"S": -2.121, "C": -1.414}, {"C"}),
        (SUNDAY, {"S": -1.0605, "C": -0.707, "P": 0.0}, {"C"}),
    ]


def test_it_is_told_what_moved_it_and_how_many_rated():
    history = rankings(SERIES)
    assert [each.moved_by for each in history] == [{"rating": 2}, {"rating": 2}, {"evidence_item": 1, "hypothesis": 1}]
    assert [each.evaluators for each in history] == [1, 2, 2]
    assert history[-1].untested == {"P"}


def test_what_does_not_move_the_ranking_makes_no_day():
    idle = [
        graded(date(2026, 3, 9), "x", 4),  # its title was edited
        rated(date(2026, 3, 10), 1, "S", "x", "I"),  # moved with its incident
        Entry(date(2026, 3, 11), "passage", "p", {}),
    ]
    assert rankings([*SERIES, *idle]) == rankings(SERIES)
    assert rankings([]) == []
    assert rankings(SERIES[:4]) == []


def test_a_withdrawn_hypothesis_and_item_leave_the_ranking():
    later = [hypothesis(date(2026, 3, 9), "S", "withdrawn"), graded(date(2026, 3, 10), "x", 4, status="withdrawn")]
    last_two = told(rankings([*SERIES, *later]))[-2:]
    assert last_two == [
        (date(2026, 3, 9), {"C": -0.707, "P": 0.0}, {"C"}),
        (date(2026, 3, 10), {"C": 0.0, "P": 0.0}, set()),
    ]


def test_the_newest_days_are_kept_and_stand_as_they_would_in_the_whole():
    assert rankings(SERIES, most_days=2) == rankings(SERIES)[-2:]


def test_a_reliability_that_is_regraded_moves_it():
    later = [Entry(date(2026, 3, 9), "source", "s", {"reliability": "E"})]
    assert told(rankings([*SERIES, *later]))[-1] == (date(2026, 3, 9), {"S": 0.0, "C": 0.0, "P": 0.0}, set())


def test_lines_run_from_the_first_day_to_the_last_in_steps():
    history = rankings(SERIES)
    # Tuesday to Sunday are 640 units, Friday lies at 3/5; the lowest score, -2.828, lies at 160.
    assert steps(history, "S") == "0.0,80.0 384.0,80.0 384.0,120.0 640.0,120.0 640.0,60.0 640.0,60.0"
    assert steps(history, "P") == "640.0,0.0 640.0,0.0"
