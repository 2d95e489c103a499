"""What stands beside our findings: responses, and the tests of the law, on pages of incidents and attributions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.dispatch import receiver

from accounts.models import User
from accounts.prepared import Prepared
from cases.blindness import NOT_WEIGHED
from cases.choices import Bearing, Element, Finding
from cases.models import Attribution, Citation, ElementFinding, FindingCitation, Incident
from cases.signals import asks_what_stands_beside
from ledger.models import Record
from policy import library
from policy.conditions import Condition, Found, conditions
from policy.ground import Ground
from policy.models import AnsweredIncident, LegalProvision, PolicyResponse

OF_A_LINE = ("title", "response_kind", "status", "basis", "due", "owner__name", "owner__email")
"""What a line of a list shows of a response."""

PANEL = "policy/_tests_beside.jinja"


def responses_to(incident: Incident) -> list[PolicyResponse]:
    """The responses that answer an incident, as far as a line of a list shows them."""
    return _answering(incident.pk)


def responses_resting_on(attribution: Attribution) -> list[PolicyResponse]:
    """The responses, not over, that rest on an attribution, as far as a line of a list shows them."""
    return _resting(attribution.pk)


@Prepared
def _answering(incident: UUID) -> QuerySet[PolicyResponse]:
    answered = AnsweredIncident.objects.filter(incident=incident, status="active")
    found = PolicyResponse.objects.filter(pk__in=answered.values("response")).exclude(status="withdrawn")
    return found.select_related("owner").only(*OF_A_LINE)


@Prepared
def _resting(attribution: UUID) -> QuerySet[PolicyResponse]:
    found = PolicyResponse.objects.resting(attribution=attribution).order_by("-pk")
    return found.select_related("owner").only(*OF_A_LINE)


@receiver(asks_what_stands_beside, dispatch_uid="policy.tests_of_the_law")
def tests_of_the_law(sender, *, record: Record, by: User, **kwargs) -> dict[str, Any] | None:
    """A panel for the page of an incident or an attribution; None where its library holds no provision with tests."""
    provisions = _with_tests(record.workspace_id)
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


@Prepared
def _with_tests(workspace: UUID) -> QuerySet[LegalProvision]:
    """Provisions of a room's library that set tests, by name."""
    library = LegalProvision.objects.filter(workspace=workspace, status="active").exclude(tests=[])
    return library.only("key", "instrument", "article", "jurisdiction", "tests")


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
    found = _found_on([each.pk for each in incidents])
    return {(incident, element): Finding(finding) for incident, element, finding in found}


@Prepared
def _found_on(incidents: list[UUID]) -> QuerySet:
    return ElementFinding.objects.filter(incident__among=incidents).values_list("incident_id", "element", "finding")


def _cited_by(attribution: Attribution) -> Counter:
    """How many passages an attribution cites for each element."""
    return Counter(supports for supports, _ in set(_cited_of(attribution.pk)))


@Prepared
def _cited_of(attribution: UUID) -> QuerySet:
    return Citation.objects.filter(attribution=attribution, status="active").values_list("supports", "passage_id")


def _cited_for(incidents: Iterable[Incident]) -> dict[Any, Counter]:
    """How many passages the findings and attributions of each incident cite in support, by element."""
    wanted = [each.pk for each in incidents]
    found: dict[Any, Counter] = {each: Counter() for each in wanted}
    for incident, element, _ in {*_cited_by_findings(wanted), *_cited_by_attributions(wanted)}:
        found[incident][element] += 1
    return found


@Prepared
def _cited_by_findings(incidents: list[UUID]) -> QuerySet:
    cited = FindingCitation.objects.filter(finding__incident__among=incidents, status="active")
    for_them = cited.filter(bearing=Bearing.SUPPORTING)
    return for_them.values_list("finding__incident_id", "finding__element", "passage_id")


@Prepared
def _cited_by_attributions(incidents: list[UUID]) -> QuerySet:
    cited = Citation.objects.filter(attribution__incident__among=incidents, status="active")
    weighed = cited.exclude(attribution__status__in=NOT_WEIGHED)
    return weighed.values_list("attribution__incident_id", "supports", "passage_id")
