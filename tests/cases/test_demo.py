"""The demonstration: facts of the case set, our own words, and each attribution at its stage."""

import re

import pytest
from django.core.management import call_command

from accounts.models import User
from cases.choices import FlowCategory, FlowUnit
from cases.demo import reading
from cases.demo.loading import load_demo
from cases.models import (
    ActorRelation,
    Attribution,
    Corridor,
    CorridorPresence,
    Dissent,
    FlowObservation,
    Incident,
    PublicClaim,
    Watch,
)
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from ledger.models import Comment, Notification, Task

STAGES = {
    ("Belarus", "approved", "attributed"),
    ("Turkey", "approved", "attributed"),
    ("Cuba", "approved", "attributed"),
    ("Russian Federation", "in_review", "attributed"),
    ("Russian Federation", "draft", "unjudged"),
    ("Russian Federation", "approved", "not_attributed"),
    ("China", "approved", "not_attributed"),
    ("Venezuela", "approved", "not_attributed"),
    ("Venezuela", "returned", "attributed"),
}


@pytest.mark.parametrize("case", reading.working_files())
def test_every_quotation_stands_once_in_our_own_abstract(case):
    for document, quote in reading.working_files()[case]["passages"].values():
        assert reading.abstracts()[document].count(quote) == 1, quote


def test_every_document_has_a_source_and_a_grade_and_no_foreign_address():
    cases, sources = reading.load("cases.yaml"), reading.load("sources.yaml")
    assert set(sources["documents"]) == set(cases["documents"])
    assert {each["source"] for each in sources["documents"].values()} <= set(sources["sources"])
    assert all(each["url"] is None for each in cases["documents"].values() if each["url_status"] == "left_out")
    assert all(len(country) in (0, 2) for country in (each["country"] for each in sources["sources"].values()))


def test_no_identifier_of_a_person_stands_in_the_working_files():
    told = " ".join(path.read_text() for path in (reading.HERE / "working").glob("*.yaml"))
    assert not re.search(r"[\w.]+@[\w.]+|\+\d{6,}|passport (no|number)", told, re.IGNORECASE)


def test_every_count_of_the_case_set_is_put_into_our_units_or_left_out_with_its_reason():
    """19 of 38 wordings give 21 counts; 19 fit no unit of ours, or hold no number."""
    told = reading.load("monitoring.yaml")["flows"]
    cases = reading.load("cases.yaml")["cases"]
    assert {each["id"] for each in cases} == set(told)
    pairs = [pair for case in cases for pair in zip(case["flow"], told[case["id"]], strict=True)]
    kept = [(flow, entry) for flow, entry in pairs if "left" not in entry]
    assert all(entry["left"] for _, entry in pairs if "left" in entry)
    assert all(flow["n"] is not None and entry["unit"] in FlowUnit.values for flow, entry in kept)
    assert {entry.get("category", "all") for _, entry in kept} <= set(FlowCategory.values)
    assert (len(pairs), len(kept), sum(1 + len(entry.get("also", [])) for _, entry in kept)) == (38, 19, 21)


def test_every_quotation_of_what_is_watched_stands_once_in_our_own_abstract():
    told = reading.load("monitoring.yaml")
    abstracts = dict(told["abstracts"])
    for file in reading.working_files().values():
        abstracts |= file["abstracts"]
    for document, quote in told["passages"].values():
        assert abstracts[document].count(quote) == 1, quote


@pytest.mark.django_db
def test_it_loads_by_the_verbs_once_and_whole():
    assert load_demo() is True
    assert load_demo() is False
    with acting_as(User.objects.get(email="analyst@demo.example")):
        assert Incident.objects.count() == 28
        assert {(a.actor.name, a.status, a.label.value) for a in Attribution.objects.select_related("actor")} == STAGES
        assert Dissent.objects.filter(answer="").exists()
        assert PublicClaim.objects.filter(item=None).exists()
        assert not EvidenceItem.objects.filter(is_abstract=True, files=None).exists()
        assert (Comment.objects.count(), Task.objects.count(), Watch.objects.count()) == (5, 3, 3)
        assert Notification.objects.filter(event="mentioned").count() == 2
        counts = FlowObservation.objects.all()
        assert counts.count() == 21
        assert sum(each.passage_id is None for each in counts) == 14
        assert "General knowledge, to verify" in counts.get(low=39700).note
        assert Corridor.objects.count() == 7
        taxes = CorridorPresence.objects.filter(activity="taxes_passage", actor__name__startswith="Cartel")
        assert [each.passage_id for each in taxes] == [None, None]
        assert not CorridorPresence.objects.filter(activity="traffics").exists()
        assert ActorRelation.objects.count() == 5
        for approved in Attribution.objects.approved():
            assert approved.gate().is_passed
    call_command("ledger", "verify")
