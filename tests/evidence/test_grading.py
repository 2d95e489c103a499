"""Grades of an item: two questions apart, blind until the second is given, and 1 only where it is confirmed."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import F
from django.urls import reverse

from accounts.errors import IllegalStep, NotYours
from evidence.confirming import confirming_origins
from evidence.models import Confirmation, Derivation, EvidenceItem, Grading
from evidence.models.gradings import standing_of
from ledger.acting import acting_as
from ledger.models import LedgerEntry, Notification
from tests import making
from tests.api.test_kinds import Door
from tests.cases.test_at_once import acting, at_once
from tests.exchange.feeding import Reader

SECRET = "Two counts agree with it."


@pytest.fixture
def item(cast, east) -> EvidenceItem:
    """An item that nobody has graded."""
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, credibility=6)


def grade(item, person, grade="B2", question="so", reason=SECRET) -> Grading:
    with acting_as(person):
        given = {"reliability": grade[0], "credibility": int(grade[1]), "question": question, "reason": reason}
        return Grading.add(by=person, item=EvidenceItem.objects.get(pk=item.pk), **given)


def seen_by(person) -> list[str]:
    with acting_as(person):
        return [each.grader.name for each in Grading.objects.order_by("pk").select_related("grader")]


def stored(item, person) -> EvidenceItem:
    with acting_as(person):
        return EvidenceItem.objects.select_related("source").get(pk=item.pk)


def confirmed(item, by, sources=(None, None), **fields) -> list[Confirmation]:
    with acting_as(by):
        others = [making.an_item(by=by, workspace=item.workspace, source=source, **fields) for source in sources]
        return [Confirmation.add(by=by, item=item, confirming=other) for other in others]


# --- Blind ---------------------------------------------------------------------------------------


def test_the_first_is_seen_by_its_grader_alone_until_the_second_is_given(cast, item):
    grade(item, cast.ana)
    assert seen_by(cast.ana) == ["Ana"]
    for other in (cast.ben, cast.sofia, cast.vera, cast.stella, cast.stranger):
        assert seen_by(other) == []
    grade(item, cast.ben, "C3")
    for reader in (cast.ana, cast.ben, cast.sofia):
        assert seen_by(reader) == ["Ana", "Ben"]
    assert seen_by(cast.stranger) == []


def test_no_door_tells_the_first_before_the_second(client, cast, item):
    first, ben = grade(item, cast.ana), Door(client, cast.ben)
    assert ben.get("/gradings/", {"item": item.pk, "count": 1}).json()["count"] == 0
    assert ben.get(f"/gradings/{first.pk}/").status_code == 404
    assert ben.get("/ledger/", {"object_id": first.pk}).json()["results"] == []
    with_children = ben.get(f"/evidence-items/{item.pk}/", {"include": "gradings"}).json()
    assert (with_children["gradings"], with_children["credibility"]) == ([], 6)
    client.force_login(cast.ben)
    for name in ("history", "record"):
        assert client.get(reverse(name, args=["grading", first.pk])).status_code == 404
    page = client.get(item.get_absolute_url()).content.decode()
    assert SECRET not in page
    assert "A colleague has graded this. You see their grading once yours is given." in page


def test_raw_sql_of_the_serving_role_finds_nothing_and_forges_nothing(as_app, cast, item):
    first = grade(item, cast.ana)
    assert as_app("SELECT * FROM evidence_grading", user=cast.ben) == []
    assert as_app("SELECT 1 FROM ledger_entry WHERE kind = 'grading'", user=cast.ben) == []
    as_app("UPDATE evidence_grading SET outcome = 'agree' WHERE id = %s", [first.pk], user=cast.ben)
    for forged, sentence in [("outcome = 'agree'", "follows from the other"), ("credibility = 3", "as it was given")]:
        with pytest.raises(DatabaseError, match=sentence):
            as_app(f"UPDATE evidence_grading SET {forged} WHERE id = %s", [first.pk], user=cast.ana)
    with pytest.raises(DatabaseError, match="permission denied"):
        as_app("SELECT grading_hindrance(%s, 'so', %s)", [item.pk, cast.ana.pk], user=cast.ben)


INSERTED = """
    INSERT INTO evidence_grading (id, workspace_id, marking, state_note, item_id, grader_id, question, reliability,
                                  credibility, reason, outcome)
    VALUES (gen_random_uuid(), %s, 'amber', '', %s, %s, 'so', 'B', %s, 'Because.', 'waiting')
"""


@pytest.mark.parametrize(
    ("grader", "credibility", "sentence"),
    [
        ("ana", 2, "You have given your grading already"),
        ("sofia", 2, "Each analyst grades for themselves"),
        ("ben", 1, "Credibility 1 needs two linked items"),
    ],
)
def test_the_database_refuses_what_the_model_would(as_app, cast, item, grader, credibility, sentence):
    grade(item, cast.ana)
    writer = cast.ana if grader == "ana" else cast.ben
    row = [item.workspace_id, item.pk, getattr(cast, grader).pk, credibility]
    with pytest.raises(DatabaseError, match=sentence):
        as_app(INSERTED, row, user=writer)


def test_that_somebody_graded_is_told_but_not_what(cast, item):
    grade(item, cast.ana)
    with acting_as(cast.ben):
        assert standing_of(item.pk)["so"] == (True, "")
        assert standing_of(item.pk)["said"] == (False, "")
    with acting_as(cast.stranger):
        assert standing_of(item.pk) == {}


# --- Four eyes -----------------------------------------------------------------------------------


def test_nobody_gives_both_gradings(cast, item):
    grade(item, cast.ana)
    with pytest.raises(IllegalStep, match="given your grading already"):
        grade(item, cast.ana, "C3")


def test_who_graded_in_the_open_gives_no_blind_grading(as_app, cast, east):
    with acting_as(cast.ana):
        graded = making.an_item(by=cast.ana, workspace=east, credibility=2)
        later = making.an_item(by=cast.ana, workspace=east, credibility=6)
    with acting_as(cast.ben):
        EvidenceItem.objects.get(pk=later.pk).regrade(by=cast.ben, credibility=3, reason="One record only.")
    for item, grader in [(graded, cast.ana), (later, cast.ben)]:
        with pytest.raises(NotYours, match="You graded this item yourself"):
            grade(item, grader)
        with pytest.raises(DatabaseError, match="You graded this item yourself"):
            as_app(INSERTED, [east.pk, item.pk, grader.pk, 2], user=grader)
    grade(graded, cast.ben)
    grade(later, cast.ana)


def test_grading_one_question_in_the_open_leaves_the_other_free(cast, item):
    with acting_as(cast.ana):
        item.grade_said(by=cast.ana, reliability="A", credibility=1, reason="On its own site.")
    grade(item, cast.ana)
    with pytest.raises(NotYours):
        grade(item, cast.ana, "A1", question="said")


def test_who_waits_for_a_second_does_not_show_it_by_grading_in_the_open(as_app, cast, item):
    grade(item, cast.ana)
    with acting_as(cast.ana), pytest.raises(IllegalStep, match="take it back"):
        item.regrade(by=cast.ana, credibility=2, reason=SECRET)
    with pytest.raises(DatabaseError, match="take it back"):
        as_app("UPDATE evidence_evidenceitem SET credibility = 2 WHERE id = %s", [item.pk], user=cast.ana)


def test_viewers_and_strangers_grade_nothing(client, cast, item):
    with pytest.raises(NotYours):
        grade(item, cast.vera)
    with pytest.raises(EvidenceItem.DoesNotExist):
        grade(item, cast.stranger)


def test_an_item_out_of_use_is_graded_by_nobody(cast, item):
    with acting_as(cast.ana):
        item.withdraw(by=cast.ana, reason="Forged.")
    with pytest.raises(IllegalStep):
        grade(item, cast.ben)


# --- What comes of it ----------------------------------------------------------------------------


def test_what_both_find_becomes_the_grade_with_both_named(cast, item):
    grade(item, cast.ana)
    assert stored(item, cast.ana).credibility == 6
    grade(item, cast.ben)
    now = stored(item, cast.ana)
    assert (now.credibility, "Graded alike by Ana and Ben" in now.credibility_reason) == (2, True)
    with acting_as(cast.ana):
        assert set(Grading.objects.values_list("outcome", flat=True)) == {"agree"}
        entry = LedgerEntry.objects.filter(object_id=item.pk).latest("sequence")
        assert (entry.step, entry.user_id) == ("regrade", cast.ben.pk)


def test_where_they_differ_the_grade_stays_until_one_settles_it_with_a_reason(client, cast, item):
    grade(item, cast.ana)
    grade(item, cast.ben, "B4", reason="The photograph is older.")
    assert stored(item, cast.ana).credibility == 6
    ana = Door(client, cast.ana)
    assert [each["graders_differ"] for each in ana.get(f"/evidence-items/{item.pk}/grades/").json()["results"]] == [
        True,
        False,
    ]
    assert listed(ana, graders_differ="true") == [str(item.pk)]
    client.force_login(cast.sofia)
    page = client.get(item.get_absolute_url()).content.decode()
    assert "graders differ" in page
    assert SECRET in page
    assert "The photograph is older." in page
    assert "graders differ" in client.get(reverse("evidence_items"), {"graders_differ": "true"}).content.decode()
    with acting_as(cast.sofia):
        stored(item, cast.sofia).regrade(by=cast.sofia, credibility=4, reason="Ben is right.")
    assert listed(ana, graders_differ="true") == []
    with acting_as(cast.ana):
        assert set(Grading.objects.values_list("outcome", flat=True)) == {"settled"}


def listed(door, **filters) -> list[str]:
    return [each["id"] for each in door.get("/evidence-items/", filters).json()["results"]]


def test_a_difference_in_reliability_alone_is_one(cast, item):
    grade(item, cast.ana, "B2")
    assert grade(item, cast.ben, "C2").outcome == "differ"


def test_the_list_tells_what_waits_for_a_second(client, cast, item):
    grade(item, cast.ana)
    ben = Door(client, cast.ben)
    assert listed(ben, awaits_second="true") == [str(item.pk)]
    assert listed(Door(client, cast.stranger), awaits_second="true") == []
    grade(item, cast.ben)
    assert listed(ben, awaits_second="true") == []


@pytest.mark.parametrize(("second", "how"), [("B2", "agree"), ("C3", "differ")])
def test_who_graded_first_is_told_when_the_second_comes(cast, item, second, how):
    grade(item, cast.ana)
    grade(item, cast.ben, second)
    with acting_as(cast.ana):
        told = Notification.objects.get(event="second_grading", about_id=item.pk)
        assert told.sentence == f"A second grading of “{item.title}” was given: the two {how}."
    with acting_as(cast.ben):
        assert not Notification.objects.filter(event="second_grading").exists()


def test_a_blind_agreement_makes_approvals_stale_like_any_new_grade(cast, approved):
    with acting_as(cast.ana):
        items = list(EvidenceItem.objects.order_by("pk"))
    for each in (cast.sigrid, cast.stella):
        grade(items[0], each, "E5", reason="Invented.")
    with acting_as(cast.ana):
        approved.refresh_from_db()
        assert approved.status == "stale"
        assert "Graded alike by Sigrid and Stella" in approved.state_note


def test_what_waits_is_taken_back_by_its_grader_and_stays_unseen(cast, item):
    first = grade(item, cast.ana)
    with acting_as(cast.ana):
        with pytest.raises(ValidationError):
            first.withdraw(by=cast.ana, reason=" ")
        first.withdraw(by=cast.ana, reason="I knew the author.")
        with pytest.raises(IllegalStep):
            first.withdraw(by=cast.ana, reason="Again.")
    with acting_as(cast.ben), pytest.raises(NotYours):
        first.withdraw(by=cast.ben, reason="Mine.")
    assert grade(item, cast.ben).outcome == "waiting"
    assert seen_by(cast.ben) == ["Ben"]


def test_what_met_its_second_is_not_taken_back(cast, item):
    first = grade(item, cast.ana)
    second = grade(item, cast.ben, "C3")
    for given, grader in ((first, cast.ana), (second, cast.ben)):
        with acting_as(grader), pytest.raises(IllegalStep):
            given.withdraw(by=grader, reason="On second thoughts.")


def test_the_page_takes_a_grading_back_for_its_grader_alone(client, cast, item):
    address = reverse("grading_withdraw", args=[grade(item, cast.ana).pk])
    for other, status in ((cast.ben, 404), (cast.stranger, 404), (cast.ana, 200)):
        client.force_login(other)
        assert client.get(address).status_code == status
    assert client.post(address, {"reason": "I knew the author."}).status_code == 302
    assert seen_by(cast.ana) == ["Ana"]


def test_a_blind_grading_is_given_on_its_page(client, cast, item):
    address = reverse("grading_add", args=[item.pk])
    sent = {"question": "so", "reliability": "B", "credibility": "2", "reason": SECRET}
    for grader, status in ((cast.ana, 302), (cast.ana, 422), (cast.ben, 302), (cast.vera, 403)):
        client.force_login(grader)
        assert client.post(address, sent).status_code == status
    assert stored(item, cast.ana).credibility == 2


# --- It was said, and it is so -------------------------------------------------------------------


def test_that_it_was_said_is_graded_apart_and_moves_no_approval(client, cast, approved):
    with acting_as(cast.ana):
        item = EvidenceItem.objects.select_related("source").order_by("pk").first()
        with pytest.raises(ValidationError):
            item.grade_said(by=cast.ana, reliability="A", credibility=1, reason="")
        item.grade_said(by=cast.ana, reliability="F", credibility=6, reason="No original is held.")
        approved.refresh_from_db()
        assert (item.grade, item.said_grade, approved.status) == ("B2", "F6", "approved")
    client.force_login(cast.vera)
    page = client.get(item.get_absolute_url()).content.decode()
    assert "It was said" in page
    assert "No original is held." in page


def test_what_was_said_may_be_sure_without_being_confirmed(cast, item):
    with acting_as(cast.ana):
        item.grade_said(by=cast.ana, reliability="A", credibility=1, reason="Its own broadcast.")
    assert stored(item, cast.ana).said_grade == "A1"


def test_grades_do_not_change_by_an_edit(client, cast, item):
    ana = Door(client, cast.ana)
    for field, value in [("credibility", 2), ("said_credibility", 2), ("said_reliability", "A")]:
        sent = ana.send("patch", f"/evidence-items/{item.pk}/", {field: value}, **{"If-Match": "1"})
        assert sent.status_code == 400
        with acting_as(cast.ana), pytest.raises(ValidationError, match="grading anew"):
            stored(item, cast.ana).change(by=cast.ana, **{field: value})


def test_the_api_grades_that_it_was_said_at_the_version_read(client, cast, item):
    ana, path = Door(client, cast.ana), f"/evidence-items/{item.pk}/grade-said/"
    sent = {"reliability": "A", "credibility": 1, "reason": "Its own broadcast."}
    assert ana.send("post", path, sent).status_code == 428
    told = ana.send("post", path, sent, **{"If-Match": "1"}).json()
    assert (told["said_reliability"], told["said_credibility"], told["credibility"]) == ("A", 1, 6)
    assert ana.send("post", path, sent, **{"If-Match": "1"}).status_code == 412
    assert Door(client, cast.vera, "read").send("post", path, sent, **{"If-Match": "2"}).status_code == 403


# --- Credibility 1 -------------------------------------------------------------------------------


def test_one_is_refused_until_two_other_origins_confirm(as_app, cast, item):
    links = confirmed(item, cast.ana, [None])
    with acting_as(cast.ana), pytest.raises(ValidationError, match="link them first, or grade it 2"):
        stored(item, cast.ana).regrade(by=cast.ana, credibility=1, reason="Confirmed.")
    with pytest.raises(DatabaseError, match="link them first, or grade it 2"):
        as_app("UPDATE evidence_evidenceitem SET credibility = 1 WHERE id = %s", [item.pk], user=cast.ana)
    links += confirmed(item, cast.ana, [None])
    with acting_as(cast.ana):
        stored(item, cast.ana).regrade(by=cast.ana, credibility=1, reason="Confirmed.")
    assert stored(item, cast.ana).credibility == 1


def test_one_is_refused_at_intake(cast, east):
    with acting_as(cast.ana), pytest.raises(ValidationError, match="Credibility 1 needs two"):
        making.an_item(by=cast.ana, workspace=east, credibility=1)


def test_one_is_refused_to_a_blind_grading_as_well(cast, item):
    with pytest.raises(ValidationError, match="Credibility 1 needs two"):
        grade(item, cast.ana, "B1")
    confirmed(item, cast.ana)
    assert grade(item, cast.ana, "B1").outcome == "waiting"


def _one_owner(cast, item):
    owner = making.a_source(by=cast.ana, workspace=item.workspace)
    sources = [making.a_source(by=cast.ana, workspace=item.workspace, owner=owner) for _ in range(2)]
    confirmed(item, cast.ana, sources)


def _own_source(cast, item):
    confirmed(item, cast.ana, [item.source, None])


def _copy_of_the_other(cast, item):
    first, second = confirmed(item, cast.ana)
    Derivation.add(by=cast.ana, item=first.confirming, original=second.confirming)


def _copies_it(cast, item):
    first, _ = confirmed(item, cast.ana)
    Derivation.add(by=cast.ana, item=first.confirming, original=item)


def _withdrawn_item(cast, item):
    confirmed(item, cast.ana)[0].confirming.withdraw(by=cast.ana, reason="Forged.")


def _withdrawn_link(cast, item):
    confirmed(item, cast.ana)[0].withdraw(by=cast.ana, reason="It says something else.")


def _unreliable(cast, item):
    confirmed(item, cast.ana, [making.a_source(by=cast.ana, workspace=item.workspace, reliability="E"), None])


def _improbable(cast, item):
    confirmed(item, cast.ana, [None], credibility=5)
    confirmed(item, cast.ana, [None])


@pytest.mark.parametrize(
    "short",
    [
        _one_owner,
        _own_source,
        _copy_of_the_other,
        _copies_it,
        _withdrawn_item,
        _withdrawn_link,
        _unreliable,
        _improbable,
    ],
)
def test_only_other_independent_origins_in_use_confirm(cast, item, short):
    with acting_as(cast.ana):
        short(cast, stored(item, cast.ana))
        assert confirming_origins(item.pk) == 1
        with pytest.raises(ValidationError, match="Credibility 1"):
            stored(item, cast.ana).regrade(by=cast.ana, credibility=1, reason="Confirmed.")


def test_a_one_that_lost_its_ground_says_so(client, cast, item):
    link, _ = confirmed(item, cast.ana)
    with acting_as(cast.ana):
        stored(item, cast.ana).regrade(by=cast.ana, credibility=1, reason="Confirmed.")
        link.withdraw(by=cast.ana, reason="It copied.")
    ana = Door(client, cast.ana)
    told = ana.get(f"/evidence-items/{item.pk}/grades/").json()
    assert (told["confirming_origins"], told["is_unconfirmed"]) == (1, True)
    client.force_login(cast.vera)
    assert "Credibility 1 no longer stands." in client.get(item.get_absolute_url()).content.decode()


def test_an_item_confirms_not_itself_and_another_once(cast, item):
    link, _ = confirmed(item, cast.ana)
    with acting_as(cast.ana):
        with pytest.raises(ValidationError, match="cannot confirm itself"):
            Confirmation.add(by=cast.ana, item=item, confirming=item)
        with pytest.raises(ValidationError, match="recorded already"):
            Confirmation.add(by=cast.ana, item=item, confirming=link.confirming)


# --- At once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_two_who_grade_at_once_one_is_the_second_of_the_other(self, cast, item):
        answers = at_once(*(lambda one=one: grade(item, one) for one in (cast.ben, cast.sofia)))
        assert all(isinstance(each, Grading) for each in answers)
        with acting_as(cast.ana):
            first, second = Grading.objects.order_by(F("first").asc(nulls_first=True))
            assert (second.first_id, first.outcome, second.outcome) == (first.pk, "agree", "agree")
        assert stored(item, cast.ana).credibility == 2

    def test_of_ones_own_two_gradings_at_once_one_stands(self, cast, item):
        answers = at_once(*(lambda: grade(item, cast.ben),) * 2)
        assert sorted(isinstance(each, Grading) for each in answers) == [False, True]
        refused = next(each for each in answers if not isinstance(each, Grading))
        assert "given your grading already" in str(refused)

    def test_of_taking_back_and_a_second_at_once_no_grading_is_met_that_was_taken_back(self, cast, item):
        first = grade(item, cast.ana)
        take_back = acting(cast.ana, lambda: Grading.objects.get(pk=first.pk).withdraw(by=cast.ana, reason="No."))
        taken, second = at_once(take_back, lambda: grade(item, cast.ben))
        with acting_as(cast.ana):
            was_met = Grading.objects.get(pk=first.pk).outcome == "agree"
        assert was_met == isinstance(taken, IllegalStep) == (second.first_id == first.pk)

    def test_the_feed_tells_the_first_when_the_second_is_given_and_not_before(self, cast, item):
        first, reader = grade(item, cast.ana), Reader(cast.ben)
        assert gradings_in(reader.catch_up()) == {}
        second = grade(item, cast.ben, "C3")
        assert gradings_in(reader.catch_up()) == {str(first.pk): "differ", str(second.pk): "differ"}
        assert reader.copy == reader.truth()


def gradings_in(changes: list[dict]) -> dict[str, str]:
    """What became of each grading that the feed tells of, by its id."""
    return {each["id"]: each["document"]["outcome"] for each in changes if each.get("kind") == "grading"}
