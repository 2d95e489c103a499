"""Texts of responses at both doors: who gets them, from what they are made, and what is left out."""

import io

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, User
from cases.models import Attribution
from evidence.models import EvidenceItem, StoredFile
from ledger.acting import acting_as
from policy.models import PolicyResponse, ResponseCitation
from tests import making
from tests.api.test_kinds import V1, Door
from tests.exchange.packets import words_of
from tests.policy import proposing

A_TEXT_TAKES_AT_MOST = 30


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


@pytest.fixture
def accept(cast):
    """Submit, review and approve a response, each by another person."""

    def to_the_end(response) -> PolicyResponse:
        with acting_as(cast.ana):
            response.submit(by=cast.ana)
        with acting_as(cast.ben):
            proposing.concur(now(response, cast.ben), by=cast.ben)
        with acting_as(cast.sofia):
            now(response, cast.sofia).approve(by=cast.sofia)
        return now(response, cast.ana)

    return to_the_end


def address(response) -> str:
    return reverse("response_text", args=[response.pk])


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def now(response, person) -> PolicyResponse:
    with acting_as(person):
        return PolicyResponse.objects.get(pk=response.pk)


def a_secret(response, cast, marking: str = "red") -> EvidenceItem:
    """An item marked above the response, of which it cites words."""
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=response.workspace, title="Talk with Osprey", marking=marking)
        file = StoredFile.receive_text(by=cast.ana, item=item, text="Osprey saw the order.")
        passage = making.Passage.mark(by=cast.ana, page=file.pages.get(), quote="Osprey saw the order.")
        ResponseCitation.add(by=cast.ana, response=response, passage=passage, note="Only Osprey knows.")
    return item


# --- The page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["diplomatic_protest", "sanctions", "border_enforcement", "prosecution"])
def test_the_page_of_a_response_leads_to_its_text(ana, proposed, kind):
    response = proposed(kind)
    assert f'href="{address(response)}"' in words(ana.get(response.get_absolute_url()))
    page = words(ana.get(address(response)))
    assert "DRAFT, NOT APPROVED" in page
    assert f'href="{address(response)}?format=docx"' in page
    assert "That it ends." in page


def test_an_intelligence_cooperation_says_that_its_text_is_what_it_shares(ana, cast, proposed, client):
    response = proposed("intelligence_cooperation")
    page = words(ana.get(response.get_absolute_url()))
    assert "its text is the product that it shares" in page
    assert address(response) not in page
    assert "its text is the product that it shares" in words(ana.get(address(response), follow=True))
    assert Door(client, cast.ana).get(f"/policy-responses/{response.pk}/text/").status_code == 409


def test_an_unknown_form_is_not_there(ana, proposed):
    assert ana.get(address(proposed("sanctions")), {"format": "odt"}).status_code == 404


def test_the_preview_takes_a_fixed_number_of_queries(ana, cast, proposed, approved):
    response, counted = proposed("sanctions"), []
    for number in (0, 3):
        with acting_as(cast.ana):
            for _ in range(number):
                item = making.an_item(by=cast.ana, workspace=approved.workspace, text="More words.")
                passage = making.a_passage(by=cast.ana, item=item, quote="More")
                response.citations.model.add(by=cast.ana, response=response, passage=passage)
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(address(response)).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= A_TEXT_TAKES_AT_MOST


# --- What was approved -------------------------------------------------------------------------------


def test_what_is_exported_is_what_was_approved_and_not_what_became_of_it(ana, cast, proposed, accept):
    response = accept(proposed("sanctions"))
    with acting_as(cast.ana):
        incident, actor = response.incidents.get().incident, response.targets.get().actor
        provision = response.provisions.get().provision
        before = (incident.title, actor.name, provision.instrument)
        incident.change(by=cast.ana, title="Another title")
        actor.change(by=cast.ana, name="Another name")
        provision.change(by=cast.ana, instrument="Another law")
    page = words(ana.get(address(response)))
    for name in before:
        assert name in page
    assert "Another" not in page
    assert now(response, cast.ana).seal in page
    assert "by Sofia" in page


def test_an_attribution_that_fell_since_leaves_the_text_as_sealed_and_says_so_first(
    ana, cast, proposed, accept, approved
):
    response = accept(proposed("diplomatic_protest"))
    with acting_as(cast.ana):
        Attribution.objects.get(pk=approved.pk).withdraw(by=cast.ana, reason="Wrong.")
    page = words(ana.get(address(response)))
    assert "Basis in question" in page
    assert "The state did it." in page


def test_a_draft_follows_the_rows_and_names_its_version(ana, cast, proposed):
    response = proposed("diplomatic_protest")
    with acting_as(cast.ana):
        response.change(by=cast.ana, objective="That every flight ends.")
    page = words(ana.get(address(response)))
    assert "That every flight ends." in page
    assert f"Version {now(response, cast.ana).version}, not sealed" in page


# --- The marking -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["pdf", "docx", "html"])
def test_what_is_marked_above_the_response_is_left_out_and_counted(ana, cast, proposed, form):
    response = proposed("diplomatic_protest")
    a_secret(response, cast)
    told = words_of(form, ana.get(address(response), {"format": form}).content)
    assert "Osprey" not in told
    assert "or above your clearance: 1 citation." in told


def test_what_lies_above_the_readers_clearance_is_left_out_and_counted(enter, cast, proposed, east):
    response = proposed("sanctions")
    with acting_as(cast.ana):
        incident = response.incidents.get().incident
        incident.change(by=cast.ana, marking="red")
    page = words(enter(cast.vera).get(address(response)))
    assert incident.title not in page
    assert "1 incident" in page


def test_an_item_that_is_marked_anew_after_the_approval_leaves_the_text(ana, cast, proposed, accept):
    response = accept(proposed("diplomatic_protest"))
    with acting_as(cast.ana):
        item = response.citations.get().passage.item
        item.change(by=cast.ana, marking="red")
    page = words(ana.get(address(response)))
    assert item.title not in page
    assert "Not complete" in page


def test_the_sealed_packet_names_nothing_that_is_marked_above_the_response(cast, proposed, accept):
    response = proposed("diplomatic_protest")
    with acting_as(cast.ana):
        incident = response.incidents.get().incident
        incident.change(by=cast.ana, title="Operation Osprey", marking="red")
    accept(response)
    with acting_as(cast.ana):
        packet = response.packets.get()
    assert "attest-sealed-response/2" in packet.canonical
    assert "Osprey" not in packet.canonical


# --- The API -----------------------------------------------------------------------------------------


def test_the_api_hands_over_the_same_text(client, cast, proposed):
    response, door = proposed("sanctions"), Door(client, cast.ana)
    path = f"/policy-responses/{response.pk}/text/"
    assert door.get(path).content.startswith(b"%PDF")
    answer = door.get(path, {"format": "docx"}, Accept="*/*")
    assert "sanctions-amber.docx" in answer.headers["Content-Disposition"]
    assert "That it ends." in "\n".join(each.text for each in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert b"That it ends." in door.get(path, {"format": "html"}).content


def test_the_api_refuses_what_it_does_not_know(client, cast, proposed):
    path, door = f"/policy-responses/{proposed('sanctions').pk}/text/", Door(client, cast.ana)
    for asked in ({"format": "odt"}, {"colour": "red"}):
        answer = door.get(path, asked)
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_a_text_is_not_there_for_strangers_and_needs_a_sign_in(client, cast, proposed):
    path = f"/policy-responses/{proposed('sanctions').pk}/text/"
    assert Door(client, cast.stranger).get(path).status_code == 404
    assert client.get(V1 + path).status_code == 401


def test_somebody_not_cleared_for_the_response_does_not_find_its_text(client, cast, proposed, east):
    response = proposed("sanctions")
    person = User.objects.create_user("greta@example.org", name="Greta")
    Membership.objects.create(user=person, workspace=east, role="viewer", clearance="green")
    client.force_login(person)
    assert client.get(address(response)).status_code == 404


def test_the_schema_describes_the_text(ana):
    told = ana.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()["paths"]
    told = told["/api/v1/policy-responses/{id}/text/"]
    (parameter,) = [each for each in told["get"]["parameters"] if each["in"] == "query"]
    assert (parameter["name"], set(parameter["schema"]["enum"])) == ("format", {"pdf", "docx", "html"})
    assert "application/pdf" in told["get"]["responses"]["200"]["content"]
