"""Exact words in a text: found, or refused."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from evidence.marking import segments
from evidence.quoting import anchor_at, locate

TEXT = "On 2 May the minister spoke. On 3 May the minister\nspoke again: ‘żółć’ 🚌 and more."


@given(st.text(min_size=1), st.data())
def test_an_anchor_always_holds_the_words_it_stands_for(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    anchor = anchor_at(text, start, end)
    assert text[anchor.start : anchor.end] == anchor.quote
    assert (anchor.prefix + anchor.quote + anchor.suffix) in text


def test_words_that_occur_once_are_found():
    anchor = locate(TEXT, "spoke again")
    assert TEXT[anchor.start : anchor.end] == "spoke again"


def test_white_space_matches_any_white_space_and_nothing_else_bends():
    assert locate(TEXT, "minister spoke again").quote == "minister\nspoke again"
    with pytest.raises(ValidationError, match="not in the text"):
        locate(TEXT, "minister Spoke again")


def test_letters_written_in_two_code_points_are_found():
    assert locate(TEXT, "z\u0307o\u0301łc\u0301").quote == "żółć"


def test_offsets_count_code_points():
    assert TEXT[locate(TEXT, "and more").start - 2] == "🚌"


def test_words_that_occur_twice_need_a_start():
    with pytest.raises(ValidationError, match="2 times"):
        locate(TEXT, "the minister")
    assert locate(TEXT, "the minister", start=TEXT.rindex("the minister")).start == TEXT.rindex("the minister")


@pytest.mark.parametrize("words", ["", "  ", "absent words", "x" * 5000])
def test_what_is_not_there_is_refused_by_field(words):
    with pytest.raises(ValidationError) as refusal:
        locate(TEXT, words)
    assert set(refusal.value.error_dict) == {"quote"}


class Span:
    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end


@given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))))
def test_segments_join_to_the_text_however_passages_overlap(text, pairs):
    spans = [Span(min(p), max(p)) for p in pairs if min(p) < max(p) <= len(text)]
    cut = segments(text, spans)
    assert "".join(each.text for each in cut) == text
    assert all(text[each.start :].startswith(each.text) for each in cut)
    assert sum(len(each.begins) for each in cut) == len(spans)
