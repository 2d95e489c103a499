"""Every kind through the API: one shape, versions, refusals."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import ApiToken
from cases.models import Attribution, Corridor, ElementFinding
from config.api import router
from evidence.models import Derivation, EvidenceItem, TextPage
from ledger.acting import acting_as
from ledger.kinds import kinds
from ledger.models import LedgerEntry
from policy.choices import ResponseKind
from policy.models import LegalProvision, PolicyResponse
from tests import making
from tests.subcases import from_one_world

V1 = "/api/v1"


class Door:
    """A client that speaks JSON with one token."""

    def __init__(self, client, person, scope="write"):
        self.client = client
        expires = timezone.now() + timedelta(days=1)
        membership = person.memberships.first()
        self.token, secret = ApiToken.issue(
            by=person, membership=membership, name="test", scope=scope, expires_at=expires
        )
        self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, path, parameters=None, **headers):
        return self.client.get(V1 + path, parameters or {}, headers={**self.headers, **headers})

    def send(self, method, path, body=None, **headers):
        sent = getattr(self.client, method)
        told = json.dumps(body if body is not None else {})
        return sent(V1 + path, told, content_type="application/json", headers={**self.headers, **headers})


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


@pytest.fixture
def world(draft, cast, east):
    return what_inputs_refer_to(draft, cast, east)


def what_inputs_refer_to(draft, cast, east) -> dict[str, str]:
    """Ids of what the inputs below refer to."""
    with acting_as(cast.ana):
        finding = ElementFinding.add(by=cast.ana, incident=draft.incident, element="impact")
        items = list(EvidenceItem.objects.order_by("pk"))
        page = TextPage.objects.filter(item=items[0]).get()
        fresh = making.a_passage(by=cast.ana, item=items[0], quote="Report")
        corridor = Corridor.add(by=cast.ana, workspace=east, name="River")
        other_actor = making.an_actor(by=cast.ana, workspace=east)
        spare = making.an_item(by=cast.ana, workspace=east)
        hypothesis = draft.incident.hypotheses.first()
    return {
        "workspace": str(east.pk),
        "source": str(items[0].source_id),
        "item": str(items[0].pk),
        "other_item": str(items[1].pk),
        "spare_item": str(spare.pk),
        "hypothesis": str(hypothesis.pk),
        "page": str(page.pk),
        "passage": str(fresh.pk),
        "incident": str(draft.incident_id),
        "actor": str(draft.actor_id),
        "other_actor": str(other_actor.pk),
        "corridor": str(corridor.pk),
        "attribution": str(draft.pk),
        "finding": str(finding.pk),
        "person": str(cast.sigrid.pk),
        **proposals(cast, east),
    }


def proposals(cast, room) -> dict[str, str]:
    """A bare proposal of each kind, and a provision."""
    with acting_as(cast.ana):
        found = {
            kind.value: str(
                PolicyResponse.add(by=cast.ana, workspace_id=room.pk, title="x", response_kind=kind.value).pk
            )
            for kind in ResponseKind
        }
        law = {"jurisdiction": "PL", "permits": "It.", "workspace": room}
        provision = LegalProvision.add(by=cast.ana, instrument="Law", **law)
        testing = LegalProvision.add(by=cast.ana, instrument="Testing law", tests=["They aim."], **law)
        border = PolicyResponse.objects.get(pk=found["border_enforcement"])
        border.provisions.model.add(by=cast.ana, response=border, provision=testing)
    return {**found, "provision": str(provision.pk), "testing": str(testing.pk)}


# Kind, what to send, and a change to make afterwards (None where nothing is edited).
INPUTS = [
    ("sources", lambda w: {"workspace_id": w["workspace"], "name": "New", "source_class": "court"}, {"country": "PL"}),
    (
        "evidence-items",
        lambda w: {
            "workspace_id": w["workspace"],
            "title": "New",
            "source_id": w["source"],
            "evidence_kind": "court_record",
            "category": "technical",
        },
        {"summary": "Changed."},
    ),
    ("derivations", lambda w: {"item_id": w["item"], "original_id": w["other_item"]}, {"note": "Wire copy."}),
    (
        "confirmations",
        lambda w: {"item_id": w["item"], "confirming_id": w["other_item"]},
        {"note": "It gives the same count."},
    ),
    (
        "gradings",
        lambda w: {
            "item_id": w["item"],
            "question": "said",
            "reliability": "A",
            "credibility": 2,
            "reason": "Its own site.",
        },
        None,
    ),
    ("captures", lambda w: {"item_id": w["item"], "requested_url": "https://example.org/said"}, None),
    ("passages", lambda w: {"page_id": w["page"], "quote": "Carriers"}, {"note": "Names them."}),
    ("incidents", lambda w: {"workspace_id": w["workspace"], "title": "New", "began": "2021-07"}, {"ended": "2022"}),
    ("actors", lambda w: {"workspace_id": w["workspace"], "name": "New", "actor_kind": "gang"}, {"aliases": ["N"]}),
    (
        "involvements",
        lambda w: {"incident_id": w["incident"], "actor_id": w["actor"], "role": "executor"},
        {"note": "By order."},
    ),
    (
        "public-claims",
        lambda w: {"incident_id": w["incident"], "claimant": "A minister", "form": "denial", "what": "Denied."},
        {"made": "2021"},
    ),
    ("element-findings", lambda w: {"incident_id": w["incident"], "element": "objective"}, {"finding": "partly"}),
    (
        "finding-citations",
        lambda w: {"finding_id": w["finding"], "passage_id": w["passage"]},
        {"bearing": "contrary"},
    ),
    ("hypotheses", lambda w: {"incident_id": w["incident"], "name": "Permissive state"}, {"description": "It let go."}),
    ("matrix-rows", lambda w: {"incident_id": w["incident"], "item_id": w["spare_item"]}, {"note": "Bears on it."}),
    (
        "ratings",
        lambda w: {"hypothesis_id": w["hypothesis"], "item_id": w["spare_item"], "rating": "C"},
        {"rating": "II"},
    ),
    (
        "corridors",
        lambda w: {
            "workspace_id": w["workspace"],
            "name": "New",
            "countries": ["BY", "PL"],
            "line": [[27.5, 53.9], [23.9, 52.7]],
            "crossing_points": [{"name": "Kuznica", "point": [23.7, 53.5]}],
        },
        {"line": []},
    ),
    (
        "corridor-presences",
        lambda w: {"corridor_id": w["corridor"], "actor_id": w["actor"], "activity": "guards", "since": "2021"},
        {"passage_id": None, "until": "2022-06"},
    ),
    (
        "actor-relations",
        lambda w: {"from_actor_id": w["actor"], "to_actor_id": w["other_actor"], "relation": "directs"},
        {"note": "By decree."},
    ),
    (
        "flow-observations",
        lambda w: {
            "incident_id": w["incident"],
            "observed_from": "2021-07",
            "low": 1200,
            "high": 1500,
            "unit": "attempts",
            "passage_id": w["passage"],
        },
        {"high": 1600},
    ),
    (
        "attributions",
        lambda w: {
            "workspace_id": w["workspace"],
            "incident_id": w["incident"],
            "actor_id": w["actor"],
            "statement": "It did.",
        },
        {"likelihood": "likely"},
    ),
    ("co-authors", lambda w: {"attribution_id": w["attribution"], "person_id": w["person"]}, None),
    (
        "citations",
        lambda w: {"attribution_id": w["attribution"], "passage_id": w["passage"], "supports": "impact"},
        {"note": "Because."},
    ),
    ("comments", lambda w: {"about_kind": "incident", "about_id": w["incident"], "text": "Is that so?"}, None),
    (
        "tasks",
        lambda w: {
            "workspace_id": w["workspace"],
            "title": "Ask them",
            "assignee_id": w["person"],
            "about_kind": "attribution",
            "about_id": w["attribution"],
        },
        {"due": "2030-01-01"},
    ),
    (
        "watches",
        lambda w: {"workspace_id": w["workspace"], "sort": "search", "title": "New", "over": "actor", "query": "q=x"},
        {"query": "actor_kind=state"},
    ),
    (
        "policy-responses",
        lambda w: {"workspace_id": w["workspace"], "title": "New", "response_kind": "sanctions", "due": "2030-01-01"},
        {"objective": "That it ends.", "owner_id": None},
    ),
    (
        "legal-provisions",
        lambda w: {
            "workspace_id": w["workspace"],
            "instrument": "Border code",
            "article": "23",
            "jurisdiction": "EU",
            "permits": "Checks.",
            "kinds": ["border_enforcement"],
            "tests": ["It is necessary."],
        },
        {"in_force_from": "2024-07"},
    ),
    (
        "diplomatic-protests",
        lambda w: {"response_id": w["diplomatic_protest"], "form": "summons"},
        {"partners": ["Latvia"]},
    ),
    (
        "sanctions",
        lambda w: {"response_id": w["sanctions"], "programme": "2012/642/CFSP", "measures": ["travel_ban"]},
        {"listing_grounds": "It gave the orders."},
    ),
    (
        "border-enforcements",
        lambda w: {"response_id": w["border_enforcement"], "section": "Kuznica", "measure": "checks"},
        {"ends": "2030-01-01"},
    ),
    (
        "intelligence-cooperations",
        lambda w: {"response_id": w["intelligence_cooperation"], "partners": ["Estonia"], "product": "Assessment"},
        {"highest_marking": "amber"},
    ),
    (
        "prosecutions",
        lambda w: {"response_id": w["prosecution"], "jurisdiction": "Poland", "offence": "smuggling"},
        {"stage": "trial"},
    ),
    (
        "sanction-targets",
        lambda w: {"response_id": w["sanctions"], "actor_id": w["actor"]},
        {"grounds": "It gave the orders."},
    ),
    ("answered-incidents", lambda w: {"response_id": w["sanctions"], "incident_id": w["incident"]}, None),
    (
        "response-grounds",
        lambda w: {"response_id": w["sanctions"], "attribution_id": w["attribution"]},
        {"note": "It names the target."},
    ),
    (
        "relied-provisions",
        lambda w: {"response_id": w["sanctions"], "provision_id": w["provision"]},
        {"note": "Within its first article."},
    ),
    (
        "response-citations",
        lambda w: {"response_id": w["sanctions"], "passage_id": w["passage"], "supports": "grounds"},
        {"note": "Names it."},
    ),
    (
        "rights-answers",
        lambda w: {"response_id": w["sanctions"], "question": "asylum_access", "answer": "As before."},
        {"passage_id": None, "answer": "Nothing changes."},
    ),
    (
        "provision-test-answers",
        lambda w: {
            "response_id": w["border_enforcement"],
            "provision_id": w["testing"],
            "test": "They aim.",
            "answer": "not_assessed",
            "text": "Not yet.",
        },
        {"answer": "not_met", "text": "They do not."},
    ),
    (
        "outcomes",
        lambda w: {"response_id": w["sanctions"], "observed": "Fewer flights.", "observed_on": "2021-12"},
        {"note": "So they say."},
    ),
]
DECIDED_IN_PERSON = {
    "reviews",
    "dissents",
    "releases",
    "sharings",
    "review-claims",
    "return-items",
    "response-reviews",
    "sealed-responses",
}
WRITTEN_BY_OTHER_VERBS = {
    "stored-files",
    "text-pages",
    "custody-events",
    "time-stamps",
    "container-parts",
    "near-copies",
    "submitted-versions",
    "sealed-packets",
    *DECIDED_IN_PERSON,
}
SIGNED_OUTSIDE = {"time-stamps"}  # told in tests/evidence/test_custody.py
TAKEN_OUT = {"container-parts"}  # told in tests/evidence/test_containers.py
FOUND_BY_THE_WORKER = {"near-copies"}  # told in tests/evidence/test_near_copies.py
SET_BY_STEWARDS = {"gate-policies", "expungings"}  # told in cases/test_policies.py and evidence/test_expunging_doors.py
SHOWN_LATER = {"gradings"}  # to others, with the second one: told in tests/evidence/test_grading.py
BY_KIND = from_one_world(("kind", "build", "change"), INPUTS, [each[0] for each in INPUTS])


def test_every_kind_has_its_endpoints_and_stands_in_the_table():
    prefixes = {prefix for prefix, _, _ in router.registry}
    assert prefixes == {kind for kind, _, _ in INPUTS} | WRITTEN_BY_OTHER_VERBS | SET_BY_STEWARDS
    assert {viewset.model for _, viewset, _ in router.registry} == set(kinds().values())


def newest_document(person, pk) -> dict:
    with acting_as(person):
        return LedgerEntry.objects.filter(object_id=pk).order_by("-sequence").first().document


@BY_KIND
def test_a_record_is_added_read_listed_and_changed_in_one_shape(ana, cast, world, kind, build, change):
    added = ana.send("post", f"/{kind}/", build(world))
    assert (added.status_code, added.headers["ETag"]) == (201, '"1"'), added.content
    path = f"/{kind}/{added.json()['id']}/"
    assert ana.get(path).json() == added.json() == newest_document(cast.ana, added.json()["id"])
    assert added.json() in ana.get(f"/{kind}/").json()["results"]
    if change is None:
        return
    changed = ana.send("patch", path, change, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"'), changed.content
    assert change.items() <= changed.json().items()
    assert changed.json() == newest_document(cast.ana, added.json()["id"])


@BY_KIND
def test_a_change_says_which_version_it_read(ana, world, kind, build, change):
    path = f"/{kind}/{ana.send('post', f'/{kind}/', build(world)).json()['id']}/"
    if change is None:
        assert ana.send("patch", path, {}).status_code == 405
        return
    assert ana.send("patch", path, change).status_code == 428
    stale = ana.send("patch", path, change, **{"If-Match": '"9"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 1)


@BY_KIND
def test_what_is_unknown_or_missing_is_refused_by_name(ana, world, kind, build, change):
    unknown = ana.send("post", f"/{kind}/", build(world) | {"colour": "red"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "/colour")
    assert unknown.headers["Content-Type"].startswith("application/problem+json")
    missing = ana.send("post", f"/{kind}/", {})
    assert missing.status_code == 400
    assert ana.get(f"/{kind}/", {"colour": "red"}).status_code == 400


@BY_KIND
def test_the_client_may_choose_the_id(ana, world, kind, build, change):
    told = build(world) | {"id": str(new_id())}
    assert ana.send("post", f"/{kind}/", told).status_code == 201
    again = ana.send("post", f"/{kind}/", told)
    assert again.status_code == 200, again.content
    if change is not None:
        other = ana.send("post", f"/{kind}/", told | change)
        assert other.status_code == 409, other.content


@BY_KIND
def test_strangers_find_nothing_and_readers_write_nothing(client, cast, ana, world, kind, build, change):
    pk = ana.send("post", f"/{kind}/", build(world)).json()["id"]
    stranger, viewer, reader = (
        Door(client, cast.stranger),
        Door(client, cast.vera, "read"),
        Door(client, cast.ana, "read"),
    )
    assert stranger.get(f"/{kind}/{pk}/").status_code == 404
    assert stranger.get(f"/{kind}/").json()["results"] == []
    assert stranger.send("post", f"/{kind}/", build(world)).status_code in (400, 403)
    assert viewer.get(f"/{kind}/{pk}/").status_code == (404 if kind in SHOWN_LATER else 200)
    assert viewer.send("post", f"/{kind}/", build(world)).status_code == 403
    assert reader.send("post", f"/{kind}/", build(world) | {"id": str(new_id())}).status_code == 403


OF_OTHER_TESTS = DECIDED_IN_PERSON | SIGNED_OUTSIDE | TAKEN_OUT | FOUND_BY_THE_WORKER


@pytest.mark.parametrize("kind", sorted(WRITTEN_BY_OTHER_VERBS - OF_OTHER_TESTS))
def test_what_other_verbs_write_is_read_only(ana, approved, kind):
    listed = ana.get(f"/{kind}/").json()["results"]
    assert listed
    assert ana.get(f"/{kind}/{listed[0]['id']}/").json() == listed[0]
    assert ana.send("post", f"/{kind}/", {}).status_code == 405


def test_nothing_is_deleted_through_the_api(ana, world):
    assert ana.send("delete", f"/sources/{world['source']}/").status_code == 405


def test_an_unchanged_record_is_not_sent_again(ana, world):
    path = f"/sources/{world['source']}/"
    assert ana.get(path, **{"If-None-Match": ana.get(path).headers["ETag"]}).status_code == 304


def test_lists_page_by_cursor_narrow_and_count(ana, cast, east):
    with acting_as(cast.ana):
        made = {str(making.an_actor(by=cast.ana, workspace=east).pk) for _ in range(5)}
    page = ana.get("/actors/", {"limit": 3, "fields": "id,name", "count": 1}).json()
    rest = ana.client.get(page["next"], headers=ana.headers).json()
    assert page["count"] == 5
    assert {each["id"] for each in page["results"] + rest["results"]} == made
    assert rest["next"] is None
    assert set(page["results"][0]) == {"id", "name"}


@pytest.mark.parametrize(
    "wrong", [{"limit": "0"}, {"limit": "x"}, {"cursor": "x"}, {"fields": "colour"}, {"actor_kind": "x"}]
)
def test_wrong_parameters_are_refused_by_name(ana, wrong):
    answer = ana.get("/actors/", wrong)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{next(iter(wrong))}")


def test_the_filters_of_the_page_serve_the_api(ana, draft):
    assert [each["id"] for each in ana.get("/attributions/", {"label": "attributed"}).json()["results"]] == [
        str(draft.pk)
    ]
    assert ana.get("/evidence-items/", {"q": "overwhelmed", "evidence_kind": "legal_text"}).json()["results"] == []


def test_a_list_takes_the_same_few_queries_whatever_its_length(ana, cast, east):
    counted = []
    ana.get("/actors/")  # the first use of a token is noted
    for _ in range(2):
        with acting_as(cast.ana):
            for _ in range(5):
                making.an_actor(by=cast.ana, workspace=east)
        with CaptureQueriesContext(connection) as queries:
            ana.get("/actors/")
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 12


def test_a_token_carries_a_draft_as_far_as_review_and_no_further(client, cast, ana, draft):
    path = f"/attributions/{draft.pk}"
    submitted = ana.send("post", f"{path}/submit/", **{"If-Match": str(draft.version)})
    assert submitted.json()["status"] == "in_review"
    boss = Door(client, cast.sofia)
    version = {"If-Match": submitted.headers["ETag"]}
    for verb, body in [("approve", {}), ("return", {"reason": "x"})]:
        answer = boss.send("post", f"{path}/{verb}/", body, **version)
        assert (answer.status_code, "token" in answer.json()["detail"]) == (403, True)
    review = {"attribution_id": str(draft.pk), "conclusion": "concur", "interests": "None."}
    assert Door(client, cast.ben).send("post", "/reviews/", review).status_code == 403
    with acting_as(cast.ana):
        assert Attribution.objects.get().status == "in_review"


def test_a_person_signed_in_approves_and_a_refusal_carries_the_checks(client, cast, in_review, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    client.force_login(cast.sofia)
    path = f"{V1}/attributions/{in_review.pk}/approve/"
    sent = {"content_type": "application/json", "headers": {"If-Match": str(in_review.version)}}
    refused = client.post(path, "{}", **sent)
    assert refused.status_code == 409
    assert [c["key"] for c in refused.json()["checks"] if c["outcome"] == "failed"] == ["people"]
    making.concurred(in_review, by=cast.ben)
    assert client.post(path, "{}", **sent).json()["status"] == "approved"


def test_a_session_without_a_second_factor_does_not_approve(client, cast, reviewed, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = True
    client.force_login(cast.sofia)
    sent = {"content_type": "application/json", "headers": {"If-Match": str(reviewed.version)}}
    answer = client.post(f"{V1}/attributions/{reviewed.pk}/approve/", "{}", **sent)
    assert (answer.status_code, "second factor" in answer.json()["detail"]) == (403, True)


def test_the_gate_is_told_check_by_check(ana, draft):
    told = ana.get(f"/attributions/{draft.pk}/gate/").json()
    assert (told["label"], told["policy"], len(told["checks"])) == ("attributed", "2026-1", 16)


def test_a_file_goes_up_and_comes_down_unaltered(ana, cast, world):
    upload = {"file": SimpleUploadedFile("x.bin", b"\x00\x01 bytes")}
    sent = ana.client.post(f"{V1}/evidence-items/{world['item']}/files/", upload, headers=ana.headers)
    assert sent.status_code == 201, sent.content
    down = ana.get(f"/stored-files/{sent.json()['id']}/content/")
    assert b"".join(down.streaming_content) == b"\x00\x01 bytes"
    assert down.headers["Content-Disposition"].startswith("attachment")
    assert down.headers["X-Content-Type-Options"] == "nosniff"


def test_steps_on_evidence_go_by_the_models_verbs(ana, world):
    path = f"/evidence-items/{world['item']}"
    graded = ana.send("post", f"{path}/regrade/", {"credibility": 4, "reason": "Doubted."}, **{"If-Match": "1"})
    assert graded.json()["credibility"] == 4
    bare = ana.send("post", f"{path}/withdraw/", {}, **{"If-Match": graded.headers["ETag"]})
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (400, "/reason")
    fallen = ana.send("post", f"{path}/withdraw/", {"reason": "Forged."}, **{"If-Match": graded.headers["ETag"]})
    assert fallen.json()["status"] == "withdrawn"
    again = ana.send("post", f"{path}/withdraw/", {"reason": "x"}, **{"If-Match": fallen.headers["ETag"]})
    assert (again.status_code, again.json()["type"]) == (409, "/api/docs/#problem-not-now")


def test_an_anchor_moves_by_a_step_of_its_own(ana, world):
    path = f"/passages/{world['passage']}"
    bare = ana.send("post", f"{path}/reanchor/", {"anchor_state": "orphan"}, **{"If-Match": "1"})
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (400, "/reason")
    sent = {"anchor_state": "orphan", "reason": "The page was read anew."}
    assert ana.send("post", f"{path}/reanchor/", sent, **{"If-Match": "1"}).json()["anchor_state"] == "orphan"


def test_a_link_between_items_is_withdrawn(ana, cast, world):
    sent = ana.send("post", "/derivations/", {"item_id": world["item"], "original_id": world["other_item"]})
    gone = ana.send("post", f"/derivations/{sent.json()['id']}/withdraw/", {"reason": "No."}, **{"If-Match": "1"})
    assert gone.json()["status"] == "withdrawn"
    with acting_as(cast.ana):
        assert Derivation.objects.get().state_note == "No."


def test_an_unknown_token_is_told_so(client, cast):
    answer = client.get(f"{V1}/me/", headers={"Authorization": "Bearer att_wrong"})
    assert (answer.status_code, "Bearer" in answer.headers["WWW-Authenticate"]) == (401, True)


def test_a_revoked_token_opens_nothing(ana, cast):
    ana.token.revoke(by=cast.ana)
    assert ana.get("/me/").status_code == 401


def test_a_token_in_the_address_is_not_looked_at(client, ana):
    assert client.get(f"{V1}/me/?token={ana.headers['Authorization'][7:]}").status_code == 401


def test_what_is_not_there_is_a_problem_too(ana):
    answer = ana.get("/weather/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_the_ledger_and_the_search_answer_within_the_wall(client, cast, ana, draft):
    mine = ana.get("/ledger/", {"object_id": draft.pk}).json()["results"]
    assert [each["version"] for each in mine] == [1]
    assert ana.get("/search/", {"q": "overwhelmed"}).json()["results"]
    stranger = Door(client, cast.stranger)
    assert stranger.get("/ledger/", {"object_id": draft.pk}).json()["results"] == []
    assert stranger.get("/search/", {"q": "overwhelmed"}).json()["results"] == []


def test_the_schema_is_openapi_three_one_and_without_warnings(client, db, capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")
    assert json.loads(capsys.readouterr().out)["openapi"] == "3.1.0"
    assert client.get("/api/docs/").status_code == 200
    assert client.get("/api/schema/", headers={"Accept": "application/json"}).status_code == 200
