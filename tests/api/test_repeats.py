"""A POST with an Idempotency-Key is done once and answered as often as it comes, to the same client."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from accounts.models import Membership
from cases.models import Incident
from evidence.models import StoredFile
from ledger.acting import acting_as, as_owner
from ledger.models import KeptAnswer, LedgerEntry
from ledger.models.repeats import KEPT
from ledger.tasks import forget_answers
from tests import making
from tests.api.test_kinds import V1, Door

KEY = {"Idempotency-Key": '"8e03978e"'}


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


@pytest.fixture
def new(east):
    return {"workspace_id": str(east.pk), "title": "New"}


def count(person) -> int:
    with acting_as(person):
        return Incident.objects.count()


def a_day_passes() -> None:
    with as_owner():
        KeptAnswer.objects.update(at=F("at") - KEPT - timedelta(seconds=1))


def test_a_repeat_gets_the_first_answer_and_nothing_is_done_again(ana, cast, new):
    first = ana.send("post", "/incidents/", new, **KEY)
    again = ana.send("post", "/incidents/", new, **KEY)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    assert [again.headers[n] for n in ("ETag", "Content-Type")] == [first.headers[n] for n in ("ETag", "Content-Type")]
    assert count(cast.ana) == 1


def test_a_verb_is_repeated_too_although_the_version_moved_on(ana, cast, east):
    with acting_as(cast.ana):
        made = making.a_source(by=cast.ana, workspace=east)
    sent = {"reliability": "C", "reason": "Doubted."}
    told = [ana.send("post", f"/sources/{made.pk}/regrade/", sent, **{"If-Match": "1"}, **KEY) for _ in range(2)]
    assert [each.status_code for each in told] == [200, 200]
    assert told[0].json() == told[1].json()
    with acting_as(cast.ana):
        assert LedgerEntry.objects.filter(object_id=made.pk, step="regrade").count() == 1


def test_an_upload_is_repeated_whatever_stands_between_its_parts(ana, cast, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east)

    def send(content):
        upload = {"file": SimpleUploadedFile("x.bin", content)}
        return ana.client.post(f"{V1}/evidence-items/{item.pk}/files/", upload, headers={**ana.headers, **KEY})

    first, again, other = send(b"\x00\x01"), send(b"\x00\x01"), send(b"\x00\x02")
    assert (first.status_code, again.json(), other.status_code) == (201, first.json(), 422)
    with acting_as(cast.ana):
        assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("other", ["body", "path", "version"])
def test_the_same_key_with_another_request_is_refused(ana, cast, new, other):
    made = ana.send("post", "/incidents/", new, **KEY).json()
    if other == "body":
        answer = ana.send("post", "/incidents/", new | {"title": "Other"}, **KEY)
    elif other == "path":
        answer = ana.send("post", f"/incidents/{made['id']}/withdraw/", new, **KEY)
    else:
        answer = ana.send("post", "/incidents/", new, **{"If-Match": "2"}, **KEY)
    assert (answer.status_code, answer.json()["type"]) == (422, "/api/docs/#problem-key-used")
    assert count(cast.ana) == 1


@pytest.mark.parametrize("key", ['""', '"a', "a b", '"ü"', "x" * 256, '"a", "b"'])
def test_a_malformed_key_is_refused_by_name(ana, cast, new, key):
    answer = ana.send("post", "/incidents/", new, **{"Idempotency-Key": key.encode().decode("latin-1")})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/Idempotency-Key")
    assert count(cast.ana) == 0


def test_a_key_without_its_quotes_is_the_same_key(ana, cast, new):
    ana.send("post", "/incidents/", new, **{"Idempotency-Key": "8e03978e"})
    assert ana.send("post", "/incidents/", new, **KEY).headers["Idempotent-Replayed"] == "true"


def test_a_refusal_is_not_kept_so_that_the_key_may_be_used_again(ana, cast, new):
    assert ana.send("post", "/incidents/", new | {"colour": "red"}, **KEY).status_code == 400
    assert ana.send("post", "/incidents/", new, **KEY).status_code == 201


def test_a_failure_of_ours_is_not_kept(ana, cast, new):
    ana.client.raise_request_exception = False
    with mock.patch.object(Incident, "add", side_effect=RuntimeError):
        assert ana.send("post", "/incidents/", new, **KEY).status_code == 500
    with acting_as(cast.ana, token=ana.token):
        assert not KeptAnswer.objects.exists()
    assert ana.send("post", "/incidents/", new, **KEY).status_code == 201


def test_another_client_of_the_same_person_has_keys_of_its_own(client, cast, ana, new):
    ana.send("post", "/incidents/", new, **KEY)
    other = Door(client, cast.ana).send("post", "/incidents/", new, **KEY)
    assert (other.status_code, "Idempotent-Replayed" in other.headers) == (201, False)
    client.force_login(cast.ana)
    sent = client.post(f"{V1}/incidents/", new, content_type="application/json", headers=KEY)
    assert (sent.status_code, "Idempotent-Replayed" in sent.headers) == (201, False)
    again = client.post(f"{V1}/incidents/", new, content_type="application/json", headers=KEY)
    assert again.content == sent.content
    assert count(cast.ana) == 3


def test_what_is_kept_is_read_by_its_own_client_only(client, cast, ana, new, as_app):
    ana.send("post", "/incidents/", new, **KEY)
    with acting_as(cast.ana, token=ana.token):
        assert KeptAnswer.objects.count() == 1
    with acting_as(cast.ana, token=Door(client, cast.ana).token):
        assert not KeptAnswer.objects.exists()
    for person in (None, cast.ana, cast.sofia, cast.stranger):
        assert as_app("SELECT 1 FROM ledger_keptanswer", user=person) == []


def test_what_one_may_no_longer_read_is_not_told_again(client, cast, east, new):
    client.force_login(cast.ana)
    sent = {"content_type": "application/json", "headers": KEY}
    marked = new | {"marking": "red"}
    assert client.post(f"{V1}/incidents/", marked, **sent).status_code == 201
    Membership.objects.filter(user=cast.ana).update(clearance="green")
    answer = client.post(f"{V1}/incidents/", marked, **sent)
    assert answer.status_code >= 400
    assert "New" not in answer.content.decode()


def test_after_a_day_a_key_is_new_and_nothing_of_the_answer_is_left(ana, cast, new):
    ana.send("post", "/incidents/", new, **KEY)
    a_day_passes()
    again = ana.send("post", "/incidents/", new, **KEY)
    assert (again.status_code, "Idempotent-Replayed" in again.headers) == (201, False)
    assert count(cast.ana) == 2


def test_kept_answers_are_removed_after_a_day(ana, cast, new):
    ana.send("post", "/incidents/", new, **KEY)
    forget_answers(0)
    with acting_as(cast.ana, token=ana.token):
        assert KeptAnswer.objects.count() == 1
    a_day_passes()
    forget_answers(0)
    with acting_as(cast.ana, token=ana.token):
        assert not KeptAnswer.objects.exists()


def test_a_secret_is_never_kept(cast, ana):
    rotated = ana.send("post", "/tokens/self/rotate/", {"grace_days": 1}, **KEY)
    assert rotated.json()["secret"].startswith("att_")
    again = ana.send("post", "/tokens/self/rotate/", {"grace_days": 1}, **KEY)
    assert (again.status_code, again.json()["type"]) == (409, "/api/docs/#problem-answer-not-kept")
    with acting_as(cast.ana, token=ana.token):
        assert KeptAnswer.objects.get().body is None


def test_openapi_describes_the_key_on_every_post_that_takes_it(client, db):
    told = client.get("/api/schema/", headers={"Accept": "application/json"}).json()["paths"]
    posts = {path: methods["post"] for path, methods in told.items() if "post" in methods}
    without = [
        path for path, post in posts.items() if "Idempotency-Key" not in {p["name"] for p in post.get("parameters", [])}
    ]
    assert without == ["/api/v1/oauth/token"]
