"""What a dossier is made of: a few kinds of block, which every renderer knows. Pure.

Every string in a block is data. No renderer takes any of it for markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Text:
    """Paragraphs; a line break is kept."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Terms and what is said of them."""

    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class Bullets:
    entries: list[str]


@dataclass(frozen=True)
class Heading:
    """Of a part within a section."""

    text: str


@dataclass(frozen=True)
class Table:
    """`widths` are shares of the page's width; the first column heads its row."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    widths: list[int]


@dataclass(frozen=True)
class Quotation:
    """A numbered citation: the exact words, who says them and how far they carry."""

    number: int
    quote: str
    title: str
    descriptor: str
    facts: list[tuple[str, str]]
    note: str = ""
    language: str = ""
    is_rtl: bool = False


@dataclass(frozen=True)
class Judgement:
    """The judgement as a sentence; likelihood and confidence stand apart."""

    label: str
    statement: str
    likelihood: str
    band: str
    likelihood_sentence: str
    confidence: str
    confidence_sentence: str


Block = Text | Facts | Bullets | Heading | Table | Quotation | Judgement


@dataclass(frozen=True)
class Section:
    title: str
    blocks: list[Block]


@dataclass(frozen=True)
class Notice:
    """What a reader must know before anything else."""

    title: str
    text: str


@dataclass(frozen=True)
class Dossier:
    """A dossier, ready to be drawn. `banner` stands beside the marking on every page."""

    title: str
    subtitle: str
    marking: str
    marking_key: str
    banner: str
    foot: str
    notices: list[Notice]
    facts: list[tuple[str, str]]
    sections: list[Section] = field(default_factory=list)
    at: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a renderer that takes data: each block names its kind."""
        told = asdict(self)
        for section, shown in zip(self.sections, told["sections"], strict=True):
            for block, fields in zip(section.blocks, shown["blocks"], strict=True):
                fields["kind"] = type(block).__name__.lower()
        return told

    def words(self) -> Iterator[str]:
        """Every string that a reader of the dossier gets to see."""
        yield from _strings(asdict(self))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)
