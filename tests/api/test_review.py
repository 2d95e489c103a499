"""The review room through the API: a person signed in does what the pages do; a token does not."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Attribution, Review, ReviewClaim
from ledger.acting import acting_as
from tests.api.test_kinds import V1, Door


@pytest.fixture
def send(client):
    """A verb, sent by somebody signed in, at the version as it stands."""

    def sent(person, attribution, verb, body=None, version=None):
        client.force_login(person)
        with acting_as(person):
            stands = version or Attribution.objects.get(pk=attribution.pk).version
        return client.post(
            f"{V1}/attributions/{attribution.pk}/{verb}/",
            json.dumps(body or {}),
            content_type="application/json",
            headers={"If-Match": str(stands)},
        )

    return sent


def test_a_review_is_claimed_listed_and_released(client, send, in_review, cast):
    claim = send(cast.ben, in_review, "claim-review")
    assert (claim.status_code, claim.json()["status"]) == (200, "open")
    listed = client.get(f"{V1}/review-claims/", {"attribution": in_review.pk}).json()["results"]
    assert listed == [claim.json()]
    assert client.get(f"{V1}/review-claims/{claim.json()['id']}/").json() == claim.json()
    assert client.post(f"{V1}/review-claims/", "{}", content_type="application/json").status_code == 405
    assert send(cast.ben, in_review, "release-review").json()["status"] == "released"
    assert send(cast.ben, in_review, "release-review").status_code == 409


def test_the_wrong_person_the_wrong_moment_and_the_stranger_are_told_apart(send, in_review, cast):
    assert send(cast.ana, in_review, "claim-review").status_code == 403
    assert send(cast.vera, in_review, "claim-review").status_code == 403
    assert send(cast.stranger, in_review, "claim-review", version=1).status_code == 404
    assert send(cast.ben, in_review, "claim-review").status_code == 200
    assert send(cast.sigrid, in_review, "claim-review").status_code == 409
    assert (
        send(cast.ben, in_review, "reassign-review", {"to_id": str(cast.sigrid.pk), "reason": "x"}).status_code == 403
    )


def test_a_supervisor_reassigns_and_sets_the_date(client, send, in_review, cast):
    told = {"to_id": str(cast.ben.pk), "reason": "Knows it."}
    claim = send(cast.sofia, in_review, "reassign-review", told).json()
    assert claim["reviewer_id"] == str(cast.ben.pk)
    body = {"due_on": (timezone.localdate() + timedelta(days=3)).isoformat(), "reason": "Urgent."}
    set_due = client.post(
        f"{V1}/review-claims/{claim['id']}/set-due/",
        json.dumps(body),
        content_type="application/json",
        headers={"If-Match": str(claim["version"])},
    )
    assert set_due.json()["due_on"] == body["due_on"]
    wrong = send(cast.sofia, in_review, "reassign-review", {"to_id": str(cast.vera.pk), "reason": "x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/to")


def test_it_is_returned_with_a_list_answered_and_submitted_again(client, send, in_review, cast):
    with acting_as(cast.sofia):
        citation = in_review.citations.first()
    items = [
        {"what": "Say what is missing.", "claim_field": "gaps"},
        {"what": "Say why.", "citation_id": str(citation.pk)},
    ]
    back = send(cast.sofia, in_review, "return", {"reason": "Two things.", "items": items})
    assert back.json()["status"] == "returned"
    listed = client.get(f"{V1}/return-items/", {"attribution": in_review.pk, "round": 1}).json()["results"]
    assert {each["what"] for each in listed} == {"Say what is missing.", "Say why."}
    client.force_login(cast.ana)
    answered = client.post(
        f"{V1}/return-items/{listed[0]['id']}/answer/",
        json.dumps({"outcome": "mended"}),
        content_type="application/json",
        headers={"If-Match": "1"},
    )
    assert answered.json()["outcome"] == "mended"
    assert send(cast.ana, in_review, "submit").status_code == 409
    answers = [{"item_id": listed[1]["id"], "outcome": "not_mended", "word": "It stands."}]
    assert send(cast.ana, in_review, "submit", {"answers": answers}).json()["status"] == "in_review"


def test_a_return_without_a_list_is_as_ever_and_an_unknown_field_is_refused(send, in_review, cast):
    unknown = send(cast.sofia, in_review, "return", {"reason": "x", "items": [{"what": "x", "colour": "red"}]})
    assert unknown.status_code == 400
    assert send(cast.sofia, in_review, "return", {"reason": "As ever."}).json()["status"] == "returned"


def test_a_draft_is_handed_over(send, draft, cast):
    told = {"to_id": str(cast.ben.pk), "reason": "Ana is away."}
    assert send(cast.ben, draft, "hand-over", told).status_code == 403
    assert send(cast.sofia, draft, "hand-over", told).status_code == 200
    with acting_as(cast.ben):
        assert cast.ben.pk in Attribution.objects.get(pk=draft.pk).author_ids()


def test_a_token_does_none_of_it(client, cast, in_review):
    boss = Door(client, cast.sofia)
    to = {"to_id": str(cast.ben.pk), "reason": "x"}
    with acting_as(cast.ben):
        ReviewClaim.claim(by=cast.ben, attribution=in_review)
    version = {"If-Match": str(in_review.version)}
    for verb, body in [
        ("claim-review", {}),
        ("release-review", {"reason": "x"}),
        ("reassign-review", to),
        ("hand-over", to),
        ("return", {"reason": "x", "items": [{"what": "x"}]}),
    ]:
        answer = boss.send("post", f"/attributions/{in_review.pk}/{verb}/", body, **version)
        assert (answer.status_code, "token" in answer.json()["detail"]) == (403, True), verb


def test_who_concludes_under_anothers_claim_is_told_to_wait(client, cast, in_review):
    with acting_as(cast.ben):
        ReviewClaim.claim(by=cast.ben, attribution=in_review)
    client.force_login(cast.sigrid)
    told = {"attribution_id": str(in_review.pk), "conclusion": "concur", "interests": "None."}
    answer = client.post(f"{V1}/reviews/", json.dumps(told), content_type="application/json")
    assert (answer.status_code, "Ben" in answer.json()["detail"]) == (409, True)
    with acting_as(cast.ben):
        assert not Review.objects.exists()
