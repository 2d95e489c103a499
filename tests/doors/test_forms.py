"""What people send: it works, and what is refused comes back with every typed word."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Actor, Attribution, Citation, ElementFinding, Incident
from evidence import pieces
from evidence.models import EvidenceItem, Passage, Source, StoredFile, Upload
from ledger.acting import acting_as
from tests import making

A_LIST_TAKES_AT_MOST = 12


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


@pytest.fixture
def sofia(client, cast, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    client.force_login(cast.sofia)
    return client


def test_an_incident_is_recorded_under_a_reference(ana, cast, east):
    told = {"workspace": east.pk, "title": "Buses at the border", "began": "2021-07", "target_countries": "PL, LT"}
    answer = ana.post(
        reverse("incident_add"),
        told | {"severity": 3, "status": "open", "engineered_type": "coercive", "marking": "amber"},
    )
    assert answer.status_code == 302
    with acting_as(cast.ana):
        incident = Incident.objects.get()
    assert (incident.reference[-4:], incident.target_countries, incident.began) == ("0001", ["PL", "LT"], "2021-07")


def test_bad_input_names_the_field_and_keeps_what_was_typed(ana, east):
    told = {"workspace": east.pk, "title": "Buses", "began": "2021-13", "summary": "A long text that must not be lost."}
    answer = ana.post(reverse("incident_add"), told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a date as 2021, 2021-07 or 2021-07-02." in page
    assert "A long text that must not be lost." in page


def test_an_end_before_the_beginning_is_refused_at_its_field(ana, east):
    told = {"workspace": east.pk, "title": "x", "began": "2021-07", "ended": "2020", "severity": 3, "status": "open"}
    answer = ana.post(reverse("incident_add"), told | {"engineered_type": "none", "marking": "amber"})
    assert "An incident ends after it began." in answer.context["form"].errors["ended"]


def test_a_marking_above_ones_clearance_is_refused(client, cast, east):
    cast.ana.memberships.update(clearance="green")
    client.force_login(cast.ana)
    told = {"workspace": east.pk, "name": "X", "actor_kind": "state", "marking": "red"}
    answer = client.post(reverse("actor_add"), told)
    assert answer.status_code == 422
    assert "above your clearance" in answer.content.decode()


def test_a_room_one_is_no_member_of_cannot_be_chosen(ana, west):
    answer = ana.post(
        reverse("actor_add"), {"workspace": west.pk, "name": "X", "actor_kind": "state", "marking": "amber"}
    )
    assert answer.status_code == 422
    assert "workspace" in answer.context["form"].errors


def test_two_editors_see_both_texts_and_the_second_save_wins_on_purpose(ana, cast, east):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east, name="Old name")
    told = {"name": "My name", "actor_kind": "state", "country": "BY", "marking": "amber", "version": 1}
    with acting_as(cast.ben):
        Actor.objects.get().change(by=cast.ben, name="Their name")
    answer = ana.post(reverse("actor_edit", args=[actor.pk]), told)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Their name" in page
    assert "My name" in page
    again = told | {"version": answer.context["form"]["version"].value()}
    assert ana.post(reverse("actor_edit", args=[actor.pk]), again).status_code == 302
    with acting_as(cast.ana):
        assert Actor.objects.get().name == "My name"


INTAKE = {
    "title": "A report",
    "new_source": "A ministry",
    "new_source_class": "target_official",
    "evidence_kind": "policy_statement",
    "category": "behavioural",
    "credibility": 2,
    "basis_of_knowledge": "direct",
    "marking": "amber",
}


def test_evidence_comes_in_with_its_file_and_a_new_source_at_once(ana, cast, east):
    upload = SimpleUploadedFile("report.txt", b"Words of the report.")
    answer = ana.post(reverse("evidence_item_add"), INTAKE | {"workspace": east.pk, "file": upload})
    assert answer.status_code == 302
    with acting_as(cast.ana):
        item = EvidenceItem.objects.select_related("source").get()
        assert (item.source.name, item.grade) == ("A ministry", "F2")
        assert StoredFile.objects.get().size == 20


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "file"),
        ({"new_source": ""}, "source"),
        ({"new_source_class": ""}, "new_source_class"),
        ({"published": "last year"}, "published"),
        ({"url": "not an address"}, "url"),
    ],
)
def test_refused_intake_keeps_nothing_half_and_the_typed_text(ana, cast, east, change, field):
    told = INTAKE | {"workspace": east.pk, "text": "Pasted words.", "summary": "Typed words."} | change
    answer = ana.post(reverse("evidence_item_add"), told)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "Typed words." in answer.content.decode()
    with acting_as(cast.ana):
        assert not EvidenceItem.objects.exists()
        assert not Source.objects.exists()


def test_evidence_comes_in_by_its_address_alone_which_is_fetched_later(ana, cast, east):
    told = INTAKE | {"workspace": east.pk, "fetch": "on"}
    missing = ana.post(reverse("evidence_item_add"), told)
    assert (missing.status_code, list(missing.context["form"].errors)) == (422, ["url"])
    answer = ana.post(reverse("evidence_item_add"), told | {"url": "https://example.org/said"}, follow=True)
    assert "Waits to be fetched" in answer.content.decode()
    with acting_as(cast.ana):
        assert EvidenceItem.objects.get().captures.get().requested_url == "https://example.org/said"
        assert not StoredFile.objects.exists()


def test_a_file_that_was_sent_before_comes_in_with_the_form_and_is_there_after_a_refusal(ana, cast, east):
    with acting_as(cast.ana):
        upload = Upload.begin(by=cast.ana, name="sent.txt", length=5)
        pieces.place_of(upload.pk).parent.mkdir(parents=True)
        pieces.place_of(upload.pk).write_bytes(b"words")
        Upload.objects.update(received=5)
    told = INTAKE | {"workspace": east.pk, "upload": upload.pk}
    refused = ana.post(reverse("evidence_item_add"), told | {"published": "last year"})
    assert (refused.status_code, str(upload.pk) in refused.content.decode()) == (422, True)
    assert ana.post(reverse("evidence_item_add"), told).status_code == 302
    with acting_as(cast.ana):
        assert StoredFile.objects.get().original_name == "sent.txt"
    gone = ana.post(reverse("evidence_item_add"), told | {"new_source": "Another ministry"})
    assert (gone.status_code, "send the file again" in gone.content.decode()) == (422, True)


def test_the_same_file_again_is_asked_about_and_kept_once_more(ana, cast, east):
    def send(**more):
        upload = SimpleUploadedFile("report.txt", b"Words of the report.")
        return ana.post(reverse("evidence_item_add"), INTAKE | {"workspace": east.pk, "file": upload} | more)

    assert send().status_code == 302
    asked = send(new_source="Another ministry")
    assert (asked.status_code, "held already" in asked.content.decode()) == (422, True)
    assert 'type="checkbox" name="confirmed_repeat"' in asked.content.decode()
    assert send(new_source="Another ministry", confirmed_repeat="on").status_code == 302


def test_an_address_is_fetched_for_an_item_and_what_was_pasted_is_kept_at_once(ana, cast, east, settings):
    settings.CAPTURES = False
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east)
    page = reverse("capture_add", args=[item.pk])
    assert "switched off" in ana.get(page).content.decode()
    assert ana.post(page, {"requested_url": "ftp://x.example/", "text": "Pasted."}).status_code == 422
    shown = ana.post(page, {"requested_url": "https://example.org/", "text": "Pasted."}, follow=True).content.decode()
    assert "Could not be fetched" in shown
    assert "Try again" in shown
    with acting_as(cast.ana):
        assert StoredFile.objects.get().original_name == "pasted.txt"
        capture = item.captures.get()
    settings.CAPTURES = True
    assert ana.post(reverse("capture_ask_again", args=[capture.pk])).status_code == 302
    assert "every 3s" in ana.get(reverse("evidence_item_captures", args=[item.pk])).content.decode()
    assert ana.post(reverse("capture_ask_again", args=[capture.pk])).status_code == 409


def test_an_empty_file_is_refused_and_leaves_no_item(ana, cast, east):
    answer = ana.post(reverse("evidence_item_add"), INTAKE | {"workspace": east.pk, "file": io.BytesIO(b"")})
    assert answer.status_code == 422
    with acting_as(cast.ana):
        assert not EvidenceItem.objects.exists()


def test_words_are_marked_by_offset_or_by_typing(ana, cast, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text="🚌 Twice. Twice. Once.")
        page = item.pages.get()
    address = reverse("passage_mark", args=[page.pk])
    assert ana.post(address, {"quote": "Once."}).status_code == 302
    assert ana.post(address, {"quote": "Twice.", "start": 9}).status_code == 302
    answer = ana.post(address, {"quote": "Twice."})
    assert answer.status_code == 422
    assert "occur 2 times" in answer.content.decode()
    with acting_as(cast.ana):
        assert sorted(Passage.objects.values_list("start", flat=True)) == [9, 16]


def test_marking_for_an_attribution_leads_on_to_citing_it_there(ana, cast, draft):
    with acting_as(cast.ana):
        page = EvidenceItem.objects.first().pages.get()
    answer = ana.post(reverse("passage_mark", args=[page.pk]), {"quote": "Report", "for": draft.pk})
    assert answer.url.startswith(reverse("citation_add", args=[draft.pk]) + "?passage=")
    page = ana.get(answer.url).content.decode()
    assert "checked" in page
    told = {"passage": answer.url.split("=")[1], "supports": "impact", "note": "Why."}
    assert ana.post(reverse("citation_add", args=[draft.pk]), told).status_code == 302
    with acting_as(cast.ana):
        assert Citation.objects.filter(note="Why.").exists()


def test_a_finding_is_set_first_and_changed_later(ana, cast, draft):
    address = reverse("finding_set", args=[draft.incident_id, "impact"])
    ana.post(address, {"finding": "partly", "rationale": "Some."})
    with acting_as(cast.ana):
        version = ElementFinding.objects.get().version
    ana.post(address, {"finding": "supported", "rationale": "More.", "version": version})
    with acting_as(cast.ana):
        assert [each.finding for each in ElementFinding.objects.all()] == ["supported"]


def test_an_approval_that_the_gate_refuses_says_what_to_do_and_keeps_the_note(sofia, in_review):
    answer = sofia.post(reverse("attribution_approve", args=[in_review.pk]), {"note": "Looks right."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nobody but author and approver has concluded a review" in page
    assert "Looks right." in page


def test_a_supervisor_approves_in_the_browser(sofia, cast, reviewed):
    answer = sofia.post(reverse("attribution_approve", args=[reviewed.pk]), {"note": ""}, follow=True)
    assert "Approved and sealed" in answer.content.decode()


def test_the_second_of_two_decisions_is_told(sofia, approved):
    answer = sofia.post(reverse("attribution_return", args=[approved.pk]), {"reason": "Too late."})
    assert answer.status_code == 409
    assert "not in review" in answer.content.decode()


def test_an_author_finds_no_door_to_approve_their_own_work(client, cast, east, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    with acting_as(cast.sofia):
        own = making.a_ready_attribution(by=cast.sofia, workspace=east)
    making.concurred(making.submitted(own, by=cast.sofia), by=cast.ben)
    client.force_login(cast.sofia)
    assert client.post(reverse("attribution_approve", args=[own.pk]), {"note": ""}).status_code == 403


def test_what_rests_on_an_item_is_listed_before_it_is_withdrawn(ana, cast, approved):
    with acting_as(cast.ana):
        item = EvidenceItem.objects.first()
    page = ana.get(reverse("evidence_item_withdraw", args=[item.pk])).content.decode()
    assert approved.statement in page


def test_filters_stand_in_the_address_and_words_reach_the_text(ana, cast, draft):
    shown = ana.get(reverse("evidence_items"), {"q": "overwhelmed", "evidence_kind": "news_report"}).context["records"]
    assert [each.evidence_kind for each in shown] == ["news_report"]
    assert ana.get(reverse("attributions"), {"label": "suspected"}).context["records"] == []
    assert ana.get(reverse("incidents"), {"target": "PL", "label": "attributed"}).context["records"] == [draft.incident]


@pytest.mark.parametrize(
    "name", ["incidents", "actors", "corridors", "sources", "evidence_items", "attributions", "review_queue"]
)
def test_a_list_takes_the_same_few_queries_whatever_its_length(ana, cast, east, name):
    counted = []
    for _ in range(2):
        with acting_as(cast.ana):
            for _ in range(4):
                making.submitted(_cited(cast.ana, east), by=cast.ana)
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(reverse(name)).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= A_LIST_TAKES_AT_MOST


def _cited(by, room) -> Attribution:
    attribution = making.an_attribution(by=by, workspace=room)
    item = making.an_item(by=by, workspace=room, text="Words.")
    attribution.cite(by=by, passage=making.a_passage(by=by, item=item, quote="Words."), supports="impact")
    return attribution


def test_lists_page_by_key_without_losing_a_row(ana, cast, east):
    with acting_as(cast.ana):
        made = {making.an_actor(by=cast.ana, workspace=east).pk for _ in range(60)}
    first = ana.get(reverse("actors"))
    second = ana.get(reverse("actors") + first.context["next_url"])
    assert {each.pk for page in (first, second) for each in page.context["records"]} == made
    assert second.context["next_url"] == ""


def test_a_filtered_list_leaves_as_csv_and_no_cell_is_a_formula(ana, cast, east):
    with acting_as(cast.ana):
        making.an_actor(by=cast.ana, workspace=east, name="=cmd()", country="BY")
        making.an_actor(by=cast.ana, workspace=east, name="Other", country="PL")
    answer = ana.get(reverse("actors"), {"country": "BY", "format": "csv"})
    rows = answer.content.decode().splitlines()
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert len(rows) == 2
    assert "'=cmd()" in rows[1]


def test_an_incident_is_withdrawn_with_a_reason_and_not_by_editing(ana, cast, east):
    with acting_as(cast.ana):
        incident = making.an_incident(by=cast.ana, workspace=east)
        with pytest.raises(ValidationError, match="step of its own"):
            incident.change(by=cast.ana, status="withdrawn")
    address = reverse("incident_withdraw", args=[incident.pk])
    assert ana.post(address, {"reason": ""}).status_code == 422
    assert ana.post(address, {"reason": "Recorded twice."}).status_code == 302
    assert ana.post(address, {"reason": "Again."}).status_code == 409


def test_a_rival_that_is_hidden_is_told_in_words(client, cast, east):
    with acting_as(cast.ben):
        making.a_source(by=cast.ben, workspace=east, name="Ministry", marking="red")
    cast.ana.memberships.update(clearance="amber")
    client.force_login(cast.ana)
    told = {"workspace": east.pk, "name": "Ministry", "source_class": "court", "reliability": "F", "marking": "amber"}
    answer = client.post(reverse("source_add"), told)
    assert answer.status_code == 422
    assert "This workspace has a source of this name already." in answer.content.decode()


def test_the_review_queue_begins_with_what_waits_longest(ana, cast, east):
    with acting_as(cast.ana):
        made = [making.submitted(_cited(cast.ana, east), by=cast.ana).pk for _ in range(3)]
    assert [each.pk for each in ana.get(reverse("review_queue")).context["records"]] == made
