"""Reading a sealed packet, in its older form and its present one, into one shape. Pure."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from cases.choices import Supports

FORMATS = ("attest-sealed-packet/1", "attest-sealed-packet/2")

CLAIM: dict[str, Any] = {
    "state_involvement": "",
    "legal_basis": [],
    "key_assumptions": "",
    "gaps": "",
    "source_summary": "",
    "contrary_search_note": "",
    "contrary_searched_on": None,
    "ai_use_note": "",
    "what_would_change": "",
    "review_by": None,
    "hypothesis": None,
}
ITEM: dict[str, Any] = {
    "category": "",
    "published": "",
    "language": "",
    "url": "",
    "reference_number": "",
    "reliability": "",
    "credibility": None,
    "basis_of_knowledge": "",
    "source_country": "",
}


class UnknownFormat(ValueError):
    """A packet that this version cannot read."""


def read(told: str | dict[str, Any]) -> dict[str, Any]:
    """A packet with everything that the present form holds, its citations numbered in order.

    What the older form did not keep is empty; a citation's marking is then None. Citations that the
    packet only counts (their items are marked above it) stand in `withheld`, by what they support.
    """
    packet = json.loads(told) if isinstance(told, str) else told
    if packet.get("format") not in FORMATS:
        raise UnknownFormat(f"This packet has the format {packet.get('format')!r}, which cannot be read here.")
    policy, told_citations = packet["policy"], _ordered(packet["citations"])
    shown = [each for each in told_citations if not each.get("withheld")]
    hidden = Counter(each["supports"] for each in told_citations if each.get("withheld"))
    return {
        **packet,
        "policy": policy if isinstance(policy, dict) else {"id": policy, "numbers": {}},
        "attribution": {**CLAIM, **packet["attribution"]},
        "citations": [_citation(each, number) for number, each in enumerate(shown, start=1)],
        "withheld": dict(hidden),
        "matrix": packet.get("matrix"),
    }


def _ordered(citations: list[dict]) -> list[dict]:
    """By what they support, as the definition lists it; the contrary ones last."""
    return sorted(citations, key=lambda each: Supports.values.index(each["supports"]))


def _citation(told: dict[str, Any], number: int) -> dict[str, Any]:
    grade = told["item"].get("grade", "")
    graded = {"reliability": grade[:1], "credibility": int(grade[1:]) if grade[1:].isdigit() else None}
    item = {**ITEM, **graded, **told["item"]}
    return {"note": "", "intent_basis": "", "marking": None, **told, "item": item, "number": number}
