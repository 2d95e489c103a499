"""While a version is in review nothing moves underneath it, by any path; and it alone is what is approved."""

import hashlib
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.errors import IllegalStep, NotYours
from cases.models import Attribution, CoAuthor, ElementFinding, ReturnItem, SealedPacket, rate_row
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from tests import making

# --- Frozen ---------------------------------------------------------------------------------------


def alternatives(attribution) -> tuple[str, str]:
    check = next(each for each in attribution.gate().checks if each.key == "alternatives")
    return check.outcome, check.sentence


def test_rating_anew_and_finding_anew_change_neither_the_gate_nor_what_is_sealed(reviewed, cast):
    with acting_as(cast.ana):
        before = alternatives(reviewed)
        submitted = json.loads(reviewed.submitted_versions.get().canonical)
        for item in EvidenceItem.objects.all():
            every = reviewed.incident.hypotheses.values_list("pk", flat=True)
            rate_row(reviewed.incident, by=cast.ana, item=item, ratings=dict.fromkeys(every, "CC"))
        ElementFinding.add(by=cast.ana, incident=reviewed.incident, element="impact", finding="unsupported")
        assert alternatives(reviewed) == before
    with acting_as(cast.sofia):
        reviewed.approve(by=cast.sofia)
        sealed = json.loads(SealedPacket.objects.get().canonical)
    assert sealed["matrix"]["rows"] == submitted["matrix"]["rows"]
    assert sealed["findings"] == submitted["findings"] == []


def test_the_claim_is_sealed_as_submitted_whatever_incident_and_actor_are_called_by_then(reviewed, cast):
    with acting_as(cast.ana):
        reviewed.incident.change(by=cast.ana, title="Another title")
        reviewed.actor.change(by=cast.ana, name="Another name")
    with acting_as(cast.sofia):
        reviewed = Attribution.objects.get(pk=reviewed.pk)
        reviewed.approve(by=cast.sofia)
        sealed, submitted = SealedPacket.objects.get(), reviewed.submitted_versions.get()
    assert json.loads(sealed.canonical)["attribution"] == json.loads(submitted.canonical)["attribution"]


@pytest.mark.parametrize(
    "move",
    [
        lambda a, by: a.add_co_author(by=by, person=by),
        lambda a, by: CoAuthor.add(by=by, attribution=a, person=by),
        lambda a, by: a.change(by=by, hypothesis=a.incident.hypotheses.last()),
        lambda a, by: a.change(by=by, marking="red"),
        lambda a, by: a.citations.first().change(by=by, note="Another."),
    ],
    ids=["co-author", "co-author added as a record", "hypothesis", "marking", "note of a citation"],
)
def test_no_verb_moves_what_is_in_review(in_review, cast, move):
    with acting_as(cast.ana), pytest.raises(IllegalStep):
        move(Attribution.objects.get(pk=in_review.pk), cast.ana)


def test_a_co_author_named_on_a_stale_copy_of_a_draft_in_review_is_refused_by_the_database(draft, cast):
    with acting_as(cast.ana):
        stale = Attribution.objects.get(pk=draft.pk)
        draft.submit(by=cast.ana)
        with pytest.raises(ValidationError, match="nobody joins"):
            stale.add_co_author(by=cast.ana, person=cast.ben)


@pytest.mark.parametrize(
    "change",
    [
        "statement = 'Another.'",
        "hypothesis_id = (SELECT id FROM cases_hypothesis LIMIT 1)",
        "marking = 'red'",
        "marking = 'clear'",
        "round = 2",
        "submitted_at = now()",
    ],
)
def test_raw_sql_moves_nothing_of_the_claim(in_review, cast, as_app, change):
    with pytest.raises(IntegrityError):
        as_app(f"UPDATE cases_attribution SET {change} WHERE id = %s", [in_review.pk], user=cast.ana)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_citation SET note = 'Another.'",
        "UPDATE cases_citation SET status = 'withdrawn'",
        "UPDATE cases_submittedversion SET canonical = '{}'",
        """INSERT INTO cases_citation (id, workspace_id, marking, state_note, status, attribution_id, passage_id,
           supports, intent_basis, note) SELECT gen_random_uuid(), workspace_id, marking, '', 'active', attribution_id,
           passage_id, 'legal_basis', '', '' FROM cases_citation WHERE supports = 'impact' LIMIT 1""",
        """INSERT INTO cases_coauthor (id, workspace_id, marking, state_note, status, attribution_id, person_id)
           SELECT gen_random_uuid(), workspace_id, marking, '', 'active', id, attest_user() FROM cases_attribution""",
    ],
    ids=["note", "status", "submitted version", "citation", "co-author"],
)
def test_raw_sql_moves_nothing_that_belongs_to_it(in_review, cast, as_app, statement):
    with pytest.raises(IntegrityError):
        as_app(statement, user=cast.ben)


def test_who_wrote_it_is_not_unwritten_by_raw_sql(draft, cast, as_app):
    with acting_as(cast.ana):
        draft.add_co_author(by=cast.ana, person=cast.sofia)
    for change in (f"person_id = '{cast.vera.pk}'", "status = 'withdrawn'"):
        with pytest.raises(IntegrityError, match="unwritten"):
            as_app(f"UPDATE cases_coauthor SET {change}", user=cast.sofia)


def test_a_colleague_who_is_no_author_does_not_name_co_authors(draft, cast):
    with acting_as(cast.ben), pytest.raises(NotYours):
        CoAuthor.add(by=cast.ben, attribution=draft, person=cast.ben)


# --- Only what was submitted is approved -----------------------------------------------------------

APPROVE = """UPDATE cases_attribution SET status = 'approved', approver_id = %s, approved_at = now(),
             seal = %s, gate_result = '{"passed": true}' WHERE id = %s"""


def seal_of(attribution, by, /, **changes) -> str:
    """Seal the submitted version with some changes, as nobody's verb does."""
    with acting_as(by):
        told = json.loads(attribution.submitted_versions.get(round=attribution.round).canonical) | changes
        canonical = json.dumps(told)
        sha256 = hashlib.sha256(canonical.encode()).hexdigest()
        SealedPacket.add(
            by=by, attribution=attribution, round=attribution.round, canonical=canonical, sha256=sha256, policy="x"
        )
    return sha256


def test_a_packet_of_the_version_submitted_is_approved(reviewed, cast, as_app):
    as_app(APPROVE, [cast.sofia.pk, seal_of(reviewed, cast.sofia), reviewed.pk], user=cast.sofia)
    with acting_as(cast.sofia):
        assert Attribution.objects.get(pk=reviewed.pk).status == "approved"


def test_a_packet_with_another_claim_is_not(reviewed, cast, as_app):
    with acting_as(cast.sofia):
        claim = json.loads(reviewed.submitted_versions.get().canonical)["attribution"]
    seal = seal_of(reviewed, cast.sofia, attribution=claim | {"likelihood": "almost_certain"})
    with pytest.raises(IntegrityError, match="claim that is sealed"):
        as_app(APPROVE, [cast.sofia.pk, seal, reviewed.pk], user=cast.sofia)


def test_a_packet_with_other_citations_is_not(reviewed, cast, as_app):
    with acting_as(cast.sofia):
        citations = json.loads(reviewed.submitted_versions.get().canonical)["citations"]
    seal = seal_of(reviewed, cast.sofia, citations=citations[1:])
    with pytest.raises(IntegrityError, match="citations that are sealed"):
        as_app(APPROVE, [cast.sofia.pk, seal, reviewed.pk], user=cast.sofia)


# --- Returning with a list ---------------------------------------------------------------------------


def returned(attribution, cast, *items) -> list[ReturnItem]:
    with acting_as(cast.sofia):
        attribution.return_(by=cast.sofia, reason="Some things.", items=items)
        return list(ReturnItem.objects.filter(attribution=attribution))


def test_a_return_lists_what_to_mend_about_a_check_a_field_a_citation_or_the_whole(in_review, cast):
    with acting_as(cast.sofia):
        citation = in_review.citations.first()
    items = returned(
        in_review,
        cast,
        {"what": "Find a third origin.", "check_key": "independence"},
        {"what": "Say what is missing.", "claim_field": "gaps"},
        {"what": "Say why.", "citation": citation},
        {"what": "Shorten it."},
    )
    with acting_as(cast.ana):
        assert [each.about for each in items] == ["Independence", "Gaps", "Citation for facilitation or direction", ""]
        assert {each.round for each in items} == {1}


@pytest.mark.parametrize(
    "item",
    [
        {"what": ""},
        {"what": "x", "check_key": "weather"},
        {"what": "x", "claim_field": "author"},
        {"what": "x", "check_key": "harm", "claim_field": "gaps"},
    ],
)
def test_a_return_with_a_thing_that_makes_no_sense_returns_nothing(in_review, cast, item):
    with acting_as(cast.sofia), pytest.raises(ValidationError):
        in_review.return_(by=cast.sofia, reason="Some.", items=[item])
    with acting_as(cast.ana):
        assert Attribution.objects.get(pk=in_review.pk).status == "in_review"


def test_a_return_without_a_list_is_submitted_again_as_ever(in_review, cast):
    returned(in_review, cast)
    making.submitted(in_review, by=cast.ana)
    assert in_review.round == 2


def test_it_is_submitted_again_only_when_each_thing_has_its_answer(in_review, cast):
    first, second = returned(in_review, cast, {"what": "One."}, {"what": "Two."})
    with acting_as(cast.ana):
        first.give_answer(by=cast.ana, outcome="mended")
        with pytest.raises(IllegalStep, match="1 thing to mend has no answer"):
            in_review.submit(by=cast.ana)
        with pytest.raises(ValidationError, match="why it was not mended"):
            in_review.submit(by=cast.ana, answers={second.pk: {"outcome": "not_mended", "word": " "}})
        in_review.submit(by=cast.ana, answers={second.pk: {"outcome": "not_mended", "word": "It stands."}})
        second.refresh_from_db()
    assert (in_review.status, second.word, second.answered_by) == ("in_review", "It stands.", cast.ana)


def test_only_an_author_answers_and_not_after_it_was_submitted(in_review, cast):
    (item,) = returned(in_review, cast, {"what": "One."})
    for name in ("ben", "sofia", "vera"):
        person = getattr(cast, name)
        with acting_as(person), pytest.raises(NotYours):
            item.give_answer(by=person, outcome="mended")
    with acting_as(cast.ana):
        in_review.submit(by=cast.ana, answers={item.pk: {"outcome": "mended", "word": ""}})
        with pytest.raises(IllegalStep, match="Cannot answer"):
            item.give_answer(by=cast.ana, outcome="not_mended", word="After all.")


def test_an_answer_to_something_else_is_refused(in_review, cast, east):
    (item,) = returned(in_review, cast, {"what": "One."})
    with acting_as(cast.ana):
        other = making.an_attribution(by=cast.ana, workspace=east)
        with pytest.raises(ValidationError, match="not to be mended"):
            other.submit(by=cast.ana, answers={item.pk: {"outcome": "mended"}})


def test_raw_sql_neither_adds_to_the_list_nor_answers_it_in_review(in_review, cast, as_app):
    (item,) = returned(in_review, cast, {"what": "One."})
    add = """INSERT INTO cases_returnitem (id, workspace_id, marking, state_note, attribution_id, round, check_key,
             claim_field, what, outcome, word) SELECT gen_random_uuid(), workspace_id, marking, '', attribution_id, 1,
             '', '', 'More.', '', '' FROM cases_returnitem"""
    with pytest.raises(IntegrityError, match="supervisor says"):
        as_app(add, user=cast.ana)
    with acting_as(cast.ana):
        in_review.submit(by=cast.ana, answers={item.pk: {"outcome": "mended"}})
    with pytest.raises(IntegrityError, match="is returned"):
        as_app(add, user=cast.sofia)
    with pytest.raises(IntegrityError, match="before it is submitted"):
        as_app("UPDATE cases_returnitem SET word = 'Not at all.'", user=cast.ana)
    with pytest.raises(IntegrityError, match="as it was said"):
        as_app("UPDATE cases_returnitem SET what = 'Nothing.'", user=cast.ana)


def test_each_version_keeps_how_it_left_review(reviewed, cast):
    returned(reviewed, cast)
    with acting_as(cast.ana):
        reviewed.submit(by=cast.ana)
    making.concurred(reviewed, by=cast.ben)
    with acting_as(cast.sofia):
        reviewed.approve(by=cast.sofia)
        versions = reviewed.submitted_versions.order_by("round")
        assert [each.decision for each in versions] == ["returned", "approved"]
        assert all(each.decided_at for each in versions)
