"""The four elements against the items: true origins, and gaps that one look shows."""

import pytest
from django.urls import reverse

from cases.grid import grid_of
from cases.models import ElementFinding, FindingCitation, Incident
from evidence.models import Derivation, EvidenceItem
from ledger.acting import acting_as
from tests import making


def grid(person, incident_id):
    with acting_as(person):
        incident = Incident.objects.get(pk=incident_id)
        return grid_of(incident, list(incident.attributions.all()))


def gaps(found) -> dict[str, list[str]]:
    return {column.element.value: column.gaps for column in found.columns}


@pytest.fixture
def bare(cast, east):
    with acting_as(cast.ana):
        return making.an_incident(by=cast.ana, workspace=east)


def found_on(cast, incident, element, *items, bearing="supporting", note="It says so.") -> ElementFinding:
    with acting_as(cast.ana):
        known = incident.findings.filter(element=element).first()
        finding = known or ElementFinding.add(by=cast.ana, incident=incident, element=element)
        for item in items:
            passage = making.a_passage(by=cast.ana, item=item, quote=f"{element} {bearing}")
            FindingCitation.add(by=cast.ana, finding=finding, passage=passage, bearing=bearing, note=note)
        return finding


def an_item(cast, east, **fields) -> EvidenceItem:
    words = " ".join(f"{e} {b}." for e in ("facilitation", "impact") for b in ("supporting", "contrary"))
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, text=f"{words} {fields.get('title', '')}", **fields)


def test_an_incident_without_evidence_is_all_gaps(cast, bare):
    empty = ["Nothing in support.", "No contrary evidence sought."]
    found = grid(cast.ana, bare.pk)
    assert gaps(found) == dict.fromkeys(("facilitation", "objective", "impact", "coordination"), empty)
    assert found.rows == []


def test_two_items_that_repeat_one_origin_are_one_origin(cast, east, bare):
    first, second = an_item(cast, east, title="Wire"), an_item(cast, east, title="Copy")
    found_on(cast, bare, "facilitation", first, second)
    column = grid(cast.ana, bare.pk).columns[0]
    assert (column.items, column.origins, column.gaps) == (2, 2, ["No contrary evidence sought."])
    with acting_as(cast.ana):
        Derivation.add(by=cast.ana, item=second, original=first)
    column = grid(cast.ana, bare.pk).columns[0]
    assert (column.items, column.origins) == (2, 1)
    assert column.gaps == ["One origin only.", "No contrary evidence sought."]


def test_one_origin_is_enough_where_the_gate_asks_for_one(cast, east, bare):
    found_on(cast, bare, "impact", an_item(cast, east))
    assert gaps(grid(cast.ana, bare.pk))["impact"] == ["No contrary evidence sought."]


def test_an_item_no_longer_in_use_supports_nothing(cast, east, bare):
    item = an_item(cast, east)
    found_on(cast, bare, "impact", item)
    with acting_as(cast.ana):
        item.withdraw(by=cast.ana, reason="Forged.")
    assert gaps(grid(cast.ana, bare.pk))["impact"][0] == "Nothing in support."


def test_contrary_evidence_fills_its_element_only(cast, east, bare):
    item = an_item(cast, east)
    found_on(cast, bare, "facilitation", item)
    found_on(cast, bare, "facilitation", item, bearing="contrary", note="Denied.")
    found = grid(cast.ana, bare.pk)
    assert "No contrary evidence sought." not in gaps(found)["facilitation"]
    assert "No contrary evidence sought." in gaps(found)["impact"]
    cell = found.rows[0].cells[0]
    assert ([line.note for line in cell.supporting], [line.note for line in cell.contrary]) == (
        ["It says so."],
        ["Denied."],
    )
    assert [each.is_missing for each in found.rows[0].cells] == [False, True, True, True]


def test_citations_of_attributions_fill_it_too_and_a_passage_stands_once(cast, draft):
    with acting_as(cast.ana):
        passage = draft.citations.filter(supports="impact").first().passage
        finding = ElementFinding.add(by=cast.ana, incident=draft.incident, element="impact")
        FindingCitation.add(by=cast.ana, finding=finding, passage=passage, note="Twice cited.")
    found = grid(cast.ana, draft.incident_id)
    assert len(found.rows) == 3
    assert all(len(row.cells) == 5 for row in found.rows)  # the denials speak against the claim as a whole
    assert [len(cell.supporting) for cell in found.rows[0].cells] == [1, 1, 1, 1, 0]
    assert [line.note for row in found.rows for line in row.cells[2].supporting if line.note] == ["Twice cited."]
    assert set(map(tuple, gaps(found).values())) == {()}


def test_a_dated_search_in_vain_is_a_search(cast, east, bare):
    with acting_as(cast.ana):
        making.an_attribution(
            by=cast.ana,
            workspace=east,
            incident=bare,
            contrary_search_note="None found.",
            contrary_searched_on="2026-01-01",
        )
    assert gaps(grid(cast.ana, bare.pk))["impact"] == ["Nothing in support."]


def test_what_a_clearance_does_not_cover_is_neither_shown_nor_counted(client, cast, east, bare):
    item = an_item(cast, east, title="Secret cable", marking="red")
    found_on(cast, bare, "impact", item, note="Hidden words.")
    assert grid(cast.ana, bare.pk).columns[2].origins == 1
    assert grid(cast.vera, bare.pk).rows == []
    client.force_login(cast.vera)
    assert "Secret cable" not in client.get(bare.get_absolute_url()).content.decode()


def test_the_page_shows_notes_and_opens_the_words_on_demand(client, cast, draft):
    client.force_login(cast.ana)
    page = client.get(reverse("incident", args=[draft.incident_id])).content.decode()
    assert page.count("<details><summary>5 passages<") == 3
    assert "Against the claim as a whole" in page


def test_not_attributed_is_published_as_a_finding_with_what_would_change_it(client, cast, east):
    with acting_as(cast.ana):
        finding = making.a_ready_attribution(
            by=cast.ana,
            workspace=east,
            likelihood="unlikely",
            what_would_change="An order of a ministry.",
            contrary_search_note="None found.",
        )
    making.weighed(finding, by=[cast.ana, cast.ben], claimed="criminal_profit")
    making.concurred(making.submitted(finding, by=cast.ana), by=cast.ben)
    client.force_login(cast.vera)
    address = reverse("incident", args=[finding.incident_id])
    assert "Finding: not attributed" not in client.get(address).content.decode()
    with acting_as(cast.sofia):
        finding.approve(by=cast.sofia)
    page = client.get(address).content.decode()
    assert "Finding: not attributed" in page
    assert "An order of a ministry." in page
