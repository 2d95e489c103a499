"""Who is named in a text."""

from uuid import UUID

import pytest

from ledger.mentions import mentioned, pieces

ANA, ANNA, JO, OTHER_JO = (UUID(int=n) for n in range(4))
PEOPLE = {ANA: "Ana Lind", ANNA: "Ana Lindqvist", JO: "Jo (night)", OTHER_JO: "jo (Night)"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ana Lind, look", {ANA}),
        ("see @ana lindqvist.", {ANNA}),
        ("@Ana Lindqvist and @Ana Lind", {ANA, ANNA}),
        ("(@Jo (night))", {JO, OTHER_JO}),
        ("@Ana Lindgren", set()),
        ("mail x@Ana Lind", set()),
        ("Ana Lind without an at", set()),
        ("@@Ana Lind", set()),
        ("", set()),
    ],
)
def test_the_longest_whole_name_after_an_at_is_meant(text, named):
    assert mentioned(text, PEOPLE) == named


def test_a_text_falls_into_pieces_that_make_it_up_again():
    text = "Ask @Ana Lind or @Jo (night)!"
    assert pieces(text, PEOPLE) == [
        ("Ask ", False),
        ("@Ana Lind", True),
        (" or ", False),
        ("@Jo (night)", True),
        ("!", False),
    ]
    assert pieces(text, {}) == [(text, False)]
    assert "".join(piece for piece, _ in pieces("@Ana Lind", PEOPLE)) == "@Ana Lind"


def test_names_are_words_and_no_patterns():
    assert mentioned("@xyz", {ANA: "...", JO: ""}) == set()
