"""The legal library that comes along."""

import pytest
import yaml
from django.urls import reverse

from accounts.errors import NotYours
from cases.demo import reading
from ledger.acting import acting_as
from policy import library
from policy.choices import ResponseKind
from policy.library import entries, seed
from policy.models import LegalProvision

REGISTER = {"eu-2024-2643": "EU-DEC-2024-2643"}
"""Provisions whose text stands in the register of the case set."""

LISTED = {
    "refugee-convention-31", "refugee-convention-33", "eu-2024-1359", "eu-2012-642", "eu-2024-2643",
    "smuggling-protocol-5-6", "trafficking-protocol-3-5",
    "us-8-1158", "us-8-1182-f", "us-8-1189", "us-8-1324", "us-ieepa",
    *(f"ilc-{article}" for article in (4, 5, 8, 11, 16, 17, 18)),
}  # fmt: skip


@pytest.fixture
def seeded(cast, east):
    with acting_as(cast.ana):
        return seed(by=cast.ana, workspace=east)


def test_keys_are_unique_and_what_must_be_there_is_there():
    keys = [each["key"] for each in entries()]
    assert len(keys) == len(set(keys))
    assert set(keys) >= LISTED


def test_every_entry_is_recorded_as_it_stands_in_the_file(seeded, cast):
    with acting_as(cast.ana):
        recorded = {each.key: each for each in LegalProvision.objects.all()}
    assert len(recorded) == len(entries())
    for told in entries():
        assert {name: getattr(recorded[told["key"]], name) for name in told} == told


@pytest.mark.parametrize("told", entries(), ids=lambda told: told["key"])
def test_every_entry_says_what_it_permits_and_what_it_asks_in_return(told):
    assert told["permits"]
    assert told["safeguards"]
    assert set(told["kinds"]) <= set(ResponseKind.values)
    assert told["kinds"]
    assert told.get("url", "https://").startswith("https://")
    dates = [told.get("in_force_from", ""), told.get("in_force_to", "")]
    assert all(isinstance(each, str) for each in dates), "YAML took a date for something else"


@pytest.mark.parametrize(("key", "document"), REGISTER.items())
def test_an_address_that_the_register_knows_is_the_registers(key, document):
    told = next(each for each in entries() if each["key"] == key)
    assert told["url"] == reading.load("cases.yaml")["documents"][document]["url"]


def test_instrumentalisation_has_four_tests_each_a_sentence():
    told = next(each for each in entries() if each["key"] == "eu-2024-1359")
    assert len(told["tests"]) == 4
    assert all(test.endswith(".") for test in told["tests"])


def test_every_kind_of_response_finds_a_provision():
    assert {kind for each in entries() for kind in each["kinds"]} == set(ResponseKind.values)


def test_the_file_says_how_far_it_is_verified():
    text = (library.HERE / "provisions.yaml").read_text()
    assert "to verify" in text.split("provisions:")[0]
    assert yaml.safe_load(text)


def test_seeding_twice_adds_nothing(seeded, cast, east):
    with acting_as(cast.ana):
        assert seed(by=cast.ana, workspace=east) == []
        assert LegalProvision.objects.count() == len(seeded)


def test_seeding_adds_only_what_is_missing_and_leaves_edits_alone(cast, east):
    first = entries()[0]
    with acting_as(cast.ana):
        fields = {"instrument": first["instrument"], "article": first["article"], "jurisdiction": "PL"}
        by_hand = LegalProvision.add(by=cast.ana, workspace=east, permits="In our words.", **fields)
        seed(by=cast.ana, workspace=east)
        edited = LegalProvision.objects.get(key="us-8-1324")
        edited.change(by=cast.ana, instrument="Title 8", permits="Edited.")
        LegalProvision.objects.get(key="ilc-18").withdraw(by=cast.ana, reason="Not used here.")
        assert seed(by=cast.ana, workspace=east) == []
        edited.refresh_from_db()
        by_hand.refresh_from_db()
        assert (edited.permits, by_hand.permits) == ("Edited.", "In our words.")
        assert LegalProvision.objects.get(key="ilc-18").status == "withdrawn"


def test_each_workspace_keeps_its_own_copy(seeded, cast, west):
    with acting_as(cast.stranger):
        assert len(seed(by=cast.stranger, workspace=west)) == len(seeded)


def test_a_viewer_does_not_seed(cast, east):
    with acting_as(cast.vera), pytest.raises(NotYours):
        seed(by=cast.vera, workspace=east)


def test_a_member_takes_over_the_library_in_the_browser_once(client, cast, east):
    client.force_login(cast.ana)
    for _ in range(2):
        answer = client.post(reverse("legal_library_seed"), {"workspace": east.pk})
        assert (answer.status_code, answer.url) == (302, reverse("legal_provisions"))
    with acting_as(cast.ana):
        assert LegalProvision.objects.count() == len(entries())
    client.force_login(cast.vera)
    assert client.post(reverse("legal_library_seed"), {"workspace": east.pk}).status_code == 403
