"""Row by row and blind: nobody is led by another before their own ratings stand."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import NotYours
from cases.blindness import gate_told_to
from cases.models import Attribution, Hypothesis, MatrixRow, Rating, rate_row
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from tests import making
from tests.api.test_kinds import Door
from tests.cases.test_at_once import acting, at_once

A_MATRIX_TAKES_AT_MOST = 16
WITHHELD = "Your own ratings come first"


@pytest.fixture
def incident(cast, east):
    """Two items, of which Ana has rated both and nobody else any."""
    with acting_as(cast.ana):
        incident = making.an_incident(by=cast.ana, workspace=east)
        for _ in range(2):
            MatrixRow.add(by=cast.ana, incident=incident, item=making.an_item(by=cast.ana, workspace=east))
    for each in items(cast):
        rated(incident, each, cast.ana, "I II N CC")
    return incident


def items(cast) -> list[EvidenceItem]:
    with acting_as(cast.ana):
        return list(EvidenceItem.objects.order_by("pk"))


def rated(incident, item, by, ratings: str) -> None:
    """Rate a row: a rating per hypothesis in their order, as many as are given."""
    with acting_as(by):
        hypotheses = incident.hypotheses.filter(status="active").order_by("pk")
        rate_row(
            incident, by=by, item=item, ratings=dict(zip((h.pk for h in hypotheses), ratings.split(), strict=False))
        )


def seen_by(person) -> set[str]:
    """Whose ratings the person finds."""
    with acting_as(person):
        return set(Rating.objects.values_list("analyst__name", flat=True))


def page_of(client, person, incident, name="matrix"):
    client.force_login(person)
    return client.get(reverse(name, args=[incident.pk]))


def others_on_page(answer) -> list[str]:
    return [str(person) for row in answer.context["rows"] for cell in row.cells for person, _ in cell.others]


def rating_of_ana(cast) -> Rating:
    with acting_as(cast.ana):
        return Rating.objects.filter(analyst=cast.ana).first()


# --- A row ---------------------------------------------------------------------------------------


def test_others_ratings_on_a_row_come_with_ones_own_last_cell(client, cast, incident):
    first, _ = items(cast)
    assert seen_by(cast.ben) == set()
    rated(incident, first, cast.ben, "N N N")
    assert seen_by(cast.ben) == {"Ben"}
    assert others_on_page(page_of(client, cast.ben, incident)) == []
    rated(incident, first, cast.ben, "N N N N")
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
    rated(incident, items(cast)[0], cast.ben, "N N N N")
    assert len(as_app("SELECT 1 FROM cases_rating", user=cast.ben)) == 8
    with pytest.raises(DatabaseError, match="Each evaluator rates for themselves"):
        as_app("UPDATE cases_rating SET rating = 'CC' WHERE id = %s", [hers.pk], user=cast.ben)


def test_nobody_rates_in_anothers_name(as_app, client, cast, incident):
    first, _ = items(cast)
    rated(incident, first, cast.ben, "N N N N")
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
    first, second = items(cast)
    rated(incident, first, cast.ben, "N N N N")
    page = page_of(client, cast.ben, incident).content.decode()
    assert f"{WITHHELD}: 1 of 2 rows are whole." in page
    assert "leads" not in page
    rated(incident, second, cast.ben, "N N N N")
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
    first, second = items(cast)
    for each in (first, second):
        rated(incident, each, cast.ben, "N N N N")
    with acting_as(cast.ana):
        added = Hypothesis.add(by=cast.ana, incident=incident, name="Permissive state")
    assert seen_by(cast.ben) == {"Ben"}
    assert f"{WITHHELD}: 0 of 2" in page_of(client, cast.ben, incident).content.decode()
    with acting_as(cast.ana):
        added.withdraw(by=cast.ana, reason="Covered.")
    assert seen_by(cast.ben) == {"Ana", "Ben"}


def test_an_item_no_longer_in_use_asks_for_no_rating(client, cast, incident):
    first, second = items(cast)
    rated(incident, first, cast.ben, "N N N N")
    with acting_as(cast.ana):
        second.withdraw(by=cast.ana, reason="Forged.")
    answer = page_of(client, cast.ben, incident)
    assert answer.context["weighing"].is_open
    assert "Discounted: withdrawn" in answer.content.decode()


def test_an_item_above_ones_clearance_counts_without_being_named(client, cast, east, incident):
    with acting_as(cast.ana):
        secret = making.an_item(by=cast.ana, workspace=east, title="Secret cable", marking="red")
    rated(incident, secret, cast.ana, "II N N N")
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
    for each in items(cast):
        rated(incident, each, cast.ana, "II I N N")
        rated(incident, each, cast.ben, "II I N N")
    client.force_login(cast.vera)
    answer = client.get(in_review.get_absolute_url())
    assert answer.context["weighed"].leaders == ["State strategy"]
    assert client.get(reverse("incident", args=[in_review.incident_id])).context["weighed"].leaders == [
        "Criminal profit"
    ]


# --- Filling it ----------------------------------------------------------------------------------


def sent(client, incident, item, ratings: str, **headers):
    ids = [str(each) for each in incident.hypotheses.order_by("pk").values_list("pk", flat=True)]
    told = dict(zip(ids, ratings.split(), strict=False))
    return client.post(reverse("row_rate", args=[incident.pk, item.pk]), told, headers=headers)


def test_a_row_is_a_plain_form_that_leads_back_to_its_place(client, cast, incident):
    first, _ = items(cast)
    client.force_login(cast.ben)
    with acting_as(cast.ben):
        answer = sent(client, incident, first, "CC I")
    assert answer.url == f"{reverse('matrix', args=[incident.pk])}#row-{first.pk}"
    with acting_as(cast.ben):
        assert sorted(Rating.objects.values_list("rating", flat=True)) == ["CC", "I"]


def test_with_script_the_row_alone_comes_back(client, cast, incident):
    first, _ = items(cast)
    client.force_login(cast.ben)
    with acting_as(cast.ben):
        page = sent(client, incident, first, "CC I N NA", **{"HX-Request": "true"}).content.decode()
    assert page.startswith(f'<tr id="row-{first.pk}"')
    assert "Whole" in page
    assert page.count("Ana") == 4


def test_a_refused_row_keeps_what_was_chosen_and_writes_nothing(client, cast, incident):
    first, _ = items(cast)
    with acting_as(cast.ana):
        gone = Hypothesis.add(by=cast.ana, incident=incident, name="Permissive state")
        gone.withdraw(by=cast.ana, reason="Covered.")
    client.force_login(cast.ben)
    with acting_as(cast.ben):
        answer = sent(client, incident, first, "CC I N NA II")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This incident has no such hypothesis." in page
    assert page.count(" selected>") == 4
    assert seen_by(cast.ben) == set()


def test_viewers_and_strangers_rate_nothing(client, cast, incident):
    first, _ = items(cast)
    for person, status in ((cast.vera, 403), (cast.stranger, 404), (cast.nobody, 404)):
        client.force_login(person)
        with acting_as(cast.ana):
            assert sent(client, incident, first, "CC").status_code == status
    assert client.get(reverse("row_rate", args=[incident.pk, first.pk])).status_code == 405


def test_the_api_rates_a_row_at_once_and_names_what_it_refuses(client, cast, incident):
    first, _ = items(cast)
    ben = Door(client, cast.ben)
    with acting_as(cast.ben):
        ids = [str(each.pk) for each in incident.hypotheses.order_by("pk")]
    told = {"item_id": str(first.pk), "ratings": dict(zip(ids, ["CC", "I", "N", "NA"], strict=True))}
    answer = ben.send("post", f"/incidents/{incident.pk}/rate/", told).json()
    assert (answer["own"], answer["is_whole"]) == (told["ratings"], True)
    assert answer["others"][ids[0]] == {str(cast.ana.pk): "I"}
    assert answer["disagreement"] == dict(zip(ids, [3, 1, 0, 2], strict=True))
    wrong = ben.send("post", f"/incidents/{incident.pk}/rate/", told | {"ratings": {ids[0]: "X"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, f"/ratings/{ids[0]}")
    unknown = str(first.pk)
    wrong = ben.send("post", f"/incidents/{incident.pk}/rate/", told | {"ratings": {unknown: "C"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, f"/ratings/{unknown}")


def test_the_four_hypotheses_stay_and_others_may_go(client, cast, incident):
    client.force_login(cast.ana)
    with acting_as(cast.ana):
        core, other = incident.hypotheses.first(), Hypothesis.add(by=cast.ana, incident=incident, name="Permissive")
    assert client.post(reverse("hypothesis_withdraw", args=[core.pk]), {"reason": "x"}).status_code == 409
    assert client.post(reverse("hypothesis_withdraw", args=[other.pk]), {"reason": "x"}).status_code == 302


def test_an_item_that_nothing_cites_is_found_by_its_words_and_weighed(client, cast, east, incident):
    with acting_as(cast.ana):
        spare = making.an_item(by=cast.ana, workspace=east, title="Harbour ledger")
    client.force_login(cast.ana)
    address = reverse("matrix_row_add", args=[incident.pk])
    assert "Harbour ledger" in client.get(address, {"words": "harbour"}).content.decode()
    assert client.post(address, {"item": spare.pk, "note": "Ships."}).status_code == 302
    assert client.post(address, {"item": spare.pk}).status_code == 422
    assert "added: Ships." in page_of(client, cast.ana, incident).content.decode()


def test_a_row_that_does_not_discriminate_is_marked_in_words_and_comes_last(client, cast, incident):
    first, second = items(cast)
    rated(incident, first, cast.ana, "C C C C")
    page = page_of(client, cast.ana, incident)
    assert "Does not tell the hypotheses apart" in page.content.decode()
    ordered = client.get(reverse("matrix", args=[incident.pk]), {"order": "diagnosticity"}).context["rows"]
    assert [row.item.pk for row in ordered] == [second.pk, first.pk]


def test_sensitivity_is_told_in_sentences_that_name_what_flips(client, cast, east, incident):
    first, second = items(cast)
    rated(incident, first, cast.ana, "N II N N")
    rated(incident, second, cast.ana, "II N N N")
    with acting_as(cast.ana):
        first.regrade(by=cast.ana, credibility=4, reason="Doubted.")
    page = page_of(client, cast.ana, incident).content.decode()
    # Criminal profit -1.414 leads state strategy -2.828. Without either item the other is untested.
    assert f"Without “{first.title}”, “State strategy” would lead." in page
    assert "an aid and never a probability" in page


def test_the_pages_take_the_same_few_queries_whatever_the_size(client, cast, east, incident):
    counted: dict[str, list[int]] = {"matrix": [], "ranking_history": [], "incident": []}
    for name, counts in counted.items():
        for _ in range(2):
            with acting_as(cast.ana):
                added = [making.an_item(by=cast.ana, workspace=east) for _ in range(3)]
            for each in added:
                rated(incident, each, cast.ana, "I II N C")
                rated(incident, each, cast.ben, "I II N C")
            client.force_login(cast.ana)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name, args=[incident.pk])).status_code == 200
            counts.append(len(queries))
    assert all(few == many for few, many in counted.values()), counted
    assert counted["matrix"][1] <= A_MATRIX_TAKES_AT_MOST, counted
    assert counted["incident"][1] <= 24, counted


def test_the_ranking_over_time_is_the_ranking_at_its_end(client, cast, incident):
    answer = page_of(client, cast.ana, incident, "ranking_history")
    (day,) = answer.context["days"]
    assert [cell["score"] for cell in day["cells"]] == ["-2.828", "-5.656", "0", "0"]
    assert [cell["is_leader"] for cell in day["cells"]] == [True, False, False, False]
    assert (day["evaluators"], day["moved_by"]) == (1, "8 ratings, 4 hypotheses added or withdrawn")


def test_a_claim_takes_an_active_hypothesis_of_its_incident_only(client, cast, draft):
    client.force_login(cast.ana)
    with acting_as(cast.ana):
        other = making.an_incident(by=cast.ana, workspace=draft.workspace)
        gone = Hypothesis.add(by=cast.ana, incident=draft.incident, name="Gone")
        gone.withdraw(by=cast.ana, reason="Covered.")
        offered = set(draft.incident.hypotheses.filter(status="active"))
    for name, pk in (("attribution_edit", draft.pk), ("attribution_add", draft.incident_id)):
        form = client.get(reverse(name, args=[pk])).context["form"]
        with acting_as(cast.ana):
            assert set(form.fields["hypothesis"].queryset.all()) == offered
    told = {"statement": "It did.", "hypothesis": str(other.pk), "marking": "amber", "version": draft.version}
    assert "hypothesis" in client.post(reverse("attribution_edit", args=[draft.pk]), told).context["form"].errors


def test_a_refused_check_leads_to_where_it_is_mended(client, cast, draft):
    with acting_as(cast.ana):
        draft.change(by=cast.ana, hypothesis=None, key_assumptions="", legal_basis=[])
        links = {check.key: check.link for check in Attribution.objects.get(pk=draft.pk).gate().failed}
    client.force_login(cast.ana)
    page = client.get(reverse("attribution_submit", args=[draft.pk])).content.decode()
    assert links["sourcing"] == reverse("attribution_edit", args=[draft.pk])
    assert links["people"] == f"{draft.get_absolute_url()}#reviews"
    assert all(f'href="{link}"' in page for link in links.values())


# --- At once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_who_rate_at_the_same_moment_both_stand(self, cast, incident, at_once_or_refused):
        first, _ = items(cast)
        at_once_or_refused(
            *(acting(one, lambda one=one: whole(incident, first, one)) for one in (cast.ben, cast.sofia))
        )
        assert seen_by(cast.ben) == seen_by(cast.sofia) == {"Ana", "Ben", "Sofia"}

    def test_of_two_saves_of_ones_own_row_the_later_stands_and_neither_is_refused(
        self, cast, incident, at_once_or_refused
    ):
        first, _ = items(cast)
        answers = at_once_or_refused(
            *(acting(cast.ben, lambda n=n: whole(incident, first, cast.ben, n)) for n in ("C", "II"))
        )
        assert all(isinstance(each, list) for each in answers)
        with acting_as(cast.ben):
            mine = Rating.objects.filter(analyst=cast.ben)
            assert (mine.count(), len(set(mine.values_list("rating", flat=True)))) == (4, 1)
            assert LedgerEntry.objects.filter(kind="rating", user_id=cast.ben.pk).count() == 8

    def test_of_two_who_add_the_same_cell_at_once_one_is_told(self, cast, incident, at_once_or_refused):
        first, _ = items(cast)
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
