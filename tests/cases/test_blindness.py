"""Row by row and blind: nobody is led by another before their own ratings stand."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.urls import reverse

from accounts.errors import NotYours
from cases.blindness import gate_told_to
from cases.models import Hypothesis, Rating, rate_row
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from tests import making
from tests.api.test_kinds import Door
from tests.cases.test_at_once import acting, at_once

A_MATRIX_TAKES_AT_MOST = 16
WITHHELD = "Your own ratings come first"


@pytest.fixture
def incident(rated_incident):
    return rated_incident


def page_of(client, person, incident, name="matrix"):
    client.force_login(person)
    return client.get(reverse(name, args=[incident.pk]))


def items_of(person) -> list[EvidenceItem]:
    with acting_as(person):
        return list(EvidenceItem.objects.order_by("pk"))


def seen_by(person) -> set[str]:
    """Whose ratings the person finds."""
    with acting_as(person):
        return set(Rating.objects.values_list("analyst__name", flat=True))


def others_on_page(answer) -> list[str]:
    return [str(person) for row in answer.context["rows"] for cell in row.cells for person, _ in cell.others]


def rating_of_ana(cast) -> Rating:
    with acting_as(cast.ana):
        return Rating.objects.filter(analyst=cast.ana).first()


# --- A row ---------------------------------------------------------------------------------------


def test_others_ratings_on_a_row_come_with_ones_own_last_cell(client, cast, incident):
    first, _ = items_of(cast.ana)
    assert seen_by(cast.ben) == set()
    making.rate(incident, first, by=cast.ben, ratings="N N N")
    assert seen_by(cast.ben) == {"Ben"}
    assert others_on_page(page_of(client, cast.ben, incident)) == []
    making.rate(incident, first, by=cast.ben, ratings="N N N N")
    assert seen_by(cast.ben) == {"Ana", "Ben"}
    answer = page_of(client, cast.ben, incident)
    assert others_on_page(answer) == ["Ana"] * 4  # on the first row, and on no other
    steps = [cell.steps for row in answer.context["rows"] for cell in row.cells]
    assert steps == [1, 2, 0, 2, 0, 0, 0, 0]
    assert "2 steps apart" in answer.content.decode()


def test_no_door_of_the_api_tells_what_another_rated(client, cast, incident):
    ben, hers = Door(client, cast.ben), rating_of_ana(cast)
    assert ben.get("/ratings/", {"incident": incident.pk, "count": 1}).json() == {
        "count": 0,
        "results": [],
        "next": None,
    }
    assert ben.get(f"/ratings/{hers.pk}/").status_code == 404
    assert ben.get("/ledger/", {"object_id": hers.pk}).json()["results"] == []
    told = ben.get(f"/incidents/{incident.pk}/matrix/").json()
    assert told["withheld"] == f"{WITHHELD}: 0 of 2 rows are whole."
    assert {"scores", "leaders", "untested", "sensitivity"}.isdisjoint(told)
    assert not any(cell for row in told["rows"] for cell in row["others"].values())
    assert all({"disagreement", "diagnosticity", "discriminates"}.isdisjoint(row) for row in told["rows"])


def test_neither_history_nor_the_record_itself_is_there(client, cast, incident):
    hers = rating_of_ana(cast)
    client.force_login(cast.ben)
    for name in ("history", "record"):
        assert client.get(reverse(name, args=["rating", hers.pk])).status_code == 404
    client.force_login(cast.ana)
    assert client.get(reverse("history", args=["rating", hers.pk])).status_code == 200


def test_raw_sql_of_the_serving_role_finds_nothing_and_changes_nothing(as_app, cast, incident):
    hers = rating_of_ana(cast)
    assert as_app("SELECT * FROM cases_rating", user=cast.ben) == []
    assert as_app("SELECT 1 FROM ledger_entry WHERE kind = 'rating'", user=cast.ben) == []
    as_app("UPDATE cases_rating SET rating = 'CC' WHERE id = %s", [hers.pk], user=cast.ben)
    assert as_app("SELECT rating FROM cases_rating WHERE id = %s", [hers.pk], user=cast.ana) == [("I",)]
    making.rate(incident, items_of(cast.ana)[0], by=cast.ben, ratings="N N N N")
    assert len(as_app("SELECT 1 FROM cases_rating", user=cast.ben)) == 8
    with pytest.raises(DatabaseError, match="Each evaluator rates for themselves"):
        as_app("UPDATE cases_rating SET rating = 'CC' WHERE id = %s", [hers.pk], user=cast.ben)


def test_nobody_rates_in_anothers_name(as_app, client, cast, incident):
    first, _ = items_of(cast.ana)
    making.rate(incident, first, by=cast.ben, ratings="N N N N")
    hers = rating_of_ana(cast)
    with acting_as(cast.ben), pytest.raises(NotYours):
        Rating.objects.get(pk=hers.pk).change(by=cast.ben, rating="CC")
    answer = Door(client, cast.ben).send("patch", f"/ratings/{hers.pk}/", {"rating": "CC"}, **{"If-Match": "1"})
    assert answer.status_code == 403
    told = Door(client, cast.ben).send("post", "/ratings/", {"analyst_id": str(cast.ana.pk)})
    assert told.json()["errors"][0]["pointer"] == "/analyst_id"


def test_who_cannot_rate_sees_all_at_once(client, cast, incident):
    assert seen_by(cast.vera) == {"Ana"}
    answer = page_of(client, cast.vera, incident)
    assert others_on_page(answer) == ["Ana"] * 8
    assert WITHHELD not in answer.content.decode()
    assert "<select" not in answer.content.decode()
    told = Door(client, cast.vera, "read").get(f"/incidents/{incident.pk}/matrix/").json()
    assert [each["score"] for each in told["scores"]] == ["-2.828", "-5.656", "0", "0"]


def test_a_former_evaluator_who_now_only_reads_sees_all(cast, incident):
    cast.ben.memberships.update(role="viewer")
    assert seen_by(cast.ben) == {"Ana"}


def test_a_stranger_finds_nothing_at_all(cast, incident):
    assert seen_by(cast.stranger) == set()


# --- What it all comes to ------------------------------------------------------------------------


def test_results_wait_for_the_last_row_that_one_can_rate(client, cast, incident):
    first, second = items_of(cast.ana)
    making.rate(incident, first, by=cast.ben, ratings="N N N N")
    page = page_of(client, cast.ben, incident).content.decode()
    assert f"{WITHHELD}: 1 of 2 rows are whole." in page
    assert "leads" not in page
    making.rate(incident, second, by=cast.ben, ratings="N N N N")
    answer = page_of(client, cast.ben, incident)
    # Ana -1 and Ben 0 make -0.5, at B2 1.414 on each of two rows.
    assert [each["score"] for each in answer.context["weighing"].ranking] == ["-1.414", "-2.828", "0", "0"]
    assert WITHHELD not in answer.content.decode()


@pytest.mark.parametrize("name", ["matrix", "matrix_result", "ranking_history", "incident"])
def test_no_page_tells_the_ranking_before_ones_own_rows_are_whole(client, cast, incident, name):
    told = [page_of(client, person, incident, name).content.decode() for person in (cast.ben, cast.vera)]
    assert [WITHHELD in each for each in told] == [True, False]
    assert ["2.828" in each for each in told] == [False, True]


def test_how_far_others_are_is_told_but_not_what_they_rated(client, cast, incident):
    weighing = page_of(client, cast.ben, incident).context["weighing"]
    assert [(str(each.person), each.whole, each.of) for each in weighing.evaluators] == [("Ana", 2, 2)]
    assert {str(each) for each in weighing.not_begun} == {"Ben", "Sofia", "Sigrid", "Stella"}


def test_a_new_hypothesis_makes_every_row_blind_again(client, cast, incident):
    first, second = items_of(cast.ana)
    for each in (first, second):
        making.rate(incident, each, by=cast.ben, ratings="N N N N")
    with acting_as(cast.ana):
        added = Hypothesis.add(by=cast.ana, incident=incident, name="Permissive state")
    assert seen_by(cast.ben) == {"Ben"}
    assert f"{WITHHELD}: 0 of 2" in page_of(client, cast.ben, incident).content.decode()
    with acting_as(cast.ana):
        added.withdraw(by=cast.ana, reason="Covered.")
    assert seen_by(cast.ben) == {"Ana", "Ben"}


def test_an_item_no_longer_in_use_asks_for_no_rating(client, cast, incident):
    first, second = items_of(cast.ana)
    making.rate(incident, first, by=cast.ben, ratings="N N N N")
    with acting_as(cast.ana):
        second.withdraw(by=cast.ana, reason="Forged.")
    answer = page_of(client, cast.ben, incident)
    assert answer.context["weighing"].is_open
    assert "Discounted: withdrawn" in answer.content.decode()


def test_an_item_above_ones_clearance_counts_without_being_named(client, cast, east, incident):
    with acting_as(cast.ana):
        secret = making.an_item(by=cast.ana, workspace=east, title="Secret cable", marking="red")
    making.rate(incident, secret, by=cast.ana, ratings="II N N N")
    answer = page_of(client, cast.vera, incident)
    page = answer.content.decode()
    assert "Secret cable" not in page
    assert "1 rated item that your clearance does not cover counts as well" in page
    assert [each["score"] for each in answer.context["weighing"].ranking][:2] == ["-5.656", "-5.656"]


# --- The gate, while the matrix still moves ------------------------------------------------------


def test_the_gate_of_a_draft_tells_a_third_evaluator_nothing_of_the_ranking(client, cast, draft):
    with acting_as(cast.ana):
        draft.change(by=cast.ana, hypothesis=draft.incident.hypotheses.get(hypothesis_kind="criminal_profit"))
        told = {check.key: check for check in gate_told_to(cast.ana, draft).checks}["alternatives"]
    assert "“State strategy” is the least inconsistent" in told.sentence
    with acting_as(cast.sofia):
        veiled = {check.key: check for check in gate_told_to(cast.sofia, draft).checks}["alternatives"]
    assert veiled.outcome == told.outcome == "failed"
    assert veiled.sentence == f"Others have weighed it. {WITHHELD}: 0 of 3 rows are whole."
    client.force_login(cast.sofia)
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "least inconsistent" not in page
    answer = Door(client, cast.sofia).get(f"/attributions/{draft.pk}/gate/").json()
    assert "least inconsistent" not in json.dumps(answer)


def test_what_was_submitted_is_there_for_every_reader(client, cast, in_review):
    for person in (cast.sofia, cast.vera):
        client.force_login(person)
        page = client.get(in_review.get_absolute_url()).content.decode()
        assert "It is the least inconsistent." in page
        assert "Rated by Ana, Ben." in page
    told = Door(client, cast.sofia).get("/submitted-versions/").json()["results"]
    assert [each["attribution_id"] for each in told] == [str(in_review.pk)]


def test_the_frozen_ratings_of_the_panel_do_not_move_with_the_matrix(client, cast, in_review):
    with acting_as(cast.ana):
        incident = in_review.incident
    for each in items_of(cast.ana):
        making.rate(incident, each, by=cast.ana, ratings="II I N N")
        making.rate(incident, each, by=cast.ben, ratings="II I N N")
    client.force_login(cast.vera)
    answer = client.get(in_review.get_absolute_url())
    assert answer.context["weighed"].leaders == ["State strategy"]
    assert client.get(reverse("incident", args=[in_review.incident_id])).context["weighed"].leaders == [
        "Criminal profit"
    ]


# --- At once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_who_rate_at_the_same_moment_both_stand(self, cast, incident, at_once_or_refused):
        first, _ = items_of(cast.ana)
        at_once_or_refused(
            *(acting(one, lambda one=one: whole(incident, first, one)) for one in (cast.ben, cast.sofia))
        )
        assert seen_by(cast.ben) == seen_by(cast.sofia) == {"Ana", "Ben", "Sofia"}

    def test_of_two_saves_of_ones_own_row_the_later_stands_and_neither_is_refused(
        self, cast, incident, at_once_or_refused
    ):
        first, _ = items_of(cast.ana)
        answers = at_once_or_refused(
            *(acting(cast.ben, lambda n=n: whole(incident, first, cast.ben, n)) for n in ("C", "II"))
        )
        assert all(isinstance(each, list) for each in answers)
        with acting_as(cast.ben):
            mine = Rating.objects.filter(analyst=cast.ben)
            assert (mine.count(), len(set(mine.values_list("rating", flat=True)))) == (4, 1)
            assert LedgerEntry.objects.filter(kind="rating", user_id=cast.ben.pk).count() == 8

    def test_of_two_who_add_the_same_cell_at_once_one_is_told(self, cast, incident, at_once_or_refused):
        first, _ = items_of(cast.ana)
        with acting_as(cast.ben):
            one = incident.hypotheses.first()
        answers = at_once_or_refused(
            *(
                acting(cast.ben, lambda r=r: Rating.add(by=cast.ben, hypothesis=one, item=first, rating=r))
                for r in ("C", "II")
            )
        )
        refused = [each for each in answers if isinstance(each, ValidationError)]
        assert len(refused) == 1
        assert "You have rated this cell already" in refused[0].messages[0]


def whole(incident, item, person, rating="N") -> list[Rating]:
    ratings = dict.fromkeys(incident.hypotheses.values_list("pk", flat=True), rating)
    return rate_row(incident, by=person, item=item, ratings=ratings)


@pytest.fixture
def at_once_or_refused():
    """Run acts at once; a refusal of the input is an answer as well."""

    def refusable(act):
        def run():
            try:
                return act()
            except ValidationError as refusal:
                return refusal

        return run

    return lambda *acts: at_once(*map(refusable, acts))
