"""Grounds for listing: for each target a statement of reasons. Pure."""

from __future__ import annotations

from typing import Any

from exchange.blocks import Block, Facts, Heading, Section, Text
from exchange.texts import parts
from exchange.texts.material import Material
from exchange.wording import blank, label_of
from policy.choices import SanctionMeasure


def title(material: Material) -> str:
    return "Grounds for listing"


def sections(material: Material) -> list[Section]:
    return [
        Section("Proposal", [Facts(_proposal(material))]),
        Section("Listing grounds", [Text(_grounds(material))]),
        Section("Statements of reasons", _targets(material)),
        parts.answered(material),
        parts.judged(material, _beyond_the_targets(material)),
        parts.law(material),
        parts.rights(material),
        parts.references(material),
        parts.open_points(material),
    ]


def _proposal(material: Material) -> list[parts.Row]:
    response = material.response
    return [
        ("Proposed by", parts.said(response["taken_by"], "who proposes the listing")),
        ("To", parts.said(response["addressee"], "addressee")),
        ("Programme", parts.said(material.detail.get("programme", ""), "programme")),
        ("Measures", _measures(material)),
        ("To bring about", parts.said(response["objective"], "what it is to bring about")),
    ]


def _measures(material: Material) -> str:
    labels = [label_of(SanctionMeasure, each).lower() for each in material.detail.get("measures", [])]
    return parts.joined(labels, "measures")


def _grounds(material: Material) -> str:
    words = parts.said(material.detail.get("listing_grounds", ""), "listing grounds")
    marks = material.marks(supports="grounds")
    return parts.with_marks(words, marks or blank("words that the listing grounds rest on", "not cited"))


def _targets(material: Material) -> list[Block]:
    blocks: list[Block] = []
    for each in material.packet["targets"]:
        blocks += [Heading(parts.actor(each)), Facts(_reasons(each, material))]
    return blocks or [Text(blank("targets"))]


def _beyond_the_targets(material: Material) -> list[dict[str, Any]]:
    """Attributions that stand in no statement of reasons."""
    listed = {each["actor"] for each in material.packet["targets"]}
    return [each for each in material.approved if each["attribution"]["actor"]["id"] not in listed]


def _reasons(target: dict[str, Any], material: Material) -> list[parts.Row]:
    """Why this target: our own words, what is attributed to it, and the provision under which it falls."""
    its_own = [each for each in material.approved if each["attribution"]["actor"]["id"] == target["actor"]]
    judged = [row for each in its_own for row in parts.attributed(each, material)]
    missing = [("Attribution", blank(f"approved attribution of {target['name']}", "not among what this rests on"))]
    return [
        ("Reasons", parts.said(target["grounds"], f"reasons for {target['name']}")),
        ("Provision", parts.provisions_named(material)),
        ("Measures", _measures(material)),
        *(judged or missing),
        ("Identifying details", blank("names, registers and addresses for the list")),
    ]
