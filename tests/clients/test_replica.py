"""A local replica: what it applies, and that it is whole whatever happens."""

import json
import sqlite3

import pytest
from attest_client import AnotherSync, OtherReplica, Replica

HERE = "https://attest.example.org"


def change(op: str, id: str = "1", version: int = 1, marking: str = "amber", **more) -> dict:
    scope = {"workspace_id": "east", "marking": marking}
    document = {"id": id, "version": version} if op not in ("moved", "expunged") else None
    return {"op": op, "kind": "incident", "id": id, "version": version, **scope, "document": document, **more}


def held(path) -> dict[str, int]:
    with sqlite3.connect(path) as database:
        return {
            id: json.loads(document)["version"] for id, document in database.execute("SELECT id, document FROM record")
        }


@pytest.fixture
def file(tmp_path):
    return tmp_path / "attest.sqlite"


def test_the_latest_version_is_kept(file):
    with Replica(file, address=HERE) as replica:
        replica.take([change("created"), change("updated", version=2)], "a")
        replica.take([change("withdrawn", version=3)], "b")
    assert held(file) == {"1": 3}


@pytest.mark.parametrize("op", ["moved", "expunged"])
def test_what_is_gone_is_forgotten(file, op):
    with Replica(file, address=HERE) as replica:
        replica.take([change("created"), change("created", id="2")], "a")
        assert replica.take([change(op, version=2)], "b").forgotten == 1
    assert held(file) == {"2": 1}


def test_of_what_was_expunged_nothing_stays_in_the_file_and_what_is_left_is_kept(file):
    words = {"id": "1", "version": 1, "text": "passport AB1234567 " * 300}
    with Replica(file, address=HERE) as replica:
        replica.take([{**change("created"), "document": words}], "a")
        replica.take([change("expunged", version=2), change("updated", version=2)], "b")
    assert held(file) == {"1": 2}
    assert b"AB1234567" not in b"".join(each.read_bytes() for each in file.parent.iterdir())


def test_a_closed_scope_is_forgotten_whole_and_nothing_else(file):
    closed = {"op": "closed", "workspace_id": "east", "marking": "red"}
    with Replica(file, address=HERE) as replica:
        replica.take([change("created", marking="red"), change("created", id="2")], "a")
        replica.take([closed], "b")
    assert held(file) == {"2": 1}


def test_what_moves_within_ones_sight_is_kept_where_it_lies_now(file):
    with Replica(file, address=HERE) as replica:
        replica.take([change("created"), change("moved"), change("updated", version=2, marking="red")], "a")
    assert held(file) == {"1": 2}


def test_a_page_is_taken_whole_or_not_at_all(file):
    with Replica(file, address=HERE) as replica:
        replica.take([change("created")], "a")
        with pytest.raises(KeyError):
            replica.take([change("updated", version=2), {"op": "updated"}], "b")
    with Replica(file, address=HERE) as replica:
        assert replica.cursor == "a"
    assert held(file) == {"1": 1}


def test_a_replica_goes_on_where_it_stood(file):
    with Replica(file, address=HERE) as replica:
        replica.take([change("created")], "a")
    with Replica(file, address=HERE + "/") as replica:
        assert replica.cursor == "a"


def test_of_two_that_move_the_same_file_the_second_is_told(file):
    with Replica(file, address=HERE) as one, Replica(file, address=HERE) as other:
        one.take([change("created")], "a")
        with pytest.raises(AnotherSync):
            other.take([change("created", id="2")], "a")
    assert held(file) == {"1": 1}


@pytest.mark.parametrize(("address", "kinds"), [("https://other.example.org", []), (HERE, ["actor"])])
def test_a_file_of_another_server_or_of_other_kinds_is_refused(file, address, kinds):
    Replica(file, address=HERE, kinds=["incident"]).close()
    with pytest.raises(OtherReplica):
        Replica(file, address=address, kinds=kinds)
