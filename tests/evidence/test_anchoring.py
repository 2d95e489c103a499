"""Passages find their words again, however the text was taken anew."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.anchoring import Stood, found_again
from evidence.quoting import anchor_at, places_of
from evidence.spelling import read

SENTENCES = (
    "The consulate in the capital issued tourist visas to whoever the agency named.",
    "Its officials said that fire fighters and efficient staff waited at the offices.",
    "أصدرت القنصلية تأشيرات سياحية لكل من حددته الوكالة في العاصمة.",
    "הקונסוליה הנפיקה אשרות תיירות לכל מי שהסוכנות נקבה בשמו.",
    "Straż Graniczna zażółciła gęślą jaźń, a służby „koordynowały” przewóz do granicy.",
    "Der Außenminister erklärte die Flüge für beendet — vorerst.",
)

TEXT = "\n".join(SENTENCES)

LIGATURES = {"ffi": "ﬃ", "fi": "ﬁ", "ff": "ﬀ", "fl": "ﬂ"}

sentences = st.sampled_from(SENTENCES)


def stood(text: str, words: str, page: int = 1) -> Stood:
    start = text.index(words)
    return Stood(page, anchor_at(text, start, start + len(words)))


@st.composite
def respelled(draw, text: str) -> str:
    """The same text as another extractor may spell it."""
    if draw(st.booleans()):
        for letters, ligature in LIGATURES.items():
            text = text.replace(letters, ligature)
    if draw(st.booleans()):
        text = text.replace(" ", draw(st.sampled_from(["  ", "\n", " \n", "\u00a0", "\t"])))
    if draw(st.booleans()):
        at = draw(st.lists(st.integers(1, len(text) - 1), max_size=8))
        unseen = draw(st.sampled_from(["\u00ad", "\u200b", "\u200f", "\u202a", "\ufeff"]))
        for place in sorted(at, reverse=True):
            text = text[:place] + unseen + text[place:]
    if draw(st.booleans()):
        text = re.sub(r"(?<=[a-z]{3})(?=[a-z]{4})", "-\n", text, count=1)
    if draw(st.booleans()):
        text = text.replace("—", "–").replace("„", "“")
    return unicodedata.normalize("NFC", text)


@given(st.data(), sentences)
def test_the_same_words_spelled_otherwise_are_found_and_hold(data, sentence):
    before = stood(TEXT, sentence)
    text = data.draw(respelled(TEXT))
    found = found_again(before, {1: text})
    assert found.state in ("exact", "moved")
    assert text[found.anchor.start : found.anchor.end] == found.anchor.quote
    assert read(found.anchor.quote).text.strip() == read(sentence).text.strip()


@given(sentences, st.text(max_size=200), st.integers(1, 9))
def test_words_are_exact_only_where_they_stood(sentence, before, page):
    text = before + TEXT
    found = found_again(stood(TEXT, sentence), {page: text})
    assert (found.state == "exact") == (text[found.anchor.start :] == TEXT[found.anchor.start :] and page == 1)
    assert found.state in ("exact", "moved")
    assert found.page == page


@given(st.text(max_size=300), st.text(max_size=40), st.data())
def test_whatever_is_found_stands_in_the_text(text, other, data):
    start = data.draw(st.integers(0, max(0, len(TEXT) - 30)))
    old = Stood(1, anchor_at(TEXT, start, start + 30))
    found = found_again(old, {1: other, 2: text})
    if found.anchor is None:
        assert found.state == "orphan"
    else:
        page = {1: other, 2: text}[found.page]
        assert page[found.anchor.start : found.anchor.end] == found.anchor.quote
        assert found.anchor.quote


@pytest.mark.parametrize("sentence", SENTENCES)
def test_words_that_are_merely_alike_wait_for_a_person(sentence):
    changed = sentence[:20] + "xy" + sentence[23:]
    found = found_again(stood(TEXT, sentence), {1: "Before. " + changed + " After."})
    assert (found.state, found.likeness < 100) == ("fuzzy", True)


def test_of_several_places_the_surroundings_choose():
    old = "First, they paid. Then they left. At last they paid. Nobody knew."
    start = old.rindex("they paid")
    new = "They came. At last they paid. Nobody knew. First, they paid. Then they left."
    found = found_again(Stood(1, anchor_at(old, start, start + 9)), {1: new})
    assert found.state == "moved"
    assert new[: found.anchor.start].endswith("At last ")


def test_places_that_fit_equally_well_wait_for_a_person():
    found = found_again(stood("They paid.", "They paid"), {2: "They paid.", 3: "They paid."})
    assert found.state == "fuzzy"


def test_what_stands_nowhere_is_an_orphan():
    assert (
        found_again(stood(TEXT, SENTENCES[0]), {1: "Nothing of the kind was written in this report at all."}).state
        == "orphan"
    )


@given(st.text(max_size=80))
def test_a_text_is_found_in_itself_wherever_it_reads_as_anything(words):
    places = places_of(words, words)
    assert bool(places) == bool(read(words).text.strip())
