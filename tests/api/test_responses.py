"""Responses through the API: the same verbs, the same refusals, and never a decision by token."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.acting import acting_as
from policy.choices import RightsQuestion
from policy.models import LegalProvision, PolicyResponse
from tests.api.test_kinds import Door
from tests.policy import proposing


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


@pytest.fixture
def proposed(approved, cast):
    with acting_as(cast.ana):
        return proposing.ready("sanctions", by=cast.ana, attribution=approved)


def step(door, response, verb: str, body=None):
    version = door.get(f"/policy-responses/{response}/").headers["ETag"]
    return door.send("post", f"/policy-responses/{response}/{verb}/", body, **{"If-Match": version})


def test_a_response_is_built_and_carried_to_its_end(ana, cast, approved, in_person):
    with acting_as(cast.ana):
        law = {"instrument": "Law", "jurisdiction": "EU", "permits": "It."}
        provision = LegalProvision.add(by=cast.ana, workspace_id=approved.workspace_id, **law)
        passage = str(approved.citations.first().passage_id)
    told = {"workspace_id": str(approved.workspace_id), "title": "List them", "response_kind": "sanctions"}
    pk = ana.send("post", "/policy-responses/", told | {"objective": "That it ends."}).json()["id"]
    for kind, body in [
        ("sanctions", {"programme": "2012/642/CFSP", "measures": ["asset_freeze"], "listing_grounds": "Orders."}),
        ("answered-incidents", {"incident_id": str(approved.incident_id)}),
        ("response-grounds", {"attribution_id": str(approved.pk)}),
        ("sanction-targets", {"actor_id": str(approved.actor_id)}),
        ("relied-provisions", {"provision_id": str(provision.pk)}),
        ("response-citations", {"passage_id": passage, "supports": "grounds"}),
        *(("rights-answers", {"question": each.value, "answer": "As before."}) for each in RightsQuestion),
    ]:
        answer = ana.send("post", f"/{kind}/", {"response_id": pk, **body})
        assert answer.status_code == 201, answer.content
        assert ana.get(f"/{kind}/", {"response": pk}).json()["results"][0]["response_id"] == pk
    failed = [c["key"] for c in ana.get(f"/policy-responses/{pk}/gate/").json()["checks"] if c["outcome"] == "failed"]
    assert failed == ["people"]
    assert step(ana, pk, "submit").json()["status"] == "in_review"
    review = {"response_id": pk, "conclusion": "concur", "interests": "None."}
    assert Door(ana.client, cast.ben).send("post", "/response-reviews/", review).status_code == 403
    assert in_person(cast.ben, "response-reviews", "", review).status_code == 201
    ana.client.logout()
    version = ana.get(f"/policy-responses/{pk}/").json()["version"]
    approved_now = in_person(cast.sofia, f"policy-responses/{pk}/approve", version)
    assert approved_now.json()["status"] == "approved"
    ana.client.logout()
    (packet,) = ana.get("/sealed-responses/", {"response": pk}).json()["results"]
    assert packet["sha256"] == approved_now.json()["seal"]
    in_force = step(ana, pk, "put-in-force", {"note": "As of today."}).json()
    assert in_force["status"] == "in_force"
    lifted = in_person(cast.ana, f"policy-responses/{pk}/lift", in_force["version"], {"reason": "They stopped."})
    assert lifted.json()["status"] == "lifted"


def test_a_token_proposes_and_never_decides(client, cast, ana, proposed):
    assert step(ana, proposed.pk, "submit").json()["status"] == "in_review"
    boss = Door(client, cast.sofia)
    for verb, body in [("approve", {}), ("return", {"reason": "x"}), ("decline", {"reason": "x"})]:
        answer = step(boss, proposed.pk, verb, body)
        assert (answer.status_code, "token" in answer.json()["detail"]) == (403, True), verb
    assert step(boss, proposed.pk, "confirm-basis", {"reason": "x"}).status_code == 403


def test_a_refused_approval_carries_its_checks(cast, ana, proposed, in_person):
    with acting_as(cast.ana):
        proposed.targets.get().withdraw(by=cast.ana, reason="Wrong.")
    version = step(ana, proposed.pk, "submit").json()["version"]
    answer = in_person(cast.sofia, f"policy-responses/{proposed.pk}/approve", version)
    assert answer.status_code == 409
    failed = [each for each in answer.json()["checks"] if each["outcome"] == "failed"]
    assert [each["key"] for each in failed] == ["targets", "people"]
    assert failed[0]["remedy"] == "Add the actors that it lists."


def test_a_session_without_a_second_factor_does_not_approve(cast, ana, proposed, in_person, settings):
    version = step(ana, proposed.pk, "submit").json()["version"]
    settings.APPROVAL_NEEDS_SECOND_FACTOR = True
    answer = in_person(cast.sofia, f"policy-responses/{proposed.pk}/approve", version)
    assert (answer.status_code, "second factor" in answer.json()["detail"]) == (403, True)


def test_a_dissent_is_answered_in_person(cast, ana, proposed, in_person):
    step(ana, proposed.pk, "submit")
    told = {"response_id": str(proposed.pk), "conclusion": "dissent", "reasons": "Thin.", "interests": "None."}
    review = in_person(cast.ben, "response-reviews", "", told).json()
    answer = in_person(cast.sofia, f"response-reviews/{review['id']}/answer", 1, {"answer": "It suffices."})
    assert (answer.status_code, answer.json()["answer"]) == (200, "It suffices.")


def test_a_step_from_the_wrong_state_is_a_conflict_and_by_others_forbidden(client, cast, ana, proposed):
    assert step(ana, proposed.pk, "complete").status_code == 409
    assert step(Door(client, cast.ben), proposed.pk, "submit").status_code == 403
    bare = step(ana, proposed.pk, "withdraw")
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (400, "/reason")


def test_own_fields_and_grounds_keep_to_their_kind(ana, proposed, cast):
    wrong = {"response_id": str(proposed.pk), "form": "summons"}
    answer = ana.send("post", "/diplomatic-protests/", wrong)
    assert answer.status_code == 422
    assert "of the kind diplomatic protest" in answer.content.decode()
    nothing = ana.send("post", "/response-grounds/", {"response_id": str(proposed.pk)})
    assert "Choose one" in nothing.content.decode()


def test_the_filters_of_the_page_serve_the_api(ana, cast, proposed, approved):
    with acting_as(cast.ana):
        proposed.change(by=cast.ana, due="2020-01-01", package="Spring")
    for asked in (
        {"status": "proposed"},
        {"kind": "sanctions"},
        {"owner": cast.ana.pk},
        {"incident": approved.incident_id},
        {"attribution": approved.pk},
        {"actor": approved.actor_id},
        {"basis": "sound"},
        {"overdue": "true"},
        {"package": "Spring"},
        {"q": "sanctions"},
    ):
        assert [each["id"] for each in ana.get("/policy-responses/", asked).json()["results"]] == [str(proposed.pk)]
    for asked in ({"status": "approved"}, {"kind": "prosecution"}, {"basis": "in_question"}, {"overdue": "false"}):
        assert ana.get("/policy-responses/", asked).json()["results"] == []
    for asked in ({"kind": "weather"}, {"colour": "red"}):
        assert ana.get("/policy-responses/", asked).status_code == 400
    assert ana.get("/legal-provisions/", {"in_force_on": "2021-13"}).status_code == 400
    assert len(ana.get("/legal-provisions/", {"kind": "sanctions", "jurisdiction": "pl"}).json()["results"]) == 1


@pytest.mark.parametrize("kind", ["policy-responses", "legal-provisions", "response-grounds"])
def test_a_list_takes_the_same_few_queries_whatever_its_length(ana, cast, approved, kind):
    counted = []
    ana.get(f"/{kind}/")  # the first use of a token is noted
    for _ in range(2):
        with acting_as(cast.ana):
            for one in ("sanctions", "prosecution"):
                proposing.ready(one, by=cast.ana, attribution=approved)
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(f"/{kind}/").json()["results"]
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 12


def test_what_is_not_there_for_strangers_is_not_there_through_the_api(client, cast, proposed):
    stranger = Door(client, cast.stranger)
    assert stranger.get(f"/policy-responses/{proposed.pk}/").status_code == 404
    assert stranger.get(f"/policy-responses/{proposed.pk}/gate/").status_code == 404
    with acting_as(cast.stranger):
        assert not PolicyResponse.objects.exists()
