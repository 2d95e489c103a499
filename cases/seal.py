"""The seal: everything an approval rests on, in canonical JSON, under one hash."""

import hashlib
from typing import Any

import rfc8785

from accounts.models import User
from cases.gate import GateResult
from cases.ground import Cited, Ground

FORMAT = "attest-sealed-packet/1"


def seal(attribution, ground: Ground, result: GateResult, *, approver: User, note: str) -> dict[str, str]:
    """The packet's `canonical` text (RFC 8785), its `sha256` and the `policy` it passed."""
    packet = {
        "format": FORMAT,
        "policy": result.policy,
        "attribution": _claim(attribution),
        "citations": [_citation(each) for each in ground.citations],
        "findings": [_finding(each) for each in attribution.incident.findings.order_by("element")],
        "reviews": [_review(each) for each in attribution.reviews_of_this_round()],
        "gate": result.as_json(),
        "approver": _person(approver),
        "note": note,
    }
    canonical = rfc8785.dumps(packet)
    return {
        "canonical": canonical.decode(),
        "sha256": hashlib.sha256(canonical).hexdigest(),
        "policy": result.policy,
    }


def _claim(attribution) -> dict[str, Any]:
    return {
        "id": str(attribution.pk),
        "round": attribution.round,
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
        "authors": sorted(str(each) for each in attribution.author_ids()),
        "statement": attribution.statement,
        "label": attribution.label.value,
        "likelihood": attribution.likelihood,
        "confidence": attribution.confidence,
        "state_involvement": attribution.state_involvement,
        "legal_basis": list(attribution.legal_basis),
        "key_assumptions": attribution.key_assumptions,
        "gaps": attribution.gaps,
        "source_summary": attribution.source_summary,
        "contrary_search_note": attribution.contrary_search_note,
        "contrary_searched_on": _iso(attribution.contrary_searched_on),
        "ai_use_note": attribution.ai_use_note,
        "what_would_change": attribution.what_would_change,
        "review_by": _iso(attribution.review_by),
    }


def _citation(cited: Cited) -> dict[str, Any]:
    passage, item = cited.passage, cited.item
    return {
        "id": str(cited.id),
        "supports": cited.supports,
        "intent_basis": cited.intent_basis,
        "quote": passage.quote,
        "page": passage.page.number,
        "start": passage.start,
        "end": passage.end,
        "file_sha256": passage.page.file.sha256,
        "origin": cited.origin,
        "item": {
            "id": str(item.pk),
            "title": item.title,
            "evidence_kind": item.evidence_kind,
            "published": item.published,
            "grade": item.grade,
            "is_abstract": item.is_abstract,
            "source": item.source.name,
            "source_class": item.source.source_class,
        },
    }


def _finding(finding) -> dict[str, str]:
    return {"element": finding.element, "finding": finding.finding, "rationale": finding.rationale}


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
