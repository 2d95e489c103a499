"""The parts that texts of several kinds share: what happened, what is judged, the law, rights and references. Pure."""

from __future__ import annotations

from typing import Any

from cases.choices import ActorKind, ClaimForm, Element, Finding, LegalBasis, StateInvolvement, Supports
from cases.workflow import Status as AttributionStatus
from exchange.blocks import Block, Bullets, Facts, Heading, Section, Text
from exchange.dossiers import judgement
from exchange.texts.material import NOT_KEPT, Material, supporting
from exchange.wording import blank, day, label_of, listed
from policy.choices import MetOrNot, RightsQuestion

Row = tuple[str, str]

INTERPRETED = "Our interpretation of what is documented, as it was reviewed and approved: a judgement, not a fact."
NOT_OURS = "No judgement beyond what stands above is stated here."


def said(value: Any, what: str) -> str:
    """What the record says, or a blank that says what it does not."""
    if value is None:
        return blank(what, NOT_KEPT)
    return str(value).strip() or blank(what)


def with_marks(text: str, marks: str) -> str:
    return f"{text} {marks}" if marks else text


# --- What is documented ---------------------------------------------------------------------------


def answered(material: Material) -> Section:
    """The incidents that the response answers, and the words that are quoted."""
    entries = [_incident(each) for each in material.packet["incidents"]]
    incidents = Bullets(entries or [blank("incident that this answers")])
    return Section(
        "What is documented",
        [
            Text("Recorded incidents, and words quoted as they stand in their sources."),
            incidents,
            Heading("Quoted words"),
            Bullets(_quoted(material) or [blank("quoted words", "not cited")]),
            *_said_by_others(material),
        ],
    )


def _incident(told: dict[str, Any]) -> str:
    title = said(told["title"], f"title of {told['reference']}")
    return f"{told['reference']}, {title}. {_when(told)} {_where(told)}"


def _when(told: dict[str, Any]) -> str:
    if not told["began"]:
        return f"Dates: {said(told['began'], 'dates of ' + told['reference'])}."
    began = f"From {day(told['began'])}"
    return f"{began} to {day(told['ended'])}." if told["ended"] else f"{began}; no end is recorded."


def _where(told: dict[str, Any]) -> str:
    named = (("Target", "target_countries"), ("Transit", "transit_countries"), ("Origin", "origin_countries"))
    countries = [f"{label}: {', '.join(told[name])}." for label, name in named if told[name]]
    place = said(told["border_section"], f"place of {told['reference']}")
    return " ".join([f"Place: {place}.", *countries])


def _quoted(material: Material) -> list[str]:
    """Each passage that the response cites, once, with who says it."""
    found: dict[str, str] = {}
    for each in material.packet["citations"]:
        item = each["item"]
        speaker = item["source"] or blank("source", NOT_KEPT)
        dated = f", {day(item['published'])}" if item["published"] else ", undated" if item["source"] else ""
        marks = material.references.marks([each])
        found.setdefault(marks, f"{speaker}{dated}: “{each['quote']}” {marks}")
    return list(found.values())


def _said_by_others(material: Material) -> list[Block]:
    if not material.claims:
        return []
    entries = [with_marks(_claim(each), _claim_marks(each, material)) for each in material.claims]
    heading = Heading("Said by others, and repeated as their words")
    return [heading, Bullets(entries)]


def _claim(told: dict[str, Any]) -> str:
    if told["claimant"] is None:
        return f"{told['what']} {blank('form and date of this claim', NOT_KEPT)}"
    form = label_of(ClaimForm, told["form"]).lower()
    return f"{told['claimant']} ({form}, {day(told['made']) or blank('date of this claim')}): {told['what']}"


def _claim_marks(told: dict[str, Any], material: Material) -> str:
    if told["passage"]:
        return material.references.marks([told["passage"]])
    return "" if told.get("is_withheld") or told["claimant"] is None else blank("words of this claim", "not cited")


# --- What is judged -------------------------------------------------------------------------------


def judged(material: Material, dossiers: list[dict[str, Any]] | None = None) -> Section:
    """The attributions that it rests on, in their own words."""
    chosen = material.approved if dossiers is None else dossiers
    blocks: list[Block] = [Text(INTERPRETED)] if chosen else []
    for number, dossier in enumerate(chosen, start=1):
        blocks += [Heading(f"Attribution {number}: {actor(dossier['attribution']['actor'])}")]
        blocks += [Facts(attributed(dossier, material))]
    if material.unapproved:
        blocks.append(Bullets([_unapproved(each) for each in material.unapproved]))
    rests_elsewhere = material.claims or material.actors or material.approved
    return Section("What is judged", blocks or [Text(NOT_OURS if rests_elsewhere else blank("approved attribution"))])


def attributed(dossier: dict[str, Any], material: Material) -> list[Row]:
    """An approved attribution: its statement, its words of estimation, what it rests on, and its seal."""
    claim = dossier["attribution"]
    words = judgement(claim, None)
    rows = [
        ("Statement", words.statement),
        ("Judgement", words.label),
        ("Likelihood", words.likelihood_sentence),
        ("Confidence", words.confidence_sentence),
        ("Part of the state", label_of(StateInvolvement, claim["state_involvement"])),
        ("Responsibility", "; ".join(label_of(LegalBasis, each) for each in claim["legal_basis"])),
        *_elements(dossier, material),
        ("Dossier", f"{claim['incident']['reference']}, version {claim['round']}"),
        ("Seal of the dossier", dossier["seal"]),
    ]
    return [row for row in rows if row[1]]


def _elements(dossier: dict[str, Any], material: Material) -> list[Row]:
    findings = {each["element"]: each["finding"] for each in dossier["findings"]}
    rows = []
    for element in Element:
        marks = material.references.marks(supporting(dossier, Supports(element.value)))
        finding = label_of(Finding, findings[element.value]) if element.value in findings else ""
        rows.append((element.label, with_marks(finding, marks).strip()))
    return rows


def actor(told: dict[str, Any]) -> str:
    return f"{told['name']} ({label_of(ActorKind, told['actor_kind']).lower()})" if told["actor_kind"] else told["name"]


def _unapproved(ground: dict[str, Any]) -> str:
    status = label_of(AttributionStatus, ground["status"]).lower()
    return blank("statement of an attribution", f"not stated here, since the attribution is {status}")


def open_points(material: Material, dossiers: list[dict[str, Any]] | None = None) -> Section:
    """What its judgements leave open: for the file, and for whoever checks the text."""
    blocks: list[Block] = [Text("For the file, not for the addressee.")]
    for number, dossier in enumerate(material.approved if dossiers is None else dossiers, start=1):
        claim = dossier["attribution"]
        rows = [
            ("Key assumptions", claim["key_assumptions"]),
            ("Gaps", claim["gaps"]),
            ("What would change it", claim["what_would_change"]),
            ("Contrary evidence", material.references.marks(supporting(dossier, Supports.CONTRARY))),
            ("Searched for it", claim["contrary_search_note"]),
        ]
        blocks += [Heading(f"Attribution {number}"), Facts([row for row in rows if row[1]])]
    if len(blocks) == 1:
        blocks.append(Text("It rests on no approved attribution."))
    return Section("What the judgements leave open", blocks)


# --- Law, rights and references -------------------------------------------------------------------


def law(material: Material) -> Section:
    blocks: list[Block] = []
    for each in material.packet["provisions"]:
        blocks += [Heading(provision(each)), Facts(_provision_rows(material, each))]
    return Section("The law it relies on", blocks or [Text(blank("legal provision"))])


def provision(told: dict[str, Any]) -> str:
    """Article, instrument and jurisdiction in one line."""
    name = ", ".join(filter(None, (told["instrument"], told["article"])))
    where = said(told["jurisdiction"], "jurisdiction")
    return f"{name} ({where})"


def _provision_rows(material: Material, told: dict[str, Any]) -> list[Row]:
    rows = [
        ("What it permits", said(told["permits"], "what it permits")),
        ("Safeguards", said(told["safeguards"], "safeguards")),
        ("Conditions", "\n".join(_tested(material, each) for each in told["tests"] or [])),
        ("In force", _in_force(told)),
        ("How this stays within it", said(told["note"], "how this stays within it")),
        ("Address", told["url"] or ""),
    ]
    return [row for row in rows if row[1]]


def _tested(material: Material, told: dict[str, Any]) -> str:
    """A test that the law sets, and how it was answered, with its citation."""
    answer = ": ".join(filter(None, (label_of(MetOrNot, told["answer"]), told["text"])))
    marks = material.references.marks([told["passage"]] if told["passage"] else [])
    return " ".join(filter(None, (told["test"], answer, marks)))


def _in_force(told: dict[str, Any]) -> str:
    began, ended = (day(told[name]) for name in ("in_force_from", "in_force_to"))
    return " ".join(filter(None, (f"from {began}" if began else "", f"until {ended}" if ended else "")))


def provisions_named(material: Material) -> str:
    return "; ".join(provision(each) for each in material.packet["provisions"]) or blank("legal provision")


def rights(material: Material) -> Section:
    """The five questions, each with its answer and what that rests on."""
    return Section("Rights assessment", [Facts([(each.label, right(material, each)) for each in RightsQuestion])])


def right(material: Material, question: RightsQuestion) -> str:
    """The answer to one question with its citation, or a blank."""
    told = material.packet["rights"].get(question.value)
    if told is None or not told["answer"].strip():
        return blank(f"answer: {question.label}")
    if told["quote"]:
        return f"{told['answer']} “{told['quote']}” {blank('source of these words', NOT_KEPT)}"
    return with_marks(told["answer"], material.references.marks([told["passage"]] if told["passage"] else []))


def references(material: Material) -> Section:
    quotations: list[Block] = list(material.references.quotations)
    return Section("References", quotations or [Text("Nothing is cited.")])


def joined(names: list[str], what: str) -> str:
    return listed(names) if names else blank(what)
