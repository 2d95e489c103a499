"""What stands in the text of each kind of response."""

import pytest

from exchange.blocks import Heading
from tests.exchange.packets import SEAL, a_packet
from tests.exchange.responses import (
    NETWORK,
    STATE,
    a_draft_standing,
    a_response_packet,
    a_text,
    everything,
    facts,
    prose,
    section,
)


@pytest.mark.parametrize(
    ("form", "title", "opening"),
    [
        ("note_verbale", "Note verbale", "Lithuania presents its compliments to The foreign ministry"),
        ("demarche", "Demarche", "To be put to The foreign ministry on instructions of Lithuania"),
        ("summons", "Speaking note for a summons", "To be said to The foreign ministry, summoned by Lithuania."),
        ("joint_statement", "Joint statement", "Statement of Lithuania, joined by Latvia and Estonia"),
        ("complaint", "Complaint to an organisation", "Lithuania brings the following to the attention of"),
    ],
)
def test_a_protest_has_the_words_of_the_form_that_was_chosen(form, title, opening):
    text = a_text(a_response_packet("diplomatic_protest", detail={"form": form}))
    assert (text.title, text.subtitle) == (title, "Answer to the republic")
    assert opening in prose(section(text, "Opening"))
    assert "[place and date: not filled in]" in prose(section(text, "What it is to bring about"))


def test_a_protest_without_sender_or_addressee_leaves_them_blank_in_its_words():
    packet = a_response_packet("diplomatic_protest", response={"taken_by": "", "addressee": ""})
    told = prose(section(a_text(packet), "Opening"))
    assert "[sender: not filled in] presents its compliments to [addressee: not filled in]" in told


def test_a_protest_whose_form_is_not_chosen_says_so():
    packet = a_response_packet("diplomatic_protest", detail={"form": ""})
    assert "[form of the protest: not filled in]" in prose(section(a_text(packet), "Opening"))


def test_braces_in_a_name_are_no_placeholders():
    packet = a_response_packet("diplomatic_protest", response={"taken_by": "{addressee} {0}"})
    assert "{addressee} {0} presents its compliments" in prose(section(a_text(packet), "Opening"))


def test_each_target_has_a_statement_of_reasons_with_provision_and_attribution():
    told = section(a_text(a_response_packet("sanctions")), "Statements of reasons")
    assert told.blocks[0] == Heading("Northern Republic (state)")
    rows = facts(told)
    assert (rows["Reasons"], rows["Measures"]) == ("It gave orders.", "asset freeze and travel ban")
    assert rows["Provision"] == "Border Code, Article 25 (European Union)"
    assert (rows["Judgement"], rows["Seal of the dossier"]) == ("Attributed", SEAL)
    assert rows["Identifying details"] == "[names, registers and addresses for the list: not filled in]"


def test_a_target_that_no_attribution_names_is_said_to_lack_one():
    target = {"actor": "other", "name": "An airline", "actor_kind": "enterprise", "grounds": ""}
    text = a_text(a_response_packet("sanctions", targets=[target]), standing=a_draft_standing())
    rows = facts(section(text, "Statements of reasons"))
    assert rows["Reasons"] == "[reasons for An airline: not filled in]"
    assert rows["Attribution"] == "[approved attribution of An airline: not among what this rests on]"
    assert "The republic moved people" in prose(section(text, "What is judged"))


def test_listing_grounds_carry_the_numbers_of_what_they_cite():
    text = a_text(a_response_packet("sanctions"))
    assert prose(section(text, "Listing grounds")) == "It sold the flights. [1]"
    bare = a_text(a_response_packet("sanctions", citations=[]), standing=a_draft_standing())
    assert "[words that the listing grounds rest on: not cited]" in prose(section(bare, "Listing grounds"))


def test_a_memorandum_gives_measure_time_necessity_and_how_asylum_stays_open():
    text = a_text(a_response_packet("border_enforcement"))
    told = facts(section(text, "The measure"))
    assert (told["Measure"], told["Section"]) == ("Checks", "Kuznica")
    assert (told["From"], told["To and including"]) == ("1 November 2026", "31 December 2026")
    assert prose(section(text, "How access to asylum stays open")) == "Answer on asylum_access. [2]"
    reasons = facts(section(text, "Necessity and proportionality"))
    assert reasons["Why nothing milder would do"] == "Nothing milder held."
    assert reasons["Why is it necessary and proportionate?"] == "Answer on proportionality. [2]"


def test_a_memorandum_without_an_end_leaves_it_blank():
    text = a_text(a_response_packet("border_enforcement", detail={"ends": None}), standing=a_draft_standing())
    assert facts(section(text, "The measure"))["To and including"] == "[last day: not filled in]"


def test_a_referral_names_network_offence_and_statute_and_counts_defendants():
    text = a_text(a_response_packet("prosecution"))
    told = facts(section(text, "Referral"))
    assert (told["Offence"], told["Statute"]) == ("Smuggling of migrants", "Article 264")
    assert told["Defendants"] == "4, not named here"
    network = section(text, "The network")
    assert network.blocks[0] == Heading("The drivers (smuggling network)")
    assert facts(network)["Recorded of it"] == "Drivers who collect for pay."


def test_a_state_is_never_part_of_what_is_referred():
    state = {**NETWORK, "actor": "act", "name": "Northern Republic", "actor_kind": "state"}
    text = a_text(a_response_packet("prosecution", grounds=[NETWORK, STATE, state]), standing=a_draft_standing())
    network = section(text, "The network")
    assert [each.text for each in network.blocks if isinstance(each, Heading)] == ["The drivers (smuggling network)"]
    assert "[Northern Republic: not named as a defendant, since states are not prosecuted]" in prose(network)
    assert "The republic moved people" not in prose(section(text, "What is judged"))
    background = section(text, "Conduct attributed to a state")
    assert background.blocks[0].text.startswith("Background only. A state is no defendant")


def test_a_referral_for_one_offence_does_not_imply_the_other():
    told = everything(a_text(a_response_packet("prosecution", detail={"offence": "trafficking"})))
    assert "Offence\nTrafficking in persons" in told
    assert told.lower().count("smuggling of migrants") == 1  # where it says that the two differ


def test_an_attributed_network_is_judged_in_a_referral():
    network = {"id": "net", "name": "The drivers", "actor_kind": "smuggling_network"}
    attribution = a_packet(actor=network, state_involvement="", legal_basis=[])
    text = a_text(a_response_packet("prosecution", grounds=[STATE]), attribution=attribution)
    assert "The republic moved people" in prose(section(text, "What is judged"))
    assert section(text, "The network").blocks[0] == Heading("The drivers (smuggling network)")
