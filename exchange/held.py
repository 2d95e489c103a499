"""What stays at home when something is shared, as its author may be told. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from exchange.wording import counted, listed, marking_label
from ledger.kinds import title_of


@dataclass(frozen=True)
class Held:
    """Something that is held back, with its reason as a sentence. A `text` is one field of a record."""

    kind: str
    id: str
    title: str
    marking: str
    why: str
    url: str = ""

    @property
    def kind_label(self) -> str:
        return title_of(self.kind)

    @property
    def marking_label(self) -> str:
        return marking_label(self.marking)


@dataclass
class HeldBack:
    """All that is held back: what its author may read by name, everything else as a number by kind."""

    listed: list[Held] = field(default_factory=list)
    unseen: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, int]:
        """How many of each kind, seen or not: all that ever leaves the room of what was held back."""
        found = Counter(each.kind for each in self.listed) + self.unseen
        return {kind: found[kind] for kind in sorted(found)}

    def unseen_by_label(self) -> list[tuple[str, int]]:
        return [(title_of(kind), number) for kind, number in self.unseen.items()]

    def as_json(self) -> dict[str, Any]:
        return {"listed": [asdict(each) for each in self.listed], "unseen": dict(self.unseen)}


def told_counts(counts: dict[str, int]) -> str:
    """`2 citations and 1 incident`; empty where nothing was held back."""
    return listed(counted(number, kind.replace("_", " ")) for kind, number in counts.items()) if counts else ""
