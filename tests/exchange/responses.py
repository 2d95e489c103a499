"""Packets of responses for tests, in the older form and the present one, and the texts that are made of them."""

from collections import Counter
from typing import Any

from exchange import packets as of_attributions
from exchange.blocks import Bullets, Facts, Heading, Text
from exchange.texts import packets, text_of
from exchange.texts.material import Standing, material_of
from tests.exchange.packets import SEAL, a_citation, a_packet

OWN_SEAL = "cd" * 32
DETAILS: dict[str, dict[str, Any]] = {
    "diplomatic_protest": {"form": "note_verbale", "partners": ["Latvia", "Estonia"]},
    "sanctions": {
        "programme": "2012/642/CFSP",
        "measures": ["asset_freeze", "travel_ban"],
        "listing_grounds": "It sold the flights.",
    },
    "border_enforcement": {
        "section": "Kuznica",
        "measure": "checks",
        "starts": "2026-11-01",
        "ends": "2026-12-31",
        "derogations": "None is asked for.",
        "necessity": "Nothing milder held.",
    },
    "prosecution": {
        "jurisdiction": "Poland",
        "offence": "smuggling",
        "statute": "Article 264",
        "stage": "referral",
        "defendants": 4,
    },
}
QUESTIONS = ["asylum_access", "non_refoulement", "proportionality", "no_penalty", "effect_on_people"]
STATE = {"attribution": "a1", "statement": "As sealed.", "status": "approved", "seal": SEAL, "note": ""}
NETWORK = {
    "actor": "net",
    "name": "The drivers",
    "actor_kind": "smuggling_network",
    "country": "",
    "description": "Drivers who collect for pay.",
    "note": "It collects behind the border.",
}
CLAIM = {
    "claim": "cl1",
    "claimant": "A minister",
    "made": "2021-07-05",
    "form": "avowal",
    "what": "That the border is open.",
    "note": "",
}


def words(number: int, **changes: Any) -> dict[str, Any]:
    """A passage as packets of responses hold it; numbers above those that the attribution cites."""
    told = a_citation(number)
    return {name: told[name] for name in ("marking", "quote", "page", "start", "end", "file_sha256", "item")} | changes


def a_response_packet(kind: str, **changes: Any) -> dict[str, Any]:
    """A sealed packet of a response in its present form, in which nothing is left open."""
    response = {
        "id": "r1",
        "round": 1,
        "marking": "amber",
        "response_kind": kind,
        "title": "Answer to the republic",
        "objective": "That the flights end.",
        "addressee": "The foreign ministry",
        "taken_by": "Lithuania",
        "measure_date": "2026-11-20",
        "author": "p1",
    }
    return {
        "format": "attest-sealed-response/2",
        "policy": "responses-2026-1",
        "response": response | changes.pop("response", {}),
        "detail": DETAILS[kind] | changes.pop("detail", {}),
        "targets": [{"actor": "act", "name": "Northern Republic", "actor_kind": "state", "grounds": "It gave orders."}],
        "incidents": [
            {
                "id": "inc",
                "reference": "INC-2026-0007",
                "title": "Buses to the border",
                "began": "2021-07",
                "ended": "2022-01-15",
                "border_section": "The forest section",
                "target_countries": ["LT"],
                "transit_countries": [],
                "origin_countries": [],
            }
        ],
        "grounds": [NETWORK if kind == "prosecution" else STATE],
        "provisions": [
            {
                "id": "pr1",
                "provision": "Border Code, Article 25",
                "instrument": "Border Code",
                "article": "Article 25",
                "jurisdiction": "European Union",
                "permits": "Checks for a time.",
                "safeguards": "Access to asylum stays open.",
                "url": "https://example.org/law",
                "in_force_from": "2016",
                "in_force_to": "",
                "tests": ["It is a last resort."],
                "note": "For two months only.",
            }
        ],
        "citations": [{"id": "rc1", "supports": "grounds", "note": "The order.", **words(21)}],
        "rights": {each: {"answer": f"Answer on {each}.", "passage": words(22)} for each in QUESTIONS},
        "reviews": [],
        "gate": {"policy": "responses-2026-1", "passed": True, "checks": []},
        "approver": {"id": "p3", "name": "Sofia Approver"},
        "note": "",
        **changes,
    }


def an_older_response_packet(kind: str) -> dict[str, Any]:
    """The same as the first format kept it."""
    packet = a_response_packet(kind)
    response = {name: value for name, value in packet["response"].items() if name != "taken_by"}
    cited = packet["citations"][0]
    item = {name: cited["item"][name] for name in ("id", "title", "grade")}
    kept = {name: cited[name] for name in ("id", "supports", "quote", "page", "file_sha256")}
    return packet | {
        "format": "attest-sealed-response/1",
        "response": response,
        "incidents": [{"id": "inc", "reference": "INC-2026-0007"}],
        "grounds": [{"attribution": "a1", "statement": "As sealed.", "seal": SEAL}],
        "provisions": [{"id": "pr1", "provision": "Border Code, Article 25", "note": "For two months only."}],
        "citations": [kept | {"item": item}],
        "rights": {each: {"answer": f"Answer on {each}.", "quote": "The very words."} for each in QUESTIONS},
    }


def a_standing(**changes: Any) -> Standing:
    given = {
        "status": "approved",
        "version": 7,
        "made_at": "25 November 2026, 12:00 UTC",
        "at": "2026-11-24T12:00:00+00:00",
        "seal": OWN_SEAL,
        "approver": "Sofia Approver",
        "approved_on": "2026-11-24",
    }
    return Standing(**{**given, **changes})


def a_draft_standing(**changes: Any) -> Standing:
    return a_standing(**{"status": "proposed", "seal": "", "approver": "", "approved_on": "", **changes})


def a_text(packet: dict[str, Any], *, unseen: frozenset[str] = frozenset(), attribution=None, standing=None):
    """The text of a packet for a reader who sees everything in it but `unseen`."""
    read = packets.read(packet)
    dossier = of_attributions.read(attribution or a_packet())
    seen = (packets.ids_in(read) | {each["item"]["id"] for each in dossier["citations"]}) - unseen
    return text_of(
        material_of(read, {SEAL: dossier}, standing or a_standing(), seen=frozenset(seen), dropped=Counter())
    )


# --- What stands in a text -------------------------------------------------------------------------


def section(text, title):
    return next(each for each in text.sections if each.title == title)


def facts(part) -> dict[str, str]:
    return {term: said for block in part.blocks if isinstance(block, Facts) for term, said in block.rows}


def prose(part) -> str:
    """Everything that is read in a section, in order."""
    found = []
    for block in part.blocks:
        match block:
            case Text() | Heading():
                found.append(block.text)
            case Bullets():
                found += block.entries
            case Facts():
                found += [f"{term}: {said}" for term, said in block.rows]
    return "\n".join(found)


def everything(text) -> str:
    return "\n".join(text.words())


def notices(text) -> dict[str, str]:
    return {each.title: each.text for each in text.notices}
