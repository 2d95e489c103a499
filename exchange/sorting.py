"""Sorting records into what may leave under a marking, and what stays at home with the reason why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.choices import Marking, strictest
from evidence.choices import HOLDING_ANCHORS
from evidence.models import EvidenceItem, Passage
from exchange.held import Held, HeldBack
from exchange.secret_words import secret_words
from exchange.withholding import names_any, unsaid
from ledger.kinds import name_of
from ledger.models import Record

IN_USE = {"active", "approved", "monitoring", "open", "closed"}
"""States in which a record is still stood by."""

REPEATS = "It repeats something that is held back."


class Sorting:
    """What is kept and what is held back as a response is gone through, under its reader's own rights."""

    def __init__(self, under: str) -> None:
        self.under = under
        self.held = HeldBack()
        self.included: dict[UUID, Record] = {}
        self.quoted_files: set[UUID] = set()
        self.above: defaultdict[type[Record], set[UUID]] = defaultdict(set)
        self.openly: list[str] = []
        self.secrets: list[str] = []
        self._held_ids: set[Any] = set()

    def reaches(self, *markings: str) -> bool:
        return Marking(strictest(list(markings))).level <= Marking(self.under).level

    # --- Records --------------------------------------------------------------------------------

    def kept(self, found: QuerySet, ids: Iterable[UUID]) -> list[Any]:
        """Of some records of a kind those that may leave; the others are held back."""
        wanted, model = set(ids), found.model
        seen = found.in_bulk(wanted)
        for pk in sorted(wanted - set(seen)):
            self.hide(model, pk, model.kind)
        return [record for _, record in sorted(seen.items()) if self._keeps(record)]

    def _keeps(self, record: Any) -> bool:
        if not self.reaches(record.marking):
            self.above[type(record)].add(record.pk)
            return self.hold(record, record.marking)
        if record.status not in IN_USE:
            return self.hold(record, record.marking, f"It is {record.get_status_display().lower()}.")
        return self.include(record)

    def include(self, record: Record) -> bool:
        if self.reaches(record.marking):
            self.included[record.pk] = record
        return True

    def hold(self, record: Record, marking: str, why: str = "", title: str = "") -> bool:
        """Note that a record stays at home, once."""
        if record.pk not in self._held_ids:
            self._held_ids.add(record.pk)
            why = why or f"Marked above {Marking(self.under).label}."
            told = title or name_of(record)
            self.held.listed.append(Held(record.kind, str(record.pk), told, marking, why, record.get_absolute_url()))
        return False

    def hide(self, model: type[Record], pk: UUID, kind: str) -> bool:
        """Note that something stays at home which the reader may not read: only its number is told."""
        if (kind, pk) not in self._held_ids:
            self._held_ids.add((kind, pk))
            self.above[model].add(pk)
            self.held.unseen[kind] += 1
        return False

    # --- Evidence -------------------------------------------------------------------------------

    def keeps_words(self, cited: Any, passage: Passage | None, sealed: str = "") -> bool:
        """Whether cited words may leave: by what was sealed and by what holds now. Wants item and source loaded."""
        if passage is None:
            return self.hide(Passage, cited.passage_id, cited.kind)
        title = f"“{passage}”, {passage.item}"
        marking = self._marking_of(passage.item, sealed)
        if not self.reaches(marking):
            self.above[EvidenceItem].add(passage.item_id)
            return self.hold(cited, marking, title=title)
        if not _stands(passage):
            return self.hold(cited, marking, "It no longer stands.", title)
        self.openly += [passage.quote, *_words_of(passage.item)]
        self.quoted_files.add(passage.page.file_id)
        return all(map(self.include, (cited, passage, passage.item, passage.item.source)))

    def keeps_item(self, pk: UUID, item: EvidenceItem | None, sealed: str = "") -> bool:
        """Whether an item may be named. Wants its source loaded."""
        if item is None:
            return self.hide(EvidenceItem, pk, EvidenceItem.kind)
        marking = self._marking_of(item, sealed)
        if not self.reaches(marking):
            self.above[EvidenceItem].add(pk)
            return self.hold(item, marking)
        if item.status not in IN_USE:
            return self.hold(item, marking, f"It is {item.get_status_display().lower()}.")
        self.openly += _words_of(item)
        return self.include(item)

    def _marking_of(self, item: EvidenceItem, sealed: str) -> str:
        return strictest([item.marking, item.source.marking, *filter(None, [sealed])])

    # --- Texts ----------------------------------------------------------------------------------

    def find_secrets(self) -> None:
        """After all records are sorted: the phrases that no text may repeat."""
        self.secrets = [words for _, words in unsaid(secret_words(self.above, self.under), self.openly)]

    def text(self, of: Record, name: str, words: str) -> str:
        """A text that leaves; nothing of it where it repeats what is held back."""
        if words and names_any(words, self.secrets):
            self.hold_text(of, name, REPEATS)
            return ""
        return words

    def hold_text(self, of: Record, name: str, why: str) -> None:
        title = f"{name[:1].upper()}{name[1:]}: {name_of(of)}"
        self.held.listed.append(Held("text", str(of.pk), title, of.marking, why, of.get_absolute_url()))


def _stands(passage: Passage) -> bool:
    """The words stand where they were marked, in an item and of a source that are in use."""
    item = passage.item
    is_used = all(each.status in IN_USE for each in (passage, item, item.source))
    return is_used and passage.anchor_state in HOLDING_ANCHORS


def _words_of(item: EvidenceItem) -> list[str]:
    return [item.title, item.source.name, item.url, item.reference_number]
