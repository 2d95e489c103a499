"""Pages of responses: from an incident to the end of a measure, the board, and what forms offer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.acting import acting_as
from policy.choices import RightsQuestion
from policy.models import LegalProvision, PolicyResponse, RightsAnswer
from tests import making
from tests.policy import proposing

A_LIST_TAKES_AT_MOST = 12
A_PAGE_TAKES_AT_MOST = 36


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def post(client, name: str, record, *more, **told):
    answer = client.post(reverse(name, args=[record.pk, *more]), told)
    assert answer.status_code == 302, answer.context["form"].errors if answer.context else answer.status_code
    return answer


def now(response, person) -> PolicyResponse:
    with acting_as(person):
        return PolicyResponse.objects.get(pk=response.pk)


# --- From an incident to the end ---------------------------------------------------------------------------


def test_a_stranger_to_the_code_brings_a_protest_from_incident_to_completion(enter, cast, approved):
    client = enter(cast.ana)
    with acting_as(cast.ana):
        incident = approved.incident
    assert "Propose diplomatic protest" in words(client.get(reverse("respond", args=[incident.pk])))
    told = {"title": "Note to the ministry", "objective": "That it ends.", "addressee": "The ministry"}
    first = post(client, "response_add", incident, "diplomatic_protest", marking="amber", place=1, **told)
    with acting_as(cast.ana):
        response = PolicyResponse.objects.get()
        provision = LegalProvision.add(
            by=cast.ana, workspace=response.workspace, instrument="Vienna Convention", jurisdiction="INT", permits="It."
        )
        passage = approved.citations.first().passage
    assert first.url == reverse("response_own_fields", args=[response.pk])
    assert response.owner == cast.ana
    assert "Fill in the form of its kind." in words(client.get(response.get_absolute_url()))
    post(client, "response_own_fields", response, form="note_verbale", partners="Lithuania, Latvia")
    post(client, "response_ground_add", response, on=f"attribution:{approved.pk}")
    post(client, "relied_provision_add", response, provision=provision.pk, note="Article 3.")
    post(client, "response_citation_add", response, passage=passage.pk, supports="measure")
    for question in RightsQuestion:
        post(client, "rights_answer_set", response, question.value, answer="Nothing changes.", passage="")
    post(client, "response_submit", response)
    page = words(client.get(response.get_absolute_url()))
    assert "Yours: others review and decide." in page
    assert passage.quote in page
    post(enter(cast.ben), "response_conclude", response, conclusion="concur", interests="None.")
    post(enter(cast.sofia), "response_approve", response)
    post(enter(cast.ana), "response_put_in_force", response)
    post(client, "response_complete", response)
    post(client, "outcome_add", response, observed="Fewer flights.", observed_on="2021-12", passage="")
    page = words(client.get(response.get_absolute_url()))
    assert now(response, cast.ana).status == "completed"
    assert "Fewer flights." in page
    assert client.get(reverse("sealed_response", args=[response.pk, 1])).status_code == 200
    client.force_login(cast.stranger)
    assert client.get(reverse("sealed_response", args=[response.pk, 1])).status_code == 404


def test_a_refused_approval_says_what_to_do_and_where(enter, proposed, cast):
    response = proposed("border_enforcement")
    with acting_as(cast.ana):
        response.border_enforcement.change(by=cast.ana, ends=None)
        response.submit(by=cast.ana)
    answer = enter(cast.sofia).post(reverse("response_approve", args=[response.pk]), {"note": "Go."})
    page = words(answer)
    assert answer.status_code == 409
    assert "Set the day on which it ends." in page
    assert f'href="{response.get_absolute_url()}#detail"' in page
    assert "Go." in page


def test_approving_wants_a_second_factor(client, cast, proposed, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = True
    response = proposed("diplomatic_protest")
    client.force_login(cast.sofia)
    for send in (client.get, client.post):
        answer = send(reverse("response_approve", args=[response.pk]))
        assert answer.url == reverse("mfa_activate_totp")
    assert now(response, cast.ana).status == "proposed"


def test_an_edit_in_review_is_refused_with_a_sentence_and_keeps_what_was_typed(ana, cast, proposed):
    response = proposed("diplomatic_protest")
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    answer = ana.post(reverse("response_own_fields", args=[response.pk]), {"form": "summons", "partners": "Latvia"})
    assert answer.status_code == 409
    assert "nothing in it can be changed" in words(answer)
    assert "Latvia" in words(answer)


def test_after_submission_the_edit_form_asks_only_for_owner_date_and_package(ana, cast, proposed):
    response = proposed("diplomatic_protest")
    assert "objective" in ana.get(reverse("response_edit", args=[response.pk])).context["form"].fields
    with acting_as(cast.ana):
        response.submit(by=cast.ana)
    form = ana.get(reverse("response_edit", args=[response.pk])).context["form"]
    assert set(form.fields) == {"owner", "due", "package", "place", "version"}
    version = form["version"].value()
    post(ana, "response_edit", response, owner=cast.ben.pk, due="2030-01-01", package="", place=1, version=version)
    assert now(response, cast.ana).owner == cast.ben


# --- The page, when its ground moves ---------------------------------------------------------------------------


def test_a_basis_in_question_is_said_with_what_can_be_done(enter, cast, proposed, approved):
    response = proposed("diplomatic_protest")
    with acting_as(cast.ana):
        approved.withdraw(by=cast.ana, reason="Wrong.")
    page = words(enter(cast.ana).get(response.get_absolute_url()))
    assert "Basis in question." in page
    assert "It is withdrawn, not approved." in page
    assert reverse("response_withdraw", args=[response.pk]) in page
    assert reverse("response_confirm_basis", args=[response.pk]) not in page
    client = enter(cast.sofia)
    assert reverse("response_confirm_basis", args=[response.pk]) in words(client.get(response.get_absolute_url()))
    post(client, "response_confirm_basis", response, reason="Two other origins carry it.")
    page = words(client.get(response.get_absolute_url()))
    assert "Basis confirmed." in page
    assert "Two other origins carry it." in page


def test_what_a_clearance_does_not_cover_is_withheld(enter, cast, proposed, approved):
    response = proposed("diplomatic_protest")
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=approved.workspace, text="The cable says so.", marking="red")
        passage = making.a_passage(by=cast.ana, item=item, quote="cable")
        response.citations.model.add(by=cast.ana, response=response, passage=passage)
        RightsAnswer.objects.get(question="proportionality").change(by=cast.ana, passage=passage)
    page = words(enter(cast.vera).get(response.get_absolute_url()))
    assert page.count("Withheld: your clearance does not cover this passage.") == 2
    assert "cable" not in page


def test_safeguards_stand_beside_the_answers_on_rights(ana, cast, proposed):
    response = proposed("border_enforcement")
    with acting_as(cast.ana):
        provision = response.provisions.get().provision
        provision.change(by=cast.ana, safeguards="Access to asylum stays open.", tests=["It is necessary."])
    page = words(ana.get(response.get_absolute_url()))
    assert "Access to asylum stays open." in page
    assert "It is necessary." in page
    assert "How does access to asylum stay open?" in page


def test_the_desk_shows_what_waits_what_lost_its_ground_and_what_is_overdue(enter, cast, proposed, approved):
    response = proposed("sanctions")
    with acting_as(cast.ana):
        response.change(by=cast.ana, due="2020-01-01")
        response.submit(by=cast.ana)
    page = words(enter(cast.ben).get(reverse("desk")))
    assert '<span class="tag">Review</span> <a href="' + response.get_absolute_url() in page
    assert "Overdue responses" in page
    with acting_as(cast.ben):
        proposing.concur(now(response, cast.ben), by=cast.ben)
    assert "Responses waiting for me" not in words(enter(cast.ben).get(reverse("desk")))
    page = words(enter(cast.sofia).get(reverse("desk")))
    assert '<span class="tag">Decide</span> <a href="' + response.get_absolute_url() in page
    with acting_as(cast.ana):
        approved.withdraw(by=cast.ana, reason="Wrong.")
    assert '<span class="tag">Confirm or withdraw</span>' in words(enter(cast.ana).get(reverse("desk")))


def test_an_incident_and_an_attribution_name_their_responses(ana, proposed, approved):
    response = proposed("sanctions")
    for address in (approved.get_absolute_url(), reverse("incident", args=[approved.incident_id])):
        assert f'href="{response.get_absolute_url()}"' in words(ana.get(address))


# --- Lists -----------------------------------------------------------------------------------------------------


def test_the_filters_find_what_they_say(ana, cast, proposed, approved):
    sanctions, prosecution = proposed("sanctions"), proposed("prosecution")
    with acting_as(cast.ana):
        network = prosecution.grounds.get().actor
        sanctions.change(by=cast.ana, due="2020-01-01", package="Spring", objective="Stop the charter flights.")
        prosecution.change(by=cast.ana, owner=cast.ben)

    def found(**asked):
        return ana.get(reverse("responses"), asked).context["records"]

    assert found(kind="sanctions") == [sanctions]
    assert found(owner=cast.ben.pk) == [prosecution]
    assert found(overdue="true") == [sanctions]
    assert found(overdue="false") == [prosecution]
    assert found(package="Spring") == [sanctions]
    assert found(attribution=approved.pk) == [sanctions]
    assert found(actor=approved.actor_id) == [sanctions]
    assert found(actor=network.pk) == [prosecution]
    assert found(incident=approved.incident_id) == [prosecution, sanctions]
    assert found(basis="in_question") == []
    assert found(status="in_review") == []
    assert found(q="charter") == [sanctions]


def test_the_library_is_searched_and_filtered(ana, cast, east):
    with acting_as(cast.ana):
        law = {"workspace": east, "permits": "Checks at the border."}
        old = LegalProvision.add(by=cast.ana, instrument="Old code", jurisdiction="EU", in_force_to="2023", **law)
        new = LegalProvision.add(
            by=cast.ana, instrument="New code", jurisdiction="PL", in_force_from="2024", kinds=["sanctions"], **law
        )

    def found(**asked):
        return set(ana.get(reverse("legal_provisions"), asked).context["records"])

    assert found(q="checks") == {old, new}
    assert found(jurisdiction="eu") == {old}
    assert found(in_force_on="2022-05") == {old}
    assert found(in_force_on=timezone.localdate().isoformat()) == {new}
    assert found(kind="prosecution") == {old}


def test_a_provision_is_recorded_with_its_conditions_line_by_line(ana, cast, east):
    told = {"workspace": east.pk, "instrument": "Code", "jurisdiction": "EU", "permits": "It.", "marking": "clear"}
    told |= {"tests": "It is necessary.\n\nIt is proportionate.", "kinds": ["sanctions"]}
    assert ana.post(reverse("legal_provision_add"), told).status_code == 302
    with acting_as(cast.ana):
        provision = LegalProvision.objects.get()
    assert provision.tests == ["It is necessary.", "It is proportionate."]
    page = ana.get(reverse("legal_provision_edit", args=[provision.pk])).content.decode()
    assert "It is necessary.\nIt is proportionate." in page


@pytest.mark.parametrize("name", ["responses", "response_board", "legal_provisions"])
def test_a_list_takes_the_same_few_queries_whatever_its_length(ana, cast, proposed, name):
    counted = []
    for _ in range(2):
        for kind in ("sanctions", "prosecution", "border_enforcement"):
            response = proposed(kind)
            with acting_as(cast.ana):
                response.change(by=cast.ana, due="2020-01-01")
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(reverse(name)).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= A_LIST_TAKES_AT_MOST


def test_the_page_of_a_response_takes_a_fixed_number_of_queries(ana, cast, proposed, approved):
    response, counted = proposed("sanctions"), []
    for number in (0, 3):
        with acting_as(cast.ana):
            for _ in range(number):
                item = making.an_item(by=cast.ana, workspace=approved.workspace, text="More words.")
                passage = making.a_passage(by=cast.ana, item=item, quote="More")
                response.citations.model.add(by=cast.ana, response=response, passage=passage)
                told = {"instrument": f"Law {item.pk}", "jurisdiction": "PL", "permits": "It."}
                law = LegalProvision.add(by=cast.ana, workspace=approved.workspace, **told)
                response.provisions.model.add(by=cast.ana, response=response, provision=law)
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(response.get_absolute_url()).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= A_PAGE_TAKES_AT_MOST
