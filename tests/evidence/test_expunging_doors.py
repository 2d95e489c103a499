"""Expunging through both doors: pages and API."""

import pytest
from django.urls import reverse

from evidence.models import EvidenceItem, Expunging, TextPage
from ledger.acting import acting_as
from tests import making
from tests.api.test_kinds import Door
from tests.evidence.expunging import NUMBER, REASON, asked, everywhere

GIVEN = {"extent": "words", "words": NUMBER, "ground": "asked_by_person", "reason": REASON}


@pytest.fixture
def item(cast, east, settings) -> EvidenceItem:
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, text=f"The man with passport {NUMBER}.")


def in_name_of(client, person):
    client.force_login(person)
    return client


# --- Pages ------------------------------------------------------------------------------------------


def test_a_steward_asks_from_the_items_page_and_a_supervisor_carries_it_out(client, cast, item):
    stella = in_name_of(client, cast.stella)
    ask = reverse("expunging_ask", args=["evidence_item", item.pk])
    assert ask in stella.get(item.get_absolute_url()).content.decode()
    answer = stella.post(ask, GIVEN)
    with acting_as(cast.stella):
        asking = Expunging.objects.get()
    assert (answer.status_code, answer.url) == (302, asking.get_absolute_url())
    assert stella.get(answer.url).content.decode().count(NUMBER) == 1
    sofia = in_name_of(client, cast.sofia)
    shown = sofia.get(asking.get_absolute_url()).content.decode()
    assert "Text page: 1" in shown
    assert "Its bytes are as they came" in shown
    there = reverse("expunging_carry_out", args=[asking.pk])
    assert sofia.post(there).status_code == 422
    assert sofia.post(there, {"has_looked": "on"}).status_code == 302
    assert everywhere(NUMBER) == []
    after = sofia.get(asking.get_absolute_url()).content.decode()
    assert "Carried out" in after
    assert "Text page: 1" in after
    assert sofia.get(item.get_absolute_url()).status_code == 200
    assert sofia.post(there, {"has_looked": "on"}).status_code == 409


@pytest.mark.parametrize(("name", "status"), [("ana", 403), ("sofia", 403), ("vera", 403), ("stranger", 404)])
def test_only_a_steward_is_asked_what_to_expunge(client, cast, item, name, status):
    ask = reverse("expunging_ask", args=["evidence_item", item.pk])
    someone = in_name_of(client, getattr(cast, name))
    assert (someone.get(ask).status_code, someone.post(ask, GIVEN).status_code) == (status, status)
    if status == 403:
        assert ask not in someone.get(item.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("name", "status"), [("stella", 403), ("ana", 403), ("ben", 403), ("vera", 403), ("stranger", 404)]
)
@pytest.mark.parametrize("step", ["carry_out", "refuse"])
def test_only_a_second_person_in_charge_decides_on_the_page(client, cast, item, name, status, step):
    asking = asked(cast.stella, item)
    someone = in_name_of(client, getattr(cast, name))
    answer = someone.post(reverse(f"expunging_{step}", args=[asking.pk]), {"has_looked": "on", "reason": "No."})
    assert answer.status_code == status


def test_others_see_that_it_waits_and_neither_the_words_nor_what_it_concerns(client, cast, item):
    asking = asked(cast.stella, item, NUMBER)
    shown = in_name_of(client, cast.ana).get(asking.get_absolute_url()).content.decode()
    assert REASON.replace("'", "&#x27;") in shown
    assert NUMBER not in shown
    assert "Shown to those in charge." in shown


def test_what_was_typed_comes_back_with_what_is_wrong(client, cast, item):
    stella = in_name_of(client, cast.stella)
    answer = stella.post(reverse("expunging_ask", args=["evidence_item", item.pk]), {**GIVEN, "words": "abc"})
    assert answer.status_code == 422
    assert "at least 4 characters" in answer.content.decode()
    assert "slipped in" in answer.content.decode()


def test_a_refusal_and_a_withdrawal_on_the_pages(client, cast, item):
    first, second = asked(cast.stella, item), asked(cast.stella, item)
    in_name_of(client, cast.sofia).post(reverse("expunging_refuse", args=[first.pk]), {"reason": "No person."})
    in_name_of(client, cast.stella).post(reverse("expunging_withdraw", args=[second.pk]), {"reason": "A mistake."})
    with acting_as(cast.ana):
        assert [each.status for each in Expunging.objects.order_by("pk")] == ["refused", "withdrawn"]
    listed = client.get(reverse("expungings") + "?status=refused").content.decode()
    assert first.get_absolute_url() in listed
    assert second.get_absolute_url() not in listed


def test_a_page_of_a_whole_item_names_what_goes_and_the_item_says_what_became_of_it(client, cast, item):
    asking = asked(cast.stella, item)
    sofia = in_name_of(client, cast.sofia)
    shown = sofia.get(asking.get_absolute_url()).content.decode()
    assert "Evidence item: 1" in shown
    assert "Stored file: 1" in shown
    sofia.post(reverse("expunging_carry_out", args=[asking.pk]), {"has_looked": "on"})
    page = sofia.get(item.get_absolute_url()).content.decode()
    assert asking.get_absolute_url() in page
    assert "Download the original" not in page
    assert sofia.get(reverse("history", args=["evidence_item", item.pk])).status_code == 200
    assert sofia.get(reverse("custody_report", args=[item.pk]) + "?as=html").status_code == 200


# --- API --------------------------------------------------------------------------------------------


def test_people_ask_look_and_decide_through_the_api(client, cast, item, in_person):
    body = {"about_kind": "evidence_item", "about_id": str(item.pk), **GIVEN}
    made = in_person(cast.stella, "expungings", 1, body)
    assert made.status_code == 201, made.content
    told = made.json()
    assert NUMBER not in made.content.decode()
    client.force_login(cast.sofia)
    reach = client.get(f"/api/v1/expungings/{told['id']}/reach/").json()
    assert [each["kind"] for each in reach["results"]] == ["text_page"]
    assert [each["why"] for each in reach["still_holding"]] == ["Its bytes are as they came"]
    assert in_person(cast.stella, f"expungings/{told['id']}/carry-out", 1).status_code == 403
    done = in_person(cast.sofia, f"expungings/{told['id']}/carry-out", 1)
    assert (done.status_code, done.json()["status"]) == (200, "done")
    assert in_person(cast.sofia, f"expungings/{told['id']}/refuse", 2, {"reason": "No."}).status_code == 409
    assert client.get("/api/v1/expungings/?status=done").json()["results"][0]["id"] == told["id"]
    with acting_as(cast.ana):
        assert "[expunged]" in TextPage.objects.get().text


def test_a_token_only_reads(client, cast, item, in_person):
    asking = asked(cast.stella, item)
    for person in (cast.stella, cast.sofia):
        door = Door(client, person)
        body = {"about_kind": "evidence_item", "about_id": str(item.pk), **GIVEN}
        assert door.send("post", "/expungings/", body).status_code == 403
        for step in ("carry-out", "refuse", "withdraw"):
            given = {} if step == "carry-out" else {"reason": "Because."}
            sent = door.send("post", f"/expungings/{asking.pk}/{step}/", given, **{"If-Match": "1"})
            assert sent.status_code == 403, step
        assert door.get(f"/expungings/{asking.pk}/").json()["status"] == "asked"
    withdrawn = in_person(cast.stella, f"expungings/{asking.pk}/withdraw", 1, {"reason": "A mistake."})
    assert withdrawn.json()["status"] == "withdrawn"


def test_without_a_second_factor_nothing_is_carried_out(client, cast, item, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = True
    asking = asked(cast.stella, item)
    sofia = in_name_of(client, cast.sofia)
    answer = sofia.post(reverse("expunging_carry_out", args=[asking.pk]), {"has_looked": "on"})
    assert answer.url == reverse("mfa_activate_totp")
    there = f"/api/v1/expungings/{asking.pk}/carry-out/"
    sent = sofia.post(there, "{}", content_type="application/json", headers={"If-Match": "1"})
    assert sent.status_code == 403
    with acting_as(cast.ana):
        assert Expunging.objects.get().status == "asked"
