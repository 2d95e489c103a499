"""The board of responses, and what the forms of their parts offer."""

import pytest
from django.urls import reverse

from ledger.acting import acting_as
from policy.models import LegalProvision
from tests import making
from tests.doors.test_responses import now, post, words
from tests.policy import proposing


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


# --- What forms offer ----------------------------------------------------------------------------------------


def offered(client, name: str, response) -> str:
    return client.get(reverse(name, args=[response.pk])).content.decode()


def test_a_prosecution_is_never_offered_a_state(ana, cast, proposed, approved):
    response = proposed("prosecution")
    with acting_as(cast.ana):
        gang = making.an_actor(by=cast.ana, workspace=approved.workspace, actor_kind="gang", name="Gang", country="")
        organ = making.an_actor(by=cast.ana, workspace=approved.workspace, actor_kind="state_organ", name="Organ")
    choices = offered(ana, "response_ground_add", response)
    assert str(gang.pk) in choices
    for state in (organ.pk, approved.actor_id, approved.pk):
        assert str(state) not in choices
    refused = ana.post(reverse("response_ground_add", args=[response.pk]), {"on": f"actor:{organ.pk}"})
    assert refused.status_code == 422


def test_only_a_protest_is_offered_public_claims_and_only_a_prosecution_actors(ana, cast, proposed, approved):
    with acting_as(cast.ana):
        claim = approved.incident.claims.model.add(
            by=cast.ana,
            incident=approved.incident,
            claimant="A minister",
            form="formal_attribution",
            what="They did it.",
        )
        gang = making.an_actor(by=cast.ana, workspace=approved.workspace, actor_kind="gang", country="")
    for kind in proposing.READY:
        choices = offered(ana, "response_ground_add", proposed(kind))
        assert (str(claim.pk) in choices) == (kind == "diplomatic_protest"), kind
        assert (str(gang.pk) in choices) == (kind == "prosecution"), kind


def test_sanctions_are_offered_only_actors_who_are_attributed(ana, cast, proposed, approved):
    response = proposed("sanctions")
    with acting_as(cast.ana):
        response.targets.get().withdraw(by=cast.ana, reason="To list it anew.")
        drafted = making.an_attribution(by=cast.ana, workspace=approved.workspace)
    choices = offered(ana, "sanction_target_add", response)
    assert str(approved.actor_id) in choices
    assert str(drafted.actor_id) not in choices
    post(ana, "sanction_target_add", response, actor=approved.actor_id, grounds="Orders.")
    assert ana.get(reverse("sanction_target_add", args=[proposed("prosecution").pk])).status_code == 404


def test_the_law_that_is_offered_fits_kind_and_date(ana, cast, proposed, approved):
    response = proposed("border_enforcement")
    with acting_as(cast.ana):
        response.change(by=cast.ana, measure_date="2021-09")
        law = {"workspace": approved.workspace, "jurisdiction": "PL", "permits": "It."}
        fits, other, later, any_kind = (
            LegalProvision.add(by=cast.ana, instrument=name, **law, **more)
            for name, more in [
                ("Fits", {"kinds": ["border_enforcement"], "in_force_from": "2019"}),
                ("Other", {"kinds": ["sanctions"]}),
                ("Later", {"in_force_from": "2024"}),
                ("Any", {}),
            ]
        )
    choices = offered(ana, "relied_provision_add", response)
    shown = {each.instrument for each in (fits, other, later, any_kind) if str(each.pk) in choices}
    assert shown == {"Fits", "Any"}


# --- The board ---------------------------------------------------------------------------------------------


def moved(client, response, target: str, **told):
    sent = {"to": target, "from": response.status, "query": "kind=sanctions", **told}
    return client.post(reverse("response_move", args=[response.pk]), sent)


def said(client, answer) -> str:
    return words(client.get(answer.url))


def test_a_card_put_where_a_step_leads_takes_it(ana, cast, proposed):
    response = proposed("sanctions")
    answer = moved(ana, response, "in_review")
    assert answer.url == reverse("response_board") + "?kind=sanctions"
    assert "is in review now." in said(ana, answer)
    assert now(response, cast.ana).status == "in_review"


def test_a_card_put_where_a_step_asks_for_words_opens_its_page(enter, cast, proposed):
    response = proposed("sanctions")
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    client = enter(cast.sofia)
    for target, name in [("proposed", "return"), ("declined", "decline"), ("approved", "approve")]:
        assert moved(client, response, target).url == reverse(f"response_{name}", args=[response.pk])
    assert now(response, cast.ana).status == "in_review"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("in_force", "does not go from proposed to in force"),
        ("completed", "does not go from proposed to completed"),
        ("weather", "no such status"),
    ],
)
def test_a_refused_move_says_why(ana, cast, proposed, target, why):
    response = proposed("sanctions")
    assert why in said(ana, moved(ana, response, target))
    assert now(response, cast.ana).status == "proposed"


def test_a_move_is_refused_to_others_to_late_comers_and_without_ground(enter, cast, proposed, approved):
    response = proposed("sanctions")
    client = enter(cast.ben)
    assert "for its author, its owner or a supervisor" in said(client, moved(client, response, "in_review"))
    client = enter(cast.ana)
    assert "It has moved meanwhile" in said(client, moved(client, response, "in_review", **{"from": "approved"}))
    with acting_as(cast.ana):
        approved.withdraw(by=cast.ana, reason="Wrong.")
    assert "basis is in question" in said(client, moved(client, response, "in_review"))
    for person, status in [(cast.vera, 403), (cast.stranger, 404), (cast.nobody, 404)]:
        assert moved(enter(person), response, "in_review").status_code == status
    assert now(response, cast.ana).status == "proposed"


def test_the_board_shows_cards_in_their_columns_the_most_urgent_first(ana, cast, proposed):
    first, second = proposed("sanctions"), proposed("diplomatic_protest")
    with acting_as(cast.ana):
        second.change(by=cast.ana, due="2020-01-01")
        first.change(by=cast.ana, due="2030-01-01")
        third = proposed("prosecution")
        third.submit(by=cast.ana)
    answer = ana.get(reverse("response_board"))
    cards = {c["status"].value: [each["response"] for each in c["cards"]] for c in answer.context["columns"]}
    assert cards["proposed"] == [second, first]
    assert cards["in_review"] == [third]
    assert "overdue since 1 Jan 2020" in words(answer)
    assert f'href="{reverse("response_submit", args=[first.pk])}"' in words(answer)
    filtered = ana.get(reverse("response_board"), {"kind": "prosecution"})
    assert [c["count"] for c in filtered.context["columns"]] == [0, 1, 0, 0, 0]
