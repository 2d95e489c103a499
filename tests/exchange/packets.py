"""Packets for tests, in the older form and the present one, and the words that stand in what was drawn."""

import hashlib
import html
import io
import re
import zipfile
from typing import Any

import pypdfium2

from exchange import packets
from exchange.dossiers import Standing, dossier_of
from exchange.withholding import Known

SEAL = "ab" * 32
EVALUATORS = [{"id": "e1", "name": "Ana"}, {"id": "e2", "name": "Ben"}]
HYPOTHESES = [
    {"id": "h1", "hypothesis_kind": "state_strategy", "name": "The state steers it"},
    {"id": "h2", "hypothesis_kind": "criminal_profit", "name": "Smugglers profit"},
    {"id": "h3", "hypothesis_kind": "humanitarian_movement", "name": "People flee"},
    {"id": "h4", "hypothesis_kind": "lawful_mobility", "name": "Lawful travel"},
]


def a_citation(number: int, supports: str = "facilitation", **changes: Any) -> dict[str, Any]:
    item = {
        "id": f"i{number}",
        "title": f"Document number {number} of the set",
        "evidence_kind": "policy_statement",
        "category": "behavioural",
        "published": "2021-07-02",
        "language": "pl",
        "url": f"https://example.org/{number}",
        "reference_number": f"REF-{number}",
        "grade": "B2",
        "reliability": "B",
        "credibility": 2,
        "basis_of_knowledge": "direct",
        "is_abstract": number % 2 == 0,
        "source": f"Ministry number {number}",
        "source_class": "target_official",
        "source_country": "PL",
        **changes.pop("item", {}),
    }
    return {
        "id": f"c{number}",
        "supports": supports,
        "intent_basis": "demand" if supports == "objective" else "",
        "note": f"Reason number {number}.",
        "marking": "green",
        "quote": f"The carriers of line {number} flew people to the border by order.",
        "page": 1,
        "start": 10 * number,
        "end": 10 * number + 60,
        "file_sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "origin": number % 3,
        "item": item,
        **changes,
    }


def a_matrix(citations: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [
        {
            "item": {k: each["item"][k] for k in ("id", "title", "grade")} | {"marking": each["marking"]},
            "weight": "1.414",
            "is_discounted": False,
            "diagnosticity": "1.2247",
            "discriminates": True,
            "ratings": {"h1": {"e1": "CC", "e2": "CC"}, "h2": {"e1": "II", "e2": "N"}, "h3": {"e1": "I"}, "h4": {}},
        }
        for each in citations
    ]
    return {
        "hypotheses": HYPOTHESES,
        "evaluators": EVALUATORS,
        "rows": rows,
        "scores": [
            {"hypothesis": "h1", "score": "0", "is_untested": False},
            {"hypothesis": "h3", "score": "-1.414", "is_untested": False},
            {"hypothesis": "h2", "score": "-2.828", "is_untested": False},
            {"hypothesis": "h4", "score": "0", "is_untested": True},
        ],
        "leaders": ["h1"],
        "sensitivity": [{"change": "row_out", "about": citations[0]["item"]["title"], "leaders": ["h3"]}],
    }


def a_packet(citations: list[dict[str, Any]] | None = None, **claim: Any) -> dict[str, Any]:
    """A sealed packet in its present form."""
    if citations is None:
        kinds = ["facilitation", "objective", "impact", "coordination", "legal_basis", "contrary"]
        citations = [a_citation(number, supports) for number, supports in enumerate(kinds, start=1)]
    return {
        "format": "attest-sealed-packet/2",
        "policy": {"id": "2026-1", "numbers": {"origins": 3}},
        "attribution": {
            "id": "a1",
            "round": 2,
            "marking": "amber",
            "incident": {"id": "inc", "reference": "INC-2026-0007", "title": "Buses to the border"},
            "actor": {"id": "act", "name": "Northern Republic", "actor_kind": "state"},
            "authors": ["p1"],
            "statement": "The republic moved people to the border by decree.",
            "label": "attributed",
            "likelihood": "very_likely",
            "confidence": "moderate",
            "state_involvement": "ordered",
            "legal_basis": ["article_4"],
            "key_assumptions": "Decrees bind the carriers.",
            "gaps": "No order was seen.",
            "source_summary": "Three origins carry it.",
            "contrary_search_note": "State media were searched.",
            "contrary_searched_on": "2026-11-02",
            "ai_use_note": "None was used.",
            "what_would_change": "A decree that forbids it.",
            "review_by": "2027-05-01",
            "hypothesis": {"id": "h1", "name": "The state steers it"},
            **claim,
        },
        "citations": citations,
        "findings": [
            {"element": "facilitation", "finding": "supported", "rationale": "Carriers named."},
            {"element": "impact", "finding": "partly", "rationale": "Counts differ."},
        ],
        "matrix": a_matrix(citations) if citations else None,
        "reviews": [
            {
                "reviewer": {"id": "p2", "name": "Ben Reviewer"},
                "conclusion": "dissent",
                "reasons": "The order is only inferred.",
                "interests": "None.",
                "dissents": [
                    {"reasons": "The order is only inferred.", "answer": "It is in the gaps.", "answered_by": "p3"}
                ],
            }
        ],
        "gate": {
            "policy": "2026-1",
            "passed": True,
            "checks": [
                {
                    "key": "elements",
                    "title": "Elements",
                    "outcome": "passed",
                    "sentence": "Each element rests on enough.",
                    "remedy": "",
                    "link": "",
                }
            ],
        },
        "approver": {"id": "p3", "name": "Sofia Approver"},
        "note": "Approved with the dissent answered.",
    }


def an_older_packet() -> dict[str, Any]:
    """The same in its older form: no matrix, no markings, no notes, fewer facts of an item."""
    packet = a_packet()
    kept = {"id", "title", "evidence_kind", "published", "grade", "is_abstract", "source", "source_class"}
    citations = [
        {k: v for k, v in each.items() if k not in ("note", "marking", "item")}
        | {"item": {k: v for k, v in each["item"].items() if k in kept}}
        for each in packet["citations"]
    ]
    claim = {k: v for k, v in packet["attribution"].items() if k != "hypothesis"}
    left = {k: v for k, v in packet.items() if k != "matrix"}
    return left | {
        "format": "attest-sealed-packet/1",
        "policy": "2026-1",
        "attribution": claim,
        "citations": citations,
    }


def standing(**changes: Any) -> Standing:
    given = {"status": "approved", "seal": SEAL, "approved_on": "2026-11-24", "made_on": "2026-11-25"}
    return Standing(**{**given, "at": "2026-11-24T12:00:00+00:00", **changes})


def a_dossier(packet: dict[str, Any] | None = None, **changes: Any):
    return dossier_of(packets.read(packet or a_packet()), standing(**changes))


def all_known(packet: dict[str, Any], **markings: str) -> Known:
    """What a releasing person with full sight knows; `i3="red"` marks that item anew."""
    items = {each["item"]["id"]: each["marking"] or "green" for each in packets.read(packet)["citations"]}
    return Known(items=items | markings, incident="clear", actor="clear")


# --- What was drawn -------------------------------------------------------------------------------


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def flat(text: str) -> str:
    """Words without the breaks of lines and pages."""
    return re.sub(r"\s+", " ", text.replace("\ufffe", "").replace("-\r\n", "-"))


def words_of(form: str, drawn: bytes) -> str:
    """Everything that could be read in the bytes of a drawn dossier."""
    match form:
        case "pdf":
            meta = " ".join(map(str, pypdfium2.PdfDocument(drawn).get_metadata_dict().values()))
            return flat(" ".join(pages_of(drawn)) + meta)
        case "docx":
            with zipfile.ZipFile(io.BytesIO(drawn)) as archive:
                parts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
            return flat(html.unescape(" ".join(parts) + " ".join(re.sub(r"<[^>]+>", "", part) for part in parts)))
        case _:
            return flat(html.unescape(drawn.decode()))
