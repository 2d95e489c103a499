"""The demonstration: facts of the case set, our own words, and each attribution at its stage."""

import re

import pytest
from django.core.management import call_command

from accounts.models import User
from cases.demo import reading
from cases.demo.loading import load_demo
from cases.models import Attribution, Dissent, Incident, PublicClaim, Watch
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from ledger.models import Comment, Notification, Task

STAGES = {
    ("Belarus", "approved", "attributed"),
    ("Turkey", "approved", "attributed"),
    ("Cuba", "approved", "attributed"),
    ("Russian Federation", "in_review", "attributed"),
    ("Russian Federation", "draft", "unjudged"),
    ("Russian Federation", "draft", "not_attributed"),
    ("China", "approved", "not_attributed"),
    ("Venezuela", "approved", "not_attributed"),
    ("Venezuela", "returned", "attributed"),
}


@pytest.mark.parametrize("case", reading.working_files())
def test_every_quotation_stands_once_in_our_own_abstract(case):
    told = reading.working_files()[case]
    for document, quote in told["passages"].values():
        assert told["abstracts"][document].count(quote) == 1, quote


def test_every_document_has_a_source_and_a_grade_and_no_foreign_address():
    cases, sources = reading.load("cases.yaml"), reading.load("sources.yaml")
    assert set(sources["documents"]) == set(cases["documents"])
    assert {each["source"] for each in sources["documents"].values()} <= set(sources["sources"])
    assert all(each["url"] is None for each in cases["documents"].values() if each["url_status"] == "left_out")
    assert all(len(country) in (0, 2) for country in (each["country"] for each in sources["sources"].values()))


def test_no_identifier_of_a_person_stands_in_the_working_files():
    told = " ".join(path.read_text() for path in (reading.HERE / "working").glob("*.yaml"))
    assert not re.search(r"[\w.]+@[\w.]+|\+\d{6,}|passport (no|number)", told, re.IGNORECASE)


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
        for approved in Attribution.objects.approved():
            assert approved.gate().is_passed
    call_command("ledger", "verify")
