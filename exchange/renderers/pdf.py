"""A dossier as a tagged PDF (PDF/UA-1, PDF/A-2a), set by Typst in this process."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from exchange.blocks import Dossier
from exchange.renderers.glyphs import characters_of
from exchange.wording import printable

TEMPLATE = Path(__file__).with_name("dossier.typ")
FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "noto"
STANDARDS = ["ua-1", "a-2a"]
"""For every reader, and for the archive."""

IN_TYPST = frozenset("←↑→↓↔⇒⇔≈≠≤≥∞√∑−±×÷•■□●○✓✗")
"""Signs that Noto Sans lacks and the fonts inside Typst have."""

LONGEST, LONGEST_IN_A_CELL = 40, 14
"""Characters of a word before it may be broken."""

HASH = re.compile(r"[0-9a-f]{64}")

UNSEEN = dict.fromkeys([*range(0xFE00, 0xFE10), 0xFEFF])
"""Variation selectors and the byte order mark: they draw nothing by themselves."""


def pdf(dossier: Dossier) -> bytes:
    """The same dossier gives the same bytes. What no font of ours can draw is shown by its code point."""
    told = json.dumps(_drawable(dossier.as_json(), LONGEST))
    try:
        return _typeset(dossier, told, STANDARDS)
    except typst.TypstError as refusal:
        if "could not be displayed" not in str(refusal):
            raise
        return _typeset(dossier, told, [])  # letters that no font of ours joins: tagged as well, with a blank box


def _typeset(dossier: Dossier, told: str, standards: list[Any]) -> bytes:
    compiled: bytes = typst.compile(  # type: ignore[misc]
        TEMPLATE.read_bytes(),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"dossier": told},
        pdf_standards=standards,
        timestamp=int(datetime.fromisoformat(dossier.at).timestamp()),
    )
    return compiled


def _drawable(told: Any, longest: int) -> Any:
    """Every string with only such characters as the fonts can draw, and no word too long for its place."""
    if isinstance(told, dict):
        within = LONGEST_IN_A_CELL if told.get("kind") == "table" else longest
        return {name: _drawable(value, within) for name, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [_drawable(each, longest) for each in told]
    if isinstance(told, str):
        known = _drawn()
        seen = printable(told).translate(UNSEEN)
        return _breakable("".join(each if each in known else f"[U+{ord(each):04X}]" for each in seen), longest)
    return told


def _breakable(text: str, longest: int) -> str:
    """Text in which a very long word may be broken. A hash stays whole, so that it can be copied."""
    if HASH.fullmatch(text):
        return text
    return re.sub(rf"[^\s/?&=.,;:\-]{{{longest}}}", lambda run: run[0] + "\u200b", text)


@cache
def _drawn() -> frozenset[str]:
    """What the fonts can draw."""
    return IN_TYPST.union("\n\t", *(characters_of(path) for path in FONTS.glob("*_400Regular.ttf")))
