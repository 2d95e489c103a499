"""A referral to the prosecuting authority. No state is a defendant, and nobody who was moved is named. Pure."""

from __future__ import annotations

from typing import Any

from exchange.blocks import Block, Bullets, Facts, Heading, Section, Text
from exchange.texts import parts
from exchange.texts.material import Material, is_state
from exchange.wording import blank, label_of
from policy.choices import Offence, ProsecutionStage

PEOPLE = (
    "This referral is about organised actors. People who were moved are neither its subject nor named in it, and "
    "defendants are only counted."
)
BACKGROUND = "Background only. A state is no defendant, and nothing here is alleged against one in this referral."
NO_DEFENDANT = "not named as a defendant, since states are not prosecuted"
ONE_OFFENCE = "Smuggling of migrants and trafficking in persons are different offences; this names the one above only."


def title(material: Material) -> str:
    return "Referral to the prosecuting authority"


def sections(material: Material) -> list[Section]:
    about = [each for each in material.approved if not is_state(each["attribution"]["actor"])]
    states = [each for each in material.approved if is_state(each["attribution"]["actor"])]
    return [
        Section("Referral", [Facts(_heads(material)), Text(ONE_OFFENCE), Text(PEOPLE)]),
        Section("The network", _network(material, about)),
        parts.answered(material),
        parts.judged(material, about),
        parts.law(material),
        *([_background(material, states)] if states else []),
        parts.rights(material),
        parts.references(material),
        parts.open_points(material),
    ]


def _heads(material: Material) -> list[parts.Row]:
    response, detail = material.response, material.detail
    count = detail.get("defendants")
    return [
        ("To", parts.said(response["addressee"], "prosecuting authority")),
        ("From", parts.said(response["taken_by"], "referring authority")),
        ("Jurisdiction", parts.said(detail.get("jurisdiction", ""), "jurisdiction")),
        ("Offence", label_of(Offence, detail.get("offence", "")) or blank("offence")),
        ("Statute", parts.said(detail.get("statute", ""), "statute")),
        ("Stage", label_of(ProsecutionStage, detail.get("stage", "")) or blank("stage")),
        ("Defendants", blank("number of defendants") if count is None else f"{count}, not named here"),
        ("To bring about", parts.said(response["objective"], "what it is to bring about")),
    ]


def _network(material: Material, about: list[dict[str, Any]]) -> list[Block]:
    """The organised actors that are no state, each with what the record says of it."""
    blocks: list[Block] = []
    named = {each["actor"] for each in material.actors}
    attributed = [each["attribution"]["actor"] for each in about]
    for each in [*material.actors, *({**one, "actor": one["id"]} for one in attributed if one["id"] not in named)]:
        if is_state(each):
            blocks.append(Text(blank(each["name"], NO_DEFENDANT)))
            continue
        blocks += [Heading(parts.actor(each)), *_what_is_recorded(each)]
    return blocks or [Text(blank("network that is to be prosecuted"))]


def _what_is_recorded(actor: dict[str, Any]) -> list[Block]:
    rows = [("Recorded of it", actor.get("description") or ""), ("Why it is named", actor.get("note") or "")]
    told = [row for row in rows if row[1]]
    return [Facts(told)] if told else [Bullets([blank(f"what is recorded of {actor['name']}")])]


def _background(material: Material, states: list[dict[str, Any]]) -> Section:
    blocks: list[Block] = [Text(BACKGROUND)]
    for each in states:
        blocks += [Heading(parts.actor(each["attribution"]["actor"])), Facts(parts.attributed(each, material))]
    return Section("Conduct attributed to a state", blocks)
