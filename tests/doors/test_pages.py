"""Every page, asked for by everyone: who is let in, who is refused, to whom it is not there."""

import hashlib

import pytest
from django.urls import get_resolver, reverse

from cases.models import (
    Attribution,
    Citation,
    CorridorPresence,
    Dissent,
    ElementFinding,
    FindingCitation,
    Hypothesis,
    Involvement,
    MatrixRow,
    PublicClaim,
    Review,
    Watch,
)
from evidence.models import (
    Capture,
    Confirmation,
    Derivation,
    EvidenceItem,
    NearCopy,
    Passage,
    Source,
    StoredFile,
    TextPage,
)
from ledger.acting import acting_as, as_owner
from ledger.models import Comment, Task
from policy.models import Outcome, ResponseReview
from tests import making
from tests.policy import proposing

OURS = ["cases.urls", "evidence.urls", "ledger.urls", "accounts.urls", "exchange.urls", "policy.urls"]

# For everyone who is signed in, whatever their rooms: each sees what is theirs.
FOR_ALL = [
    "desk",
    "review_queue",
    "incidents",
    "actors",
    "corridors",
    "attributions",
    "sources",
    "evidence_items",
    "near_copies",
    "search",
    "tasks",
    "notifications",
    "watches",
    "saved_searches",
    "what_falls",
    "workspaces",
    "profile",
    "tokens",
    "releases",
    "verify_packet",
    "responses",
    "response_board",
    "legal_provisions",
    "response_timeline",
    "response_figures",
    "expungings",
]
# For those who may write somewhere.
FOR_WRITERS = [
    "legal_library_seed",
    "incident_add",
    "actor_add",
    "corridor_add",
    "source_add",
    "evidence_item_add",
    "evidence_item_add_many",
    "task_add",
    "watch_add",
    "legal_provision_add",
    "measure_of_which_incident",
]
# For those who may read the record in the address.
READING = {
    "incident": "incident",
    "matrix": "incident",
    "matrix_result": "incident",
    "ranking_history": "incident",
    "gate_policies": "workspace",
    "actor": "actor",
    "corridor": "corridor",
    "source": "source",
    "evidence_item": "item",
    "evidence_item_text": "item",
    "evidence_item_captures": "item",
    "evidence_item_lineage": "item",
    "near_copy": "near_copy",
    "attribution": "attribution",
    "attribution_gate": "attribution",
    "review_room": "attribution",
    "stored_file": "file",
    "page_words": "page",
    "custody_report": "item",
    "task": "task",
    "watch": "watch",
    "dossier": "attribution",
    "policy_response": "response",
    "response_gate": "response",
    "response_text": "response",
    "legal_provision": "provision",
}
# For those who may write in the record's room. GET shows what the step asks for.
WRITING = {
    "incident_edit": "incident",
    "incident_withdraw": "incident",
    "involvement_add": "incident",
    "claim_add": "incident",
    "attribution_add": "incident",
    "hypothesis_add": "incident",
    "hypothesis_edit": "hypothesis",
    "hypothesis_withdraw": "hypothesis",
    "matrix_row_add": "incident",
    "matrix_row_withdraw": "matrix_row",
    "involvement_withdraw": "involvement",
    "claim_withdraw": "claim",
    "finding_cite": "finding",
    "finding_citation_withdraw": "finding_citation",
    "actor_edit": "actor",
    "actor_withdraw": "actor",
    "relation_add": "actor",
    "relation_edit": "relation",
    "relation_withdraw": "relation",
    "corridor_edit": "corridor",
    "corridor_withdraw": "corridor",
    "presence_add": "corridor",
    "presence_edit": "presence",
    "presence_withdraw": "presence",
    "incident_flow_add": "incident",
    "incident_flow_paste": "incident",
    "corridor_flow_add": "corridor",
    "corridor_flow_paste": "corridor",
    "flow_edit": "flow",
    "flow_withdraw": "flow",
    "source_edit": "source",
    "source_regrade": "source",
    "source_withdraw": "source",
    "evidence_item_edit": "item",
    "evidence_item_regrade": "item",
    "evidence_item_grade_said": "item",
    "grading_add": "item",
    "confirmation_add": "item",
    "confirmation_withdraw": "confirmation",
    "evidence_item_withdraw": "item",
    "evidence_item_supersede": "item",
    "stored_file_add": "item",
    "capture_add": "item",
    "capture_ask_again": "capture",
    "derivation_add": "item",
    "derivation_withdraw": "derivation",
    "near_copy_confirm": "near_copy",
    "near_copy_dismiss": "near_copy",
    "passage_mark": "page",
    "passage_reanchor": "passage",
    "passage_confirm": "passage",
    "stored_file_read_again": "file",
    "passage_withdraw": "passage",
    "citation_add": "attribution",
    "citation_withdraw": "citation",
    "co_author_add": "attribution",
    "attribution_edit": "attribution",
    "attribution_submit": "attribution",
    "attribution_return": "attribution",
    "attribution_withdraw": "attribution",
    "attribution_revise": "attribution",
    "attribution_approve": "attribution",
    "review_conclude": "attribution",
    "review_claim": "attribution",
    "review_release": "attribution",
    "review_reassign": "attribution",
    "review_set_due": "attribution",
    "attribution_hand_over": "attribution",
    "return_item_answer": "return_item",
    "dissent_answer": "dissent",
    "comment_resolve": "comment",
    "comment_reopen": "comment",
    "comment_withdraw": "comment",
    "task_edit": "task",
    "task_assign": "task",
    "task_finish": "task",
    "task_reopen": "task",
    "task_withdraw": "task",
    "watch_edit": "watch",
    "watch_pause": "watch",
    "watch_resume": "watch",
    "watch_withdraw": "watch",
    "release_add": "attribution",
    "response_edit": "response",
    "response_own_fields": "response",
    "answered_incident_add": "response",
    "answered_incident_withdraw": "answered",
    "response_ground_add": "response",
    "response_ground_withdraw": "ground",
    "sanction_target_add": "response",
    "sanction_target_withdraw": "target",
    "relied_provision_add": "response",
    "relied_provision_edit": "relied",
    "relied_provision_withdraw": "relied",
    "response_citation_add": "response",
    "response_citation_withdraw": "response_citation",
    "measure_put_on_record": "incident",
    "outcome_add": "response",
    "outcome_withdraw": "outcome",
    "response_submit": "response",
    "response_conclude": "response",
    "response_approve": "response",
    "response_return": "response",
    "response_decline": "response",
    "response_put_in_force": "response",
    "response_complete": "response",
    "response_lift": "response",
    "response_withdraw": "response",
    "response_confirm_basis": "response",
    "response_review_answer": "response_review",
    "legal_provision_edit": "provision",
    "legal_provision_withdraw": "provision",
    "sharing_add": "cooperation",
}
# Told in tests of their own, below or beside.
ELSEWHERE = {
    "finding_set",
    "record",
    "history",
    "discussion",
    "grading_withdraw",
    "time_stamp_answer",
    "page_picture",
    "stored_file_play",
    "watch_date_add",
    "watch_flow_add",
    "notification",
    "notification_read",
    "notifications_read",
    "row_rate",
    "gate_policy_withdraw",
    "sealed_packet",
    "sealed_packet_proof",
    "release",
    "release_content",
    "release_withdraw",
    "calendar",
    "calendar_link",
    "calendar_link_revoke",
    "sharing",
    "sharing_content",
    "sharing_recall",
    "workspace",
    "invite",
    "member",
    "member_end",
    "invitation_revoke",
    "invitation",
    "token_revoke",
    "token_rotate",
    "token_limit",
    "respond",
    "response_add",
    "response_move",
    "rights_answer_set",
    "provision_test_answer_set",
    "sealed_response",
    "expunging",
    "expunging_ask",
    "expunging_carry_out",
    "expunging_refuse",
    "expunging_withdraw",
}


@pytest.fixture
def world(draft, cast, east, settings):
    """One of everything in room East, by its name in the tables above."""
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    ana = cast.ana
    with acting_as(ana):
        incident = draft.incident
        finding = ElementFinding.add(by=ana, incident=incident, element="impact")
        citation = draft.citations.first()
        FindingCitation.add(by=ana, finding=finding, passage=citation.passage)
        Involvement.add(by=ana, incident=incident, actor=draft.actor, role="facilitator")
        PublicClaim.add(by=ana, incident=incident, claimant="A minister", form="denial", what="Denied it.")
        corridor = making.a_corridor(by=ana, workspace=east)
        presence = CorridorPresence.add(by=ana, corridor=corridor, actor=draft.actor, activity="guards")
        relation = making.a_relation(by=ana, workspace=east, from_actor=draft.actor, passage=citation.passage)
        flow = making.a_count(by=ana, incident=incident, passage=citation.passage)
        incident.change(by=ana, along=corridor)
        first, second = EvidenceItem.objects.order_by("pk")[:2]
        Derivation.add(by=ana, item=first, original=second)
        confirmation = Confirmation.add(by=ana, item=first, confirming=second)
        hypothesis = Hypothesis.add(by=ana, incident=incident, name="Permissive state")
        MatrixRow.add(by=ana, incident=incident, item=first)
    making.submitted(draft, by=ana)
    with acting_as(cast.sofia):
        draft.return_(by=cast.sofia, reason="No.", items=[{"what": "Cite the decree.", "claim_field": "gaps"}])
    with acting_as(ana):
        item = draft.return_items.get()
        draft.submit(by=ana, answers={item.pk: {"outcome": "mended", "word": ""}})
    with acting_as(cast.ben):
        Review.conclude(by=cast.ben, attribution=draft, conclusion="dissent", reasons="No.", interests="None.")
    with acting_as(ana):
        return {
            "workspace": east.pk,
            "incident": incident.pk,
            "hypothesis": hypothesis.pk,
            "matrix_row": MatrixRow.objects.get().pk,
            "actor": draft.actor_id,
            "corridor": corridor.pk,
            "presence": presence.pk,
            "relation": relation.pk,
            "flow": flow.pk,
            "source": Source.objects.first().pk,
            "item": first.pk,
            "capture": Capture.ask(by=ana, item=first, requested_url="https://example.org/").pk,
            "file": StoredFile.objects.first().pk,
            "page": TextPage.objects.first().pk,
            "passage": Passage.objects.first().pk,
            "derivation": Derivation.objects.get().pk,
            "confirmation": confirmation.pk,
            "near_copy": a_near_copy(first, EvidenceItem.objects.order_by("pk")[2]).pk,
            "attribution": Attribution.objects.get().pk,
            "citation": Citation.objects.first().pk,
            "finding": finding.pk,
            "finding_citation": FindingCitation.objects.get().pk,
            "involvement": Involvement.objects.get().pk,
            "claim": PublicClaim.objects.get().pk,
            "dissent": Dissent.objects.get().pk,
            "comment": Comment.add(by=ana, about=incident, text="Is that so?").pk,
            "task": Task.add(by=ana, about=incident, title="Ask them").pk,
            "watch": Watch.add(by=ana, sort="search", title="New ones", over="incident", workspace=east).pk,
            "return_item": item.pk,
            **a_response(cast, draft),
        }


def a_near_copy(item, other) -> NearCopy:
    """As the worker finds it."""
    with as_owner():
        return NearCopy.objects.create(
            workspace_id=item.workspace_id, item=item, other=other, similarity=80, containment=90, ground="alike"
        )


def a_response(cast, attribution) -> dict:
    """A response in review with one of each of its parts, by its name in the tables above."""
    response = proposing.ready("sanctions", by=cast.ana, attribution=attribution)
    response.provisions.get().provision.change(by=cast.ana, tests=["They aim."])
    outcome = Outcome.add(by=cast.ana, response=response, observed="Fewer flights.")
    response.submit(by=cast.ana)
    with acting_as(cast.ben):
        dissent = {"conclusion": "dissent", "reasons": "Too early.", "interests": "None."}
        review = ResponseReview.conclude(by=cast.ben, response=response, **dissent)
    return {
        "cooperation": proposing.ready("intelligence_cooperation", by=cast.ana, attribution=attribution).pk,
        "response": response.pk,
        "answered": response.incidents.get().pk,
        "ground": response.grounds.get().pk,
        "target": response.targets.get().pk,
        "relied": response.provisions.get().pk,
        "provision": response.provisions.get().provision_id,
        "response_citation": response.citations.get().pk,
        "outcome": outcome.pk,
        "response_review": review.pk,
    }


def names() -> set[str]:
    found = set()
    for resolver in get_resolver().url_patterns:
        if getattr(resolver, "urlconf_name", None) and getattr(resolver.urlconf_name, "__name__", "") in OURS:
            found |= {pattern.name for pattern in resolver.url_patterns}
    return found


def test_every_page_stands_in_a_table():
    assert names() == set(FOR_ALL) | set(FOR_WRITERS) | set(READING) | set(WRITING) | ELSEWHERE


EVERYONE = ("nobody", "stranger", "vera", "ben", "sofia", "stella")


def statuses(client, cast, address: str, names=EVERYONE) -> dict[str, int]:
    """What these of the cast are answered, by name; `anonymous` for nobody signed in."""
    client.logout()
    found = {"anonymous": client.get(address).status_code}
    for name in names:
        client.force_login(getattr(cast, name))
        found[name] = client.get(address).status_code
    return found


@pytest.mark.parametrize("name", FOR_ALL)
def test_pages_for_all_ask_only_for_a_sign_in(client, cast, name):
    found = statuses(client, cast, reverse(name))
    assert found.pop("anonymous") == 302
    assert set(found.values()) == {200}


@pytest.mark.parametrize("name", FOR_WRITERS)
def test_recording_is_for_those_who_write_somewhere(client, cast, name):
    found = statuses(client, cast, reverse(name))
    refused = {who for who, status in found.items() if status == 403}
    assert refused == {"nobody", "vera"}
    assert found["anonymous"] == 302
    assert found["ben"] == 200


def test_a_record_is_there_only_for_its_room(client, cast, world):
    for name, thing in READING.items():
        found = statuses(client, cast, reverse(name, args=[world[thing]]))
        assert found == {"anonymous": 302, "nobody": 404, "stranger": 404} | dict.fromkeys(
            ("vera", "ben", "sofia", "stella"), 200
        ), name


def test_a_step_is_not_there_for_strangers_and_not_for_viewers(client, cast, world):
    for name, thing in WRITING.items():
        found = statuses(client, cast, reverse(name, args=[world[thing]]), ("nobody", "stranger", "vera", "sofia"))
        assert (found["anonymous"], found["nobody"], found["stranger"]) == (302, 404, 404), name
        assert found["vera"] == 403, name
        if name != "attribution_edit":
            assert found["sofia"] == 200, name


def test_a_step_is_refused_to_strangers_and_viewers_when_sent_as_well(client, cast, world):
    for name, thing in WRITING.items():
        address = reverse(name, args=[world[thing]])
        client.force_login(cast.stranger)
        assert client.post(address, {"reason": "x"}).status_code == 404, name
        client.force_login(cast.vera)
        assert client.post(address, {"reason": "x"}).status_code == 403, name


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("finding_set", lambda world: [world["incident"], "impact"]),
        ("record", lambda world: ["attribution", world["attribution"]]),
        ("history", lambda world: ["attribution", world["attribution"]]),
        ("discussion", lambda world: ["incident", world["incident"]]),
        ("watch_date_add", lambda world: ["attribution", world["attribution"]]),
        ("watch_flow_add", lambda world: ["incident", world["incident"]]),
        ("respond", lambda world: [world["incident"]]),
        ("response_add", lambda world: [world["incident"], "sanctions"]),
        ("rights_answer_set", lambda world: [world["response"], "asylum_access"]),
        ("provision_test_answer_set", lambda world: [world["response"], world["provision"], 0]),
    ],
)
def test_addresses_of_two_parts_keep_strangers_out_too(client, cast, world, name, args):
    found = statuses(client, cast, reverse(name, args=args(world)))
    assert (found["anonymous"], found["nobody"], found["stranger"]) == (302, 404, 404)
    assert found["sofia"] in (200, 302)


def test_an_unknown_element_or_kind_is_not_there(client, cast, world):
    client.force_login(cast.ana)
    assert client.get(reverse("finding_set", args=[world["incident"], "weather"])).status_code == 404
    assert client.get(reverse("response_add", args=[world["incident"], "weather"])).status_code == 404
    assert client.get(reverse("rights_answer_set", args=[world["response"], "weather"])).status_code == 404
    assert client.get(reverse("history", args=["weather", world["incident"]])).status_code == 404


def test_the_sealed_packet_is_byte_for_byte_what_was_hashed(client, cast, approved):
    client.force_login(cast.vera)
    answer = client.get(reverse("sealed_packet", args=[approved.pk, 1]))
    assert hashlib.sha256(answer.content).hexdigest() == approved.seal
    client.force_login(cast.stranger)
    assert client.get(reverse("sealed_packet", args=[approved.pk, 1])).status_code == 404


def test_the_admin_shows_records_and_changes_none(client, cast, world):
    cast.sofia.is_staff = cast.sofia.is_superuser = True
    cast.sofia.save()
    client.force_login(cast.sofia)
    address = f"/admin/cases/attribution/{world['attribution']}/change/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"status": "approved"}).status_code == 403
    assert client.get("/admin/cases/attribution/add/").status_code == 403
    assert client.post(f"/admin/cases/attribution/{world['attribution']}/delete/", {"post": "yes"}).status_code == 403


def test_no_page_runs_inline_script_or_style(client, cast, world):
    client.force_login(cast.sofia)
    for name, thing in (READING | WRITING).items():
        answer = client.get(reverse(name, args=[world[thing]]))
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode()
        assert " style=" not in page, name
        assert "<script>" not in page, name
        assert "onclick=" not in page, name
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["incidents?map timeline chart", "actors?network", "corridors?map"])
def test_no_drawing_runs_inline_script_or_style(client, cast, world, address):
    client.force_login(cast.ana)
    name, _, views = address.partition("?")
    for view in views.split():
        page = client.get(reverse(name), {"view": view}).content.decode()
        assert 'type="application/json"' in page, view
        assert " style=" not in page, view
        assert "<script>" not in page, view


def test_the_admin_has_no_sign_in_of_its_own(client, db):
    assert client.get("/admin/login/").url.startswith(reverse("account_login"))
