"""Note verbale, demarche, summons, joint statement, complaint: the text of a diplomatic protest. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.blocks import Block, Facts, Section, Text
from exchange.texts import parts
from exchange.texts.material import Material
from exchange.wording import blank
from policy.choices import ProtestForm


@dataclass(frozen=True)
class Form:
    """The set words of a form of protest, with {sender}, {addressee} and {partners}."""

    title: str
    opening: str
    closing: str
    blanks: tuple[str, ...]


FORMS = {
    ProtestForm.NOTE_VERBALE: Form(
        "Note verbale",
        "{sender} presents its compliments to {addressee} and has the honour to communicate the following.",
        "{sender} avails itself of this opportunity to renew to {addressee} the assurances of its highest "
        "consideration.",
        ("number of the note", "place and date", "initials and stamp"),
    ),
    ProtestForm.DEMARCHE: Form(
        "Demarche",
        "To be put to {addressee} on instructions of {sender}, and left with it as an aide-memoire.",
        "{sender} asks {addressee} for its answer.",
        ("bearer of the demarche", "place and date", "answer asked for by"),
    ),
    ProtestForm.SUMMONS: Form(
        "Speaking note for a summons",
        "To be said to {addressee}, summoned by {sender}.",
        "{sender} asks {addressee} to convey this to its government and to bring back the answer.",
        ("who receives the ambassador", "place and date", "answer asked for by"),
    ),
    ProtestForm.JOINT_STATEMENT: Form(
        "Joint statement",
        "Statement of {sender}, joined by {partners}, addressed to {addressee}.",
        "Agreed by {sender} and {partners}.",
        ("consent of each partner", "place and date"),
    ),
    ProtestForm.COMPLAINT: Form(
        "Complaint to an organisation",
        "{sender} brings the following to the attention of {addressee} and asks that it be examined.",
        "{sender} is ready to lay the references before {addressee}, as far as their markings allow.",
        ("procedure under which it is brought", "place and date", "signature"),
    ),
}
UNCHOSEN = Form("Diplomatic protest", "Addressed by {sender} to {addressee}.", "", ("place and date",))


def form_of(material: Material) -> Form:
    chosen = material.detail.get("form")
    return FORMS[ProtestForm(chosen)] if chosen in ProtestForm.values else UNCHOSEN


def title(material: Material) -> str:
    return form_of(material).title


def sections(material: Material) -> list[Section]:
    form, names = form_of(material), _names(material)
    closing = form.closing.format(**names)
    brings = parts.said(material.response["objective"], "what it is to bring about")
    end: list[Block] = [Text(brings), *([Text(closing)] if closing else [])]
    return [
        Section("Opening", [Facts(_heads(material, form, names)), Text(form.opening.format(**names))]),
        parts.answered(material),
        parts.judged(material),
        parts.law(material),
        Section("What it is to bring about", [*end, Facts([(_capital(each), blank(each)) for each in form.blanks])]),
        parts.references(material),
        parts.rights(material),
        parts.open_points(material),
    ]


def _names(material: Material) -> dict[str, str]:
    return {
        "sender": parts.said(material.response["taken_by"], "sender"),
        "addressee": parts.said(material.response["addressee"], "addressee"),
        "partners": parts.joined(material.detail.get("partners", []), "partners"),
    }


def _heads(material: Material, form: Form, names: dict[str, str]) -> list[parts.Row]:
    is_joint = form is FORMS[ProtestForm.JOINT_STATEMENT] or material.detail.get("partners")
    rows = [("From", names["sender"]), ("To", names["addressee"])]
    if form is UNCHOSEN:
        rows.append(("Form", blank("form of the protest")))
    return [*rows, ("Joined by", names["partners"])] if is_joint else rows


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
