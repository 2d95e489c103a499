"""Citations as a reader of intelligence expects them: the words, then a source descriptor. Pure."""

from __future__ import annotations

from typing import Any

from cases.choices import Element, IntentBasis, Supports
from evidence.choices import BasisOfKnowledge, Category, Credibility, EvidenceKind, Reliability, SourceClass
from exchange.blocks import Block, Heading, Quotation, Text
from exchange.withholding import LeftOut
from exchange.wording import counted, day, is_rtl, label_of, listed, marking_label


def supporting(packet: dict[str, Any], left_out: LeftOut | None) -> list[Block]:
    """What is cited for each element, and for the legal basis."""
    blocks: list[Block] = []
    for supports in Supports:
        found = quotations(packet, supports)
        missing = left_out_of(supports, left_out)
        if supports != Supports.CONTRARY and (found or missing or supports in Element.values):
            blocks += [
                Heading(supports.label),
                *(found or [] if found or missing else [Text("Nothing is cited.")]),
                *missing,
            ]
    return blocks


def counted_by_element(numbers: dict[str, int]) -> str:
    """`2 citations for impact on the target and 1 citation for contrary evidence`."""
    parts = (
        f"{counted(numbers[each.value], 'citation')} for {each.label.lower()}"
        for each in Supports
        if each.value in numbers
    )
    return listed(parts)


def quotations(packet: dict[str, Any], supports: str) -> list[Quotation]:
    return [quotation(each) for each in packet["citations"] if each["supports"] == supports]


def left_out_of(supports: Supports, left_out: LeftOut | None) -> list[Block]:
    number = left_out.citations.get(supports.value, 0) if left_out else 0
    return [Text(f"{counted(number, 'citation')} left out here: marked above this version.")] if number else []


def quotation(cited: dict[str, Any]) -> Quotation:
    """A numbered citation as a packet holds it, with what is said of its source."""
    item = cited["item"]
    return Quotation(
        number=cited["number"],
        quote=cited["quote"],
        title=item["title"],
        descriptor=_descriptor(cited),
        facts=[row for row in _facts(cited) if row[1]],
        note=cited["note"],
        language=item["language"] if item["language"].isalpha() and len(item["language"]) in (2, 3) else "",
        is_rtl=is_rtl(cited["quote"]),
    )


def _descriptor(cited: dict[str, Any]) -> str:
    """Who speaks, how reliable, what they gave, how credible, and how they know (after ICD 206)."""
    item = cited["item"]
    country = f", {item['source_country']}" if item["source_country"] else ""
    sentences = [
        f"{item['source']} ({label_of(SourceClass, item['source_class']).lower()}{country}): "
        f"reliability {_graded(Reliability, item['reliability'])}.",
        f"{label_of(EvidenceKind, item['evidence_kind'])}{_dated(item['published'])}: "
        f"credibility {_graded(Credibility, item['credibility'])}.",
    ]
    if item["basis_of_knowledge"]:
        sentences.append(f"Basis of knowledge: {label_of(BasisOfKnowledge, item['basis_of_knowledge']).lower()}.")
    sentences.append("Held as our own abstract, not the original." if item["is_abstract"] else "Held in the original.")
    return " ".join(sentences)


def _graded(choices: Any, value: Any) -> str:
    """A grade with its meaning, like `B, usually reliable`."""
    return label_of(choices, value).replace(" - ", ", ") or "not given"


def _dated(published: str) -> str:
    return f" of {day(published)}" if published else ", undated"


def _facts(cited: dict[str, Any]) -> list[tuple[str, str]]:
    item = cited["item"]
    origin = "" if cited["origin"] is None else f"independent origin {cited['origin'] + 1}"
    place = f"page {cited['page']}, characters {cited['start']} to {cited['end']}"
    return [
        ("Place", f"{place}; {origin}" if origin else place),
        ("Read from", label_of(IntentBasis, cited["intent_basis"]).lower()),
        ("Category", label_of(Category, item["category"]).lower()),
        ("Reference", item["reference_number"]),
        ("Address", item["url"]),
        ("Marking", marking_label(cited["marking"]) if cited["marking"] else ""),
        ("SHA-256 of the file", cited["file_sha256"]),
    ]
