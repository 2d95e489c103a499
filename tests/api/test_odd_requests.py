"""Requests that no client sends on purpose are refused as problems, by name, and break nothing."""

import json

import pytest
from django.core.exceptions import ValidationError

from ledger.acting import acting_as
from ledger.fields import validate_country, validate_partial_date
from tests import making
from tests.api.test_kinds import V1, Door

LONE_SURROGATE = '{"name": "\\ud800"}'


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


def send(door, body: str | bytes, content_type: str = "application/json", path: str = "/actors/"):
    return door.client.post(V1 + path, body, content_type=content_type, headers=door.headers)


def refused(answer, status: int, pointer: str | None = None) -> bool:
    """Whether an answer is a problem with this status, about this."""
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.content
    assert answer.status_code == status, answer.content
    return pointer is None or answer.json()["errors"][0]["pointer"] == pointer


# --- Bodies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [LONE_SURROGATE, '{"\\udfff": 1}', '{"name": NaN}', "{", b"\xff", "[1"])
def test_a_body_that_is_no_json_is_refused(ana, body):
    assert refused(send(ana, body), 400)


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null"])
def test_a_body_that_is_no_object_is_refused(ana, body):
    assert refused(send(ana, body), 400)


def test_half_a_character_is_refused_in_bulk_as_well(ana):
    answer = send(ana, f'{{"op":"create","kind":"actor","fields":{LONE_SURROGATE}}}', "application/x-ndjson", "/bulk/")
    assert refused(answer, 422)


def test_a_body_of_another_type_is_not_supported(ana):
    assert refused(send(ana, "x", "text/plain"), 415)


@pytest.mark.parametrize("charset", ["utf-16", "no-such-charset"])
def test_json_is_utf_8_whatever_is_said_of_it(ana, east, charset):
    sent = json.dumps({"workspace_id": str(east.pk), "name": "Ł", "actor_kind": "gang"}, ensure_ascii=False)
    told = f"application/json; charset={charset}"
    answer = ana.client.generic("POST", f"{V1}/actors/", sent.encode(), told, headers=ana.headers)
    assert (answer.status_code, answer.json()["name"]) == (201, "Ł")


def test_a_body_beyond_the_limit_is_too_large(ana, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = send(ana, json.dumps({"name": "x" * 100}))
    assert refused(answer, 413)
    assert answer.json()["type"].endswith("#problem-too-large")


def test_a_broken_upload_is_a_problem(ana, draft):
    with_passages = draft.citations.model.objects
    with acting_as(draft.created_by):
        item = with_passages.filter(attribution=draft).first().passage.item_id
    path = f"/evidence-items/{item}/files/"
    assert refused(send(ana, b"x", "multipart/form-data", path), 400)
    assert refused(send(ana, b"x", "multipart/form-data; boundary=", path), 400)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 5),
        ("name", True),
        ("aliases", "one"),
        ("aliases", [1]),
        ("workspace_id", 5),
        ("actor_kind", 1),
        ("id", 12345),
        ("name", {"a": 1}),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(ana, east, field, value):
    sent = {"workspace_id": str(east.pk), "name": "New", "actor_kind": "gang", field: value}
    assert refused(ana.send("post", "/actors/", sent), 400, f"/{field}")


@pytest.mark.parametrize(
    ("field", "value"),
    [("severity", "3"), ("severity", 3.5), ("severity", 10**30), ("latitude", "52.1"), ("latitude", 10**30)],
)
def test_a_number_is_a_number_that_fits(ana, east, field, value):
    sent = {"workspace_id": str(east.pk), "title": "New", field: value}
    assert refused(ana.send("post", "/incidents/", sent), 400, f"/{field}")


def test_a_latitude_goes_in_and_comes_out_as_a_number(ana, east):
    sent = {"workspace_id": str(east.pk), "title": "New", "latitude": 52.5, "longitude": 23}
    added = ana.send("post", "/incidents/", sent).json()
    assert (added["latitude"], added["longitude"]) == (52.5, 23)


@pytest.mark.parametrize("text", ["a\x00b", "\x00"])
def test_a_nul_is_refused_in_texts_and_in_what_holds_them(ana, east, text):
    sent = {"workspace_id": str(east.pk), "name": text, "actor_kind": "gang"}
    assert refused(ana.send("post", "/actors/", sent), 400, "/name")
    corridor = {"workspace_id": str(east.pk), "name": "New", "crossing_points": [{"name": text, "point": [23.7, 53.5]}]}
    assert ana.send("post", "/corridors/", corridor).status_code in (400, 422)


@pytest.mark.parametrize("line", [[[1e400, 1]], [["a", "b"]], "x", {"a": 1}, [[1]], [[{}, 1]], [[True, False]]])
def test_a_line_that_is_none_is_refused(ana, east, line):
    body = json.dumps({"workspace_id": str(east.pk), "name": "New", "line": line}).replace("Infinity", "1e400")
    assert send(ana, body, path="/corridors/").status_code in (400, 422)


# --- Parameters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["²", "9" * 5000, "-1", "1.0", "٣", " 1", ""])
def test_a_limit_is_a_plain_number(ana, limit):
    assert refused(ana.get("/actors/", {"limit": limit}), 400, "/limit")


@pytest.mark.parametrize("cursor", ["x", "\x00", "9" * 40, ""])
def test_a_cursor_is_taken_from_next(ana, cursor):
    assert refused(ana.get("/actors/", {"cursor": cursor}), 400, "/cursor")


def test_what_is_neither_yes_nor_no_is_refused_and_not_left_out(ana):
    for path, name in [("/tasks/", "mine"), ("/evidence-items/", "is_abstract"), ("/notifications/", "unread")]:
        assert refused(ana.get(path, {name: "perhaps"}), 400, f"/{name}")
        assert ana.get(path, {name: "true"}).status_code == 200


def test_count_is_asked_for_or_not(ana):
    assert refused(ana.get("/actors/", {"count": "yes"}), 400, "/count")
    assert "count" not in ana.get("/actors/", {"count": 0}).json()


@pytest.mark.parametrize(
    "path", ["/me/", "/search/?q=x", "/ledger/", "/calendar/", "/what-falls/", "/tokens/", "/changes/", "/actors/"]
)
def test_no_endpoint_leaves_a_parameter_out(ana, path):
    answer = ana.client.get(f"{V1}{path}{'&' if '?' in path else '?'}colour=red", headers=ana.headers)
    assert refused(answer, 400, "/colour")


def test_reading_and_writing_one_record_take_no_parameters_either(ana, cast, east):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east)
    path = f"/actors/{actor.pk}/?colour=red"
    assert refused(ana.get(path), 400, "/colour")
    assert refused(ana.send("patch", path, {}, **{"If-Match": "1"}), 400, "/colour")


def test_a_form_named_in_the_address_is_a_parameter_like_others(ana):
    assert refused(ana.get("/actors/", {"format": "json"}), 400, "/format")


@pytest.mark.parametrize("words", ["\x00", "a\x00b"])
def test_a_search_for_a_nul_is_refused(ana, words):
    assert refused(ana.get("/search/", {"q": words}), 400)
    assert refused(ana.get("/actors/", {"q": words}), 400)


def test_a_round_is_a_whole_number(ana):
    assert refused(ana.get("/return-items/", {"round": "1.5"}), 400, "/round")
    assert ana.get("/return-items/", {"round": "9" * 40}).json()["results"] == []


# --- Headers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", ["*", "x", '"', "W/", '"1", "2"', "9" * 5000])
def test_an_odd_version_is_stale_or_missing(ana, cast, east, told):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east)
    assert ana.send("patch", f"/actors/{actor.pk}/", {}, **{"If-Match": told}).status_code in (412, 428)


@pytest.mark.parametrize("accepted", ["application/pdf", "text/html", "x", "application/json;q=0"])
def test_what_is_accepted_refuses_nothing(ana, accepted):
    assert ana.get("/me/", **{"Accept": accepted}).status_code == 200


def test_a_dossier_may_be_asked_for_as_what_it_is(ana, draft):
    answer = ana.get(f"/attributions/{draft.pk}/dossier/", **{"Accept": "application/pdf"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")


def test_a_host_that_is_not_ours_is_a_problem_too(ana):
    answer = ana.client.get(f"{V1}/me/", headers={**ana.headers, "Host": "evil.example"})
    assert refused(answer, 400)


# --- Verbs and fields --------------------------------------------------------------------------------


def test_a_release_says_under_which_marking(client, cast, approved, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    client.force_login(cast.sofia)
    sent = json.dumps({"attribution_id": str(approved.pk), "reason": "For the press."})
    assert refused(client.post(f"{V1}/releases/", sent, content_type="application/json"), 400, "/marking")


@pytest.mark.parametrize("date", ["２０２１", "2021\n", "2021-07-02\n", "2021-02-30", "٢٠٢١"])
def test_a_partial_date_is_written_in_plain_digits(date):
    with pytest.raises(ValidationError):
        validate_partial_date(date)


@pytest.mark.parametrize("country", ["PL\n", "ＰＬ", "pl"])
def test_a_country_is_two_plain_letters(country):
    with pytest.raises(ValidationError):
        validate_country(country)
