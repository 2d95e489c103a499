"""What of a response its partners may have under a marking, and what stays at home.

Everything is asked for under the reader's own rights, so that nothing can leave which they may not read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from cases.models import Actor, Attribution, ElementFinding, Incident, PublicClaim
from cases.seal import item_told
from evidence.models import EvidenceItem, Passage
from exchange import packets
from exchange.assembly import known_markings, sealed_packet
from exchange.choices import FreeText
from exchange.held import HeldBack
from exchange.sorting import Sorting
from exchange.withholding import WITHHELD, LeftOut, lowered, texts_of
from ledger.models import Record
from policy.models import IntelligenceCooperation, PolicyResponse

OF_OUR_PEOPLE = {FreeText.REVIEWS, FreeText.NOTE}
OF_THE_INCIDENT = {FreeText.FINDINGS, FreeText.HYPOTHESES}
WORDS = Passage.objects.select_related("page__file", "item__source")


@dataclass
class Judged:
    """An attribution that is shared: its sealed packet, and what of it may leave."""

    attribution: Attribution
    packet: dict[str, Any]
    with_incident: bool = False
    with_actor: bool = False
    subject: list[tuple[str, str]] = field(default_factory=list)
    citations: set[str] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)
    left_out: LeftOut = field(default_factory=LeftOut)


@dataclass
class Material:
    """All that a shared product is made of, each text of it looked through."""

    under: str
    own: dict[str, str]
    incidents: list[dict[str, Any]]
    actors: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    judged: list[Judged]
    cited: list[dict[str, Any]]
    included: list[Record]
    quoted_files: set[UUID]
    held: HeldBack
    secrets: list[str]


def material_of(response: PolicyResponse, detail: IntelligenceCooperation, under: str) -> Material:
    """Load and sort all that a response answers, rests on and cites."""
    to = Sorting(under)
    grounds = list(response.grounds.filter(status="active"))
    answered = response.incidents.filter(status="active").values_list("incident_id", flat=True)
    judged = _judged(to, [each.attribution_id for each in grounds if each.attribution_id])
    incidents = to.kept(Incident.objects.all(), {*answered, *(each.attribution.incident_id for each in judged)})
    named = {each.actor_id for each in grounds if each.actor_id}
    actors = to.kept(Actor.objects.all(), named | {each.attribution.actor_id for each in judged})
    claims = to.kept(
        PublicClaim.objects.select_related("incident"), [each.claim_id for each in grounds if each.claim_id]
    )
    for each in judged:
        each.with_incident = each.attribution.incident_id in to.included
        each.with_actor = each.attribution.actor_id in to.included
        _sort_packet(to, each)
    own = _own_words(to, response, detail)
    cited = _cited(to, response)
    to.openly += [word for each in incidents for word in (each.reference, each.title)]
    to.openly += [word for each in actors for word in (each.name, *each.aliases)]
    to.find_secrets()
    return Material(
        under=under,
        own={name: to.text(response, name, words) for name, words in own.items()},
        incidents=_incidents(to, incidents),
        actors=[_actor(to, each) for each in actors],
        claims=[_claim(to, each) for each in claims],
        judged=[_lowered(to, each) for each in judged],
        cited=[{**each, "note": to.text(response, "Why it is cited", each["note"])} for each in cited],
        included=list(to.included.values()),
        quoted_files=to.quoted_files,
        held=to.held,
        secrets=to.secrets,
    )


# --- The response ---------------------------------------------------------------------------------


def _own_words(to: Sorting, response: PolicyResponse, detail: IntelligenceCooperation) -> dict[str, str]:
    """Its own words, which are marked as the response is."""
    if not to.reaches(response.marking):
        to.above[PolicyResponse].add(response.pk)
        to.hold(response, response.marking, title=f"The response's own words: {response}")
        return {}
    to.include(response)
    to.include(detail)
    return {
        "product": detail.product,
        "objective": response.objective,
        "agreement": detail.agreement,
        "taken by": response.taken_by,
    }


def _cited(to: Sorting, response: PolicyResponse) -> list[dict[str, Any]]:
    """Its own citations in the shape that packets have, as far as their words may leave."""
    found = _with_words(response.citations.filter(status="active"))
    kept = [each for each in found if to.keeps_words(each, each.seen_passage)]
    return [
        {
            "marking": each.seen_passage.item.marking,
            "intent_basis": "",
            "note": each.note if to.reaches(each.marking) else "",
            "quote": each.seen_passage.quote,
            "page": each.seen_passage.page.number,
            "start": each.seen_passage.start,
            "end": each.seen_passage.end,
            "file_sha256": each.seen_passage.page.file.sha256,
            "origin": None,
            "item": item_told(each.seen_passage.item),
        }
        for each in kept
    ]


def _with_words(citations: Any) -> list[Any]:
    """Citations with their passages; None where the reader's clearance does not cover one."""
    found = list(citations.prefetch_related(Prefetch("passage", WORDS)))
    for each in found:
        each._state.fields_cache.setdefault("passage", None)
    return found


# --- What it answers and names ----------------------------------------------------------------------


def _incidents(to: Sorting, incidents: list[Incident]) -> list[dict[str, Any]]:
    """What happened, with what was found on the elements of each."""
    found: dict[UUID, list[ElementFinding]] = {each.pk: [] for each in incidents}
    for finding in ElementFinding.objects.filter(incident__in=found).select_related("incident"):
        found[finding.incident_id].append(finding)
    return [_incident(to, each, found[each.pk]) for each in incidents]


def _incident(to: Sorting, incident: Incident, findings: list[ElementFinding]) -> dict[str, Any]:
    return {
        "id": str(incident.pk),
        "reference": incident.reference,
        "title": incident.title,
        "summary": to.text(incident, "summary", incident.summary),
        "began": incident.began,
        "ended": incident.ended,
        "target_countries": incident.target_countries,
        "transit_countries": incident.transit_countries,
        "border_section": to.text(incident, "border section", incident.border_section),
        "findings": [
            {
                "element": each.element,
                "finding": each.finding,
                "rationale": to.text(each, "reasons", each.rationale),
            }
            for each in findings
            if to.include(each)
        ],
    }


def _actor(to: Sorting, actor: Actor) -> dict[str, Any]:
    return {
        "name": actor.name,
        "actor_kind": actor.actor_kind,
        "country": actor.country,
        "aliases": actor.aliases,
        "description": to.text(actor, "description", actor.description),
    }


def _claim(to: Sorting, claim: PublicClaim) -> dict[str, Any]:
    return {
        "claimant": to.text(claim, "claimant", claim.claimant),
        "form": claim.form,
        "made": claim.made,
        "what": to.text(claim, "what was said", claim.what),
    }


# --- The attributions that it rests on ----------------------------------------------------------------


def _judged(to: Sorting, ids: list[UUID]) -> list[Judged]:
    """The approved attributions, each with its sealed packet."""
    found = []
    for attribution in to.kept(Attribution.objects.all(), ids):
        sealed = sealed_packet(attribution)
        if sealed is None:
            to.included.pop(attribution.pk)
            to.hold(attribution, attribution.marking, "Its sealed packet is not at hand.")
        else:
            found.append(Judged(attribution, packets.read(sealed.canonical)))
    return found


def _sort_packet(to: Sorting, judged: Judged) -> None:
    """Sort the citations of a packet, and the rows of its matrix where its incident is shared."""
    sealed = {each["id"]: each for each in judged.packet["citations"]}
    for each in _with_words(judged.attribution.citations.filter(status="active")):
        told = sealed.get(str(each.pk))
        if told is None and each.seen_passage is not None and to.reaches(each.seen_passage.item.marking):
            to.hold(each, each.seen_passage.item.marking, "It was sealed without its words.")
        elif to.keeps_words(each, each.seen_passage, told["marking"] if told else ""):
            judged.citations.add(str(each.pk))
    matrix = judged.packet["matrix"]
    rows = matrix["rows"] if matrix and judged.with_incident else []
    items = EvidenceItem.objects.select_related("source").in_bulk([row["item"]["id"] for row in rows])
    for row in rows:
        pk = UUID(row["item"]["id"])
        if to.keeps_item(pk, items.get(pk), row["item"].get("marking", "")):
            judged.rows.add(str(pk))


def _lowered(to: Sorting, judged: Judged) -> Judged:
    """The packet as it may leave: what `lowered` makes of it, without what no longer stands."""
    known = known_markings(judged.packet)
    known = replace(
        known,
        incident=known.incident if judged.with_incident else None,
        actor=known.actor if judged.with_actor else None,
    )
    quoted = [each for each in judged.packet["citations"] if each["id"] in judged.citations]
    texts = texts_of({**judged.packet, "citations": quoted})
    told = frozenset(name for name, words in texts.items() if _is_told(to, judged, name, words))
    lower, left_out = lowered(judged.packet, to.under, known, told)
    lower["citations"] = [each for each in lower["citations"] if each["id"] in judged.citations]
    lower["matrix"] = _matrix(lower, judged)
    if not judged.with_incident:
        lower["findings"] = []
    return replace(judged, packet=lower, left_out=left_out, subject=_subject(judged))


def _subject(judged: Judged) -> list[tuple[str, str]]:
    """Whom and what it is about, as far as those records are shared themselves."""
    attribution = judged.attribution
    return [
        ("Incident", str(attribution.incident) if judged.with_incident else WITHHELD),
        ("Actor", attribution.actor.name if judged.with_actor else WITHHELD),
    ]


def _is_told(to: Sorting, judged: Judged, name: FreeText, words: str) -> bool:
    """Whether a text of the claim leaves. Where it does not, its author is told why."""
    if name in OF_OUR_PEOPLE:
        to.hold_text(judged.attribution, name.label, "Names and notes of our people are not shared.")
        return False
    if name in OF_THE_INCIDENT and not judged.with_incident:
        return False
    return bool(to.text(judged.attribution, name.label, words))


def _matrix(lower: dict[str, Any], judged: Judged) -> dict[str, Any] | None:
    """The matrix with only such rows, and such names in its sensitivity, as are shared; none without the incident."""
    if lower["matrix"] is None or not judged.with_incident:
        return None
    rows = [row for row in lower["matrix"]["rows"] if row["item"]["id"] in judged.rows]
    named = {row["item"]["title"] for row in rows} | {each["item"]["source"] for each in lower["citations"]}
    sensitivity = [each for each in lower["matrix"]["sensitivity"] if each["about"] in named]
    return {**lower["matrix"], "rows": rows, "sensitivity": sensitivity}
