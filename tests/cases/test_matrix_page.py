"""The pages of the matrix: filling it, and what stands on it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Attribution, Hypothesis, Rating
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from tests import making
from tests.api.test_kinds import Door

A_MATRIX_TAKES_AT_MOST = 16
AN_INCIDENT_TAKES_AT_MOST = 29


@pytest.fixture
def incident(rated_incident):
    return rated_incident


def page_of(client, person, incident, name="matrix"):
    client.force_login(person)
    return client.get(reverse(name, args=[incident.pk]))


def items_of(person) -> list[EvidenceItem]:
    with acting_as(person):
        return list(EvidenceItem.objects.order_by("pk"))


def ratings_by(person) -> int:
    with acting_as(person):
        return Rating.objects.filter(analyst=person).count()


def sent(client, incident, item, ratings: str, **headers):
    ids = [str(each) for each in incident.hypotheses.order_by("pk").values_list("pk", flat=True)]
    told = dict(zip(ids, ratings.split(), strict=False))
    return client.post(reverse("row_rate", args=[incident.pk, item.pk]), told, headers=headers)


def test_a_row_is_a_plain_form_that_leads_back_to_its_place(client, cast, incident):
    first, _ = items_of(cast.ana)
    client.force_login(cast.ben)
    with acting_as(cast.ben):
        answer = sent(client, incident, first, "CC I")
    assert answer.url == f"{reverse('matrix', args=[incident.pk])}#row-{first.pk}"
    with acting_as(cast.ben):
        assert sorted(Rating.objects.values_list("rating", flat=True)) == ["CC", "I"]


def test_with_script_the_row_alone_comes_back(client, cast, incident):
    first, _ = items_of(cast.ana)
    client.force_login(cast.ben)
    with acting_as(cast.ben):
        page = sent(client, incident, first, "CC I N NA", **{"HX-Request": "true"}).content.decode()
    assert page.startswith(f'<tr id="row-{first.pk}"')
    assert "Whole" in page
    assert page.count("Ana") == 4


def test_a_refused_row_keeps_what_was_chosen_and_writes_nothing(client, cast, incident):
    first, _ = items_of(cast.ana)
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
    assert ratings_by(cast.ben) == 0


def test_viewers_and_strangers_rate_nothing(client, cast, incident):
    first, _ = items_of(cast.ana)
    for person, status in ((cast.vera, 403), (cast.stranger, 404), (cast.nobody, 404)):
        client.force_login(person)
        with acting_as(cast.ana):
            assert sent(client, incident, first, "CC").status_code == status
    assert client.get(reverse("row_rate", args=[incident.pk, first.pk])).status_code == 405


def test_the_api_rates_a_row_at_once_and_names_what_it_refuses(client, cast, incident):
    first, _ = items_of(cast.ana)
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


def test_a_row_without_any_rating_writes_nothing_and_breaks_nothing(client, cast, east, incident):
    with acting_as(cast.ana):
        elsewhere = making.an_item(by=cast.ana, workspace=east)
    client.force_login(cast.ben)
    with acting_as(cast.ben):
        assert sent(client, incident, elsewhere, "").status_code == 302
        assert sent(client, incident, elsewhere, "", **{"HX-Request": "true"}).status_code == 404
    told = {"item_id": str(elsewhere.pk), "ratings": {}}
    empty = Door(client, cast.ben).send("post", f"/incidents/{incident.pk}/rate/", told)
    assert (empty.status_code, empty.json()["errors"][0]["pointer"]) == (400, "/ratings")
    assert ratings_by(cast.ben) == 0


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
    first, second = items_of(cast.ana)
    making.rate(incident, first, by=cast.ana, ratings="C C C C")
    page = page_of(client, cast.ana, incident)
    assert "Does not tell the hypotheses apart" in page.content.decode()
    ordered = client.get(reverse("matrix", args=[incident.pk]), {"order": "diagnosticity"}).context["rows"]
    assert [row.item.pk for row in ordered] == [second.pk, first.pk]


def test_sensitivity_is_told_in_sentences_that_name_what_flips(client, cast, east, incident):
    first, second = items_of(cast.ana)
    making.rate(incident, first, by=cast.ana, ratings="N II N N")
    making.rate(incident, second, by=cast.ana, ratings="II N N N")
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
                making.rate(incident, each, by=cast.ana, ratings="I II N C")
                making.rate(incident, each, by=cast.ben, ratings="I II N C")
            client.force_login(cast.ana)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name, args=[incident.pk])).status_code == 200
            counts.append(len(queries))
    assert all(few == many for few, many in counted.values()), counted
    assert counted["matrix"][1] <= A_MATRIX_TAKES_AT_MOST, counted
    assert counted["incident"][1] <= AN_INCIDENT_TAKES_AT_MOST, counted


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
