"""Laying versions side by side, and telling what moved. Pure."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.comparing import MOST_TOKENS, compare, words_changed
from cases.ground import Explained
from cases.moved import Standing, analysis_moved, evidence_moved

ITEM, HYPOTHESIS, ANALYST = uuid4(), uuid4(), uuid4()


def joined(pieces, *changes) -> str:
    return "".join(each.text for each in pieces if each.change in changes)


@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_of_either_text_is_lost(was, now):
    pieces = words_changed(was, now)
    assert joined(pieces, "same", "removed") == was
    assert joined(pieces, "same", "added") == now


def test_a_changed_word_is_found_in_its_sentence():
    pieces = words_changed("It rests on three origins.", "It rests on four origins.")
    assert [tuple(each) for each in pieces] == [
        ("same", "It rests on "),
        ("removed", "three"),
        ("added", "four"),
        ("same", " origins."),
    ]


def test_texts_too_long_to_compare_word_by_word_are_told_as_replaced():
    was, now = "word " * MOST_TOKENS, "other " * MOST_TOKENS
    assert [each.change for each in words_changed(was, now)] == ["removed", "added"]


def citation(start=0, supports="impact", **more) -> dict:
    told = {"id": str(uuid4()), "supports": supports, "intent_basis": "", "note": "", "quote": "Words", "page": 1}
    return told | {"start": start, "end": start + 5, "file_sha256": "a" * 64} | more


def version(**more) -> dict:
    matrix = {
        "hypotheses": [{"id": str(HYPOTHESIS), "name": "State strategy"}],
        "leaders": [str(HYPOTHESIS)],
        "rows": [
            {
                "item": {"id": str(ITEM), "title": "A decree", "grade": "B2"},
                "ratings": {str(HYPOTHESIS): {str(ANALYST): "I"}},
            }
        ],
    }
    return {"attribution": {"gaps": "None."}, "citations": [], "findings": [], "matrix": matrix} | more


def compared(now, was):
    return compare(now, was, ["gaps"], lambda name, claim: claim.get(name, ""))


def test_citations_are_the_same_by_what_they_rest_on_not_by_their_id():
    was = version(citations=[citation(0, note="Old."), citation(9)])
    now = version(citations=[citation(0, note="New."), citation(20), citation(0, supports="objective")])
    found = compared(now, was)
    assert (found.same, found.added, found.removed) == (1, 2, 1)
    assert joined(found.citations[0].note, "removed") == "Old"


def test_findings_and_leaders_are_compared_and_an_older_packet_may_lack_a_matrix():
    was = version(findings=[{"element": "impact", "finding": "partly", "rationale": "Some."}])
    del was["matrix"]
    now = version(findings=[{"element": "impact", "finding": "supported", "rationale": "Some."}])
    found = compared(now, was)
    assert [each.is_changed for each in found.findings] == [True]
    assert (found.leaders_were, found.leaders_now) == ([], ["State strategy"])


def test_without_an_earlier_version_nothing_changed():
    found = compared(version(citations=[citation()]), None)
    assert (found.changed_fields, found.added, found.removed) == (0, 0, 0)


def test_what_a_reader_may_not_see_is_not_called_moved():
    assert evidence_moved(version(), {}) == {}
    assert evidence_moved(version(), {ITEM: Standing("B2", "active", "")}) == {}


def test_an_item_withdrawn_and_regraded_is_told_in_one_breath():
    told = evidence_moved(version(), {ITEM: Standing("B5", "withdrawn", "Forged.")})[ITEM]
    assert told == (
        "“A decree” was withdrawn: Forged. “A decree” was graded B2 when this was submitted, and is graded B5 now."
    )


@pytest.mark.parametrize(
    ("cells", "name", "moved"),
    [
        ({ITEM: {HYPOTHESIS: {ANALYST: "I"}}}, "State strategy", False),
        ({ITEM: {HYPOTHESIS: {ANALYST: "II"}}}, "State strategy", True),
        ({ITEM: {HYPOTHESIS: {ANALYST: "I", uuid4(): "C"}}}, "State strategy", True),
        ({ITEM: {HYPOTHESIS: {ANALYST: "I"}}}, "The state's strategy", True),
    ],
)
def test_the_matrix_has_moved_when_a_rating_or_a_hypothesis_has(cells, name, moved):
    now = {"hypotheses": [Explained(HYPOTHESIS, "state_strategy", name)], "cells": cells, "findings": []}
    assert bool(analysis_moved(version(), now)) is moved
