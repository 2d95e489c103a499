"""What is submitted and what is sealed: everything a judgement rests on, in canonical JSON, under one hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

from accounts.choices import Marking
from accounts.models import User
from cases.gate import GateResult
from cases.ground import Cited, Ground
from cases.matrix import shown
from evidence.models import EvidenceItem, Source

FORMAT = "attest-sealed-packet/2"
VERSION_FORMAT = "attest-submitted-version/1"


def seal(attribution, ground: Ground, result: GateResult, *, approver: User, note: str) -> dict[str, str]:
    """The packet's `canonical` text (RFC 8785), its `sha256` and the `policy` it passed."""
    told = packet(attribution, ground, result, approver=approver, note=note)
    return {**_hashed(told), "policy": result.policy}


def packet(attribution, ground: Ground, result: GateResult, *, approver: User | None, note: str) -> dict[str, Any]:
    """All that an approval rests on, as it is sealed; without an approver, as it would be.

    The claim is sealed as it was submitted, with the names that incident and actor had then.
    """
    return {
        "format": FORMAT,
        "policy": {"id": ground.policy.id, "numbers": dict(ground.policy.numbers)},
        **_content(attribution, ground, round=attribution.round),
        **_submitted_claim(attribution),
        "reviews": [_review(each) for each in attribution.reviews_of_this_round()],
        "gate": result.as_json(),
        "approver": _person(approver) if approver else None,
        "note": note,
    }


def version(attribution, ground: Ground, *, round: int) -> dict[str, str]:
    """What is frozen on submission: `canonical` text and `sha256`."""
    return _hashed({"format": VERSION_FORMAT, **_content(attribution, ground, round=round)})


def _submitted_claim(attribution) -> dict[str, Any]:
    """The claim of the version last submitted, while that is what stands; nothing while it is open to edit."""
    if attribution.is_open_to_edit:
        return {}
    version = attribution.submitted_versions.filter(round=attribution.round).first()
    return {"attribution": json.loads(version.canonical)["attribution"]} if version else {}


def _hashed(told: dict[str, Any]) -> dict[str, str]:
    canonical = rfc8785.dumps(told)
    return {"canonical": canonical.decode(), "sha256": hashlib.sha256(canonical).hexdigest()}


def _content(attribution, ground: Ground, *, round: int) -> dict[str, Any]:
    return {
        "attribution": _claim(attribution, ground, round),
        "citations": [_citation(each, attribution.marking) for each in ground.citations],
        "findings": [dict(each) for each in ground.findings],
        "matrix": _matrix(ground, attribution.marking),
    }


def _claim(attribution, ground: Ground, round: int) -> dict[str, Any]:
    claimed = ground.claimed_hypothesis
    return {
        "id": str(attribution.pk),
        "round": round,
        "marking": attribution.marking,
        "incident": {
            "id": str(attribution.incident_id),
            "reference": attribution.incident.reference,
            "title": attribution.incident.title,
        },
        "actor": {
            "id": str(attribution.actor_id),
            "name": attribution.actor.name,
            "actor_kind": attribution.actor.actor_kind,
        },
        "authors": sorted(str(each) for each in ground.authors),
        "label": attribution.label.value,
        "legal_basis": list(attribution.legal_basis),
        "hypothesis": {"id": str(claimed.id), "name": claimed.name} if claimed else None,
        "contrary_searched_on": _iso(attribution.contrary_searched_on),
        "review_by": _iso(attribution.review_by),
        **{name: getattr(attribution, name) for name in TEXTS},
    }


TEXTS = (
    "statement",
    "likelihood",
    "confidence",
    "state_involvement",
    "key_assumptions",
    "gaps",
    "source_summary",
    "contrary_search_note",
    "ai_use_note",
    "what_would_change",
)


def _is_covered(marking: str, by: str) -> bool:
    return Marking(marking).level <= Marking(by).level


def _citation(cited: Cited, marking: str) -> dict[str, Any]:
    """A citation with its words; of an item marked above the attribution only that it is there."""
    told = {"id": str(cited.id), "supports": cited.supports, "intent_basis": cited.intent_basis, "note": cited.note}
    passage, item = cited.passage, cited.item
    if passage is None or not _is_covered(item.marking, marking):
        return {**told, "note": "", "withheld": True}
    return {
        **told,
        "marking": item.marking,
        "quote": passage.quote,
        "page": passage.page.number,
        "start": passage.start,
        "end": passage.end,
        "file_sha256": passage.page.file.sha256,
        "origin": cited.origin,
        "item": item_told(item),
    }


def item_told(item: EvidenceItem) -> dict[str, Any]:
    """An item as packets name it, with its source, which must be loaded."""
    return {
        "id": str(item.pk),
        "title": item.title,
        "evidence_kind": item.evidence_kind,
        "category": item.category,
        "published": item.published,
        "language": item.language,
        "url": item.url,
        "reference_number": item.reference_number,
        "grade": item.grade,
        "reliability": item.source.reliability,
        "credibility": item.credibility,
        "basis_of_knowledge": item.basis_of_knowledge,
        "is_abstract": item.is_abstract,
        "source": item.source.name,
        "source_class": item.source.source_class,
        "source_country": item.source.country,
    }


def _matrix(ground: Ground, marking: str) -> dict[str, Any]:
    """The matrix with its outcome. Items that may not be named here keep their row without a name."""
    matrix = ground.matrix
    items = EvidenceItem.objects.select_related("source").in_bulk([row.item for row in matrix.rows])
    named = {key: each for key, each in items.items() if _is_covered(each.marking, marking)}
    people = User.objects.in_bulk(matrix.evaluators)
    return {
        "hypotheses": [
            {"id": str(each.id), "hypothesis_kind": each.hypothesis_kind, "name": each.name}
            for each in ground.hypotheses
        ],
        "evaluators": [{"id": str(key), "name": people[key].name} for key in sorted(people)],
        "rows": [_row(row, matrix, named.get(row.item)) for row in matrix.rows],
        "scores": [
            {
                "hypothesis": str(one),
                "score": shown(matrix.scores[one]),
                "is_untested": one in matrix.untested,
            }
            for one in matrix.ranking
        ],
        "leaders": sorted(map(str, matrix.leaders)),
        "sensitivity": [
            {
                "change": flip.variation.value,
                "about": _about(flip.about, named),
                "leaders": sorted(map(str, flip.leaders)),
            }
            for flip in matrix.flips
        ],
    }


def _row(row, matrix, item: EvidenceItem | None) -> dict[str, Any]:
    told = {"title": item.title, "grade": item.grade, "marking": item.marking} if item else WITHHELD
    return {
        "item": {"id": str(row.item), **told},
        "weight": shown(row.weight),
        "is_discounted": row.is_discounted,
        "diagnosticity": shown(matrix.diagnosticity(row), 4),
        "discriminates": matrix.discriminates(row),
        "ratings": {str(one): {str(who): rating for who, rating in row.cell(one).items()} for one in matrix.hypotheses},
    }


WITHHELD = {"title": "(withheld)", "grade": "", "marking": ""}


def _about(thing, named: dict) -> str:
    """The name of the item or source that a change of the leader hangs on."""
    sources: dict[Any, Source] = {each.source_id: each.source for each in named.values()}
    if thing in named:
        return named[thing].title
    return sources[thing].name if thing in sources else WITHHELD["title"]


def _review(review) -> dict[str, Any]:
    return {
        "reviewer": _person(review.reviewer),
        "conclusion": review.conclusion,
        "reasons": review.reasons,
        "interests": review.interests,
        "dissents": [
            {"reasons": each.reasons, "answer": each.answer, "answered_by": str(each.answered_by_id)}
            for each in review.dissents.all()
        ],
    }


def _person(person: User) -> dict[str, str]:
    return {"id": str(person.pk), "name": person.name}


def _iso(day) -> str | None:
    return day.isoformat() if day else None
