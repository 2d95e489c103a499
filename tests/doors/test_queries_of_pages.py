"""The pages of incidents and attributions take the same few queries, however much stands on them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import ElementFinding, FindingCitation, Involvement, PublicClaim
from ledger.acting import acting_as
from tests import making


def counted(client, record) -> int:
    """Queries of a record's page, when what it asks is composed already."""
    client.get(record.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        assert client.get(record.get_absolute_url()).status_code == 200
    return len(queries)


def more_on_an_incident(incident, cast, east) -> None:
    item = making.an_item(by=cast.ana, workspace=east, text=" ".join(making.WORDS.values()))
    finding = incident.findings.first() or ElementFinding.add(by=cast.ana, incident=incident, element="impact")
    for words in making.WORDS.values():
        passage = making.a_passage(by=cast.ana, item=item, quote=words)
        FindingCitation.add(by=cast.ana, finding=finding, passage=passage, bearing="supporting")
    actor = making.an_actor(by=cast.ana, workspace=east)
    Involvement.add(by=cast.ana, incident=incident, actor=actor, role="profiteer")
    PublicClaim.add(by=cast.ana, incident=incident, claimant="Somebody", form="formal_attribution", what="They did.")


def test_an_incident(client, cast, east, approved):
    client.force_login(cast.ana)
    with acting_as(cast.ana):
        incident = approved.incident
        more_on_an_incident(incident, cast, east)
    few = counted(client, incident)
    with acting_as(cast.ana):
        for _ in range(3):
            more_on_an_incident(incident, cast, east)
    assert counted(client, incident) == few <= 30


@pytest.mark.parametrize(("stage", "most"), [("draft", 31), ("approved", 29)])
def test_an_attribution(request, client, cast, stage, most):
    attribution = request.getfixturevalue(stage)
    client.force_login(cast.ana)
    assert counted(client, attribution) <= most


def test_a_draft_however_much_it_cites(client, cast, east, draft):
    client.force_login(cast.ana)
    few = counted(client, draft)
    with acting_as(cast.ana):
        for _ in range(3):
            item = making.an_item(by=cast.ana, workspace=east, text=" ".join(making.WORDS.values()))
            for supports in ("facilitation", "impact", "contrary"):
                passage = making.a_passage(by=cast.ana, item=item, quote=making.WORDS[supports])
                draft.cite(by=cast.ana, passage=passage, supports=supports)
    assert counted(client, draft) <= few
