"""The tests of the law beside our elements: findings are laid beside them, and a person says whether each is met."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import IllegalStep
from cases.choices import Element, Finding
from cases.models import ElementFinding
from cases.signals import what_stands_beside
from ledger.acting import acting_as
from policy import library
from policy.beside import found_on
from policy.conditions import Bearing, Found, conditions
from policy.models import LegalProvision, PolicyResponse, ProvisionTestAnswer
from tests.policy import proposing
from tests.policy.failing import TEST, answer_the_test

BORDER = "border_enforcement"


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


# --- Laid beside each other: pure ------------------------------------------------------------------------


def a_provision(**fields) -> LegalProvision:
    return LegalProvision(**{"key": "law", "instrument": "Law", "tests": ["They aim.", "They reach."], **fields})


def test_each_test_has_what_is_found_on_the_elements_that_bear_on_it():
    found = [Found(each, Finding.PARTLY, 2, "/") for each in Element]
    bearings = {"law": {"They aim.": Bearing((Element.OBJECTIVE,), "It asks for more.")}}
    (condition,) = conditions([a_provision(), a_provision(tests=[])], found, bearings)
    aim, reach = condition.tests
    assert ([each.element for each in aim.found], aim.beyond) == ([Element.OBJECTIVE], "It asks for more.")
    assert (reach.found, reach.beyond) == ((), ""), "a test that a workspace wrote itself has no bearing"


def test_only_a_supported_finding_is_established():
    told = {each: Found(Element.IMPACT, each, 1, "/").is_established for each in Finding}
    assert [each for each, is_established in told.items() if is_established] == [Finding.SUPPORTED]
    assert not Found(Element.IMPACT, None, 0, "/").is_established


def test_the_librarys_four_tests_are_laid_beside_the_four_elements():
    bearings = library.bearings()["eu-2024-1359"]
    assert [each.elements for each in bearings.values()] == [
        (Element.COORDINATION,),
        (Element.FACILITATION,),
        (Element.OBJECTIVE,),
        (Element.IMPACT,),
    ]
    assert all(each.beyond.endswith(".") for each in bearings.values())


# --- From the database -----------------------------------------------------------------------------------


def test_findings_and_citations_are_counted_for_each_element(approved, cast):
    with acting_as(cast.ana):
        ElementFinding.add(by=cast.ana, incident=approved.incident, element="impact", finding="supported")
        told = {each.element: each for each in found_on([approved.incident])}
    assert (told["impact"].is_established, told["impact"].citations) == (True, 3)
    assert (told["objective"].finding, told["objective"].citations) == (None, 3)


@pytest.mark.parametrize("page", ["incident", "attribution"])
def test_the_page_lays_the_tests_beside_what_was_found(client, cast, approved, east, page):
    client.force_login(cast.vera)
    with acting_as(cast.ana):
        address = (approved.incident if page == "incident" else approved).get_absolute_url()
        ElementFinding.add(by=cast.ana, incident=approved.incident, element="impact", finding="partly")
    assert "Tests of the law" not in words(client.get(address)), "there is no library yet"
    with acting_as(cast.ana):
        library.seed(by=cast.ana, workspace=east)
    told = words(client.get(address))
    assert "Tests of the law beside what we found" in told
    assert "What it does is liable to put at risk essential functions" in told
    assert 'Partly supported</span> <span class="small quiet">not established, 3 citations' in told
    assert "A finding of ours does not say that a test is met" in told


def test_the_panel_takes_the_same_few_queries_however_many_laws_set_tests(cast, approved, east):
    taken = []
    with acting_as(cast.ana):
        incident = approved.incident
    for number in range(2):
        with acting_as(cast.ana):
            law = {"instrument": f"Law {number}", "jurisdiction": "PL", "permits": "It.", "tests": ["They aim."]}
            LegalProvision.add(by=cast.ana, workspace=east, **law)
            with CaptureQueriesContext(connection) as queries:
                assert what_stands_beside(incident, by=cast.ana)
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 4


# --- Answering -------------------------------------------------------------------------------------------


@pytest.fixture
def asked(reach, cast, east):
    """A border measure that relies on the regulation and answers none of its tests yet."""
    response = reach("proposed", BORDER)
    with acting_as(cast.ana):
        library.seed(by=cast.ana, workspace=east)
        regulation = LegalProvision.objects.get(key="eu-2024-1359")
        response.provisions.model.add(by=cast.ana, response=response, provision=regulation)
    return response


def answer(client, response, number: int, **told):
    provision = LegalProvision.objects.get(key="eu-2024-1359")
    address = reverse("provision_test_answer_set", args=[response.pk, provision.pk, number])
    return client.post(address, {"answer": "met", "text": "So it is.", "passage": "", **told})


def failed(response) -> list[str]:
    return [each.key for each in PolicyResponse.objects.get(pk=response.pk).gate().failed]


def test_each_test_is_answered_on_the_page_before_the_measure_is_approved(client, cast, asked):
    client.force_login(cast.ana)
    with acting_as(cast.ana):
        passage = asked.citations.get().passage_id
        assert "tests" in failed(asked)
        assert words(client.get(asked.get_absolute_url())).count("Not answered yet.") == 4
        for number in range(4):
            assert answer(client, asked, number, passage=passage).status_code == 302
        assert "tests" not in failed(asked)
        assert answer(client, asked, 4).status_code == 404
        assert answer(client, asked, 0, text="Read again.", passage=passage).status_code == 302
        assert ProvisionTestAnswer.objects.count() == 4, "an answer is changed, not given twice"


def test_what_is_not_met_or_not_assessed_passes_with_a_warning(reach, cast):
    for given, cited in [("not_met", True), ("not_assessed", False)]:
        response = reach("proposed", BORDER)
        with acting_as(cast.ana):
            answer_the_test(given, cited=cited)(response, cast.ana)
            response = PolicyResponse.objects.get(pk=response.pk)
            (check,) = (each for each in response.gate().checks if each.key == "tests")
        assert (check.outcome, TEST in check.sentence) == ("warned", True)
        assert check.remedy == "Say in the note on the provision what it is then relied on for."
        with acting_as(cast.ana):
            response.provisions.get(provision__instrument="Other law").provision.withdraw(by=cast.ana, reason="x")


def test_a_test_is_answered_once_in_the_words_of_a_provision_that_is_relied_on(reach, cast):
    response = reach("proposed", BORDER)
    with acting_as(cast.ana):
        given = answer_the_test()(response, cast.ana)
        said = {"by": cast.ana, "response": response, "provision": given.provision, "answer": "met", "text": "Yes."}
        with pytest.raises(ValidationError, match="answered already"):
            ProvisionTestAnswer.add(**said, test=TEST)
        with pytest.raises(ValidationError, match="sets no such test"):
            ProvisionTestAnswer.add(**said, test="Another.")
        other = proposing.ready("prosecution", by=cast.ana, attribution=response.grounds.get().attribution)
        with pytest.raises(ValidationError, match="does not rely"):
            ProvisionTestAnswer.add(**said | {"response": other}, test=TEST)


def test_answers_are_sealed_and_stay_as_they_were(reach, cast):
    response = reach("proposed", BORDER)
    with acting_as(cast.ana):
        given = answer_the_test("not_assessed", cited=False)(response, cast.ana)
        PolicyResponse.objects.get(pk=response.pk).submit(by=cast.ana)
    with acting_as(cast.ben):
        proposing.concur(PolicyResponse.objects.get(pk=response.pk), by=cast.ben)
    with acting_as(cast.sofia):
        PolicyResponse.objects.get(pk=response.pk).approve(by=cast.sofia)
        packet = json.loads(response.packets.get().canonical)
    with acting_as(cast.ana), pytest.raises(IllegalStep):
        ProvisionTestAnswer.objects.get(pk=given.pk).change(by=cast.ana, answer="met")
    sealed = [each["tests"] for each in packet["provisions"] if each["tests"]]
    assert sealed == [[{"test": TEST, "answer": "not_assessed", "text": "As the findings say.", "quote": ""}]]
