"""What leaves under a lower marking: evidence by its own marking, words of the claim only where confirmed."""

import pytest

from exchange import packets
from exchange.assembly import draw
from exchange.choices import Form, FreeText
from exchange.dossiers import dossier_of
from exchange.withholding import Known, betrays, lowered, mentions
from tests.exchange.packets import a_citation, a_packet, all_known, an_older_packet, standing, words_of

ALL = frozenset(FreeText.values)
NONE: frozenset[str] = frozenset()
ABOVE = {"facilitation": 1, "contrary": 1}


def a_mixed_packet(**claim):
    """Two of its citations are marked above green, and one matrix row with each."""
    kinds = ["facilitation", "facilitation", "objective", "impact", "coordination", "contrary"]
    markings = ["green", "amber", "green", "clear", "green", "amber"]
    cited = [
        a_citation(number, supports, marking=marking)
        for number, (supports, marking) in enumerate(zip(kinds, markings, strict=True), start=1)
    ]
    cited[1] |= {"quote": "Secret witnesses heard the minister order it.", "note": "Only here is an order heard."}
    cited[5] |= {"quote": "Hidden envoys denied the whole affair."}
    return a_packet(cited, **claim)


def lower(packet, *, texts=ALL, to="green", **markings):
    read = packets.read(packet)
    known = all_known(packet, **markings)
    lowered_packet, left_out = lowered(read, to, known, texts)
    return dossier_of(lowered_packet, standing(), left_out), left_out, lowered_packet


def secrets_of(packet) -> list[str]:
    """Every telling word of what is above green."""
    found = []
    for each in packet["citations"]:
        if each["marking"] == "amber":
            item = each["item"]
            found += [each["quote"], each["file_sha256"], item["title"], item["source"], item["url"]]
            found += [item["reference_number"], each["quote"][:20]]
    return found


@pytest.mark.parametrize("form", Form.values)
@pytest.mark.parametrize("texts", [ALL - {"citation_notes"}, NONE], ids=["confirmed", "bare"])
def test_nothing_above_the_marking_stands_anywhere_in_the_bytes(form, texts):
    packet = a_mixed_packet()
    dossier, _, _ = lower(packet, texts=texts)
    words = words_of(form, draw(dossier, form))
    assert [secret for secret in secrets_of(packet) if secret in words] == []
    assert "The carriers of line 1 flew people" in words
    assert "TLP:GREEN" in words
    assert "TLP:AMBER" not in words


@pytest.mark.parametrize("form", Form.values)
def test_texts_that_nobody_confirmed_stand_nowhere_in_the_bytes(form):
    packet = a_mixed_packet()
    dossier, _, _ = lower(packet, texts=NONE)
    words = words_of(form, draw(dossier, form))
    claim = packet["attribution"]
    told = [claim[name] for name in claim if name in FreeText.values]
    told += ["Carriers named.", "Reason number 1.", "The state steers it", "Ben Reviewer", "Sofia", "Ana"]
    told += ["The order is only inferred.", "It is in the gaps.", "Approved with the dissent answered."]
    told += ["Each element rests on enough."]
    assert [each for each in told if each in words] == []
    assert words.count("Not released under this marking.") >= 6


def test_how_many_of_what_were_left_out_is_said_and_why():
    dossier, left_out, _ = lower(a_mixed_packet(), texts=ALL - {"gaps"})
    assert left_out.as_json() == {"citations": ABOVE, "rows": 2, "texts": ["gaps"], "names": []}
    (notice,) = dossier.notices
    assert notice.title == "Released under TLP:GREEN"
    assert notice.text == (
        "Made from an attribution under a stricter marking. "
        "Left out: 1 citation for facilitation or direction and 1 citation for contrary evidence, "
        "because the documents cited are marked above this version. "
        "2 rows of the matrix left out for the same reason; its scores were computed with them. "
        "Not released under this marking: gaps."
    )
    told = "\n".join(dossier.words())
    assert told.count("1 citation left out here: marked above this version.") == 2


def test_kept_citations_keep_their_numbers():
    _, _, kept = lower(a_mixed_packet())
    assert [each["number"] for each in kept["citations"]] == [1, 3, 4, 5]


def test_an_item_marked_anew_since_the_seal_counts_as_it_is_now():
    _, left_out, _ = lower(a_mixed_packet(), i4="red")
    assert left_out.citations == ABOVE | {"impact": 1}
    assert lower(a_mixed_packet(), i2="green")[1].citations == ABOVE  # what was sealed stricter stays stricter


def test_what_the_releasing_person_cannot_see_is_left_out():
    packet = packets.read(a_mixed_packet())
    known = Known(items={"i1": "green"}, incident=None, actor="amber")
    kept, left_out = lowered(packet, "green", known, ALL)
    assert [each["item"]["id"] for each in kept["citations"]] == ["i1"]
    assert left_out.names == ["incident", "actor"]
    words = "\n".join(dossier_of(kept, standing(), left_out).words())
    assert "Buses to the border" not in words
    assert "INC-2026-0007" not in words
    assert "Northern Republic" not in words


def test_an_older_packet_without_markings_goes_by_the_markings_of_now():
    packet = packets.read(an_older_packet())
    known = Known(items={"i1": "green", "i2": "amber"}, incident="clear", actor="clear")
    kept, left_out = lowered(packet, "green", known, ALL)
    assert [each["item"]["id"] for each in kept["citations"]] == ["i1"]
    assert sum(left_out.citations.values()) == 5


def mentioned(packet, texts=ALL):
    return list(mentions(packets.read(packet), "green", all_known(packet), texts))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("As Document number 2 of the set shows.", "a title"),
        ("It says: secret WITNESSES heard the minister\norder it!", "a quote"),
        ("Somewhere secret witnesses heard the minister order.", "a quote"),
        ("We had it from Ministry number 2, in person.", "a source"),
        ("See https://example.org/2 for it.", "an address"),
        ("Filed as REF-2.", "a reference number"),
    ],
)
def test_a_confirmed_text_that_names_what_is_left_out_is_caught(words, what):
    packet = a_mixed_packet(gaps=words)
    assert mentioned(packet, ALL - {"citation_notes"}) == [(FreeText.GAPS, what)]
    assert mentioned(packet, ALL - {"gaps", "citation_notes"}) == []


def test_a_mention_is_caught_in_a_script_without_spaces():
    packet = a_mixed_packet(gaps="据称边境官员奉命行事。")
    packet["citations"][1]["quote"] = "边境官员奉命"
    assert mentioned(packet, ALL - {"citation_notes"}) == [(FreeText.GAPS, "a quote")]


@pytest.mark.parametrize("words", ["Document number 21 of the sets.", "Ministry number 22.", "REF-25.", "Witnesses."])
def test_words_that_only_resemble_it_are_let_pass(words):
    assert mentioned(a_mixed_packet(gaps=words)) == []


def test_what_kept_evidence_says_as_well_is_no_secret():
    packet = a_mixed_packet(gaps="Ministry number 2 said so.")
    packet["citations"][0]["item"]["source"] = "Ministry number 2"
    assert mentioned(packet) == []


def test_the_last_look_finds_a_secret_wherever_it_stands():
    packet = packets.read(a_mixed_packet())
    known = all_known(a_mixed_packet())
    assert betrays(iter(["x", "so: hidden envoys denied the whole affair"]), packet, "green", known)
    assert not betrays(iter(["nothing of it"]), packet, "green", known)


def test_what_the_packet_itself_only_counts_is_counted_among_what_is_left_out():
    packet = a_mixed_packet()
    packet["citations"].append({"id": "w", "supports": "impact", "intent_basis": "", "note": "", "withheld": True})
    packet["matrix"]["rows"].append(
        packet["matrix"]["rows"][0] | {"item": {"id": "x", "title": "(withheld)", "grade": "", "marking": ""}}
    )
    packet["attribution"]["gaps"] = "Some sources are withheld."
    dossier, left_out, _ = lower(packet)
    assert (left_out.citations, left_out.rows) == (ABOVE | {"impact": 1}, 3)
    assert len(dossier.notices) == 1
    assert mentioned(packet, ALL - {"citation_notes"}) == []


def test_sensitivity_about_a_row_left_out_is_left_out():
    packet = a_mixed_packet()
    packet["matrix"]["sensitivity"] = [
        {"change": "row_out", "about": "Document number 2 of the set", "leaders": ["h2"]},
        {"change": "reliability_lower", "about": "Ministry number 1", "leaders": ["h3"]},
    ]
    _, _, kept = lower(packet)
    assert [each["about"] for each in kept["matrix"]["sensitivity"]] == ["Ministry number 1"]
