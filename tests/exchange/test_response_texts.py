"""What stands in the text of a response: every statement with its citation, and plain blanks for what is open."""

import pytest

from exchange.blocks import Heading, Quotation
from exchange.packets import UnknownFormat
from exchange.texts import packets
from tests.exchange.packets import SEAL, a_citation
from tests.exchange.responses import (
    CLAIM,
    OWN_SEAL,
    STATE,
    a_draft_standing,
    a_response_packet,
    a_standing,
    a_text,
    an_older_response_packet,
    everything,
    facts,
    notices,
    prose,
    section,
    words,
)

KINDS = ["diplomatic_protest", "sanctions", "border_enforcement", "prosecution"]
EACH_KIND = pytest.mark.parametrize("kind", KINDS)


# --- Of every kind ---------------------------------------------------------------------------------


@EACH_KIND
def test_what_is_approved_names_its_seal_who_approved_it_and_when(kind):
    text = a_text(a_response_packet(kind))
    told = dict(text.facts)
    assert (told["Status"], told["Approved"]) == ("Approved and sealed", "24 November 2026 by Sofia Approver")
    assert told["Seal (SHA-256 of the packet)"] == OWN_SEAL
    assert told["Date of the measure"] == "20 November 2026"
    assert (text.foot, text.banner) == (f"Round 1, seal {OWN_SEAL[:16]}", "")


@EACH_KIND
def test_what_is_not_approved_says_so_and_of_which_version_it_was_made(kind):
    text = a_text(a_response_packet(kind), standing=a_draft_standing())
    assert (text.foot, text.banner) == ("Version 7, not sealed", "DRAFT, NOT APPROVED")
    assert dict(text.facts)["Status"] == "Draft: proposed, not approved"
    assert "Sofia" not in everything(text)


@EACH_KIND
def test_incidents_are_told_with_title_dates_and_place(kind):
    told = prose(section(a_text(a_response_packet(kind)), "What is documented"))
    assert (
        "INC-2026-0007, Buses to the border. From July 2021 to 15 January 2022. "
        "Place: The forest section. Target: LT." in told
    )


@EACH_KIND
def test_quoted_words_stand_as_numbered_references_with_source_page_and_hash(kind):
    text = a_text(a_response_packet(kind))
    cited = a_citation(21)
    assert f"Ministry number 21, 2 July 2021: “{cited['quote']}” [1]" in prose(section(text, "What is documented"))
    first = section(text, "References").blocks[0]
    assert (first.number, first.quote, first.title) == (1, cited["quote"], "Document number 21 of the set")
    assert dict(first.facts)["Place"] == "page 1, characters 210 to 270"
    assert dict(first.facts)["SHA-256 of the file"] == cited["file_sha256"]


@EACH_KIND
def test_every_number_that_is_used_has_its_reference_and_each_passage_one_number(kind):
    packet = a_response_packet(kind)
    packet["citations"].append({**packet["citations"][0], "id": "rc2", "supports": "measure"})
    text = a_text(packet)
    numbers = [each.number for each in section(text, "References").blocks if isinstance(each, Quotation)]
    assert numbers == list(range(1, len(numbers) + 1))
    quotes = [each.quote for each in section(text, "References").blocks]
    assert len(quotes) == len(set(quotes))


@EACH_KIND
def test_the_law_is_told_with_article_jurisdiction_and_safeguards(kind):
    law = section(a_text(a_response_packet(kind)), "The law it relies on")
    assert law.blocks[0] == Heading("Border Code, Article 25 (European Union)")
    told = facts(law)
    assert (told["Safeguards"], told["Conditions"]) == ("Access to asylum stays open.", "It is a last resort.")
    assert (told["In force"], told["How this stays within it"]) == ("from 2016", "For two months only.")


@EACH_KIND
def test_the_five_questions_on_rights_stand_with_their_answers_and_citations(kind):
    told = facts(section(a_text(a_response_packet(kind)), "Rights assessment"))
    assert told["How does access to asylum stay open?"] == "Answer on asylum_access. [2]"
    assert len(told) == 5


@EACH_KIND
def test_what_is_not_filled_in_is_a_marked_blank_and_never_made_up(kind):
    open_ones = {"addressee": "", "taken_by": "", "objective": ""}
    packet = a_response_packet(kind, response=open_ones, provisions=[], rights={}, citations=[], incidents=[])
    packet |= {"detail": {}, "grounds": [], "targets": []}
    text = a_text(packet, standing=a_draft_standing())
    told = everything(text)
    assert "[legal provision: not filled in]" in told
    assert "[incident that this answers: not filled in]" in told
    assert "[answer: How is nobody returned to danger?: not filled in]" in told
    assert "[what it is to bring about: not filled in]" in told
    (title,) = [each for each in notices(text) if each.endswith("to be filled in")]
    assert "what it is to bring about; " in notices(text)[title]


@EACH_KIND
def test_what_the_reader_may_not_see_is_left_out_and_counted(kind):
    text = a_text(a_response_packet(kind), unseen=frozenset({"i21", "i22", "inc", "pr1"}))
    told = everything(text)
    for hidden in ("line 21", "Document number 21", "line 22", "Buses to the border. From", "Border Code"):
        assert hidden not in told, hidden
    assert notices(text)["Not complete"] == (
        "Not shown, because it is marked above the response, or above your clearance: "
        "1 incident, 1 legal provision, 1 citation and 5 citations of the rights assessment."
    )


@EACH_KIND
def test_what_a_packet_only_counts_is_counted_as_well(kind):
    packet = a_response_packet(kind, citations=[{"id": "rc1", "supports": "grounds", "note": "", "withheld": True}])
    assert "1 citation." in notices(a_text(packet))["Not complete"]


@EACH_KIND
@pytest.mark.parametrize("status", ["declined", "withdrawn", "lifted"])
def test_what_has_ended_says_not_to_use_it_with_the_reason(kind, status):
    text = a_text(a_response_packet(kind), standing=a_standing(status=status, reason="Overtaken."))
    assert notices(text)[f"{status.capitalize()}: do not use this"] == "Overtaken."
    assert text.banner == f"{status.upper()}: DO NOT USE"


def test_a_basis_in_question_is_said_before_anything_else():
    standing = a_standing(question="An attribution is withdrawn.")
    text = a_text(a_response_packet("sanctions"), standing=standing)
    assert (text.notices[0].text, text.banner) == ("An attribution is withdrawn.", "BASIS IN QUESTION")


def test_a_measure_that_others_took_is_told_as_one():
    text = a_text(a_response_packet("sanctions"), standing=a_draft_standing(is_on_record=True, status="completed"))
    assert text.banner == "ON RECORD, NOT APPROVED HERE"
    assert "A measure that others took" in notices(text)
    assert dict(text.facts)["Status"] == "On record: completed, not approved here"


def test_what_reads_like_an_identifier_is_pointed_at_and_masked():
    text = a_text(a_response_packet("sanctions", response={"objective": "Passport number AB1234567 is known."}))
    assert "the number of a passport" in notices(text)["Look at this before it leaves"]
    assert "AB1234567" not in notices(text)["Look at this before it leaves"]


# --- What is judged ----------------------------------------------------------------------------------


def test_an_attribution_is_told_in_its_own_words_with_what_it_rests_on_and_its_seal():
    told = facts(section(a_text(a_response_packet("diplomatic_protest")), "What is judged"))
    assert told["Statement"] == "The republic moved people to the border by decree."
    assert told["Judgement"] == "Attributed"
    assert told["Likelihood"] == "We judge it very likely (80 to 95 per cent) that this statement is true."
    assert told["Confidence"] == "Our confidence in the basis of this judgement is moderate."
    assert (told["Facilitation or direction"], told["Impact on the target"]) == (
        "Supported [3]",
        "Partly supported [5]",
    )
    assert (told["Dossier"], told["Seal of the dossier"]) == ("INC-2026-0007, version 2", SEAL)


def test_contrary_evidence_and_gaps_go_to_the_file_and_not_into_the_judgement():
    text = a_text(a_response_packet("diplomatic_protest"))
    told = facts(section(text, "What the judgements leave open"))
    assert (told["Gaps"], told["Contrary evidence"]) == ("No order was seen.", "[8]")
    assert "[8]" not in prose(section(text, "What is judged"))


@pytest.mark.parametrize("status", ["draft", "in_review", "stale", "withdrawn"])
def test_of_an_attribution_that_is_not_approved_nothing_is_stated(status):
    packet = a_response_packet("diplomatic_protest", grounds=[{**STATE, "status": status}])
    text = a_text(packet, standing=a_draft_standing())
    assert "The republic moved people" not in everything(text)
    assert "As sealed." not in everything(text)
    assert f"since the attribution is {status.replace('_', ' ')}]" in prose(section(text, "What is judged"))


def test_a_claim_of_others_is_documented_as_their_words_with_its_citation():
    packet = a_response_packet("diplomatic_protest", grounds=[{**CLAIM, "passage": words(23)}])
    told = prose(section(a_text(packet), "What is documented"))
    assert "A minister (avowal, 5 July 2021): That the border is open. [3]" in told
    unsourced = a_response_packet("diplomatic_protest", grounds=[{**CLAIM, "passage": None}])
    assert "[words of this claim: not cited]" in everything(a_text(unsourced))


# --- Packets -----------------------------------------------------------------------------------------


@EACH_KIND
def test_an_older_packet_is_read_and_what_it_did_not_keep_is_said(kind):
    told = everything(a_text(an_older_response_packet(kind)))
    assert "[title of INC-2026-0007: not kept in this older seal]" in told
    assert "Border Code, Article 25 ([jurisdiction: not kept in this older seal])" in told
    assert "[source: not kept in this older seal]" in told
    assert "“The very words.” [source of these words: not kept in this older seal]" in told
    assert "The republic moved people to the border by decree." in told


def test_a_packet_of_another_format_is_refused():
    with pytest.raises(UnknownFormat, match="attest-sealed-response/9"):
        packets.read({"format": "attest-sealed-response/9"})
