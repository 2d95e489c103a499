"""The Python client against the live server."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta

import pytest
from attest_client import Attest, Problem
from attest_client.command import main
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import ApiToken
from cases.models import Incident
from evidence.models import Source
from ledger.acting import acting_as
from ledger.kinds import kinds
from tests import making
from tests.exchange.feeding import settled

pytestmark = pytest.mark.django_db(transaction=True)


def secret_of(person, scope: str = "write") -> str:
    expires = timezone.now() + timedelta(days=1)
    membership = person.memberships.first()
    return ApiToken.issue(by=person, membership=membership, name="sync", scope=scope, expires_at=expires)[1]


@pytest.fixture
def attest(live_server, cast):
    with Attest(live_server.url, secret_of(cast.ana)) as attest:
        yield attest


def replicated(file) -> dict[str, str]:
    with sqlite3.connect(file) as database:
        return {id: json.loads(document) for id, document in database.execute("SELECT id, document FROM record")}


def test_a_record_is_created_read_changed_and_withdrawn(attest, east):
    known = str(new_id())
    fields = {"workspace_id": str(east.pk), "name": "Gazette", "source_class": "independent_press", "reliability": "B"}
    source = attest.create("sources", id=known, **fields)
    assert attest.create("sources", id=known, **fields) == source
    changed = attest.update("sources", known, version=1, description="Daily.")
    with pytest.raises(Problem) as stale:
        attest.update("sources", known, version=1, description="Weekly.")
    assert (stale.value.status, stale.value.body["current_version"]) == (412, 2)
    attest.step("sources", known, "withdraw", version=changed["version"], reason="Closed.")
    assert attest.get("sources", known)["status"] == "withdrawn"


def test_a_list_is_followed_to_its_end(attest, cast, east):
    with acting_as(cast.ana):
        for _ in range(7):
            making.a_source(by=cast.ana, workspace=east)
    assert len(list(attest.list("sources", limit=3))) == 7


def test_bulk_tells_of_each_operation(attest, east):
    fields = {"workspace_id": str(east.pk), "title": "Crossing"}
    wrong = {**fields, "severity": 9}
    told = attest.bulk([{"op": "create", "kind": "incident", "fields": each} for each in (fields, wrong)], partial=True)
    assert [each["status"] for each in told] == [201, 400]


def test_a_replica_holds_every_document_as_the_server_gives_it(attest, draft, tmp_path):
    settled()
    attest.sync(tmp_path / "attest.sqlite", limit=20)
    copy = replicated(tmp_path / "attest.sqlite")
    for address, count in (("incidents", 1), ("evidence-items", 3), ("citations", 18), ("attributions", 1)):
        told = list(attest.list(address))
        assert len(told) == count
        assert all(copy[each["id"]] == each for each in told)


def test_only_what_has_changed_is_fetched_again(attest, cast, east, tmp_path):
    with acting_as(cast.ana):
        making.an_incident(by=cast.ana, workspace=east)
        source = making.a_source(by=cast.ana, workspace=east)
    settled()
    attest.sync(tmp_path / "attest.sqlite")
    with acting_as(cast.ana):
        source.change(by=cast.ana, description="Daily.")
    settled()
    assert attest.sync(tmp_path / "attest.sqlite").written == 1
    assert replicated(tmp_path / "attest.sqlite")[str(source.pk)]["description"] == "Daily."


def test_what_one_may_no_longer_read_leaves_the_replica(live_server, cast, east, tmp_path):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)
    with Attest(live_server.url, secret_of(cast.vera, "read")) as vera:
        settled()
        vera.sync(tmp_path / "vera.sqlite")
        assert str(source.pk) in replicated(tmp_path / "vera.sqlite")
        with acting_as(cast.ana):
            source.change(by=cast.ana, marking="red")
        settled()
        vera.sync(tmp_path / "vera.sqlite")
    assert str(source.pk) not in replicated(tmp_path / "vera.sqlite")


def test_kinds_narrow_a_replica(attest, draft, tmp_path):
    settled()
    attest.sync(tmp_path / "attest.sqlite", kinds=["incident"])
    assert [each["reference"] for each in replicated(tmp_path / "attest.sqlite").values()] == ["INC-2026-0001"]


def test_every_kind_can_be_replicated_by_its_name(attest, tmp_path):
    assert attest.sync(tmp_path / "attest.sqlite", kinds=sorted(kinds())).written == 0


def test_a_sync_that_is_killed_again_and_again_ends_whole(live_server, attest, cast, east, tmp_path):
    with acting_as(cast.ana):
        rows = [{"workspace": east, "name": f"Paper {n}", "source_class": "independent_press"} for n in range(300)]
        Source.add_all([{**each, "reliability": "B"} for each in rows], by=cast.ana)
    settled()
    file = tmp_path / "attest.sqlite"
    script = (
        "import os, signal, sys\nfrom attest_client import Attest\nleft = [int(sys.argv[3])]\n"
        "def told(summary):\n    left[0] -= 1\n    left[0] or os.kill(os.getpid(), signal.SIGKILL)\n"
        "Attest(sys.argv[1], os.environ['ATTEST_TOKEN']).sync(sys.argv[2], limit=20, told=told)\n"
    )
    environment = {**os.environ, "ATTEST_TOKEN": secret_of(cast.ana), "PYTHONPATH": "clients/python"}
    for pages in ("1", "3", "5"):
        ended = subprocess.run([sys.executable, "-c", script, live_server.url, file, pages], env=environment)
        assert ended.returncode == -signal.SIGKILL
    settled()
    attest.sync(file)
    assert len(replicated(file)) == 300


def test_the_command_brings_a_file_in_step_and_says_so(live_server, cast, east, tmp_path, monkeypatch, capsys):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east)
    monkeypatch.setenv("ATTEST_TOKEN", secret_of(cast.ana))
    settled()
    assert main([live_server.url, str(tmp_path / "attest.sqlite")]) == 0
    assert "1 written, 0 forgotten; in step." in capsys.readouterr().out


def test_the_command_says_what_stood_in_the_way(live_server, cast, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ATTEST_TOKEN", "att_unknown")
    assert main([live_server.url, str(tmp_path / "attest.sqlite")]) == 1
    assert "401" in capsys.readouterr().err
    monkeypatch.delenv("ATTEST_TOKEN")
    assert main([live_server.url, str(tmp_path / "attest.sqlite")]) == 2


def test_a_token_never_approves_through_the_client(live_server, in_review, cast):
    with Attest(live_server.url, secret_of(cast.sofia)) as sofia, pytest.raises(Problem) as refusal:
        sofia.step("attributions", str(in_review.pk), "approve", version=in_review.version)
    assert refusal.value.status == 403


def test_the_workspace_of_the_token_is_told(attest, east):
    assert attest.me()["memberships"][0]["workspace_id"] == str(east.pk)
    assert Incident.objects.count() == 0  # nobody acts here: nothing is seen
