"""The text of a response that its kind needs, as blocks that the renderers of dossiers draw. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from evidence.harm import harms_in
from exchange.blocks import Block, Bullets, Dossier, Facts, Heading, Notice, Quotation, Section, Text
from exchange.dossiers import DRAFT
from exchange.texts import border, prosecution, protest, sanctions
from exchange.texts.material import Material, Standing
from exchange.texts.packets import PARTS
from exchange.wording import BLANK, counted, day, label_of, listed, marking_label
from policy.choices import ResponseKind
from policy.workflow import Status

KINDS: dict[str, ModuleType] = {
    ResponseKind.DIPLOMATIC_PROTEST: protest,
    ResponseKind.SANCTIONS: sanctions,
    ResponseKind.BORDER_ENFORCEMENT: border,
    ResponseKind.PROSECUTION: prosecution,
}
"""What writes the text of each kind. The text of an intelligence cooperation is the product that it shares."""

ON_RECORD = "ON RECORD, NOT APPROVED HERE"
ENDED = frozenset({Status.DECLINED, Status.LIFTED, Status.WITHDRAWN})


def text_of(material: Material) -> Dossier:
    """The text of a response. Every statement comes from the record; what that leaves open is a blank."""
    response, standing = material.response, material.standing
    kind = KINDS[response["response_kind"]]
    sections = kind.sections(material)
    return Dossier(
        title=kind.title(material),
        subtitle=response["title"],
        marking=marking_label(response["marking"]),
        marking_key=response["marking"],
        banner=_banner(standing),
        foot=_foot(material),
        notices=_notices(material, sections),
        facts=[*_facts(material), *_dated(material)],
        sections=sections,
        at=standing.at,
    )


def _banner(standing: Standing) -> str:
    """What stands on every page beside the marking; nothing where it is approved and stands."""
    if standing.is_on_record:
        return ON_RECORD
    if not standing.is_sealed:
        return DRAFT
    if standing.status in ENDED:
        return f"{label_of(Status, standing.status).upper()}: DO NOT USE"
    return "BASIS IN QUESTION" if standing.question else ""


def _foot(material: Material) -> str:
    standing, round = material.standing, material.response["round"]
    if standing.is_sealed:
        return f"Round {round}, seal {standing.seal[:16]}"
    return f"Version {standing.version}, not sealed"


def _facts(material: Material) -> list[tuple[str, str]]:
    standing, round = material.standing, material.response["round"]
    status = label_of(Status, standing.status)
    if not standing.is_sealed:
        told = "On record: {}, not approved here" if standing.is_on_record else "Draft: {}, not approved"
        return [
            ("Status", told.format(status.lower())),
            ("Made of", f"version {standing.version} of the response, as it stood on {standing.made_at}"),
        ]
    return [
        ("Status", "Approved and sealed" + ("" if standing.status == Status.APPROVED else f"; {status.lower()} now")),
        ("Approved", f"{day(standing.approved_on)} by {standing.approver}"),
        ("Made of", f"the sealed packet of round {round}"),
        ("Seal (SHA-256 of the packet)", standing.seal),
    ]


def _dated(material: Material) -> list[tuple[str, str]]:
    told = material.response["measure_date"]
    return [("Date of the measure", day(told))] if told else []


# --- What must be known before anything else --------------------------------------------------------


def _notices(material: Material, sections: list[Section]) -> list[Notice]:
    found = [*_of_its_life(material.standing)]
    if material.withheld:
        parts = listed(_counted_part(material.withheld[part], part) for part in PARTS if part in material.withheld)
        said = f"Not shown, because it is marked above the response, or above your clearance: {parts}."
        found.append(Notice("Not complete", said))
    if blanks := blanks_in(sections):
        found.append(Notice(f"{counted(len(blanks), 'blank')} to be filled in", f"Still open: {'; '.join(blanks)}"))
    if harms := list(dict.fromkeys(_harms(sections))):
        found.append(Notice("Look at this before it leaves", " ".join(harms)))
    return found


def _of_its_life(standing: Standing) -> Iterator[Notice]:
    if standing.is_on_record:
        said = "What follows is what our record holds of it, in the form of its kind. It is not what they issued."
        yield Notice("A measure that others took", said)
    elif not standing.is_sealed:
        yield Notice(DRAFT, f"The response is {label_of(Status, standing.status).lower()}. Nobody has approved this.")
    if standing.status in ENDED and not standing.is_on_record:
        yield Notice(
            f"{label_of(Status, standing.status)}: do not use this", standing.reason or "No reason is recorded."
        )
    if standing.question:
        yield Notice("Basis in question", standing.question)


def _counted_part(number: int, part: str) -> str:
    one, many = PARTS[part]
    return f"{number} {one if number == 1 else many}"


def blanks_in(sections: list[Section]) -> list[str]:
    """What is still open, each once, in order."""
    words = (found for section in sections for block in section.blocks for found in _words(block))
    gaps = (gap[1:-1].rpartition(": not ")[0] for text in words for gap in BLANK.findall(text))
    return list(dict.fromkeys(gaps))


def _harms(sections: list[Section]) -> Iterator[str]:
    for section in sections:
        for block in section.blocks:
            for text in _words(block):
                yield from (found.sentence for found in harms_in(text))


def _words(block: Block) -> list[str]:
    """The words of a block, without addresses and hashes."""
    match block:
        case Text() | Heading():
            return [block.text]
        case Bullets():
            return block.entries
        case Facts():
            return [text for term, text in block.rows if not term.startswith(("Seal", "Address"))]
        case Quotation():
            return [block.quote, block.note]
    return []
