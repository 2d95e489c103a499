"""What the demonstration shows of responses: measures on record, and some that are under way."""

from collections import Counter

import pytest

from accounts.models import User
from cases.demo import reading
from cases.demo.loading import load_demo
from evidence.harm import harms_in
from exchange.demo import load_sharings
from exchange.models import Sharing
from ledger.acting import acting_as
from policy.demo import KINDS, load_responses, told
from policy.models import LegalProvision, PolicyResponse
from policy.sourcing import UNSOURCED, is_unsourced, remarks_of

CASES = reading.load("cases.yaml")["cases"]
MEASURES = [(case, measure) for case in CASES for measure in case["responses"]]


def failing(response: PolicyResponse) -> set[str]:
    return {check.key for check in response.gate().failed}


def test_what_is_said_of_measures_fits_the_case_set():
    for key, further in told()["on_record"].items():
        assert len(further) == len(reading.case(key)["responses"]), key


def test_a_recorded_measure_names_its_source_or_says_that_it_has_none():
    document = {"title": "Release", "issuer": "Ministry", "date": "2021-07"}
    sourced, unsourced = remarks_of(document, "KEY"), remarks_of(None)
    assert sourced == "Source: “Release”, Ministry, 2021-07. Reference KEY."
    assert not is_unsourced(is_on_record=True, remarks=f"Seen.\n{sourced}", citations=0)
    assert is_unsourced(is_on_record=True, remarks=unsourced, citations=0)
    assert is_unsourced(is_on_record=True, remarks="", citations=0)
    assert not is_unsourced(is_on_record=True, remarks="", citations=1)
    assert not is_unsourced(is_on_record=False, remarks="", citations=0)


def test_nothing_in_the_files_identifies_or_accuses_a_people():
    def texts(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, (list, dict)):
            for each in value.values() if isinstance(value, dict) else value:
                yield from texts(each)

    assert [text for text in texts(told()) if harms_in(text)] == []


@pytest.mark.django_db
def test_without_a_demonstration_nothing_is_loaded():
    assert load_responses() is False
    assert load_sharings() is False


@pytest.mark.django_db
def test_it_loads_once_and_whole():
    load_demo()
    assert load_responses() is True
    assert load_sharings() is True
    assert load_sharings() is False
    assert load_responses() is False
    with acting_as(User.objects.get(email="analyst@demo.example")):
        _measures_are_on_record_as_the_case_set_tells_them()
        _each_that_is_under_way_is_where_it_should_be()
        shared = Sharing.objects.get()
        assert (shared.partner, shared.under, shared.held_back["incident"]) == ("Lithuania", "amber", 1)
        assert set(LegalProvision.objects.values_list("workspace__slug", flat=True)) == {"east", "west"}


def _measures_are_on_record_as_the_case_set_tells_them() -> None:
    recorded = PolicyResponse.objects.filter(is_on_record=True)
    assert recorded.count() == len(MEASURES)
    kinds = Counter(KINDS.get(measure["kind"], measure["kind"]) for _, measure in MEASURES)
    assert Counter(recorded.values_list("response_kind", flat=True)) == kinds
    assert set(recorded.values_list("status", flat=True)) == {"completed", "in_force"}
    for response in recorded.prefetch_related("incidents__incident"):
        assert [each.incident.title for each in response.incidents.all()] == [response.package]
        assert response.taken_by
        assert response.measure_date
    closures = recorded.filter(border_enforcement__measure="closure").order_by("place")
    assert [each.border_enforcement.starts.isoformat() for each in closures] == [each.measure_date for each in closures]
    assert closures.count() == 3
    unsourced = {measure["what"] for _, measure in MEASURES if measure["c"] == "general"}
    marked = recorded.filter(remarks__startswith=UNSOURCED).values_list("title", flat=True)
    assert {title.lower() for title in marked} == {what.lower() for what in unsourced}


def _each_that_is_under_way_is_where_it_should_be() -> None:
    ours = {each.response_kind: each for each in PolicyResponse.objects.filter(is_on_record=False)}
    assert {kind: each.status for kind, each in ours.items()} == {
        "sanctions": "approved",
        "border_enforcement": "in_review",
        "prosecution": "in_review",
        "diplomatic_protest": "proposed",
        "intelligence_cooperation": "approved",
    }
    assert failing(ours["intelligence_cooperation"]) == set()
    assert failing(ours["sanctions"]) == set()
    assert ours["sanctions"].grounds.get().attribution.status == "approved"
    assert failing(ours["border_enforcement"]) == {"border"}
    assert failing(ours["prosecution"]) == set()
    assert failing(ours["diplomatic_protest"]) == {"standing", "claim", "rights", "people"}
