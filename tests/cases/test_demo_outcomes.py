"""How each case of the demonstration ends, why, and what it rests on."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from accounts.models import User
from cases import gate
from cases.choices import Supports
from cases.demo import reading
from cases.demo.loading import load_demo
from cases.gathering import ground_of
from cases.models import Attribution, Dissent, Incident, SubmittedVersion
from evidence.harm import harms_in
from evidence.models import EvidenceItem
from ledger.acting import acting_as

CASES = {each["id"]: each for each in reading.load("cases.yaml")["cases"]}

OUTCOMES = {
    "BY-PL-2021": [("approved", "attributed", "high")],
    "TR-GR-2020": [("approved", "attributed", "moderate")],
    "CU-US-1994": [("approved", "attributed", "moderate")],
    "RU-FI-2023": [("draft", "unjudged", ""), ("in_review", "attributed", "moderate")],
    "RU-NO-2015": [("approved", "not_attributed", "low")],
    "RU-BY-2021": [("approved", "not_attributed", "low")],
    "CN-US-2023": [("approved", "not_attributed", "moderate")],
    "VE-US-2025": [("approved", "not_attributed", "moderate"), ("returned", "attributed", "moderate")],
}

FITTING = {
    "approve_high": [("approved", "attributed", "high"), ("approved", "attributed", "moderate")],
    "approve_moderate": [("approved", "attributed", "moderate"), ("in_review", "attributed", "moderate")],
    "reject_not_attributed": [("approved", "not_attributed", "moderate"), ("approved", "not_attributed", "low")],
}
"""What an expectation of the case set allows. Lower confidence fits where the claim says what is missing."""

REASONS = {
    "BY-PL-2021": ["hotels and travel agencies that took part in bringing people", "in order to stop new sanctions"],
    "TR-GR-2020": ["it would no longer stop people heading for Europe", "backing over Idlib"],
    "CU-US-1994": ["Cuba pledged to prevent departures", "a minimum of 20,000 visas to have the outflow stopped"],
    "RU-FI-2023": [
        "retaliation for joining NATO in April 2023",
        "The evidence of the Finnish government is not public",
    ],
    "RU-NO-2015": ["no significant change of Russian practice", "the self-interest of those who travelled"],
    "RU-BY-2021": ["full responsibility for creating the flow on Belarus", "Alliance and benefit alone would not"],
    "CN-US-2023": ["no evidence of an organised military purpose", "Jobs and freedom", "A hearing airs concerns"],
    "VE-US-2025": ["is not directing its movement", "some officials facilitate members' migration"],
}

LOAD_BEARING = {
    "TIMES-2021-05-27": {"elements"},
    "FAC-2021-11-15": {"kinds"},
    "STRASB-2025-03": {"categories"},
}
"""What the Belarus approval cannot lose: the objective, the second kind that carries, the second category."""


@pytest.fixture(scope="module")
def vault(tmp_path_factory) -> dict:
    """Where the files of the demonstration lie while this module runs."""
    options = {"location": str(tmp_path_factory.mktemp("demonstration")), "base_url": None}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, vault) -> Iterator[None]:
    """The demonstration, loaded once for this module and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with stored_in(vault):
            assert load_demo() is True
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db, vault) -> Iterator[None]:
    """Whatever a test does to the demonstration is taken back, as far as a savepoint inside `loaded`."""
    with stored_in(vault):
        yield


@pytest.fixture
def analyst(demo) -> Iterator[User]:
    person = User.objects.get(email="analyst@demo.example")
    with acting_as(person):
        yield person


def stored_in(vault: dict) -> override_settings:
    return override_settings(STORAGES={**settings.STORAGES, "default": vault})


def attributions_of(case: str):
    found = Attribution.objects.filter(incident__title=CASES[case]["title"]).select_related("actor", "incident")
    return found.order_by("status")


def stage(attribution: Attribution) -> tuple[str, str, str]:
    return attribution.status, attribution.label.value, attribution.confidence


def outcomes(attribution: Attribution) -> dict[str, str]:
    """How each check that is asked came out."""
    return {each.key: each.outcome.value for each in attribution.gate().checks if each.outcome != "not_applicable"}


# --- The files -----------------------------------------------------------------------------------


def test_a_document_has_one_abstract():
    told = [document for each in reading.working_files().values() for document in each["abstracts"]]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("case", reading.working_files())
def test_two_evaluators_rate_every_cited_item_against_every_hypothesis(case):
    told = reading.working_files()[case]
    cited = {told["passages"][each[0]][0] for claim in told["attributions"] for each in claim["citations"]}
    ratings = told["matrix"]["ratings"]
    assert len(ratings) >= 2
    for rows in ratings.values():
        assert set(rows) == cited | set(told["matrix"]["rows"])
        assert {len(line.split()) for line in rows.values()} == {len(told["matrix"]["columns"])}


def test_nothing_that_tells_a_person_apart_stands_in_the_working_files():
    for path in (reading.HERE / "working").glob("*.yaml"):
        assert harms_in(path.read_text()) == []


# --- What is loaded ------------------------------------------------------------------------------


def test_the_case_set_holds_twenty_eight_cases(analyst):
    assert Incident.objects.count() == len(CASES) == 28


@pytest.mark.parametrize("case", CASES)
def test_each_case_ends_as_the_case_set_expects(case, analyst):
    ended = [stage(each) for each in attributions_of(case)]
    assert ended == OUTCOMES.get(case, [])
    if ended:
        assert set(ended) & set(FITTING[CASES[case]["expected_gate"]])


@pytest.mark.parametrize("case", REASONS)
def test_each_outcome_names_its_reason(case, analyst):
    told = " ".join(
        SubmittedVersion.objects.filter(attribution__in=attributions_of(case)).values_list("canonical", flat=True)
    )
    told += " ".join(
        EvidenceItem.objects.filter(reference_number__in=cited_by(case)).values_list("pages__text", flat=True)
    )
    assert [words for words in REASONS[case] if words not in told] == []


def cited_by(case: str) -> set[str]:
    cited = attributions_of(case).filter(citations__status="active")
    return set(cited.values_list("citations__passage__item__reference_number", flat=True))


@pytest.mark.parametrize(
    "case", [case for case, ended in OUTCOMES.items() if ended[0][:2] == ("approved", "attributed")]
)
def test_what_is_attributed_holds_all_sixteen_checks_and_leads_its_matrix(case, analyst):
    attribution = attributions_of(case).get(status="approved")
    found = outcomes(attribution)
    warned = {key for key, outcome in found.items() if outcome != "passed"}
    assert len(found) == len(gate.CHECKS) == 16
    assert warned == (set() if case == "BY-PL-2021" else {"alternatives"})
    ground = ground_of(attribution)
    assert ground.matrix.leaders == {ground.claimed_hypothesis.id}


@pytest.mark.parametrize("case", ["TR-GR-2020", "CU-US-1994"])
def test_what_falls_short_of_high_confidence_says_so(case, analyst):
    attribution = attributions_of(case).get()
    attribution.confidence = "high"
    failed = {each.key for each in attribution.gate().failed}
    assert "kinds" in failed
    assert "does not bear high confidence" in attribution.gaps


@pytest.mark.parametrize("case", ["RU-NO-2015", "RU-BY-2021", "CN-US-2023", "VE-US-2025"])
def test_what_is_not_attributed_cites_both_sides_and_says_what_would_change_it(case, analyst):
    attribution = attributions_of(case).get(status="approved")
    found = outcomes(attribution)
    supports = set(attribution.citations.values_list("supports", flat=True))
    assert len(found) == 9
    assert "failed" not in found.values()
    assert Supports.CONTRARY in supports
    assert supports - {Supports.CONTRARY}
    assert attribution.what_would_change
    ground = ground_of(attribution)
    assert ground.claimed_hypothesis.id not in ground.matrix.leaders


def test_the_refused_claim_on_venezuela_lacks_what_its_return_names(analyst):
    returned = attributions_of("VE-US-2025").get(status="returned")
    failed = {each.key for each in returned.gate().failed}
    assert {"elements", "grades", "intent", "legal", "alternatives", "contrary", "dissent"} <= failed
    assert "Facilitation and coordination rest on nothing" in returned.state_note


def test_the_finnish_case_waits_for_nothing_but_an_answer(demo):
    people = {name: User.objects.get(email=f"{name}@demo.example") for name in ("analyst2", "supervisor")}
    with acting_as(people["supervisor"]):
        waiting = attributions_of("RU-FI-2023").get(status="in_review")
        assert [each.key for each in waiting.gate(approver=people["supervisor"]).failed] == ["dissent"]
        dissent = Dissent.objects.get(review__attribution=waiting, answer="")
        assert "timing in a weak outlet" in dissent.reasons
        dissent.give_answer(by=people["supervisor"], answer="Confidence is moderate for that reason; the gaps say so.")
        waiting.approve(by=people["supervisor"])
    assert stage(waiting) == ("approved", "attributed", "moderate")


def test_the_matrices_show_what_a_reader_should_learn_to_see(analyst):
    matrices = [ground_of(each).matrix for each in Attribution.objects.select_related("incident", "actor")]
    rows = [(matrix, row) for matrix in matrices for row in matrix.rows]
    assert any(row.is_discounted for _, row in rows)
    assert any(not matrix.discriminates(row) for matrix, row in rows)
    assert any(row.disagreement(one) >= 2 for matrix, row in rows for one in matrix.hypotheses)
    assert any(matrix.flips for matrix in matrices)


# --- What falls ----------------------------------------------------------------------------------


def test_the_belarus_approval_falls_with_three_items_only_each_for_its_reason(analyst):
    ground = ground_of(attributions_of("BY-PL-2021").get())
    names = dict(EvidenceItem.objects.values_list("pk", "reference_number"))
    falls = {
        names[item]: {each.key for each in gate.evaluate(ground.without([item])).failed} for item in ground.cited_items
    }
    assert {name: keys for name, keys in falls.items() if keys} == LOAD_BEARING


def test_withdrawing_the_load_bearing_item_makes_the_belarus_approval_stale_and_names_it(analyst):
    item = EvidenceItem.objects.get(reference_number="TIMES-2021-05-27")
    before = {each.pk for each in Attribution.objects.approved()}
    item.withdraw(by=analyst, reason="The newspaper took the article back.")
    fallen = attributions_of("BY-PL-2021").get()
    assert fallen.status == "stale"
    assert f"“{item}” was withdrawn: The newspaper took the article back." in fallen.state_note
    assert "Strategic objective rests on 1 origin that counts; it needs 2." in fallen.state_note
    assert before - {each.pk for each in Attribution.objects.approved()} == {fallen.pk}
