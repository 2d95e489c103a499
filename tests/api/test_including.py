"""Children embedded in the documents of their parents: what one may read, whole, and in one query a kind."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Involvement, PublicClaim
from ledger import including
from ledger.acting import acting_as
from ledger.including import MORE, children_of
from ledger.kinds import kinds
from tests import making
from tests.api.test_kinds import Door


@pytest.fixture
def ana(client, cast):
    return Door(client, cast.ana)


@pytest.fixture
def incidents(cast, east):
    """Two incidents: one with two involvements and a claim, one with nothing."""
    with acting_as(cast.ana):
        first, second = (making.an_incident(by=cast.ana, workspace=east) for _ in range(2))
        for _ in range(2):
            actor = making.an_actor(by=cast.ana, workspace=east)
            Involvement.add(by=cast.ana, incident=first, actor=actor, role="executor")
        PublicClaim.add(by=cast.ana, incident=first, claimant="A minister", form="denial", what="Denied.")
    return [first, second]


def test_each_document_of_a_list_holds_its_children_as_get_answers_them(ana, incidents):
    told = ana.get("/incidents/", {"include": "involvements,public_claims"}).json()["results"]
    second, first = told
    alone = ana.get("/involvements/").json()["results"]
    assert first["involvements"] == alone
    assert [each["what"] for each in first["public_claims"]] == ["Denied."]
    assert (second["involvements"], second["public_claims"], second[MORE]) == ([], [], [])


def test_a_single_record_holds_them_too(ana, incidents):
    told = ana.get(f"/incidents/{incidents[0].pk}/", {"include": "involvements"}).json()
    assert len(told["involvements"]) == 2
    assert told.items() >= ana.get(f"/incidents/{incidents[0].pk}/").json().items()
    assert "public_claims" not in told


def test_children_that_may_not_be_read_are_not_there(client, cast, east, incidents):
    vera = Door(client, cast.vera, "read")
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east)
        secret = making.an_attribution(by=cast.ana, workspace=east, actor=actor, incident=incidents[0], marking="red")
    told = vera.get(f"/incidents/{incidents[0].pk}/", {"include": "attributions"}).json()
    assert told["attributions"] == []
    seen = Door(client, cast.ana).get(f"/incidents/{incidents[0].pk}/", {"include": "attributions"}).json()
    assert [each["id"] for each in seen["attributions"]] == [str(secret.pk)]


def test_what_is_cut_short_says_so(ana, incidents, monkeypatch):
    monkeypatch.setattr(including, "MOST_INCLUDED", 1)
    told = ana.get(f"/incidents/{incidents[0].pk}/", {"include": "involvements,public_claims"}).json()
    newest = ana.get("/involvements/", {"limit": 1}).json()["results"]
    assert (told["involvements"], told[MORE]) == (newest, ["involvements"])
    assert len(told["public_claims"]) == 1


def test_fields_narrow_the_record_and_leave_its_children_whole(ana, incidents):
    asked = {"fields": "id,title", "include": "involvements"}
    told = ana.get("/incidents/", asked).json()["results"][1]
    assert set(told) == {"id", "title", "involvements", MORE}
    assert "incident_id" in told["involvements"][0]


@pytest.mark.parametrize("path", ["/incidents/", "/incidents/{}/"])
@pytest.mark.parametrize("names", ["weather", "involvements,weather", "", "Involvements", "involvements,"])
def test_an_unknown_name_is_refused(ana, incidents, path, names):
    answer = ana.get(path.format(incidents[0].pk), {"include": names})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/include")


def test_what_has_no_children_includes_nothing(ana):
    assert ana.get("/involvements/", {"include": "incidents"}).status_code == 400


def test_a_changed_child_is_never_hidden_by_a_304(ana, incidents):
    path = f"/incidents/{incidents[0].pk}/"
    version = ana.get(path).headers["ETag"]
    answer = ana.get(path, {"include": "involvements"}, **{"If-None-Match": version})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_each_kind_of_children_takes_one_query_whatever_the_number(ana, cast, east, incidents):
    def queries(**asked) -> int:
        with CaptureQueriesContext(connection) as counted:
            assert ana.get("/incidents/", asked).status_code == 200
        return len(counted)

    queries()  # the first use of a token is noted
    plain = queries()
    assert queries(include="involvements,public_claims") == plain + 2
    with acting_as(cast.ana):
        for _ in range(5):
            incident = making.an_incident(by=cast.ana, workspace=east)
            actor = making.an_actor(by=cast.ana, workspace=east)
            Involvement.add(by=cast.ana, incident=incident, actor=actor, role="executor")
    assert queries(include="involvements,public_claims") == plain + 2


def test_a_page_with_children_is_a_small_one(ana, incidents):
    assert ana.get("/incidents/", {"include": "involvements", "limit": 50}).status_code == 200
    refused = ana.get("/incidents/", {"include": "involvements", "limit": 51})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/limit")


def test_the_next_page_includes_the_same(ana, incidents):
    page = ana.get("/incidents/", {"include": "involvements", "limit": 1}).json()
    rest = ana.client.get(page["next"], headers=ana.headers).json()
    assert len(rest["results"][0]["involvements"]) == 2


def test_two_columns_that_refer_to_one_parent_have_a_name_each(ana, cast, east):
    with acting_as(cast.ana):
        relation = making.a_relation(by=cast.ana, workspace=east)
    path, name = f"/actors/{relation.from_actor_id}/", "actor_relations_by_from_actor"
    told = ana.get(path, {"include": f"{name},actor_relations_by_to_actor"}).json()
    assert [each["id"] for each in told[name]] == [str(relation.pk)]
    assert told["actor_relations_by_to_actor"] == []


def test_no_name_of_children_is_a_column():
    for model in kinds().values():
        columns = {field.column for field in model._meta.concrete_fields}
        assert columns.isdisjoint({MORE, *children_of(model)})
