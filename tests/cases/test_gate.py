"""The gate: each check alone, and who is asked what."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.choices import Confidence, Label, Likelihood, label_of
from cases.gate import CHECKS, Outcome
from cases.models import Attribution, Review, rate_row
from evidence import storage
from evidence.models import Derivation, EvidenceItem, Source
from ledger.acting import acting_as
from tests import making


def failed(attribution, person) -> list[str]:
    with acting_as(person):
        attribution = Attribution.objects.get(pk=attribution.pk)
        return [check.key for check in attribution.gate(approver=person).failed]


def change(**fields):
    return lambda attribution, ana: attribution.change(by=ana, **fields)


def withdraw_citations(**wanted):
    def mutate(attribution, ana):
        for citation in attribution.citations.filter(**wanted):
            citation.withdraw(by=ana, reason="Weaker than thought.")

    return mutate


def merge_origins(attribution, ana):
    first, second, _ = EvidenceItem.objects.order_by("pk")
    Derivation.add(by=ana, item=second, original=first)


def regrade_sources(grade):
    def mutate(attribution, ana):
        for source in Source.objects.all():
            source.regrade(by=ana, reliability=grade, reason="Looked again.")

    return mutate


def withdraw_an_item(attribution, ana):
    EvidenceItem.objects.order_by("-pk").first().withdraw(by=ana, reason="Forged.")


def only_news(attribution, ana):
    for item in EvidenceItem.objects.all():
        item.change(by=ana, evidence_kind="news_report")


def all_of_one_category(attribution, ana):
    for item in EvidenceItem.objects.all():
        item.change(by=ana, category="behavioural")


def read_from_effect_only(attribution, ana):
    for citation in attribution.citations.filter(supports="objective"):
        citation.change(by=ana, intent_basis="effect_only")


def cite_what_nobody_rated(attribution, ana):
    item = making.an_item(by=ana, workspace=attribution.workspace, text="A border guard spoke.")
    passage = making.a_passage(by=ana, item=item, quote="A border guard spoke.")
    attribution.cite(by=ana, passage=passage, supports="impact")


def let_another_lead(attribution, ana):
    for item in EvidenceItem.objects.all():
        ratings = {each.pk: "II" for each in attribution.incident.hypotheses.filter(hypothesis_kind="state_strategy")}
        rate_row(attribution.incident, by=ana, item=item, ratings=ratings)
    for hypothesis in attribution.incident.hypotheses.filter(hypothesis_kind="lawful_mobility"):
        for item in EvidenceItem.objects.all()[1:]:
            rate_row(attribution.incident, by=ana, item=item, ratings={hypothesis.pk: "C"})


def withdraw_a_further_passage(attribution, ana):
    passage = making.a_passage(by=ana, item=EvidenceItem.objects.order_by("pk").first(), quote="Report")
    attribution.cite(by=ana, passage=passage, supports="impact")
    passage.withdraw(by=ana, reason="Misread.")


IN_A_YEAR = timezone.localdate() + timedelta(days=400)
PRESS_AND_POLICY = ["news_report", "policy_statement"]
ALONE = [
    ("elements", withdraw_citations(supports="objective", passage__item__evidence_kind__in=PRESS_AND_POLICY)),
    ("independence", merge_origins),
    ("grades", regrade_sources("C")),
    ("kinds", only_news),
    ("legal", withdraw_citations(supports="legal_basis")),
    ("legal", change(state_involvement="")),
    ("wording", change(statement="The state very likely did it.")),
    ("sourcing", change(key_assumptions="")),
    ("sourcing", change(marking="green")),
    ("life", change(review_by=IN_A_YEAR)),
    ("life", change(review_by=None)),
    ("life", change(review_by=timezone.localdate() - timedelta(days=1))),
    ("passages", withdraw_a_further_passage),
    ("categories", all_of_one_category),
    ("intent", read_from_effect_only),
    ("alternatives", cite_what_nobody_rated),
    ("alternatives", let_another_lead),
    ("contrary", withdraw_citations(supports="contrary")),
    ("harm", change(gaps="The guide can be reached at a.guide@example.com.")),
    ("harm", change(gaps="Afghans are a threat to the region.")),
]


def test_every_check_has_its_fixture():
    assert {key for key, _ in ALONE} | {"people", "dissent"} == {each.key for each in CHECKS}


def test_without_a_third_person_people_fails_alone(in_review, cast):
    assert failed(in_review, cast.sofia) == ["people"]


def test_an_open_dissent_fails_alone(in_review, cast):
    with acting_as(cast.ben):
        Review.conclude(by=cast.ben, attribution=in_review, conclusion="dissent", reasons="Thin.", interests="None.")
    assert failed(in_review, cast.sofia) == ["dissent"]


@pytest.mark.parametrize(("key", "mutate"), ALONE, ids=[f"{key}-{n}" for n, (key, _) in enumerate(ALONE)])
def test_each_check_fails_alone(draft, cast, key, mutate):
    with acting_as(cast.ana):
        mutate(draft, cast.ana)
    submitted = making.concurred(making.submitted(draft, by=cast.ana), by=cast.ben)
    assert failed(submitted, cast.sofia) == [key]


def test_a_citation_of_a_withdrawn_item_fails_passages(reviewed, cast):
    with acting_as(cast.ana):
        withdraw_an_item(reviewed, cast.ana)
    assert "passages" in failed(reviewed, cast.sofia)


def test_damaged_bytes_fail_passages(reviewed, cast):
    with acting_as(cast.sofia):
        file = reviewed.citations.first().passage.page.file
        kept = Path(default_storage.path(storage.path_of(file.sha256)))
        kept.chmod(0o600)
        kept.write_bytes(b"other")
    assert "passages" in failed(reviewed, cast.sofia)


def test_what_passes_fails_nothing(reviewed, cast):
    assert failed(reviewed, cast.sofia) == []


@pytest.mark.parametrize(("grade", "counts"), [("E", False), ("F", False), ("D", False), ("C", True)])
def test_weak_grades_do_not_carry_an_element(draft, cast, grade, counts):
    with acting_as(cast.ana):
        regrade_sources(grade)(draft, cast.ana)
        draft.change(by=cast.ana, confidence="low")
    assert ("elements" not in failed(draft, cast.sofia)) is counts


def test_a_finding_of_not_attributed_takes_the_shorter_list(cast, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text="Nothing was found.")
        finding = making.an_attribution(
            by=cast.ana,
            workspace=east,
            likelihood="very_unlikely",
            confidence="moderate",
            what_would_change="A directive.",
            key_assumptions="x",
            source_summary="x",
            ai_use_note="x",
            review_by=timezone.localdate(),
        )
        passage = making.a_passage(by=cast.ana, item=item, quote="Nothing was found.")
        finding.cite(by=cast.ana, passage=passage, supports="contrary")
    making.weighed(finding, by=[cast.ana, cast.ben], claimed="humanitarian_movement")
    making.concurred(making.submitted(finding, by=cast.ana), by=cast.ben)
    assert failed(finding, cast.sofia) == []
    with acting_as(cast.sofia):
        asked = {c.key for c in finding.gate().checks if c.outcome != Outcome.NOT_APPLICABLE}
    assert asked == {"passages", "alternatives", "contrary", "wording", "people", "dissent", "harm", "sourcing", "life"}


def test_raising_the_likelihood_brings_all_checks_back(draft, cast):
    with acting_as(cast.ana):
        draft.change(by=cast.ana, likelihood="unlikely")
        few = sum(c.outcome == Outcome.NOT_APPLICABLE for c in draft.gate().checks)
        draft.change(by=cast.ana, likelihood="likely")
        none = sum(c.outcome == Outcome.NOT_APPLICABLE for c in draft.gate().checks)
    assert (few, none) == (7, 0)


def test_a_network_needs_no_legal_basis_and_no_third_person(cast, east):
    with acting_as(cast.ana):
        network = making.an_actor(by=cast.ana, workspace=east, actor_kind="smuggling_network", country="")
        claim = making.a_ready_attribution(
            by=cast.ana, workspace=east, actor=network, state_involvement="", legal_basis=[]
        )
    making.weighed(claim, by=[cast.ana, cast.ben], claimed="criminal_profit")
    making.submitted(claim, by=cast.ana)
    assert failed(claim, cast.sofia) == []
    with acting_as(cast.sofia):
        claim.approve(by=cast.sofia)
    assert claim.status == "approved"


def test_every_failure_says_what_to_do(cast, east):
    with acting_as(cast.ana):
        bare = making.an_attribution(by=cast.ana, workspace=east)
        for check in bare.gate().failed:
            assert check.sentence.endswith(".")
            assert check.remedy.endswith(".")


@pytest.mark.parametrize("stage", ["draft", "in_review", "approved"])
@pytest.mark.parametrize("copies", [0, 12])
def test_the_gate_takes_at_most_ten_queries_however_much_is_cited(draft, cast, east, copies, stage):
    with acting_as(cast.ana):
        for _ in range(copies):
            item = making.an_item(by=cast.ana, workspace=east, text=" ".join(making.WORDS.values()))
            for supports in ("facilitation", "impact", "contrary"):
                passage = making.a_passage(by=cast.ana, item=item, quote=making.WORDS[supports])
                draft.cite(by=cast.ana, passage=passage, supports=supports)
    making.weighed(draft, by=[cast.ana, cast.ben])
    if stage != "draft":
        making.concurred(making.submitted(draft, by=cast.ana), by=cast.ben)
    if stage == "approved":
        with acting_as(cast.sofia):
            draft.approve(by=cast.sofia)
    with acting_as(cast.ana):
        fresh = Attribution.objects.select_related("incident", "actor").get(pk=draft.pk)
        with CaptureQueriesContext(connection) as queries:
            fresh.gate()
    assert len(queries) <= 10


@pytest.mark.parametrize("likelihood", ["", *Likelihood.values])
@pytest.mark.parametrize("confidence", ["", *Confidence.values])
def test_the_label_of_the_database_is_the_label_of_the_record(cast, east, likelihood, confidence):
    with acting_as(cast.ana):
        record = making.an_attribution(by=cast.ana, workspace=east, likelihood=likelihood, confidence=confidence)
        annotated = Attribution.objects.with_label().get(pk=record.pk)
    assert annotated.computed_label == record.label.value == label_of(likelihood, confidence)


def test_labels_follow_the_definition():
    assert label_of("very_likely", "moderate") == Label.ATTRIBUTED
    assert label_of("very_likely", "low") == Label.SUSPECTED
    assert label_of("likely", "high") == Label.SUSPECTED
    assert label_of("roughly_even_chance", "high") == Label.NOT_ATTRIBUTED
    assert len({each.key for each in CHECKS}) == 16
