"""Two at once, on two real connections: one wins, the other is told."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection

from accounts.errors import IllegalStep, Refusal, StaleVersion
from cases.models import (
    Attribution,
    Citation,
    Incident,
    Review,
    ReviewClaim,
    SealedPacket,
    SubmittedVersion,
    Watch,
)
from cases.watching import look
from evidence.models import Source
from ledger.acting import acting_as
from ledger.models import Comment, LedgerEntry, Notification, Task
from tests import making

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each act on a thread and connection of its own, from one starting line. Answers or refusals."""
    line = Barrier(len(acts))

    def run(act):
        line.wait(timeout=20)
        try:
            return act()
        except (Refusal, ValidationError, DatabaseError) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result(timeout=60) for each in [pool.submit(run, act) for act in acts]]


def acting(person, act) -> Callable[[], object]:
    def run():
        with acting_as(person):
            return act()

    return run


def status_of(attribution, person) -> str:
    with acting_as(person):
        return Attribution.objects.get(pk=attribution.pk).status


def test_of_two_supervisors_who_approve_at_once_one_wins(reviewed, cast):
    def approve(person):
        return acting(person, lambda: Attribution.objects.get(pk=reviewed.pk).approve(by=person))

    answers = at_once(approve(cast.sofia), approve(cast.sigrid))
    assert sorted(type(each).__name__ for each in answers) == ["IllegalStep", "NoneType"]
    with acting_as(cast.ana):
        assert SealedPacket.objects.filter(attribution=reviewed).count() == 1
        assert LedgerEntry.objects.filter(object_id=reviewed.pk, step="approve").count() == 1


def test_of_approval_and_return_at_once_one_wins(reviewed, cast):
    answers = at_once(
        acting(cast.sofia, lambda: Attribution.objects.get(pk=reviewed.pk).approve(by=cast.sofia)),
        acting(cast.sigrid, lambda: Attribution.objects.get(pk=reviewed.pk).return_(by=cast.sigrid, reason="No.")),
    )
    assert sum(isinstance(each, IllegalStep) for each in answers) == 1
    assert status_of(reviewed, cast.ana) in ("approved", "returned")


def test_of_two_reviewers_who_claim_at_once_one_wins(in_review, cast):
    def claim(person):
        return acting(
            person,
            lambda: ReviewClaim.claim(by=person, attribution=Attribution.objects.get(pk=in_review.pk)),
        )

    answers = at_once(claim(cast.ben), claim(cast.sofia))
    assert sorted(type(each).__name__ for each in answers) == ["IllegalStep", "ReviewClaim"]
    with acting_as(cast.ana):
        assert ReviewClaim.objects.get().status == "open"


def test_of_a_claim_and_anothers_conclusion_at_once_both_may_stand_but_never_the_conclusion_after(in_review, cast):
    def conclude():
        attribution = Attribution.objects.get(pk=in_review.pk)
        return Review.conclude(by=cast.sigrid, attribution=attribution, conclusion="concur", interests="None.")

    def claim():
        return ReviewClaim.claim(by=cast.ben, attribution=Attribution.objects.get(pk=in_review.pk))

    concluded, claimed = at_once(acting(cast.sigrid, conclude), acting(cast.ben, claim))
    assert isinstance(claimed, ReviewClaim)
    with acting_as(cast.ana):
        opened = LedgerEntry.objects.get(object_id=claimed.pk)
        if isinstance(concluded, Review):
            assert LedgerEntry.objects.get(object_id=concluded.pk).sequence < opened.sequence
        else:
            assert isinstance(concluded, IllegalStep)


def test_a_co_author_named_while_the_draft_is_submitted_is_in_the_version_or_refused(draft, cast):
    at_once(
        acting(cast.ana, lambda: Attribution.objects.get(pk=draft.pk).submit(by=cast.ana)),
        acting(cast.ana, lambda: Attribution.objects.get(pk=draft.pk).add_co_author(by=cast.ana, person=cast.sigrid)),
    )
    with acting_as(cast.ana):
        told = json.loads(SubmittedVersion.objects.get().canonical)["attribution"]["authors"]
        assert set(told) == {str(each) for each in Attribution.objects.get(pk=draft.pk).author_ids()}


def test_a_citation_withdrawn_while_the_draft_is_submitted_is_either_in_or_out(draft, cast):
    with acting_as(cast.ana):
        citation = draft.citations.first()
    at_once(
        acting(cast.ana, lambda: Attribution.objects.get(pk=draft.pk).submit(by=cast.ana)),
        acting(cast.ana, lambda: Citation.objects.get(pk=citation.pk).withdraw(by=cast.ana, reason="Weak.")),
    )
    with acting_as(cast.ana):
        submitted = LedgerEntry.objects.get(object_id=draft.pk, step="submit")
        withdrawn = LedgerEntry.objects.filter(object_id=citation.pk, step="withdraw").first()
    assert withdrawn is None or withdrawn.sequence < submitted.sequence or withdrawn.at <= submitted.at


def test_of_two_edits_at_once_one_is_told(cast, east):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)

    def rename(person, name):
        copy = Source(**{f.attname: getattr(source, f.attname) for f in Source._meta.concrete_fields})
        copy._state.adding = False
        return acting(person, lambda: copy.change(by=person, name=name))

    answers = at_once(rename(cast.ana, "Hers"), rename(cast.ben, "His"))
    assert sum(isinstance(each, StaleVersion) for each in answers) == 1


def test_references_count_up_without_gap_or_double(cast, east):
    def record(person):
        return acting(person, lambda: [making.an_incident(by=person, workspace=east) for _ in range(5)])

    at_once(*(record(person) for person in (cast.ana, cast.ben, cast.sofia, cast.sigrid)))
    with acting_as(cast.ana):
        references = sorted(Incident.objects.values_list("reference", flat=True))
    assert [int(each[-4:]) for each in references] == list(range(1, 21))


def test_chains_hold_under_concurrent_writers(cast, east):
    with acting_as(cast.ana):
        shared = making.a_source(by=cast.ana, workspace=east)

    def write(person):
        def act():
            for n in range(10):
                making.a_source(by=person, workspace=east)
                Source.objects.filter(pk=shared.pk).update(description=f"{person.name} {n}")

        return acting(person, act)

    at_once(*(write(person) for person in (cast.ana, cast.ben, cast.sofia)))
    call_command("ledger", "verify")
    with acting_as(cast.ana):
        assert Source.objects.get(pk=shared.pk).version == 31


def test_a_process_that_dies_before_commit_leaves_nothing(reviewed, cast):
    """The connection is cut in the middle of an approval, as when the web process is killed."""

    def die():
        with acting_as(cast.sofia):
            Attribution.objects.get(pk=reviewed.pk).approve(by=cast.sofia)
            connection.connection.close()

    answers = at_once(die)
    assert isinstance(answers[0], DatabaseError)
    assert status_of(reviewed, cast.ana) == "in_review"
    with acting_as(cast.ana):
        assert not SealedPacket.objects.exists()


def test_of_two_who_finish_a_task_at_once_one_wins(cast, east):
    with acting_as(cast.ana):
        task = Task.add(by=cast.ana, workspace=east, title="Ask them")

    def finish(person):
        return acting(person, lambda: Task.objects.get(pk=task.pk).finish(by=person))

    answers = at_once(finish(cast.ana), finish(cast.ben))
    assert sorted(type(each).__name__ for each in answers) == ["IllegalStep", "NoneType"]
    with acting_as(cast.ana):
        assert LedgerEntry.objects.filter(object_id=task.pk, step="finish").count() == 1


def test_a_comment_said_while_its_record_is_marked_anew_is_no_wider_than_the_record(cast, east):
    with acting_as(cast.ana):
        incidents = [making.an_incident(by=cast.ana, workspace=east, marking="amber").pk for _ in range(6)]

    def narrow(pk):
        return acting(cast.ana, lambda: Incident.objects.get(pk=pk).change(by=cast.ana, marking="red"))

    def say(pk):
        def act():
            incident = Incident(pk=pk, workspace=east, marking="amber")
            return Comment.add(by=cast.ben, about=incident, text="A secret.")

        return acting(cast.ben, act)

    for pk in incidents:
        assert not [each for each in at_once(narrow(pk), say(pk)) if isinstance(each, Exception)]
    with acting_as(cast.ana):
        assert set(Comment.objects.values_list("marking", flat=True)) == {"red"}
    with acting_as(cast.vera):
        assert not Comment.objects.exists()
        assert not Notification.objects.shown()


def test_two_lookers_tell_of_a_match_once(cast, east):
    with acting_as(cast.ana):
        watch = Watch.add(by=cast.ana, sort="search", title="New", over="incident", workspace=east)
    with acting_as(cast.ben):
        making.an_incident(by=cast.ben, workspace=east)
    assert sorted(at_once(*(lambda: look(watch.pk, cast.ana),) * 3)) == [0, 0, 1]
    with acting_as(cast.ana):
        assert Notification.objects.count() == 1
