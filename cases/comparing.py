"""Lay a submitted version beside an earlier one: what the claim says now, what it rests on, what changed. Pure.

Both are the JSON of a `SubmittedVersion` or a `SealedPacket` (of either format).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, NamedTuple

TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
MOST_TOKENS = 4_000
"""Of both texts together; longer ones are told as replaced, because finding the words would take seconds."""


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


class Piece(NamedTuple):
    """A stretch of text that stayed, came or went."""

    change: Change
    text: str


def words_changed(was: str, now: str) -> list[Piece]:
    """The two texts as one, word by word. What stayed and came joins to `now`, what stayed and went to `was`."""
    if was == now:
        return [Piece(Change.SAME, now)] if now else []
    before, after = TOKEN.findall(was), TOKEN.findall(now)
    if len(before) + len(after) > MOST_TOKENS:
        return _kept([Piece(Change.REMOVED, was), Piece(Change.ADDED, now)])
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Change.SAME, "".join(before[i1:i2])))
        else:
            pieces += [Piece(Change.REMOVED, "".join(before[i1:i2])), Piece(Change.ADDED, "".join(after[j1:j2]))]
    return _kept(pieces)


def _kept(pieces: list[Piece]) -> list[Piece]:
    return [each for each in pieces if each.text]


@dataclass(frozen=True)
class FieldCompared:
    """One field of the claim, in words. Without an earlier version nothing changed."""

    name: str
    was: str
    now: str
    pieces: list[Piece]

    @property
    def is_changed(self) -> bool:
        return self.was != self.now


@dataclass(frozen=True)
class CitationCompared:
    """A citation of either version. `told` is as the later of the two tells it."""

    change: Change
    told: Mapping[str, Any]
    was: Mapping[str, Any] | None = None

    @property
    def note(self) -> list[Piece]:
        """Why it is cited, word by word against why it was."""
        before = self.was.get("note", "") if self.was is not None else self.told.get("note", "")
        return words_changed(before, self.told.get("note", ""))


@dataclass(frozen=True)
class FindingCompared:
    element: str
    was: str
    now: str
    rationale: list[Piece]

    @property
    def is_changed(self) -> bool:
        return self.was != self.now or any(each.change != Change.SAME for each in self.rationale)


@dataclass(frozen=True)
class Comparison:
    """A version, with what differs from the one before; without one, everything is simply as it is."""

    fields: list[FieldCompared]
    citations: list[CitationCompared]
    findings: list[FindingCompared]
    leaders_now: list[str]
    leaders_were: list[str] = field(default_factory=list)

    @property
    def changed_fields(self) -> int:
        return sum(each.is_changed for each in self.fields)

    @property
    def added(self) -> int:
        return self._citations_that(Change.ADDED)

    @property
    def removed(self) -> int:
        return self._citations_that(Change.REMOVED)

    @property
    def same(self) -> int:
        return self._citations_that(Change.SAME)

    def _citations_that(self, change: Change) -> int:
        return sum(each.change == change for each in self.citations)


def compare(now: Mapping[str, Any], was: Mapping[str, Any] | None, names: list[str], shown) -> Comparison:
    """Compare the fields of these names, as `shown(name, claim)` puts them in words."""
    claims = now["attribution"], was["attribution"] if was else now["attribution"]
    return Comparison(
        fields=[_field(name, shown(name, claims[1]), shown(name, claims[0])) for name in names],
        citations=_citations(now["citations"], was["citations"] if was else now["citations"]),
        findings=_findings(now["findings"], was.get("findings", []) if was else now["findings"]),
        leaders_now=leaders_of(now),
        leaders_were=leaders_of(was) if was else leaders_of(now),
    )


def _field(name: str, was: str, now: str) -> FieldCompared:
    return FieldCompared(name, was, now, words_changed(was, now))


def _citations(now: list, was: list) -> list[CitationCompared]:
    """Those of now in their order, then those that are gone. A later version copies citations under other ids."""
    before = {_key(each): each for each in was}
    compared = [
        CitationCompared(Change.SAME if _key(each) in before else Change.ADDED, each, before.get(_key(each)))
        for each in now
    ]
    kept = {_key(each) for each in now}
    return compared + [CitationCompared(Change.REMOVED, each) for key, each in before.items() if key not in kept]


def _key(citation: Mapping[str, Any]) -> tuple:
    """What a citation rests on, and for what."""
    if citation.get("withheld"):
        return (citation["id"],)
    place = (citation["file_sha256"], citation["page"], citation["start"], citation["end"])
    return (*place, citation["quote"], citation["supports"])


def _findings(now: list, was: list) -> list[FindingCompared]:
    before = {each["element"]: each for each in was}
    after = {each["element"]: each for each in now}
    compared = []
    for element in sorted(before.keys() | after.keys()):
        old, new = before.get(element, {}), after.get(element, {})
        rationale = words_changed(old.get("rationale", ""), new.get("rationale", ""))
        compared.append(FindingCompared(element, old.get("finding", ""), new.get("finding", ""), rationale))
    return compared


def leaders_of(version: Mapping[str, Any]) -> list[str]:
    """The names of the hypotheses that lead the version's matrix, if it has one."""
    matrix = version.get("matrix") or {"hypotheses": [], "leaders": []}
    return [each["name"] for each in matrix["hypotheses"] if each["id"] in matrix["leaders"]]
