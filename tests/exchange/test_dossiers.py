"""What stands in a dossier, whatever it is drawn as."""

import pytest

from exchange import packets
from exchange.blocks import Judgement, Notice, Quotation, Table
from exchange.wording import band_of, day, is_rtl, listed, printable
from tests.exchange.packets import a_citation, a_dossier, a_packet, an_older_packet


def section(dossier, title):
    return next(each for each in dossier.sections if each.title == title)


def blocks(dossier, kind):
    return [block for each in dossier.sections for block in each.blocks if isinstance(block, kind)]


def words(dossier) -> str:
    return "\n".join(dossier.words())


def test_likelihood_and_confidence_stand_in_sentences_of_their_own():
    (judgement,) = blocks(a_dossier(), Judgement)
    assert judgement.likelihood_sentence == "We judge it very likely (80 to 95 per cent) that this statement is true."
    assert judgement.confidence_sentence == "Our confidence in the basis of this judgement is moderate."
    assert "confidence" not in judgement.likelihood_sentence
    assert "likely" not in judgement.confidence_sentence


def test_a_finding_of_not_attributed_is_published_like_the_others():
    dossier = a_dossier(a_packet(label="not_attributed", likelihood="unlikely", what_would_change="An order."))
    (judgement,) = blocks(dossier, Judgement)
    assert judgement.label == "Not attributed"
    assert "unlikely (20 to 45 per cent) that this finding is true" in judgement.likelihood_sentence
    assert dossier.banner == ""
    assert dossier.notices == []
    assert "An order." in words(dossier)


def test_citations_are_numbered_through_and_told_with_their_source():
    quotations = blocks(a_dossier(), Quotation)
    assert [each.number for each in quotations] == [1, 2, 3, 4, 5, 6]
    first = quotations[0]
    assert first.descriptor == (
        "Ministry number 1 (official of the target state, PL): reliability B, usually reliable. "
        "Policy statement of 2 July 2021: credibility 2, probably true. Basis of knowledge: direct. "
        "Held in the original."
    )
    assert "Held as our own abstract, not the original." in quotations[1].descriptor
    assert dict(first.facts)["SHA-256 of the file"] == a_citation(1)["file_sha256"]
    assert dict(quotations[1].facts)["Read from"] == "a demand"


def test_contrary_evidence_has_a_section_of_its_own():
    dossier = a_dossier()
    assert [b.number for b in section(dossier, "Contrary evidence").blocks if isinstance(b, Quotation)] == [6]
    assert 6 not in [b.number for b in section(dossier, "What it rests on").blocks if isinstance(b, Quotation)]
    assert "State media were searched. (Searched on 2 November 2026.)" in words(dossier)


def test_the_elements_are_told_with_their_findings_and_citations():
    (grid,) = [each for each in blocks(a_dossier(), Table) if each.head[0] == "Element"]
    assert [row[0] for row in grid.rows] == [
        "Facilitation or direction",
        "Strategic objective",
        "Impact on the target",
        "Organised coordination",
    ]
    assert grid.rows[0][1:] == ["Supported", "Carriers named.", "[1] from 1 origin"]
    assert grid.rows[1][1:3] == ["Unknown", "Not stated."]


def test_the_matrix_is_told_with_weights_scores_disagreement_and_sensitivity():
    dossier = a_dossier()
    told = section(dossier, "Alternatives considered")
    scores, rows = [each for each in told.blocks if isinstance(each, Table)]
    assert scores.rows[0] == ["H1 The state steers it", "0.00", "leads"]
    assert scores.rows[3][2] == "untested: never rated against"
    assert rows.rows[0] == ["Document number 1 of the set", "B2, 1.41", "CC", "II / N", "I", "not rated", "1.22"]
    assert "Without “Document number 1 of the set”, H3 People flee would lead." in words(dossier)
    assert "never a probability" in words(dossier)


def test_dissent_and_its_answer_are_told():
    told = words(a_dossier())
    assert "Ben Reviewer: dissent" in told
    assert "The order is only inferred." in told
    assert "Answer by Sofia Approver" in told
    assert "It is in the gaps." in told


@pytest.mark.parametrize("status", ["stale", "superseded", "withdrawn"])
def test_what_no_longer_stands_says_so_on_the_first_page_with_the_reason(status):
    (notice,) = a_dossier(status=status, reason="Document 3 was forged.").notices
    assert notice == Notice(
        f"{status.capitalize()}: do not rely on this",
        f"What follows is what was approved; it is {status} now. Document 3 was forged.",
    )


def test_a_preview_says_on_every_page_that_nobody_approved_it():
    dossier = a_dossier({**a_packet(), "approver": None}, is_draft=True, seal="", status="in_review")
    assert dossier.banner == "DRAFT, NOT APPROVED"
    assert dossier.foot == "Not sealed"
    assert "Sofia" not in "".join(told for _, told in dossier.facts)


def withheld(supports: str, number: int) -> dict:
    return {"id": f"w{number}", "supports": supports, "intent_basis": "", "note": "", "withheld": True}


def test_what_a_packet_only_counts_is_said_by_element_on_the_first_page():
    packet = a_packet()
    packet["citations"] += [withheld("impact", 1), withheld("objective", 2), withheld("objective", 3)]
    (notice,) = a_dossier(packet).notices
    assert notice.text == (
        "Not shown, because the documents cited are marked above the attribution: "
        "2 citations for strategic objective and 1 citation for impact on the target."
    )
    (_, preview) = a_dossier(packet, is_draft=True).notices
    assert "marked above the attribution, or above your clearance" in preview.text
    assert [each.number for each in blocks(a_dossier(packet), Quotation)] == [1, 2, 3, 4, 5, 6]


def test_a_matrix_without_rows_and_with_rows_that_may_not_be_named_is_told():
    packet = a_packet()
    packet["matrix"]["rows"][0]["item"] |= {"title": "(withheld)", "grade": "", "marking": ""}
    rows = blocks(a_dossier(packet), Table)[2]
    assert rows.rows[0][:2] == ["(withheld)", "1.41"]
    packet["matrix"] |= {"rows": [], "scores": [], "hypotheses": [], "evaluators": [], "leaders": [], "sensitivity": []}
    assert "No hypotheses are set out." in words(a_dossier(packet))


def test_an_older_packet_is_read_as_well():
    dossier = a_dossier(an_older_packet())
    assert len(blocks(dossier, Quotation)) == 6
    assert "reliability B, usually reliable" in blocks(dossier, Quotation)[0].descriptor
    assert "This version holds no matrix" in words(dossier)
    assert "2026-1" in words(dossier)


def test_a_packet_of_another_format_is_refused():
    with pytest.raises(packets.UnknownFormat, match="attest-sealed-packet/9"):
        packets.read({"format": "attest-sealed-packet/9"})


def test_small_words():
    assert band_of("almost_certain") == "95 to 99 per cent"
    assert (day("2021"), day("2021-07"), day("2021-07-02"), day("")) == ("2021", "July 2021", "2 July 2021", "")
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert printable("a\x07\u202eb\r\nc\td") == "a[U+0007][U+202E]b\nc\td"
    assert is_rtl("(1) مرحبا")
    assert not is_rtl("abc مرحبا")
