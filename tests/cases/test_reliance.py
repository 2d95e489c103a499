"""Reliance: an approval outlives nothing that it rested on, and changes for nothing else."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.clones import clone
from cases import reliance
from cases.models import Attribution, rate_row
from cases.signals import attribution_moved, told_many
from cases.tasks import review_dates
from evidence.models import Confirmation, Derivation, EvidenceItem, Passage
from ledger.acting import acting_as, as_owner
from ledger.models import LedgerEntry
from tests import making


@pytest.fixture
def items(approved, cast) -> list[EvidenceItem]:
    """What the approved attribution cites, in order: three items of three origins."""
    with acting_as(cast.ana):
        return list(EvidenceItem.objects.select_related("source").order_by("pk"))


def now(attribution, person) -> Attribution:
    with acting_as(person):
        return Attribution.objects.get(pk=attribution.pk)


def another(cast, east, **fields) -> Attribution:
    """One more approved attribution, with items of its own."""
    with acting_as(cast.ana):
        one = making.a_ready_attribution(by=cast.ana, workspace=east, **fields)
    return approve(making.weighed(one, by=[cast.ana, cast.ben]), cast)


def approve(draft, cast) -> Attribution:
    """Carry a draft of Ana's through review to Sofia's approval."""
    making.concurred(making.submitted(draft, by=cast.ana), by=cast.ben)
    with acting_as(cast.sofia):
        draft.approve(by=cast.sofia)
    return draft


# --- Each act that moves the ground ---------------------------------------------------------------


def supersede(ana, items):
    successor = making.an_item(by=ana, workspace=items[0].workspace)
    items[0].supersede(by=ana, successor=successor, reason="A better scan.")


def withdraw_the_source(ana, items):
    items[0].source.withdraw(by=ana, reason="An impostor.")


def own_two(ana, items):
    items[1].source.change(by=ana, owner=items[0].source)


def own_two_at_depth(ana, items):
    """The sources are owned by two, of which one comes to own the other."""
    tops = [making.a_source(by=ana, workspace=items[0].workspace) for _ in range(2)]
    for item, top in zip(items, tops, strict=False):
        item.source.change(by=ana, owner=top)
    tops[0].change(by=ana, owner=tops[1])


def merge(ana, items):
    Derivation.add(by=ana, item=items[1], original=items[0])


def merge_at_depth(ana, items):
    """The second item repeats a wire that repeats a wire, which is found to repeat the first item."""
    near, far = (making.an_item(by=ana, workspace=items[0].workspace) for _ in range(2))
    Derivation.add(by=ana, item=items[1], original=near)
    Derivation.add(by=ana, item=near, original=far)
    Derivation.add(by=ana, item=far, original=items[0])


def withdraw_what_it_repeats(ana, items):
    """Three deep: the cited item repeats one that repeats one that repeats one that is withdrawn."""
    chain = [items[0], *(making.an_item(by=ana, workspace=items[0].workspace) for _ in range(3))]
    for item, original in pairwise(chain):
        Derivation.add(by=ana, item=item, original=original)
    chain[-1].withdraw(by=ana, reason="Forged.")


def withdraw_the_source_of_what_it_repeats(ana, items):
    wire = making.an_item(by=ana, workspace=items[0].workspace)
    Derivation.add(by=ana, item=items[0], original=wire)
    wire.source.withdraw(by=ana, reason="An impostor.")


def passage_of(items) -> Passage:
    return Passage.objects.filter(item=items[0]).order_by("pk")[0]


ACTS = {
    "item withdrawn": (lambda ana, i: i[0].withdraw(by=ana, reason="Forged."), "was withdrawn: Forged."),
    "item superseded": (supersede, "was superseded: A better scan."),
    "item re-graded": (lambda ana, i: i[0].regrade(by=ana, credibility=5, reason="Refuted."), "graded B5: Refuted."),
    "kind of an item": (lambda ana, i: i[0].change(by=ana, evidence_kind="news_report"), "edited (kind)"),
    "category of an item": (
        lambda ana, i: [each.change(by=ana, category="contextual") for each in i],
        "edited (category)",
    ),
    "source of an item": (lambda ana, i: i[1].change(by=ana, source=i[0].source), "edited (source)"),
    "marking of an item": (lambda ana, i: i[0].change(by=ana, marking="red"), "marked more strictly"),
    "source re-graded": (
        lambda ana, i: i[0].source.regrade(by=ana, reliability="E", reason="Lied."),
        "graded E: Lied.",
    ),
    "source withdrawn": (withdraw_the_source, "was withdrawn: An impostor."),
    "class of a source": (
        lambda ana, i: [each.source.change(by=ana, source_class="target_official", country="PL") for each in i],
        "edited (class",
    ),
    "owner of a source": (own_two, "edited (owner)"),
    "owner of an owner": (own_two_at_depth, "edited (owner)"),
    "derivation": (merge, "was found to repeat"),
    "derivation at depth": (merge_at_depth, "was found to repeat"),
    "original at depth": (withdraw_what_it_repeats, "repeats something that was withdrawn"),
    "source of an original": (withdraw_the_source_of_what_it_repeats, "repeats something that was withdrawn"),
    "passage withdrawn": (lambda ana, i: passage_of(i).withdraw(by=ana, reason="Misread."), "withdrawn: Misread."),
    "passage orphaned": (
        lambda ana, i: passage_of(i).reanchor(by=ana, anchor_state="orphan", reason="The page was read anew."),
        "is now orphan: The page was read anew.",
    ),
    "passage fuzzy": (
        lambda ana, i: passage_of(i).reanchor(by=ana, anchor_state="fuzzy", reason="Read anew."),
        "is now fuzzy",
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_that_takes_the_ground_away_turns_the_approval_stale_and_says_so(approved, items, cast, act):
    run, sentence = ACTS[act]
    with acting_as(cast.ana):
        run(cast.ana, items)
    fallen = now(approved, cast.ana)
    assert fallen.status == "stale"
    assert sentence in fallen.state_note
    with acting_as(cast.ana):
        entry = LedgerEntry.objects.get(object_id=approved.pk, step="go_stale")
    assert (entry.user_id, entry.document["state_note"]) == (cast.ana.pk, fallen.state_note)
    assert fallen.state_note.startswith(entry.reason)
    assert fallen.seal == approved.seal


def test_an_actor_that_becomes_a_state_brings_all_checks_back(cast, east):
    with acting_as(cast.ana):
        network = making.an_actor(by=cast.ana, workspace=east, actor_kind="smuggling_network", country="")
        one = making.a_ready_attribution(
            by=cast.ana, workspace=east, actor=network, state_involvement="", legal_basis=[]
        )
    making.weighed(one, by=[cast.ana, cast.ben], claimed="criminal_profit")
    making.submitted(one, by=cast.ana)
    with acting_as(cast.sofia):
        one.approve(by=cast.sofia)
    with acting_as(cast.ana):
        network.change(by=cast.ana, actor_kind="state_organ")
    assert "was edited (kind)" in now(one, cast.ana).state_note
    assert "involvement is not graded" in now(one, cast.ana).state_note


def test_an_incident_that_targets_the_witnesses_too_leaves_nobody_beside_the_accusers(draft, cast, east):
    with acting_as(cast.ana):
        polish, lithuanian, latvian = (each.source for each in EvidenceItem.objects.order_by("pk"))
        lithuanian.change(by=cast.ana, source_class="target_official", country="LT")
        latvian.change(by=cast.ana, source_class="target_official", country="LV")
        court = making.a_source(by=cast.ana, workspace=east, source_class="court", owner=polish)
        item = making.an_item(by=cast.ana, workspace=east, source=court, text=making.WORDS["impact"])
        passage = making.a_passage(by=cast.ana, item=item, quote=making.WORDS["impact"])
        draft.cite(by=cast.ana, passage=passage, supports="impact")
    approve(making.weighed(draft, by=[cast.ana, cast.ben]), cast)
    with acting_as(cast.ana):
        draft.incident.change(by=cast.ana, target_countries=["PL", "LT"])
        assert now(draft, cast.ana).status == "approved"
        draft.incident.change(by=cast.ana, target_countries=["PL", "LT", "LV"])
    assert "edited (target countries)" in now(draft, cast.ana).state_note


# --- What still holds -----------------------------------------------------------------------------

HARMLESS = {
    "a better grade": lambda ana, i: _confirmed(ana, i[0]).regrade(by=ana, credibility=1, reason="Confirmed."),
    "a worse grade that suffices": lambda ana, i: i[2].regrade(by=ana, credibility=3, reason="Less sure."),
    "a new title": lambda ana, i: i[0].change(by=ana, title="A better title."),
    "a withdrawn link": lambda ana, i: _linked_and_unlinked(ana, i),
    "a moved anchor": lambda ana, i: passage_of(i).reanchor(by=ana, anchor_state="moved", reason="Read anew."),
    "a passage that is not cited": lambda ana, i: making.a_passage(by=ana, item=i[0], quote="Report").withdraw(
        by=ana, reason="Not needed."
    ),
    "what repeats it": lambda ana, i: _repeated(ana, i).withdraw(by=ana, reason="Only a copy."),
}


def _confirmed(ana, item) -> EvidenceItem:
    for _ in range(2):
        Confirmation.add(by=ana, item=item, confirming=making.an_item(by=ana, workspace=item.workspace))
    return item


def _linked_and_unlinked(ana, items):
    copy = making.an_item(by=ana, workspace=items[0].workspace)
    Derivation.add(by=ana, item=items[0], original=copy).withdraw(by=ana, reason="Written independently.")


def _repeated(ana, items) -> EvidenceItem:
    copy = making.an_item(by=ana, workspace=items[0].workspace)
    Derivation.add(by=ana, item=copy, original=items[0])
    return copy


@pytest.mark.parametrize("act", HARMLESS)
def test_what_still_holds_stays_as_it_was_approved(approved, items, cast, act):
    before = now(approved, cast.ana)
    with acting_as(cast.ana):
        HARMLESS[act](cast.ana, items)
    after = now(approved, cast.ana)
    assert (after.status, after.version, after.seal) == ("approved", before.version, before.seal)


def test_an_anchor_does_not_move_by_an_edit(approved, items, cast):
    with acting_as(cast.ana), pytest.raises(ValidationError, match="step of its own"):
        passage_of(items).change(by=cast.ana, anchor_state="orphan")


def test_an_item_that_is_weighed_but_not_cited_is_rested_on_as_well(draft, cast, east):
    """Without the weighed item the claimed hypothesis is no longer ahead."""
    with acting_as(cast.ana):
        weighed = making.an_item(by=cast.ana, workspace=east, text="Weighed.")
        cited = list(EvidenceItem.objects.exclude(pk=weighed.pk))
        rival = draft.incident.hypotheses.get(hypothesis_kind="lawful_mobility")
    for person in (cast.ana, cast.ben):
        with acting_as(person):
            for item in cited:
                rate_row(draft.incident, by=person, item=item, ratings={rival.pk: "CC"})
            ratings = {each.pk: "II" if each.pk == rival.pk else "CC" for each in draft.incident.hypotheses.all()}
            rate_row(draft.incident, by=person, item=weighed, ratings=ratings)
            rate_row(draft.incident, by=person, item=cited[0], ratings={rival.pk: "II"})
    approve(draft, cast)
    with acting_as(cast.ana):
        weighed.regrade(by=cast.ana, credibility=5, reason="Refuted.")
    assert "graded B5" in now(draft, cast.ana).state_note


# --- In the same transaction, past the wall, and not too loud --------------------------------------


def test_what_is_taken_back_takes_the_fall_back(approved, items, cast):
    with acting_as(cast.ana):
        with transaction.atomic():
            items[0].withdraw(by=cast.ana, reason="Forged.")
            assert Attribution.objects.get(pk=approved.pk).status == "stale"
            transaction.set_rollback(True)
        assert not LedgerEntry.objects.filter(object_id=approved.pk, step="go_stale").exists()
    assert now(approved, cast.ana).status == "approved"


def test_an_approval_that_the_actor_may_not_read_falls_all_the_same(cast, east):
    one = another(cast, east, marking="red")
    with acting_as(cast.ana):
        item = EvidenceItem.objects.order_by("pk")[0]
    standing = cast.ben.memberships.get()
    standing.clearance = "amber"
    standing.save()
    with acting_as(cast.ben):
        assert not Attribution.objects.filter(pk=one.pk).exists()
        EvidenceItem.objects.get(pk=item.pk).withdraw(by=cast.ben, reason="Forged.")
    assert "Forged" in now(one, cast.ana).state_note


def test_a_note_says_nothing_marked_above_the_attribution(approved, items, cast):
    with acting_as(cast.ana):
        secret = making.an_item(by=cast.ana, workspace=items[0].workspace, marking="red", title="Cable from Umbra")
        Derivation.add(by=cast.ana, item=items[0], original=secret)
        secret.withdraw(by=cast.ana, reason="Umbra was turned.")
    fallen = now(approved, cast.vera)
    assert fallen.status == "stale"
    assert "Umbra" not in fallen.state_note
    with acting_as(cast.vera):
        assert "Umbra" not in str(list(LedgerEntry.objects.filter(object_id=approved.pk).values_list("reason")))


def test_author_co_authors_and_approver_are_told_in_one_call(approved, items, cast):
    calls, moved = [], []
    hear, see = (lambda **told: calls.append(told)), (lambda **told: moved.append(told))
    told_many.connect(hear)
    attribution_moved.connect(see)
    try:
        with acting_as(cast.ben):
            EvidenceItem.objects.get(pk=items[0].pk).withdraw(by=cast.ben, reason="Forged.")
    finally:
        told_many.disconnect(hear)
        attribution_moved.disconnect(see)
    (call,) = calls
    ((people, about, sentence),) = call["rows"]
    assert (people, about, call["event"], call["by"]) == (
        {cast.ana.pk, cast.sofia.pk},
        approved,
        "attribution_stale",
        cast.ben,
    )
    assert "Forged" in sentence
    assert [(each["attributions"], each["what"]) for each in moved] == [([approved], "stale")]


def clones(attribution, count: int) -> None:
    """So many more approved attributions that rest on the same passages."""
    with as_owner():
        clone(attribution.pk, count)


@pytest.mark.parametrize(("grade", "left"), [(5, 0), (3, 50)], ids=["all fall", "all hold"])
def test_fifty_are_gated_again_in_as_many_queries_as_five(approved, items, cast, grade, left):
    counted = []
    for more in (4, 45):
        clones(approved, more)
        with acting_as(cast.ana):
            item = EvidenceItem.objects.get(pk=items[2].pk)
            with CaptureQueriesContext(connection) as queries, transaction.atomic():
                item.regrade(by=cast.ana, credibility=grade, reason="Looked again.")
                still = Attribution.objects.approved().count()
                transaction.set_rollback(True)
            counted.append(len(queries))
    assert still == left
    assert counted[0] == counted[1]


def test_batches_reach_everything(approved, items, cast, monkeypatch):
    monkeypatch.setattr(reliance, "AT_ONCE", 3)
    clones(approved, 10)
    with acting_as(cast.ana):
        items[0].withdraw(by=cast.ana, reason="Forged.")
        assert set(Attribution.objects.values_list("status", flat=True)) == {"stale"}
        assert Attribution.objects.count() == 11


# --- Review dates ---------------------------------------------------------------------------------


@pytest.fixture
def overdue(cast, east, monkeypatch) -> Attribution:
    """Approved to be looked at again tomorrow; and it is the day after."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    one = another(cast, east, review_by=tomorrow)
    monkeypatch.setattr(timezone, "localdate", lambda *a, **k: tomorrow + timedelta(days=1))
    return one


def test_a_review_date_that_passes_turns_the_approval_stale_in_nobodys_name(overdue, approved, cast):
    review_dates(0)
    review_dates(0)
    fallen = now(overdue, cast.ana)
    assert fallen.status == "stale"
    assert "look at it again has passed" in fallen.state_note
    with acting_as(cast.ana):
        entry = LedgerEntry.objects.get(object_id=overdue.pk, step="go_stale")
    assert (entry.user_id, entry.reason) == (None, reliance.OVERDUE)
    assert now(approved, cast.ana).status == "approved"


def test_on_the_very_day_it_still_holds(cast, east):
    one = another(cast, east, review_by=timezone.localdate())
    review_dates(0)
    assert now(one, cast.ana).status == "approved"
