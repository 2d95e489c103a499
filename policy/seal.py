"""What is sealed when a response is approved: the measure and all that it rests on, in canonical JSON."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785
from django.forms.models import model_to_dict

from accounts.models import User
from cases.gate import GateResult
from policy.ground import Ground

FORMAT = "attest-sealed-response/1"


def seal(response, ground: Ground, result: GateResult, *, approver: User, note: str) -> dict[str, str]:
    """The packet's `canonical` text (RFC 8785), its `sha256` and the `policy` it passed."""
    canonical = rfc8785.dumps(packet(response, ground, result, approver=approver, note=note))
    return {
        "canonical": canonical.decode(),
        "sha256": hashlib.sha256(canonical).hexdigest(),
        "policy": result.policy,
    }


def packet(response, ground: Ground, result: GateResult, *, approver: User, note: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "policy": result.policy,
        "response": {
            "id": str(response.pk),
            "round": response.round,
            "marking": response.marking,
            "response_kind": response.response_kind,
            "title": response.title,
            "objective": response.objective,
            "addressee": response.addressee,
            "measure_date": response.measure_date,
            "author": str(response.author_id),
        },
        "detail": _plain(model_to_dict(ground.detail, exclude=["response", "workspace", "marking"])),
        "targets": [
            {"actor": str(each.actor_id), "name": str(each.actor), "grounds": each.grounds} for each in ground.targets
        ],
        "incidents": [{"id": str(each.incident_id), "reference": each.incident.reference} for each in ground.incidents],
        "grounds": [_rests_on(each) for each in ground.grounds],
        "provisions": [
            {
                "id": str(each.provision_id),
                "provision": str(each.provision),
                "note": each.note,
                "tests": [
                    _tested(test, ground.test_answers.get((each.provision_id, test))) for test in each.provision.tests
                ],
            }
            for each in ground.provisions
        ],
        "citations": [_citation(each) for each in ground.citations],
        "rights": {
            key: {"answer": each.answer, "quote": each.passage.quote if each.passage else ""}
            for key, each in ground.rights.items()
        },
        "reviews": [
            {
                "reviewer": {"id": str(each.reviewer_id), "name": each.reviewer.name},
                "conclusion": each.conclusion,
                "reasons": each.reasons,
                "interests": each.interests,
                "answer": each.answer,
            }
            for each in ground.reviews
        ],
        "gate": result.as_json(),
        "approver": {"id": str(approver.pk), "name": approver.name},
        "note": note,
    }


def _rests_on(each) -> dict[str, str]:
    if each.attribution_id:
        return {
            "attribution": str(each.attribution_id),
            "statement": str(each.attribution),
            "seal": each.attribution.seal,
        }
    if each.claim_id:
        return {"claim": str(each.claim_id), "what": str(each.claim)}
    return {"actor": str(each.actor_id), "name": str(each.actor)}


def _tested(test: str, answer) -> dict[str, str]:
    if answer is None:  # of kinds that need not answer
        return {"test": test, "answer": "", "text": "", "quote": ""}
    quote = answer.passage.quote if answer.passage else ""
    return {"test": test, "answer": answer.answer, "text": answer.text, "quote": quote}


def _citation(each) -> dict[str, Any]:
    passage = each.seen_passage
    return {
        "id": str(each.pk),
        "supports": each.supports,
        "quote": passage.quote,
        "page": passage.page.number,
        "file_sha256": passage.page.file.sha256,
        "item": {"id": str(passage.item_id), "title": passage.item.title, "grade": passage.item.grade},
    }


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Values that canonical JSON can hold: dates and ids as text."""
    return {
        key: value if isinstance(value, (str, int, list, bool, type(None))) else str(value)
        for key, value in told.items()
    }
