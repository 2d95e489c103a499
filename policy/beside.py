"""What stands beside our findings: the tests of the law, on the pages of incidents, attributions and responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from cases.blindness import NOT_WEIGHED
from cases.choices import Bearing, Element, Finding
from cases.models import Attribution, Citation, ElementFinding, FindingCitation, Incident
from cases.signals import asks_what_stands_beside
from ledger.models import Record
from policy import library
from policy.conditions import Condition, Found, conditions
from policy.ground import Ground
from policy.models import LegalProvision

PANEL = "policy/_tests_beside.html"


@receiver(asks_what_stands_beside, dispatch_uid="policy.tests_of_the_law")
def tests_of_the_law(sender, *, record: Record, by: User, **kwargs) -> dict[str, Any] | None:
    """A panel for the page of an incident or an attribution; None where its library holds no provision with tests."""
    library_of_room = LegalProvision.objects.filter(workspace=record.workspace_id, status="active")
    provisions = list(library_of_room.exclude(tests=[]))
    match record:
        case _ if not provisions:
            return None
        case Incident():
            found = found_on([record])
        case Attribution():
            found = _found(record.incident, _findings([record.incident]), _cited_by(record))
        case _:
            return None
    return {"template": PANEL, "conditions": conditions(provisions, found, library.bearings())}


def conditions_of(ground: Ground) -> list[Condition]:
    """The tests of the law that a response relies on, beside what is found on the incidents that it answers."""
    provisions = [each.provision for each in ground.provisions if each.provision.tests]
    incidents = [each.incident for each in ground.incidents]
    found = found_on(incidents) if provisions else []
    return conditions(provisions, found, library.bearings(), ground.test_answers)


def found_on(incidents: list[Incident]) -> list[Found]:
    """What is found on the four elements of incidents, with the passages cited for each. Three queries."""
    findings, cited = _findings(incidents), _cited_for(incidents)
    several = len(incidents) > 1
    return [each for one in incidents for each in _found(one, findings, cited[one.pk], several=several)]


def _found(incident: Incident, findings: dict, cited: Counter, *, several: bool = False) -> list[Found]:
    name = incident.reference if several else ""
    url = incident.get_absolute_url()
    return [
        Found(each, findings.get((incident.pk, each.value)), cited[each.value], f"{url}#{each.value}", name)
        for each in Element
    ]


def _findings(incidents: Iterable[Incident]) -> dict[tuple, Finding]:
    found = ElementFinding.objects.filter(incident__in=incidents).values_list("incident_id", "element", "finding")
    return {(incident, element): Finding(finding) for incident, element, finding in found}


def _cited_by(attribution: Attribution) -> Counter:
    """How many passages an attribution cites for each element."""
    cited = attribution.citations.filter(status="active").values_list("supports", "passage_id").distinct()
    return Counter(supports for supports, _ in cited)


def _cited_for(incidents: Iterable[Incident]) -> dict[Any, Counter]:
    """How many passages the findings and attributions of each incident cite in support, by element."""
    wanted = list(incidents)
    of_findings = FindingCitation.objects.filter(finding__incident__in=wanted, status="active")
    for_them = of_findings.filter(bearing=Bearing.SUPPORTING)
    of_attributions = Citation.objects.filter(attribution__incident__in=wanted, status="active")
    weighed = of_attributions.exclude(attribution__status__in=NOT_WEIGHED)
    rows = {
        *for_them.values_list("finding__incident_id", "finding__element", "passage_id"),
        *weighed.values_list("attribution__incident_id", "supports", "passage_id"),
    }
    found: dict[Any, Counter] = {each.pk: Counter() for each in wanted}
    for incident, element, _ in rows:
        found[incident][element] += 1
    return found
