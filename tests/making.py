"""Making things for tests, by the same verbs that people use. Call inside `acting_as`."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from cases.models import Actor, ActorRelation, Attribution, Corridor, FlowObservation, Incident, Review, rate_row
from evidence.models import EvidenceItem, Passage, Source, StoredFile
from ledger.acting import acting_as

_numbers = count(1)

WORDS = {
    "facilitation": "Carriers brought people to the border.",
    "objective": "The government asked for money in return.",
    "impact": "Towns on the border were overwhelmed.",
    "coordination": "Orders came from one ministry.",
    "legal_basis": "The organ acted for the state.",
    "contrary": "The accused denied all of it.",
}
ORIGINS = [
    ("target_official", "PL", "policy_statement", "behavioural"),
    ("international_org", "", "diplomatic_communication", "technical"),
    ("independent_press", "", "news_report", "behavioural"),
]


def a_source(*, by, workspace, **fields) -> Source:
    given = {"name": f"Source {next(_numbers)}", "source_class": "independent_press", "reliability": "B"}
    return Source.add(by=by, workspace=workspace, **{**given, **fields})


def an_item(*, by, workspace, text: str = "", **fields) -> EvidenceItem:
    given = {
        "title": f"Document {next(_numbers)}",
        "evidence_kind": "news_report",
        "category": "behavioural",
        "credibility": 2,
        "collected_by": by,
    }
    source = fields.pop("source", None) or a_source(by=by, workspace=workspace)
    item = EvidenceItem.add(by=by, workspace=workspace, source=source, **{**given, **fields})
    if text:
        StoredFile.receive_text(by=by, item=item, text=text)
    return item


def a_passage(*, by, item: EvidenceItem, quote: str) -> Passage:
    return Passage.mark(by=by, page=item.pages.get(), quote=quote)


def an_incident(*, by, workspace, **fields) -> Incident:
    given = {"title": f"Incident {next(_numbers)}", "target_countries": ["PL"]}
    return Incident.add(by=by, workspace=workspace, **{**given, **fields})


def an_actor(*, by, workspace, **fields) -> Actor:
    given = {"name": f"State {next(_numbers)}", "actor_kind": "state", "country": "BY"}
    return Actor.add(by=by, workspace=workspace, **{**given, **fields})


def an_attribution(*, by, workspace, **fields) -> Attribution:
    given = {"statement": "The state did it.", "marking": fields.get("marking", "amber")}
    incident = fields.pop("incident", None) or an_incident(by=by, workspace=workspace)
    actor = fields.pop("actor", None) or an_actor(by=by, workspace=workspace)
    return Attribution.add(by=by, workspace=workspace, incident=incident, actor=actor, **{**given, **fields})


def a_ready_attribution(*, by, workspace, **fields) -> Attribution:
    """A state attribution that passes every check but `people`, and `alternatives` until it is `weighed`."""
    given = {
        "state_involvement": "ordered",
        "legal_basis": ["article_4"],
        "likelihood": "very_likely",
        "confidence": "high",
        "key_assumptions": "None beyond the sources.",
        "source_summary": "Three origins.",
        "ai_use_note": "None was used.",
        "review_by": timezone.localdate() + timedelta(days=300),
    }
    attribution = an_attribution(by=by, workspace=workspace, **{**given, **fields})
    for source_class, country, kind, category in ORIGINS:
        source = a_source(by=by, workspace=workspace, source_class=source_class, country=country)
        text = f"Report {next(_numbers)}. " + " ".join(WORDS.values())
        item = an_item(by=by, workspace=workspace, source=source, evidence_kind=kind, category=category, text=text)
        for supports, words in WORDS.items():
            basis = "demand" if supports == "objective" else ""
            passage = a_passage(by=by, item=item, quote=words)
            attribution.cite(by=by, passage=passage, supports=supports, intent_basis=basis)
    return attribution


def weighed(attribution: Attribution, *, by, claimed: str = "state_strategy") -> Attribution:
    """Each evaluator rates every cited item: two a little against the claimed hypothesis, all against the rest."""
    for evaluator in by:
        with acting_as(evaluator):
            items = EvidenceItem.objects.filter(
                pk__in=attribution.citations.filter(status="active").values("passage__item")
            ).order_by("pk")
            for number, item in enumerate(items):
                ratings = {
                    each.pk: ("I" if number < 2 else "CC") if each.hypothesis_kind == claimed else "II"
                    for each in attribution.incident.hypotheses.all()
                }
                rate_row(attribution.incident, by=evaluator, item=item, ratings=ratings)
    return attribution


def submitted(attribution: Attribution, *, by) -> Attribution:
    with acting_as(by):
        attribution.submit(by=by)
    return attribution


def concurred(attribution: Attribution, *, by) -> Attribution:
    with acting_as(by):
        Review.conclude(by=by, attribution=attribution, conclusion="concur", interests="None.")
    return attribution


def a_corridor(*, by, workspace, **fields) -> Corridor:
    given = {"name": f"Corridor {next(_numbers)}", "countries": ["BY", "PL"], "line": [[27.5, 53.9], [23.7, 53.5]]}
    return Corridor.add(by=by, workspace=workspace, **{**given, **fields})


def a_count(*, by, **fields) -> FlowObservation:
    """A count of an `incident` or a `corridor`."""
    number = next(_numbers)
    given = {"observed_from": "2021-07", "low": number, "high": number, "unit": "attempts"}
    return FlowObservation.add(by=by, **{**given, **fields})


def a_relation(*, by, workspace, **fields) -> ActorRelation:
    ends = {each: fields.pop(each, None) or an_actor(by=by, workspace=workspace) for each in ("from_actor", "to_actor")}
    return ActorRelation.add(by=by, **{"relation": "directs", **ends, **fields})
