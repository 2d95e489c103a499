"""What of a packet may leave under a lower marking, and what is left out. Pure.

Evidence follows its own marking: what is marked above leaves with its quote, title, source, matrix
row and every mention. The claim's texts are free words under the attribution's marking, so each is
left out unless a supervisor confirms it. Names of incident and actor follow their own records.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from accounts.choices import Marking, strictest
from exchange.choices import FreeText

SHARED_WORDS = 6
"""So many words in a row, shared with a withheld quote, are a mention of it."""

TELLING = 4
"""Shorter names are too common to be searched for."""

UNSPACED = "\u0e00"
"""From here on lie the scripts that put no spaces between words (Thai, Chinese, Japanese)."""

WITHHELD = "(left out)"

CLAIM_TEXTS = {each.value for each in FreeText} & {
    "statement",
    "key_assumptions",
    "gaps",
    "source_summary",
    "contrary_search_note",
    "what_would_change",
    "ai_use_note",
}


@dataclass(frozen=True)
class Known:
    """The markings as they are now, as far as the releasing person may read; None hides a record."""

    items: dict[str, str]
    incident: str | None
    actor: str | None


@dataclass(frozen=True)
class LeftOut:
    """What a lower version does not hold, in numbers and names of fields only."""

    citations: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    texts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"citations": self.citations, "rows": self.rows, "texts": self.texts, "names": self.names}


def lowered(packet: dict[str, Any], to: str, known: Known, texts: frozenset[str]) -> tuple[dict[str, Any], LeftOut]:
    """The packet as it may leave under the marking `to`, with the confirmed texts, and what was left out."""
    kept = [each for each in packet["citations"] if _reaches(to, each["marking"], each["item"]["id"], known)]
    dropped = [each for each in packet["citations"] if each not in kept]
    matrix, rows = _matrix(packet, to, known, texts, kept)
    claim, names = _claim(packet["attribution"], to, known, texts)
    lower = {
        **packet,
        "attribution": claim,
        "withheld": {},
        "citations": [each if FreeText.CITATION_NOTES in texts else {**each, "note": ""} for each in kept],
        "findings": [_finding(each, texts) for each in packet["findings"]],
        "matrix": matrix,
        "reviews": packet["reviews"] if FreeText.REVIEWS in texts else _bare_reviews(packet["reviews"]),
        "gate": _bare_gate(packet["gate"]),
        "approver": packet["approver"] if FreeText.REVIEWS in texts else None,
        "note": packet["note"] if FreeText.NOTE in texts else "",
    }
    held_back = [each.value for each in texts_of(packet) if each not in texts]
    counted = Counter(each["supports"] for each in dropped) + Counter(packet["withheld"])
    return lower, LeftOut(dict(counted), rows, held_back, names)


def texts_of(packet: dict[str, Any]) -> dict[FreeText, str]:
    """The words of each free text that there is."""
    return {each: words for each in FreeText if (words := "\n\n".join(_texts(packet, each)))}


def mentions(packet: dict[str, Any], to: str, known: Known, texts: frozenset[str]) -> Iterator[tuple[FreeText, str]]:
    """Confirmed texts that name what is left out: the text, and what it names in words without the name."""
    secrets = list(_secrets(packet, to, known))
    for each in FreeText:
        if each not in texts:
            continue
        words = _plain("\n".join(_texts(packet, each)))
        for what, secret in secrets:
            if _names(words, secret):
                yield each, what
                break


def betrays(words: Iterator[str], packet: dict[str, Any], to: str, known: Known) -> bool:
    """Whether anything drawn holds a withheld quote, title, address or hash: the last look before it leaves."""
    drawn = _plain("\n".join(words))
    return any(_names(drawn, secret) for what, secret in _secrets(packet, to, known) if what != "a source")


# --- What is above ----------------------------------------------------------------------------


def _reaches(to: str, sealed: str | None, item_id: str, known: Known) -> bool:
    """Whether an item may be seen under `to`: by what was sealed, and by what holds now."""
    now = known.items.get(item_id)
    return now is not None and _level(strictest([sealed or now, now])) <= _level(to)


def _level(marking: str) -> int:
    return Marking(marking).level


def _secrets(packet: dict[str, Any], to: str, known: Known) -> Iterator[tuple[str, str]]:
    """Words that must not leave, each with what it is; words that kept evidence says too are none."""
    rows = packet["matrix"]["rows"] if packet["matrix"] else []
    told: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for each in packet["citations"]:
        item = each["item"]
        told[_reaches(to, each["marking"], item["id"], known)] += [
            ("a quote", each["quote"]),
            ("a title", item["title"]),
            ("a source", item["source"]),
            ("an address", item["url"]),
            ("a reference number", item["reference_number"]),
            ("a file", each["file_sha256"]),
        ]
    for row in rows:
        item = row["item"]
        if item.get("marking"):  # a row that the packet names
            told[_reaches(to, item["marking"], item["id"], known)].append(("a title", item["title"]))
    yield from unsaid(told[False], (words for _, words in told[True]))


def unsaid(held_back: Iterable[tuple[str, str]], openly: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The phrases of words that are held back, each with what it is, except those that are told openly as well."""
    told = _plain("\n".join(openly))
    for what, secret in held_back:
        for phrase in _phrases(_plain(secret)):
            if not _names(told, phrase):
                yield what, phrase


def names_any(text: str, phrases: Iterable[str]) -> bool:
    """Whether a text holds any of some phrases, as `unsaid` gives them."""
    words = _plain(text)
    return any(_names(words, each) for each in phrases)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _phrases(secret: str) -> Iterator[str]:
    """A secret whole, and every run of several words of it."""
    words = secret.split()
    if len(secret) >= TELLING:
        yield secret
    for at in range(len(words) - SHARED_WORDS + 1):
        yield " ".join(words[at : at + SHARED_WORDS])


def _names(words: str, phrase: str) -> bool:
    """Whether plain words hold a phrase, as words of its own where its script has words."""
    return phrase in words if max(phrase) >= UNSPACED else f" {phrase} " in f" {words} "


# --- What is kept ---------------------------------------------------------------------------------


def _texts(packet: dict[str, Any], name: FreeText) -> Iterator[str]:
    """The words that a free text consists of."""
    matrix = packet["matrix"] or {"hypotheses": [], "evaluators": []}
    match name:
        case FreeText.FINDINGS:
            found = [each["rationale"] for each in packet["findings"]]
        case FreeText.CITATION_NOTES:
            found = [each["note"] for each in packet["citations"]]
        case FreeText.HYPOTHESES:
            found = [each["name"] for each in matrix["hypotheses"]]
        case FreeText.REVIEWS:
            found = list(_review_texts(packet)) + [each["name"] for each in matrix["evaluators"]]
        case FreeText.NOTE:
            found = [packet["note"]]
        case _:
            found = [packet["attribution"][name.value]]
    yield from (each for each in found if each)


def _review_texts(packet: dict[str, Any]) -> Iterator[str]:
    for review in packet["reviews"]:
        yield from (review["reviewer"]["name"], review["reasons"], review["interests"])
        for dissent in review["dissents"]:
            yield from (dissent["reasons"], dissent["answer"])


def _claim(claim: dict[str, Any], to: str, known: Known, texts: frozenset[str]) -> tuple[dict[str, Any], list[str]]:
    """The judgement itself, its confirmed texts, and the names that their own markings allow."""
    names = [
        name
        for name, marking in (("incident", known.incident), ("actor", known.actor))
        if marking is None or _level(marking) > _level(to)
    ]
    lower = {name: "" if name in CLAIM_TEXTS and name not in texts else value for name, value in claim.items()}
    lower |= {"marking": to, "authors": []}
    if "incident" in names:
        lower["incident"] = {"id": "", "reference": "", "title": ""}
    if "actor" in names:
        lower["actor"] = {"id": "", "name": WITHHELD, "actor_kind": claim["actor"]["actor_kind"]}
    if claim["hypothesis"] and FreeText.HYPOTHESES not in texts:
        lower["hypothesis"] = None
    return lower, names


def _finding(finding: dict[str, Any], texts: frozenset[str]) -> dict[str, Any]:
    return finding if FreeText.FINDINGS in texts else {**finding, "rationale": ""}


def _bare_reviews(reviews: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How each concluded, and that a dissent was answered: no names, no words."""
    return [
        {
            "reviewer": None,
            "conclusion": each["conclusion"],
            "reasons": "",
            "interests": "",
            "dissents": [
                {"reasons": "", "answer": WITHHELD if dissent["answer"] else "", "answered_by": ""}
                for dissent in each["dissents"]
            ],
        }
        for each in reviews
    ]


def _bare_gate(gate: dict[str, Any]) -> dict[str, Any]:
    """Outcomes only: a check's sentence may name what is left out."""
    return {**gate, "checks": [{**each, "sentence": "", "remedy": "", "link": ""} for each in gate["checks"]]}


def _matrix(
    packet: dict[str, Any], to: str, known: Known, texts: frozenset[str], kept: list[dict[str, Any]]
) -> tuple[dict[str, Any] | None, int]:
    """The matrix without the rows above, and how many those were."""
    matrix = packet["matrix"]
    if matrix is None:
        return None, 0
    rows = [row for row in matrix["rows"] if _reaches(to, row["item"].get("marking"), row["item"]["id"], known)]
    seen = {row["item"]["title"] for row in rows} | {each["item"]["source"] for each in kept}
    gone = {secret for _, secret in _secrets(packet, to, known)}
    lower = {
        **matrix,
        "rows": rows,
        "sensitivity": [
            each for each in matrix["sensitivity"] if each["about"] in seen and _plain(each["about"]) not in gone
        ],
    }
    if FreeText.HYPOTHESES not in texts:
        lower["hypotheses"] = [{**each, "name": ""} for each in matrix["hypotheses"]]
    if FreeText.REVIEWS not in texts:
        lower["evaluators"] = [{**each, "name": ""} for each in matrix["evaluators"]]
    return lower, len(matrix["rows"]) - len(rows)
