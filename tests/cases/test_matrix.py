"""The matrix: tables computed by hand, and what holds for every table."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cases.choices import Consistency
from cases.matrix import Flip, Matrix, Row, Variation, shown

# The weight of every grade: reliability down, credibility 1 to 6 across.
WEIGHTS = """
A 1.414 1.414 1     0.707 0 1
B 1.414 1.414 1     0.707 0 1
C 1     1     1     0.707 0 1
D 0.707 0.707 0.707 0.707 0 0.707
E 0     0     0     0     0 0
F 1     1     1     0.707 0 1
"""
GRADES = [
    (line.split()[0], credibility, Fraction(weight))
    for line in WEIGHTS.strip().splitlines()
    for credibility, weight in enumerate(line.split()[1:], 1)
]


@pytest.mark.parametrize(("reliability", "credibility", "weight"), GRADES)
def test_each_grade_has_its_weight(reliability, credibility, weight):
    assert Row("item", "source", reliability, credibility, {}).weight == weight


def test_what_is_no_longer_in_use_weighs_nothing():
    assert Row("item", "source", "A", 1, {}, is_active=False).weight == 0


def row(item, grade, *cells, source=None, evaluators=("ana",), **more) -> Row:
    """A row from text: one cell per hypothesis S, C, H, L; evaluators' ratings with slashes between."""
    ratings = {
        one: {who: rating for who, rating in zip(evaluators, cell.split("/"), strict=False) if rating}
        for one, cell in zip("SCHL", cells, strict=False)
    }
    return Row(item, source or f"of {item}", grade[0], int(grade[1]), ratings, **more)


def scores(matrix) -> dict:
    return {one: float(score) for one, score in matrix.scores.items()}


ONE_EVALUATOR = Matrix(
    tuple("SCHL"),
    (
        row("a", "A1", "CC", "I", "II", "N"),  # weighs 1.414
        row("b", "C3", "I", "C", "I", "N"),  # weighs 1
        row("c", "D2", "II", "I", "CC", "NA"),  # weighs 0.707
        row("d", "E1", "II", "II", "II", "II"),  # weighs nothing
    ),
)


def test_one_evaluator_by_hand():
    # S: b -1 x 1, c -2 x 0.707              = -2.414
    # C: a -1 x 1.414, c -1 x 0.707          = -2.121
    # H: a -2 x 1.414, b -1 x 1              = -3.828
    # L: only d, which weighs nothing        =  0, untested
    assert scores(ONE_EVALUATOR) == {"S": -2.414, "C": -2.121, "H": -3.828, "L": 0}
    assert ONE_EVALUATOR.ranking == ["C", "S", "H", "L"]
    assert (ONE_EVALUATOR.leaders, ONE_EVALUATOR.untested) == ({"C"}, {"L"})


def test_diagnosticity_by_hand():
    # a: cells 2, -1, -2, 0; mean -0.25; squares 5.0625 + 0.5625 + 3.0625 + 0.0625 = 8.75; 8.75 / 4 = 2.1875
    first, *_, last = ONE_EVALUATOR.rows
    assert first.spread("SCHL") == Fraction("2.1875")
    assert ONE_EVALUATOR.diagnosticity(first) == pytest.approx(1.4790, abs=5e-5)
    assert ONE_EVALUATOR.discriminates(first)
    assert not ONE_EVALUATOR.discriminates(last)


def test_sensitivity_by_hand():
    # Without b:  S -1.414, C -2.121, H -2.828. Without c: S -1, C -1.414, H -3.828. Either way S leads.
    # b at C4 or of a source at D weighs 0.707: S -0.707 - 1.414 = -2.121 and C -2.121 lead together.
    # c of a source at E weighs nothing, as if it were out. a at A2 or B1 weighs the same; d weighs nothing anyway.
    assert ONE_EVALUATOR.flips == [
        Flip(Variation.ROW_OUT, "b", frozenset("S")),
        Flip(Variation.ROW_OUT, "c", frozenset("S")),
        Flip(Variation.CREDIBILITY_LOWER, "b", frozenset("SC")),
        Flip(Variation.RELIABILITY_LOWER, "of b", frozenset("SC")),
        Flip(Variation.RELIABILITY_LOWER, "of c", frozenset("S")),
    ]


def test_several_evaluators_by_hand():
    # S: (-1 + 0) / 2 = -0.5; C: (-2 - 1 + 0) / 3 = -1; H: nothing against. Each times 1.414.
    # On the full scale: S -1/2, C (-2 - 1 + 1) / 3 = -2/3, H 0; mean -7/18; variance (4 + 25 + 49) / 324 / 3 = 13/162.
    only = row("a", "B2", "I/N", "II/I/C", "NA", evaluators=("ana", "ben", "eva"))
    matrix = Matrix(tuple("SCHL"), (only,))
    assert scores(matrix) == {"S": -0.707, "C": -1.414, "H": 0, "L": 0}
    assert (matrix.leaders, matrix.untested) == ({"S"}, {"H", "L"})
    assert only.spread("SCHL") == Fraction(13, 162)
    assert [only.disagreement(one) for one in "SCHL"] == [1, 3, 0, 0]
    assert matrix.evaluators == {"ana", "ben", "eva"}
    assert matrix.empty_cells(["a", "z"]) == [("a", "L"), ("z", "S"), ("z", "C"), ("z", "H"), ("z", "L")]


def test_ties_and_what_is_untested_by_hand():
    # F6 says that nothing is known, not the worst: it weighs 1. What was withdrawn tests nothing.
    matrix = Matrix(
        tuple("SCHL"),
        (row("f", "F6", "I", "I", "C", ""), row("g", "A1", "N", "N", "II", "CC", is_active=False)),
    )
    assert scores(matrix) == {"S": -1, "C": -1, "H": 0, "L": 0}
    assert (matrix.leaders, matrix.untested) == ({"S", "C"}, {"H", "L"})
    assert matrix.ranking == ["S", "C", "H", "L"]
    assert Matrix(tuple("SC"), ()).leaders == frozenset()


def test_a_source_graded_lower_moves_all_its_items_by_hand():
    # S: c -2 x 1 = -2 leads; C: a and b -1 x 1.414 each = -2.828.
    # Their source at C: both weigh 1, C -2 as well: both lead. a or b out: C -1.414 leads. c out: S is untested.
    matrix = Matrix(
        tuple("SC"),
        (
            row("a", "B2", "CC", "I", source="press"),
            row("b", "B1", "C", "I", source="press"),
            row("c", "C3", "II", "N"),
        ),
    )
    assert scores(matrix) == {"S": -2, "C": -2.828}
    assert matrix.flips == [
        Flip(Variation.ROW_OUT, "a", frozenset("C")),
        Flip(Variation.ROW_OUT, "b", frozenset("C")),
        Flip(Variation.ROW_OUT, "c", frozenset("C")),
        Flip(Variation.RELIABILITY_LOWER, "press", frozenset("SC")),
    ]


def test_who_is_whole_has_rated_every_cell_of_the_rows_asked_for():
    one = row("a", "B2", "I/N", "I/N", evaluators=("ana", "ben"))
    other = row("b", "B2", "I/N", "I/", evaluators=("ana", "ben"))
    matrix = Matrix(tuple("SC"), (one, other))
    assert matrix.whole_evaluators(["a"]) == {"ana", "ben"}
    assert matrix.whole_evaluators(["a", "b"]) == {"ana"}
    assert matrix.whole_evaluators(["a", "z"]) == matrix.whole_evaluators([]) == frozenset()


def test_scores_are_shown_without_noise():
    assert [shown(each) for each in (Fraction(0), Fraction(-2121, 1000), -0.0001)] == ["0", "-2.121", "0"]


# --- What holds for every table -------------------------------------------------------------------

HYPOTHESES = tuple("SCHLP")
RATINGS = st.sampled_from(Consistency.values)
CELLS = st.dictionaries(st.sampled_from(["ana", "ben", "eva"]), RATINGS, max_size=3)
MANY = settings(max_examples=80, deadline=None)


@st.composite
def matrices(draw, least_rows: int = 0) -> Matrix:
    """Up to six rows of up to three sources, each source with one grade."""
    reliability = {source: draw(st.sampled_from("ABCDEF")) for source in ("press", "court", "state")}
    rows = []
    for number in range(draw(st.integers(least_rows, 6))):
        source = draw(st.sampled_from(sorted(reliability)))
        ratings = draw(st.dictionaries(st.sampled_from(HYPOTHESES), CELLS, max_size=5))
        is_active = draw(st.sampled_from([True, True, True, False]))
        rows.append(Row(number, source, reliability[source], draw(st.integers(1, 6)), ratings, is_active))
    return Matrix(HYPOTHESES, tuple(rows))


def told(matrix: Matrix) -> tuple:
    """All that a matrix says, without order."""
    flips = {(each.variation, each.about, each.leaders) for each in matrix.flips}
    spreads = {each.item: each.spread(matrix.hypotheses) for each in matrix.rows}
    return matrix.scores, matrix.leaders, matrix.untested, flips, spreads, matrix.evaluators


@MANY
@given(matrices(), st.randoms(use_true_random=False))
def test_no_order_matters(matrix, random):
    def shuffled(things):
        return random.sample(list(things), len(list(things)))

    rows = [
        replace(
            each,
            ratings={one: dict(shuffled(cell.items())) for one, cell in shuffled(each.ratings.items())},
        )
        for each in shuffled(matrix.rows)
    ]
    assert told(Matrix(tuple(shuffled(matrix.hypotheses)), tuple(rows))) == told(matrix)


@MANY
@given(matrices(), st.sampled_from(["CC", "C"]), st.sampled_from("ABCDEF"), st.integers(1, 6))
def test_a_row_that_is_only_consistent_never_changes_a_score(matrix, rating, reliability, credibility):
    consistent = Row("new", "new", reliability, credibility, {one: {"ana": rating} for one in HYPOTHESES})
    wider = Matrix(HYPOTHESES, (*matrix.rows, consistent))
    assert (wider.scores, wider.leaders, wider.untested) == (matrix.scores, matrix.leaders, matrix.untested)


@MANY
@given(matrices(least_rows=1), st.data())
def test_what_does_not_speak_against_a_hypothesis_may_grow_more_consistent_without_effect(matrix, data):
    number = data.draw(st.integers(0, len(matrix.rows) - 1))
    one = data.draw(st.sampled_from(HYPOTHESES))
    before = matrix.rows[number].cell(one)
    harmless = {who: "CC" if rating in ("CC", "C", "N", "NA") else rating for who, rating in before.items()}
    after = with_cell(matrix, number, one, harmless or {"ana": "CC"})
    assert (after.scores, after.leaders, after.untested) == (matrix.scores, matrix.leaders, matrix.untested)


@MANY
@given(matrices(), matrices(least_rows=1), st.sampled_from(["E", "5", "withdrawn"]))
def test_a_discounted_row_changes_nothing(matrix, other, why):
    given_row = replace(other.rows[0], item="new", source="new")
    discounted = {
        "E": replace(given_row, reliability="E"),
        "5": replace(given_row, credibility=5),
        "withdrawn": replace(given_row, is_active=False),
    }[why]
    wider = Matrix(HYPOTHESES, (*matrix.rows, discounted))
    assert discounted.is_discounted
    assert (wider.scores, wider.leaders, wider.untested) == (matrix.scores, matrix.leaders, matrix.untested)
    assert wider.flips == matrix.flips


WORSE = {"CC": "C", "C": "N", "N": "I", "NA": "I", "I": "II"}


@MANY
@given(matrices(least_rows=1), st.data())
def test_more_inconsistency_never_raises_a_score(matrix, data):
    number = data.draw(st.integers(0, len(matrix.rows) - 1))
    one = data.draw(st.sampled_from(HYPOTHESES))
    worse_for = [who for who, rating in matrix.rows[number].cell(one).items() if rating in WORSE]
    assume(worse_for)
    who = data.draw(st.sampled_from(sorted(worse_for)))
    cell = dict(matrix.rows[number].cell(one))
    after = with_cell(matrix, number, one, cell | {who: WORSE[cell[who]]})
    assert after.scores[one] <= matrix.scores[one]
    assert all(after.scores[each] == matrix.scores[each] for each in HYPOTHESES if each != one)


def with_cell(matrix: Matrix, number: int, hypothesis: str, cell: dict) -> Matrix:
    changed = replace(matrix.rows[number], ratings={**matrix.rows[number].ratings, hypothesis: cell})
    return Matrix(matrix.hypotheses, tuple(changed if n == number else each for n, each in enumerate(matrix.rows)))


STEP_LOWER = {"A": "B", "B": "C", "C": "D", "D": "E", "E": "E", "F": "F"}


def from_scratch(matrix: Matrix) -> set:
    """Every variation as a matrix of its own, written out and scored anew."""
    found = set()

    def tried(variation, about, rows):
        leaders = Matrix(matrix.hypotheses, tuple(rows)).leaders
        if leaders != matrix.leaders:
            found.add((variation, about, leaders))

    for at, each in enumerate(matrix.rows):
        rest = [other for n, other in enumerate(matrix.rows) if n != at]
        tried(Variation.ROW_OUT, each.item, rest)
        lower = each.credibility + 1 if each.credibility < 5 else each.credibility
        tried(Variation.CREDIBILITY_LOWER, each.item, [*rest, replace(each, credibility=lower)])
    for source in {each.source for each in matrix.rows}:
        rows = [
            replace(each, reliability=STEP_LOWER[each.reliability]) if each.source == source else each
            for each in matrix.rows
        ]
        tried(Variation.RELIABILITY_LOWER, source, rows)
    return found


@MANY
@given(matrices())
def test_sensitivity_is_what_recomputing_from_scratch_gives(matrix):
    assert {(each.variation, each.about, each.leaders) for each in matrix.flips} == from_scratch(matrix)


@MANY
@given(matrices())
def test_only_what_was_rated_against_with_weight_is_ranked_first(matrix):
    tested = {
        one for one in HYPOTHESES for each in matrix.rows if each.weight and set(each.cell(one).values()) & {"I", "II"}
    }
    assert matrix.untested == set(HYPOTHESES) - tested
    assert matrix.leaders <= tested
    assert bool(matrix.leaders) == bool(tested)
    assert set(matrix.ranking[: len(tested)]) == tested
