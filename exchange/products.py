"""The shared product: what partners read, made of the same blocks as a dossier. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from accounts.choices import Marking
from cases.choices import ActorKind, ClaimForm, Element, Finding
from exchange.blocks import Block, Dossier, Facts, Heading, Notice, Section, Table, Text
from exchange.citing import quotation
from exchange.dossiers import sections_of_claim
from exchange.held import told_counts
from exchange.shareable import Judged, Material
from exchange.wording import day, label_of

UNTITLED = "Shared product"
NOT_SHARED = "PREVIEW, NOT SHARED"
NOT_RELEASED = "Not released under this marking."


def product_of(material: Material, *, partner: str, at: datetime, preview: str = "") -> Dossier:
    """The product for a partner; with `preview`, one that says on every page that nothing was shared, and why."""
    marking = Marking(material.under)
    return Dossier(
        title=material.own.get("product") or UNTITLED,
        subtitle=f"For {partner}" if partner else "",
        marking=marking.label,
        marking_key=marking.value,
        banner=NOT_SHARED if preview else "",
        foot="Shared product",
        notices=_notices(material, preview),
        facts=_facts(material, at),
        sections=[section for section in _sections(material) if section.blocks],
        at=at.astimezone(UTC).isoformat(timespec="seconds"),
    )


def _notices(material: Material, preview: str) -> list[Notice]:
    found = [Notice(NOT_SHARED, preview)] if preview else []
    if counts := material.held.counts():
        why = "because it is marked above this product, repeats what is, or no longer stands"
        said = f"Left out, {why}: {told_counts(counts)}."
        found.append(Notice("Not complete", said))
    return found


def _facts(material: Material, at: datetime) -> list[tuple[str, str]]:
    own = material.own
    rows = [
        ("From", own.get("taken by", "")),
        ("Under", own.get("agreement", "")),
        ("What for", own.get("objective", "")),
    ]
    return [*(row for row in rows if row[1]), ("Made on", day(at.date().isoformat()))]


def _sections(material: Material) -> list[Section]:
    told = {each.packet["attribution"]["incident"]["id"] for each in material.judged if each.with_incident}
    happened = [block for each in material.incidents for block in _incident(each, with_findings=each["id"] not in told)]
    said = [block for each in material.claims for block in _claim(each)]
    named = [block for each in material.actors for block in _actor(each)]
    judged, number = [], 0
    for place, each in enumerate(material.judged, start=1):
        judged += _attribution(each, number, f"{place}. " if len(material.judged) > 1 else "")
        number += len(each.packet["citations"])
    also = [quotation({**each, "number": number + place}) for place, each in enumerate(material.cited, start=1)]
    return [
        Section("What happened", happened),
        Section("Actors", named),
        Section("Said in public", said),
        *judged,
        Section("Cited for the measure", [*also]),
    ]


def _incident(incident: dict[str, Any], *, with_findings: bool) -> list[Block]:
    when = " to ".join(filter(None, (day(incident["began"]), day(incident["ended"]))))
    rows = [
        ("When", when),
        ("Against", ", ".join(incident["target_countries"])),
        ("Through", ", ".join(incident["transit_countries"])),
        ("Section of the border", incident["border_section"]),
    ]
    blocks: list[Block] = [
        Heading(f"{incident['reference']}: {incident['title']}"),
        Facts([row for row in rows if row[1]]),
    ]
    if incident["summary"]:
        blocks.append(Text(incident["summary"]))
    return [*blocks, _findings(incident["findings"])] if with_findings and incident["findings"] else blocks


def _findings(findings: list[dict[str, Any]]) -> Table:
    rows = [
        [label_of(Element, each["element"]), label_of(Finding, each["finding"]), each["rationale"]] for each in findings
    ]
    head = ["Element", "Finding", "Reasons"]
    return Table("The elements of hostile instrumental migration", head, rows, [25, 20, 55])


def _claim(claim: dict[str, Any]) -> list[Block]:
    rows = [
        ("Form", label_of(ClaimForm, claim["form"])),
        ("Date", day(claim["made"])),
        ("What was said", claim["what"] or NOT_RELEASED),
    ]
    return [Heading(claim["claimant"] or NOT_RELEASED), Facts([row for row in rows if row[1]])]


def _actor(actor: dict[str, Any]) -> list[Block]:
    rows = [
        ("Kind", label_of(ActorKind, actor["actor_kind"])),
        ("Country", actor["country"]),
        ("Also called", ", ".join(actor["aliases"])),
        ("What is known", actor["description"]),
    ]
    return [Heading(actor["name"]), Facts([row for row in rows if row[1]])]


def _attribution(judged: Judged, number: int, sign: str) -> list[Section]:
    """The sections of a dossier on one attribution, its citations numbered on from those before."""
    cited = [{**each, "number": number + place} for place, each in enumerate(judged.packet["citations"], start=1)]
    packet = {**judged.packet, "citations": cited}
    sections = sections_of_claim(packet, judged.left_out, with_incident=judged.with_incident)
    sections[0].blocks.insert(0, Facts(judged.subject))
    return [Section(f"{sign}{each.title}", each.blocks) for each in sections]
