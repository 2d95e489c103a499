"""Reading a response's packet, sealed or as it would be sealed now, in either format, into one shape. Pure."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from exchange.packets import ITEM, UnknownFormat

FORMATS = ("attest-sealed-response/1", "attest-sealed-response/2")

INCIDENT = dict.fromkeys(
    ["title", "began", "ended", "border_section", "target_countries", "transit_countries", "origin_countries"]
)
PROVISION = dict.fromkeys(
    ["article", "jurisdiction", "permits", "safeguards", "url", "in_force_from", "in_force_to", "tests"]
)
CITATION: dict[str, Any] = {"note": "", "marking": None, "start": None, "end": None}
CLAIM = dict.fromkeys(["claimant", "made", "form", "passage"])
ACTOR = dict.fromkeys(["actor_kind", "country", "description"])

PARTS = {
    "incidents": ("incident", "incidents"),
    "targets": ("target", "targets"),
    "grounds": ("thing that it rests on", "things that it rests on"),
    "provisions": ("legal provision", "legal provisions"),
    "citations": ("citation", "citations"),
    "rights": ("citation of the rights assessment", "citations of the rights assessment"),
    "tests": ("citation of a test of the law", "citations of tests of the law"),
    "claims": ("citation of a public claim", "citations of public claims"),
    "dossiers": ("citation of an attribution", "citations of attributions"),
}
"""Where something may be withheld, and what one of them is called."""


def read(told: str | dict[str, Any]) -> dict[str, Any]:
    """A packet with everything that the present format holds. What the older one did not keep is None."""
    packet = json.loads(told) if isinstance(told, str) else told
    if packet.get("format") not in FORMATS:
        raise UnknownFormat(f"This packet has the format {packet.get('format')!r}, which cannot be read here.")
    return {
        **packet,
        "response": {"taken_by": None, **packet["response"]},
        "targets": [{"actor_kind": None, **each} for each in packet["targets"]],
        "incidents": [{**INCIDENT, **each} for each in packet["incidents"]],
        "grounds": [_ground(each) for each in packet["grounds"]],
        "provisions": [_provision(each) for each in packet["provisions"]],
        "citations": [_words(each) for each in packet["citations"]],
        "rights": {question: _answer(each) for question, each in packet["rights"].items()},
    }


def withheld(packet: dict[str, Any], seen: frozenset[str]) -> tuple[dict[str, Any], Counter[str]]:
    """A read packet without what is not in `seen` (the ids of the records that may be shown), and how much that is."""
    left_out: Counter[str] = Counter()

    def kept(part: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        shown = [each for each in entries if not each.get("withheld") and id_of(each) in seen]
        left_out[part] += len(entries) - len(shown)
        return shown

    def without(part: str, entry: dict[str, Any]) -> dict[str, Any]:
        if entry.get("passage") and not kept(part, [entry["passage"]]):
            return {**entry, "passage": None, "is_withheld": True}
        return entry

    parts = ("incidents", "targets", "grounds", "provisions", "citations")
    shown = {part: [dict(each) for each in kept(part, packet[part])] for part in parts}
    shown["grounds"] = [without("claims", each) for each in shown["grounds"]]
    for each in shown["provisions"]:
        each["tests"] = each["tests"] and [without("tests", test) for test in each["tests"]]
    rights = {question: without("rights", each) for question, each in packet["rights"].items()}
    return {**packet, **shown, "rights": rights}, +left_out


def id_of(entry: dict[str, Any]) -> str:
    """The id of the record whose marking decides whether an entry may be shown."""
    if "item" in entry:
        return str(entry["item"]["id"])
    return str(next(entry[name] for name in ("attribution", "claim", "actor", "id") if entry.get(name)))


def ids_in(packet: dict[str, Any]) -> frozenset[str]:
    """The ids of all records that a read packet names."""
    entries = [each for part in ("incidents", "targets", "grounds", "provisions", "citations") for each in packet[part]]
    answers = [*packet["grounds"], *packet["rights"].values(), *tested(packet)]
    entries += [each["passage"] for each in answers if each.get("passage")]
    return frozenset(id_of(each) for each in entries if not each.get("withheld"))


def tested(packet: dict[str, Any]) -> list[dict[str, Any]]:
    """The tests that the law sets with their answers, of all provisions of a read packet."""
    return [test for each in packet["provisions"] for test in each.get("tests") or []]


def _provision(told: dict[str, Any]) -> dict[str, Any]:
    """In the older format the tests that a provision sets were not kept."""
    whole = {**PROVISION, "instrument": told.get("provision"), **told}
    return {**whole, "tests": whole["tests"] and [_answer(each) for each in whole["tests"]]}


def _ground(told: dict[str, Any]) -> dict[str, Any]:
    if "attribution" in told:
        return {"note": "", "status": "approved", **told}
    if "claim" in told:
        claim = {"note": "", **CLAIM, **told}
        return {**claim, "passage": _words(claim["passage"]) if claim["passage"] else None}
    return {"note": "", **ACTOR, **told}


def _answer(told: dict[str, Any]) -> dict[str, Any]:
    """In the older format only the words of a passage were kept, not where they stand."""
    passage = told.get("passage")
    return {"quote": "", **told, "passage": _words(passage) if passage else None}


def _words(told: dict[str, Any]) -> dict[str, Any]:
    if told.get("withheld"):
        return told
    grade = told["item"].get("grade", "")
    graded = {"reliability": grade[:1], "credibility": int(grade[1:]) if grade[1:].isdigit() else None}
    item = {**ITEM, "source": None, "source_class": "", "evidence_kind": "", "is_abstract": None, **graded}
    return {**CITATION, **told, "item": {**item, **told["item"]}}
