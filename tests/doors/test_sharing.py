"""The doors of sharing: the page, what it shows and to whom, and the API."""

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evidence.models import EvidenceItem
from exchange.models import Sharing
from ledger.acting import acting_as
from policy.models import PolicyResponse
from tests.api.test_kinds import Door
from tests.exchange import sharing

A_PAGE_TAKES_AT_MOST = 75


@pytest.fixture
def proposal(cast, approved):
    return sharing.a_cooperation(cast, approved, marking="amber", agreed="amber")


@pytest.fixture
def cooperation(cast, proposal):
    return sharing.approved(proposal, cast)


@pytest.fixture
def shared(cast, cooperation):
    with acting_as(cast.ana):
        return Sharing.share(by=cast.ana, response=cooperation, partner="Estonia", form="html")


def page_of(client, name: str, record, **asked) -> str:
    answer = client.get(reverse(name, args=[record.pk]), asked)
    assert answer.status_code == 200, name
    return " ".join(answer.content.decode().split())


def statuses(client, cast, address: str) -> dict[str, int]:
    found = {}
    for name in ("nobody", "stranger", "vera", "ben", "stella", "ana", "sofia"):
        client.force_login(getattr(cast, name))
        found[name] = client.get(address).status_code
    return found


def test_only_those_who_may_share_see_what_would_be_shared(client, cast, proposal):
    away, refused, let_in = (
        dict.fromkeys(("nobody", "stranger"), 404),
        dict.fromkeys(("vera", "ben", "stella"), 403),
        {},
    )
    let_in = dict.fromkeys(("ana", "sofia"), 200)
    address = reverse("sharing_add", args=[proposal.pk])
    assert statuses(client, cast, address) == away | refused | let_in
    assert statuses(client, cast, f"/api/v1/policy-responses/{proposal.pk}/shared-product/") == away | refused | let_in
    client.logout()
    assert client.get(address).status_code == 302


def test_everybody_of_the_room_reads_what_was_shared_and_nobody_else(client, cast, shared):
    away = dict.fromkeys(("nobody", "stranger"), 404)
    room = dict.fromkeys(("vera", "ben", "stella", "ana", "sofia"), 200)
    for address in (
        shared.get_absolute_url(),
        reverse("sharing_content", args=[shared.pk]),
        f"/api/v1/sharings/{shared.pk}/",
        f"/api/v1/sharings/{shared.pk}/content/",
    ):
        assert statuses(client, cast, address) == away | room, address
    recall = dict.fromkeys(("vera", "ben", "stella"), 403) | dict.fromkeys(("ana", "sofia"), 200)
    assert statuses(client, cast, reverse("sharing_recall", args=[shared.pk])) == away | recall


def test_another_kind_of_response_has_nothing_to_share(enter, cast, proposed):
    response = proposed("diplomatic_protest")
    client = enter(cast.ana)
    assert client.get(reverse("sharing_add", args=[response.pk])).status_code == 404
    assert client.get(f"/api/v1/policy-responses/{response.pk}/shared-product/").status_code == 404
    assert "Sharing" not in page_of(client, "policy_response", response)


def test_before_the_approval_there_is_a_preview_and_no_button(enter, cast, proposal):
    client = enter(cast.ana)
    assert "Preview what would be shared" in page_of(client, "policy_response", proposal)
    page = page_of(client, "sharing_add", proposal)
    assert "PREVIEW, NOT SHARED" in page
    assert "this is proposed" in page
    assert "Share</button>" not in page
    told = {"partner": "Estonia", "under": "amber", "form": "pdf"}
    answer = client.post(reverse("sharing_add", args=[proposal.pk]), told)
    assert (answer.status_code, "approved or in force" in answer.content.decode()) == (409, True)


def test_the_page_lists_what_is_held_back_and_the_product_holds_none_of_it(enter, cast, approved):
    world = sharing.a_world(cast, approved, agreed="amber")
    page = page_of(enter(cast.ana), "sharing_add", world.response)
    product, held = page.split("What is held back")
    assert "Landing of the redzone" in held
    assert "redzone" not in product
    assert "Landing of the amberzone" in product


def test_a_lower_marking_can_be_looked_at_and_none_above_what_was_agreed(enter, cast, cooperation):
    client = enter(cast.ana)
    assert (
        "The state did it." in page_of(client, "sharing_add", cooperation, under="amber").split("What is held back")[0]
    )
    assert (
        "The state did it."
        not in page_of(client, "sharing_add", cooperation, under="green").split("What is held back")[0]
    )
    assert "TLP:RED" not in page_of(client, "sharing_add", cooperation, under="red")


def test_a_press_of_the_button_shares_and_what_left_is_downloaded_and_recalled(enter, cast, cooperation):
    client = enter(cast.ana)
    told = {"partner": "Latvia", "under": "amber", "form": "pdf"}
    answer = client.post(reverse("sharing_add", args=[cooperation.pk]), told)
    with acting_as(cast.ana):
        made = Sharing.objects.get()
    assert (answer.status_code, answer.url) == (302, made.get_absolute_url())
    content = client.get(reverse("sharing_content", args=[made.pk]))
    assert content.headers["Content-Disposition"].startswith("attachment")
    assert hashlib.sha256(b"".join(content.streaming_content)).hexdigest() == made.sha256
    assert "Recall from Latvia" in page_of(client, "policy_response", cooperation).replace(
        '<span class="visually-hidden">', ""
    ).replace("</span>", "")
    assert client.post(reverse("sharing_recall", args=[made.pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("sharing_recall", args=[made.pk]), {"reason": "Burnt."}).status_code == 302
    assert client.post(reverse("sharing_recall", args=[made.pk]), {"reason": "Again."}).status_code == 409
    assert "Burnt." in page_of(client, "policy_response", cooperation)


def test_sharing_wants_a_second_factor_at_both_doors(client, cast, cooperation, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = True
    client.force_login(cast.ana)
    told = {"partner": "Estonia", "under": "amber", "form": "pdf"}
    assert "/accounts/2fa/" in client.post(reverse("sharing_add", args=[cooperation.pk]), told).url
    sent = {"response_id": str(cooperation.pk), **told}
    answer = client.post("/api/v1/sharings/", sent, content_type="application/json")
    assert (answer.status_code, "second factor" in answer.json()["detail"]) == (403, True)


def test_the_api_previews_shares_and_recalls(enter, cast, cooperation):
    client = enter(cast.ana)
    preview = client.get(f"/api/v1/policy-responses/{cooperation.pk}/shared-product/", {"under": "amber"}).json()
    assert (preview["may_be_shared"], preview["under"], preview["product"]["banner"]) == (
        True,
        "amber",
        "PREVIEW, NOT SHARED",
    )
    told = {"response_id": str(cooperation.pk), "partner": "Estonia", "under": "amber", "form": "docx"}
    made = client.post("/api/v1/sharings/", told, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["included"] == preview["included"]
    assert made.json() in client.get("/api/v1/sharings/", {"under": "amber"}).json()["results"]
    address = f"/api/v1/sharings/{made.json()['id']}/recall/"
    sent = {"content_type": "application/json", "headers": {"If-Match": "1"}}
    assert client.post(address, {"reason": "Burnt."}, **sent).json()["status"] == "recalled"
    again = client.post(address, {"reason": "x"}, content_type="application/json", headers={"If-Match": "2"})
    assert again.status_code == 409


@pytest.mark.parametrize(("changes", "pointer"), [({"partner": "Atlantis"}, "/partner"), ({"under": "red"}, "/under")])
def test_the_api_refuses_what_was_not_agreed_by_name(enter, cast, cooperation, changes, pointer):
    told = {"response_id": str(cooperation.pk), "partner": "Estonia", "under": "amber", **changes}
    answer = enter(cast.ana).post("/api/v1/sharings/", told, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("asked", "status"), [({"under": "purple"}, 400), ({"colour": "red"}, 400), ({"under": "red"}, 422)]
)
def test_unknown_wishes_are_refused(enter, cast, cooperation, asked, status):
    answer = enter(cast.ana).get(f"/api/v1/policy-responses/{cooperation.pk}/shared-product/", asked)
    assert answer.status_code == status


def test_a_token_reads_previews_and_sharings_and_shares_none(client, cast, shared):
    door = Door(client, cast.ana)
    assert door.get(f"/policy-responses/{shared.response_id}/shared-product/").status_code == 200
    assert door.get(f"/sharings/{shared.pk}/").status_code == 200
    told = {"response_id": str(shared.response_id), "partner": "Estonia", "under": "amber"}
    for path, body in (("/sharings/", told), (f"/sharings/{shared.pk}/recall/", {"reason": "x"})):
        answer = door.send("post", path, body, **{"If-Match": "1"})
        assert (answer.status_code, "token" in answer.json()["detail"]) == (403, True)


def test_custody_on_the_page_of_the_item_names_the_sharing(enter, cast, shared):
    with acting_as(cast.ana):
        item = EvidenceItem.objects.get(
            pk=next(each["id"] for each in shared.included if each["kind"] == "evidence_item")
        )
    client = enter(cast.vera)
    assert f"Quoted in sharing {shared.pk} with Estonia" in page_of(client, "evidence_item", item)
    page = page_of(enter(cast.ana), "evidence_item_withdraw", item)
    assert f'href="{shared.get_absolute_url()}"' in page


def test_the_page_takes_the_same_few_queries_whatever_is_cited(enter, cast, approved):
    client, counted = enter(cast.ana), []
    response = sharing.a_cooperation(cast, approved)
    for marking in ("green", "amber"):
        with acting_as(cast.ana):
            sharing.add_material(PolicyResponse.objects.get(pk=response.pk), marking, by=cast.ana)
        with CaptureQueriesContext(connection) as queries:
            page_of(client, "sharing_add", response)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= A_PAGE_TAKES_AT_MOST
