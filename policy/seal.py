"""What is sealed when a response is approved: the measure and all that it rests on, in canonical JSON."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785
from django.forms.models import model_to_dict

from accounts.choices import Marking, strictest
from accounts.models import User
from cases.gate import GateResult
from cases.seal import item_told
from evidence.models import Passage
from policy.ground import Ground

FORMAT = "attest-sealed-response/2"


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
        "policy": result.policy,
        **content(response, ground),
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


def content(response, ground: Ground) -> dict[str, Any]:
    """What a response says and rests on. Of what is marked above it, or is hidden, only that it is there."""
    under = response.marking
    quoted = _claimed_passages(ground)
    return {
        "format": FORMAT,
        "response": {
            "id": str(response.pk),
            "round": response.round,
            "marking": response.marking,
            "response_kind": response.response_kind,
            "title": response.title,
            "objective": response.objective,
            "addressee": response.addressee,
            "taken_by": response.taken_by,
            "measure_date": response.measure_date,
            "author": str(response.author_id),
        },
        "detail": _detail(ground.detail),
        "targets": [_target(each, under) for each in ground.targets],
        "incidents": [_incident(each.incident, under) for each in ground.incidents],
        "grounds": [_rests_on(each, quoted, under) for each in ground.grounds],
        "provisions": [_provision(each, ground, under) for each in ground.provisions],
        "citations": [_citation(each, under) for each in ground.citations],
        "rights": {question: _answer(each, under) for question, each in ground.rights.items()},
    }


# --- What may stand in it -------------------------------------------------------------------------


def _is_covered(record, by: str) -> bool:
    return record is not None and Marking(record.marking).level <= Marking(by).level


def _words(passage: Passage | None, under: str) -> dict[str, Any]:
    """A passage with where it stands and who says it."""
    if passage is None:
        return {"withheld": True}
    item = passage.item
    marking = strictest([item.marking, item.source.marking])
    if Marking(marking).level > Marking(under).level:
        return {"withheld": True}
    return {
        "marking": marking,
        "quote": passage.quote,
        "page": passage.page.number,
        "start": passage.start,
        "end": passage.end,
        "file_sha256": passage.page.file.sha256,
        "item": item_told(item),
    }


def _claimed_passages(ground: Ground) -> dict[Any, Passage]:
    """The passages in which the public claims can be read, as far as the reader may see them."""
    wanted = [each.passage_id for each in ground.claims if each.passage_id]
    passages = Passage.objects.select_related("page__file", "item__source")
    return passages.in_bulk(wanted) if wanted else {}


# --- Its parts --------------------------------------------------------------------------------------


def _target(each, under: str) -> dict[str, Any]:
    told = {"actor": str(each.actor_id)}
    if not _is_covered(each.actor, under):
        return {**told, "withheld": True}
    return {**told, "name": each.actor.name, "actor_kind": each.actor.actor_kind, "grounds": each.grounds}


def _incident(incident, under: str) -> dict[str, Any]:
    if not _is_covered(incident, under):
        return {"id": str(incident.pk), "withheld": True}
    names = ("reference", "title", "began", "ended", "border_section")
    lists = ("target_countries", "transit_countries", "origin_countries")
    return {
        "id": str(incident.pk),
        **{name: getattr(incident, name) for name in names},
        **{name: list(getattr(incident, name)) for name in lists},
    }


def _rests_on(each, quoted: dict[Any, Passage], under: str) -> dict[str, Any]:
    name = "attribution" if each.attribution_id else "claim" if each.claim_id else "actor"
    record = getattr(each, name)
    told = {name: str(getattr(each, f"{name}_id"))}
    if not _is_covered(record, under):
        return {**told, "withheld": True}
    told["note"] = each.note
    match name:
        case "attribution":
            return {**told, "statement": str(record), "status": record.status, "seal": record.seal}
        case "claim":
            words = _words(quoted.get(record.passage_id), under) if record.passage_id else None
            said = {key: getattr(record, key) for key in ("claimant", "made", "form", "what")}
            return {**told, **said, "passage": words}
        case _:
            return {**told, **{key: getattr(record, key) for key in ("name", "actor_kind", "country", "description")}}


def _provision(each, ground: Ground, under: str) -> dict[str, Any]:
    provision = each.provision
    if not _is_covered(provision, under):
        return {"id": str(each.provision_id), "withheld": True}
    names = ("instrument", "article", "jurisdiction", "permits", "safeguards", "url", "in_force_from", "in_force_to")
    return {
        "id": str(each.provision_id),
        "provision": str(provision),
        **{name: getattr(provision, name) for name in names},
        "tests": [_tested(test, ground.test_answers.get((provision.pk, test)), under) for test in provision.tests],
        "note": each.note,
    }


def _tested(test: str, answer, under: str) -> dict[str, Any]:
    """A test that the law sets, and how it was answered; of kinds that need not answer, maybe not at all."""
    if answer is None:
        return {"test": test, "answer": "", "text": "", "passage": None}
    passage = _words(answer.passage, under) if answer.passage_id else None
    return {"test": test, "answer": answer.answer, "text": answer.text, "passage": passage}


def _citation(each, under: str) -> dict[str, Any]:
    words = _words(each.seen_passage, under)
    note = "" if "withheld" in words else each.note
    return {"id": str(each.pk), "supports": each.supports, "note": note, **words}


def _answer(each, under: str) -> dict[str, Any]:
    return {"answer": each.answer, "passage": _words(each.passage, under) if each.passage_id else None}


def _detail(detail) -> dict[str, Any]:
    """The own fields of its kind; none where they are not filled in."""
    if detail is None:
        return {}
    return _plain(model_to_dict(detail, exclude=["response", "workspace", "marking"]))


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Values that canonical JSON can hold: dates and ids as text."""
    return {
        key: value if isinstance(value, (str, int, list, bool, type(None))) else str(value)
        for key, value in told.items()
    }
