"""What the feed tells to whom: markings, memberships and roles that change, and whose ratings."""

import pytest

from accounts.models import Membership
from cases.models import Rating
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from tests import making
from tests.exchange.feeding import Reader, a_source, change, member, ops, settled

pytestmark = pytest.mark.django_db(transaction=True)

# --- Who reads what --------------------------------------------------------------------------------


def test_what_is_marked_above_ones_clearance_leaves_by_moving(cast, east):
    source = a_source(cast.ana, east)
    vera, ben = Reader(cast.vera), Reader(cast.ben)
    for each in (vera, ben):
        each.catch_up()
    change(cast.ana, source, marking="red")
    assert ops(vera.catch_up()) == [("moved", 2)]
    assert ops(ben.catch_up()) == [("moved", 2), ("updated", 2)]
    assert vera.copy == {}
    assert ben.copy == ben.truth() != {}


def test_a_stranger_and_nobody_are_told_nothing(cast, east):
    a_source(cast.ana, east)
    for person in (cast.stranger, cast.nobody):
        assert Reader(person).catch_up() == []


def test_a_higher_clearance_tells_what_lay_above_and_nothing_else(cast, east):
    a_source(cast.ana, east)
    above = a_source(cast.ana, east, marking="red")
    change(cast.ana, above, name="Again")
    reader = Reader(cast.vera)
    reader.catch_up()
    member(cast.vera, east).update(clearance="red")
    later = a_source(cast.ana, east)
    assert [each["id"] for each in reader.catch_up()] == [str(above.pk), str(later.pk)]
    assert reader.copy == reader.truth()


def test_a_lower_clearance_closes_each_marking_that_was_lost(cast, east):
    reader = Reader(cast.ben)
    a_source(cast.ana, east)
    a_source(cast.ana, east, marking="red")
    reader.catch_up()
    member(cast.ben, east).update(clearance="amber")
    assert ops(reader.catch_up()) == [("closed", "amber_strict"), ("closed", "red")]
    assert reader.copy == reader.truth()
    assert len(reader.copy) == 1


def test_a_membership_that_ends_and_one_that_begins(cast, east, west):
    reader = Reader(cast.vera)
    a_source(cast.ana, east)
    there = a_source(cast.stranger, west)
    reader.catch_up()
    cast.vera.memberships.get().end(by=cast.sofia)
    Membership.objects.create(user=cast.vera, workspace=west, role="viewer", clearance="amber")
    assert ops(reader.catch_up()) == [("closed", m) for m in ("clear", "green", "amber")] + [("created", 1)]
    assert set(reader.copy) == {("source", str(there.pk))}


def test_rights_lost_while_what_came_with_them_is_still_being_told(cast, east):
    for _ in range(4):
        a_source(cast.ana, east, marking="red")
    reader = Reader(cast.vera)
    reader.catch_up()
    for clearance in ("red", "green", "red", "amber_strict"):
        member(cast.vera, east).update(clearance=clearance)
        settled()
        reader.page(2)
        reader.page(2)
    reader.catch_up()
    assert reader.copy == reader.truth() == {}


def test_a_record_that_moves_into_a_scope_and_out_while_it_is_being_told(cast, east):
    red = [a_source(cast.ana, east, marking="red") for _ in range(3)]
    green = a_source(cast.ana, east, marking="green")
    reader = Reader(cast.vera)
    reader.catch_up()
    member(cast.vera, east).update(clearance="amber_strict")
    change(cast.ana, red[0], marking="amber_strict")
    change(cast.ana, green, marking="amber_strict")
    settled()
    reader.page(1)
    change(cast.ana, red[0], marking="red")
    change(cast.ana, green, marking="clear")
    reader.catch_up(1)
    assert reader.copy == reader.truth()
    assert set(reader.copy) == {("source", str(green.pk))}


# --- Ratings -------------------------------------------------------------------------------------


def raters(told: list[dict]) -> set[str]:
    return {each["document"]["analyst_id"] for each in told if each.get("kind") == "rating" and each["document"]}


def test_an_evaluator_is_told_of_their_own_ratings_only_even_when_they_may_see_others(cast, rated_incident):
    making.rate(rated_incident, first_item(cast), by=cast.ben, ratings="N N N N")
    with acting_as(cast.ben):
        assert Rating.objects.filter(analyst=cast.ana).exists()
    assert raters(Reader(cast.ben).catch_up()) == {str(cast.ben.pk)}


def test_who_does_not_evaluate_is_told_of_all_ratings_and_when_they_leave(cast, rated_incident):
    reader = Reader(cast.vera)
    assert raters(reader.catch_up()) == {str(cast.ana.pk)}
    change(cast.ana, rated_incident, marking="red")
    reader.catch_up()
    assert not [kind for kind, _ in reader.copy if kind in ("rating", "incident")]
    assert reader.copy == reader.truth()


def test_who_begins_to_evaluate_forgets_others_ratings_and_who_ends_is_told_of_them(cast, east, rated_incident):
    reader = Reader(cast.vera)
    reader.catch_up()
    member(cast.vera, east).update(role="analyst")
    assert raters(reader.catch_up()) == set()
    assert reader.copy == reader.truth()
    member(cast.vera, east).update(role="viewer")
    assert raters(reader.catch_up()) == {str(cast.ana.pk)}
    assert reader.copy == reader.truth()


def first_item(cast):
    with acting_as(cast.ana):
        return EvidenceItem.objects.order_by("pk").first()
