"""What a text of a response is made of: its packet, the dossiers under it, and numbered passages. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cases.choices import STATE_KINDS, Supports
from exchange import citing
from exchange.blocks import Quotation
from exchange.texts import packets
from exchange.wording import blank, is_rtl

Words = dict[str, Any]
"""A passage as packets hold it: quote, page, file_sha256, and its item with the source."""

NOT_KEPT = "not kept in this older seal"


@dataclass(frozen=True)
class Standing:
    """Where the response stands as its text is made."""

    status: str
    version: int
    made_at: str
    at: str
    seal: str = ""
    approver: str = ""
    approved_on: str = ""
    reason: str = ""
    question: str = ""
    is_on_record: bool = False

    @property
    def is_sealed(self) -> bool:
        return bool(self.seal)


@dataclass(frozen=True)
class Material:
    """Everything that may be said in a text, as its reader may have it."""

    packet: dict[str, Any]  # as `texts.packets` reads it
    dossiers: dict[str, dict[str, Any]]  # sealed packets of attributions, as `exchange.packets` reads them, by seal
    standing: Standing
    withheld: Counter[str] = field(default_factory=Counter)

    @property
    def response(self) -> dict[str, Any]:
        found: dict[str, Any] = self.packet["response"]
        return found

    @property
    def detail(self) -> dict[str, Any]:
        found: dict[str, Any] = self.packet["detail"]
        return found

    @property
    def claims(self) -> list[dict[str, Any]]:
        """Public claims that it repeats."""
        return [each for each in self.packet["grounds"] if "claim" in each]

    @property
    def actors(self) -> list[dict[str, Any]]:
        return [each for each in self.packet["grounds"] if "actor" in each]

    @cached_property
    def approved(self) -> list[dict[str, Any]]:
        """The attributions that it rests on, as they were sealed, each with its `seal`."""
        return [
            {**self.dossiers[each["seal"]], "seal": each["seal"]} for each in self._attributions if self._stands(each)
        ]

    @property
    def unapproved(self) -> list[dict[str, Any]]:
        """Attributions of which nothing may be stated, since nobody stands by them now."""
        return [each for each in self._attributions if not self._stands(each)]

    @property
    def _attributions(self) -> list[dict[str, Any]]:
        return [each for each in self.packet["grounds"] if "attribution" in each]

    def _stands(self, ground: dict[str, Any]) -> bool:
        return ground["status"] == "approved" and ground["seal"] in self.dossiers

    @cached_property
    def references(self) -> References:
        return References(list(self._passages()))

    def marks(self, *, supports: str) -> str:
        """The numbers of the passages that are cited for one thing."""
        return self.references.marks([each for each in self.packet["citations"] if each["supports"] == supports])

    def _passages(self) -> Iterator[Words]:
        """Every passage, in the order in which it is numbered."""
        yield from self.packet["citations"]
        yield from (each["passage"] for each in self.packet["rights"].values() if each["passage"])
        yield from (each["passage"] for each in packets.tested(self.packet) if each["passage"])
        yield from (each["passage"] for each in self.claims if each["passage"])
        for dossier in self.approved:
            yield from dossier["citations"]


def material_of(
    packet: dict[str, Any],
    dossiers: dict[str, dict[str, Any]],
    standing: Standing,
    *,
    seen: frozenset[str],
    dropped: Counter[str],
) -> Material:
    """What may be told to a reader who sees the records in `seen`; `dropped` counts what the packet already lacks."""
    shown, left_out = packets.withheld(packet, seen)
    kept = {}
    for seal in (each["seal"] for each in shown["grounds"] if each.get("seal") in dossiers):
        dossier = dossiers[seal]
        citations = [each for each in dossier["citations"] if each["item"]["id"] in seen]
        left_out["dossiers"] += len(dossier["citations"]) - len(citations) + sum(dossier["withheld"].values())
        kept[seal] = {**dossier, "citations": citations}
    return Material(shown, kept, standing, +(left_out + dropped))


def is_state(actor: dict[str, Any]) -> bool:
    return actor["actor_kind"] in STATE_KINDS


def supporting(dossier: dict[str, Any], supports: Supports) -> list[Words]:
    return [each for each in dossier["citations"] if each["supports"] == supports.value]


class References:
    """Passages, each under one number however often it is cited."""

    def __init__(self, passages: list[Words]) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}
        self.quotations: list[Quotation] = []
        for words in passages:
            if _key(words) not in self._numbers:
                number = self._numbers[_key(words)] = len(self._numbers) + 1
                self.quotations.append(_quotation(words, number))

    def marks(self, passages: list[Words]) -> str:
        """Like `[2] [5]`, in order."""
        numbers = sorted({self._numbers[_key(each)] for each in passages})
        return " ".join(f"[{number}]" for number in numbers)


def _key(words: Words) -> tuple[Any, ...]:
    return words["file_sha256"], words["page"], words["quote"]


def _quotation(words: Words, number: int) -> Quotation:
    if words["item"]["source"] is not None:
        return citing.quotation({**words, "number": number, "origin": None, "intent_basis": ""})
    facts = [("Place", f"page {words['page']}"), ("SHA-256 of the file", words["file_sha256"])]
    quote, title = words["quote"], words["item"]["title"]
    return Quotation(number, quote, title, blank("source", NOT_KEPT), facts, is_rtl=is_rtl(quote))
