"""From a packet to a dossier: what stands in it, in which order and words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cases.choices import (
    ActorKind,
    Conclusion,
    Confidence,
    Element,
    Finding,
    Label,
    LegalBasis,
    Likelihood,
    StateInvolvement,
    Supports,
)
from cases.workflow import Status
from exchange import analysis, citing
from exchange.blocks import Block, Bullets, Dossier, Facts, Heading, Judgement, Notice, Section, Table, Text
from exchange.choices import FreeText
from exchange.withholding import LeftOut
from exchange.wording import band_of, counted, day, label_of, listed, marking_label

NOT_STATED = "Not stated."
DRAFT = "DRAFT, NOT APPROVED"
SEALED_LIFE = {Status.STALE, Status.SUPERSEDED, Status.WITHDRAWN}
"""States after an approval in which its dossier must say on the first page that it no longer stands."""


@dataclass(frozen=True)
class Standing:
    """Where the attribution stands as the dossier is made."""

    status: str
    reason: str = ""
    seal: str = ""
    approved_on: str = ""
    made_on: str = ""
    is_draft: bool = False
    at: str = ""


def dossier_of(packet: dict[str, Any], standing: Standing, left_out: LeftOut | None = None) -> Dossier:
    """The dossier of a packet as `packets.read` gives it; with `left_out`, a version under a lower marking."""
    claim = packet["attribution"]
    reference = claim["incident"]["reference"]
    return Dossier(
        title=f"Attribution dossier {reference}".strip(),
        subtitle=claim["incident"]["title"],
        marking=marking_label(claim["marking"]),
        marking_key=claim["marking"],
        banner=DRAFT if standing.is_draft else "",
        foot=f"Seal {standing.seal[:16]}" if standing.seal else "Not sealed",
        notices=_notices(packet, standing, left_out),
        facts=_facts(packet, standing),
        sections=[
            *sections_of_claim(packet, left_out),
            Section("The gate", _gate(packet)),
            Section("Seal and verification", _seal(packet, standing, left_out)),
        ],
        at=standing.at,
    )


def sections_of_claim(packet: dict[str, Any], left_out: LeftOut | None, *, with_incident: bool = True) -> list[Section]:
    """The judgement and what it rests on; without the incident, without its findings and its hypotheses."""
    claim = packet["attribution"]
    elements = Section("Elements of the definition", [_elements(packet, left_out)])
    alternatives = Section("Alternatives considered", analysis.alternatives(packet["matrix"], claim, left_out))
    return [
        Section("Judgement", [judgement(claim, left_out)]),
        Section("Source summary statement", [_text(claim["source_summary"], FreeText.SOURCE_SUMMARY, left_out)]),
        *([elements] if with_incident else []),
        Section("What it rests on", citing.supporting(packet, left_out)),
        Section("Contrary evidence", _contrary(packet, left_out)),
        *([alternatives] if with_incident else []),
        Section("Assumptions, gaps and what would change it", _limits(claim, left_out)),
        Section("Reviews and dissent", _reviews(packet, left_out)),
    ]


# --- The first page -------------------------------------------------------------------------------


def _notices(packet: dict[str, Any], standing: Standing, left_out: LeftOut | None) -> list[Notice]:
    claim = packet["attribution"]
    found = []
    status = label_of(Status, standing.status).lower()
    if standing.is_draft:
        said = f"This is a preview of an attribution that is {status}. Nobody has approved it."
        found.append(Notice(DRAFT, f"{said} {standing.reason}".strip()))
    elif standing.status in SEALED_LIFE:
        said = f"What follows is what was approved; it is {status} now. {standing.reason}"
        found.append(Notice(f"{label_of(Status, standing.status)}: do not rely on this", said.strip()))
    if packet["withheld"]:
        above = "marked above the attribution" + (", or above your clearance" if standing.is_draft else "")
        said = f"Not shown, because the documents cited are {above}: {citing.counted_by_element(packet['withheld'])}."
        found.append(Notice("Not complete", said))
    if left_out is not None:
        found.append(Notice(f"Released under {marking_label(claim['marking'])}", told_left_out(left_out)))
    return found


def told_left_out(left_out: LeftOut) -> str:
    """In one paragraph: how many things of which element were left out, and why."""
    sentences = ["Made from an attribution under a stricter marking."]
    if left_out.citations:
        told = citing.counted_by_element(left_out.citations)
        sentences.append(f"Left out: {told}, because the documents cited are marked above this version.")
    else:
        sentences.append("No citation was left out.")
    if left_out.rows:
        rows = counted(left_out.rows, "row")
        sentences.append(f"{rows} of the matrix left out for the same reason; its scores were computed with them.")
    if left_out.texts:
        names = [_lower_first(label_of(FreeText, key)) for key in left_out.texts]
        sentences.append(f"Not released under this marking: {listed(names)}.")
    if left_out.names:
        sentences.append(f"The name of the {listed(left_out.names)} is marked above this version.")
    return " ".join(sentences)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _facts(packet: dict[str, Any], standing: Standing) -> list[tuple[str, str]]:
    claim = packet["attribution"]
    actor = claim["actor"]
    rows = [
        ("Actor", f"{actor['name']} ({label_of(ActorKind, actor['actor_kind']).lower()})"),
        ("Status", label_of(Status, standing.status)),
    ]
    if standing.approved_on and not standing.is_draft:
        by = f" by {packet['approver']['name']}" if packet["approver"] else ""
        rows.append(("Approved", f"{day(standing.approved_on)}{by}, version {claim['round']}"))
    rows.append(("To be looked at again by", day(claim["review_by"]) or "No date set"))
    rows.append(("Dossier made on", day(standing.made_on)))
    return rows


# --- The judgement and its elements ---------------------------------------------------------------


def judgement(claim: dict[str, Any], left_out: LeftOut | None) -> Judgement:
    """The claim in the words of estimation: likelihood and confidence each in a sentence of its own."""
    likelihood, band = label_of(Likelihood, claim["likelihood"]), band_of(claim["likelihood"])
    confidence = label_of(Confidence, claim["confidence"])
    finding = "finding" if claim["label"] == Label.NOT_ATTRIBUTED else "statement"
    return Judgement(
        label=label_of(Label, claim["label"]),
        statement=claim["statement"] or said_of_absence(FreeText.STATEMENT, left_out),
        likelihood=likelihood or "Not set",
        band=band,
        likelihood_sentence=f"We judge it {likelihood.lower()} ({band}) that this {finding} is true."
        if band
        else "How likely it is has not been judged yet.",
        confidence=confidence or "Not set",
        confidence_sentence=f"Our confidence in the basis of this judgement is {confidence.lower()}."
        if confidence
        else "How sound its basis is has not been judged yet.",
    )


def _elements(packet: dict[str, Any], left_out: LeftOut | None) -> Table:
    findings = {each["element"]: each for each in packet["findings"]}
    rows = []
    for element in Element.values:
        cited = [each for each in packet["citations"] if each["supports"] == element]
        found = findings.get(element, {"finding": "unknown", "rationale": ""})
        numbers = ", ".join(f"[{each['number']}]" for each in cited)
        origins = len({each["origin"] for each in cited})
        rows.append(
            [
                label_of(Element, element),
                label_of(Finding, found["finding"]),
                found["rationale"] or said_of_absence(FreeText.FINDINGS, left_out),
                f"{numbers} from {counted(origins, 'origin')}" if cited else "Nothing cited",
            ]
        )
    head = ["Element", "Finding", "Reasons", "Citations"]
    return Table("The four elements of hostile instrumental migration", head, rows, [20, 15, 40, 25])


def _contrary(packet: dict[str, Any], left_out: LeftOut | None) -> list[Block]:
    claim = packet["attribution"]
    sought = claim["contrary_search_note"]
    on = f" (Searched on {day(claim['contrary_searched_on'])}.)" if claim["contrary_searched_on"] else ""
    found = citing.quotations(packet, Supports.CONTRARY)
    searched = f"{sought}{on}" if sought else said_of_absence(FreeText.CONTRARY_SEARCH, left_out)
    cited: list[Block] = [*found] if found else [Text("No contrary passage is cited in this version.")]
    return [Facts([("Where we looked", searched)]), *cited, *citing.left_out_of(Supports.CONTRARY, left_out)]


def _limits(claim: dict[str, Any], left_out: LeftOut | None) -> list[Block]:
    involved = label_of(StateInvolvement, claim["state_involvement"]) or "Not graded"
    legal = [label_of(LegalBasis, each) for each in claim["legal_basis"]]
    return [
        Facts(
            [
                ("Key assumptions", _said(claim, FreeText.KEY_ASSUMPTIONS, left_out)),
                ("Gaps", _said(claim, FreeText.GAPS, left_out)),
                ("What would change this", _said(claim, FreeText.WHAT_WOULD_CHANGE, left_out)),
                ("Part of the state", involved),
                ("Legal basis", "; ".join(legal) or "None given"),
                ("Use of AI", _said(claim, FreeText.AI_USE, left_out)),
            ]
        )
    ]


# --- Reviews, gate, seal --------------------------------------------------------------------------


def _reviews(packet: dict[str, Any], left_out: LeftOut | None) -> list[Block]:
    if not packet["reviews"]:
        return [Text("Nobody has concluded a review of this version yet.")]
    blocks: list[Block] = []
    for number, review in enumerate(packet["reviews"], start=1):
        who = review["reviewer"]["name"] if review["reviewer"] else f"Reviewer {number}"
        rows = [("Reasons", review["reasons"]), ("Declared interests", review["interests"])]
        for dissent in review["dissents"]:
            if dissent["reasons"] != review["reasons"]:
                rows.append(("Dissent", dissent["reasons"]))
            rows.append((_answered_by(dissent, packet), dissent["answer"] or "Not answered yet."))
        blocks += [Heading(f"{who}: {label_of(Conclusion, review['conclusion']).lower()}")]
        blocks += [Facts([row for row in rows if row[1]])] if any(told for _, told in rows) else []
    if left_out and FreeText.REVIEWS in left_out.texts:
        blocks.append(Text("Names and reasons are not released under this marking."))
    return blocks


def _answered_by(dissent: dict[str, Any], packet: dict[str, Any]) -> str:
    is_approver = packet["approver"] and dissent["answered_by"] == packet["approver"]["id"]
    return f"Answer by {packet['approver']['name']}" if is_approver else "Answer"


def _gate(packet: dict[str, Any]) -> list[Block]:
    gate = packet["gate"]
    asked = [each for each in gate["checks"] if each["outcome"] != "not_applicable"]
    held = sum(each["outcome"] != "failed" for each in asked)
    verdict = "The gate passed" if gate["passed"] else "The gate does not pass"
    rows = [[each["title"], each["outcome"].capitalize(), each["sentence"]] for each in asked]
    table = Table("Checks of the gate", ["Check", "Outcome", "What it found"], rows, [25, 15, 60])
    if not any(row[2] for row in rows):
        table = Table("Checks of the gate", ["Check", "Outcome"], [row[:2] for row in rows], [70, 30])
    return [Text(f"{verdict} under policy {gate['policy']}: {held} of {len(asked)} checks hold."), table]


def _seal(packet: dict[str, Any], standing: Standing, left_out: LeftOut | None) -> list[Block]:
    if standing.is_draft:
        return [Text("This preview is not sealed. Only an approval seals what was approved.")]
    rows = [("Seal (SHA-256 of the packet)", standing.seal), ("Policy", packet["policy"]["id"])]
    if packet["approver"]:
        rows.append(("Approver", packet["approver"]["name"]))
    if packet["note"]:
        rows.append(("Approver's note", packet["note"]))
    steps = [
        "Download the proof of the sealed packet from the attribution's page, and verify_packet.py beside it.",
        "Run: python3 verify_packet.py PROOF --key KEY, with the ledger's public key, asked for by another way.",
        "It checks packet, seal, ledger entry, audit path, checkpoint and signature, and names what does not hold.",
    ]
    if left_out is not None:
        steps.insert(0, "This version is not the sealed packet: it was made from it, and things were left out.")
    return [Facts(rows), Heading("How to verify"), Bullets(steps)]


# --- Absence --------------------------------------------------------------------------------------


def said_of_absence(name: FreeText, left_out: LeftOut | None) -> str:
    """Why a text is not there: not released under this marking, or never stated."""
    if left_out and name in left_out.texts:
        return "Not released under this marking."
    return NOT_STATED


def _said(claim: dict[str, Any], name: FreeText, left_out: LeftOut | None) -> str:
    return claim[name.value] or said_of_absence(name, left_out)


def _text(told: str, name: FreeText, left_out: LeftOut | None) -> Text:
    return Text(told or said_of_absence(name, left_out))
