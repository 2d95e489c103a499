"""A dossier as a tagged PDF (PDF/UA-1), set by Typst in this process."""

from __future__ import annotations

import json
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
ACCESSIBLE = "ua-1"

IN_TYPST = frozenset("←↑→↓↔⇒⇔≈≠≤≥∞√∑−±×÷•■□●○✓✗")
"""Signs that Noto Sans lacks and the fonts inside Typst have."""

UNSEEN = dict.fromkeys([*range(0xFE00, 0xFE10), 0xFEFF])
"""Variation selectors and the byte order mark: they draw nothing by themselves."""


def pdf(dossier: Dossier) -> bytes:
    """The same dossier gives the same bytes. What no font of ours can draw is shown by its code point."""
    told = json.dumps(_drawable(dossier.as_json()))
    try:
        return _typeset(dossier, told, [ACCESSIBLE])
    except typst.TypstError as refusal:
        if "could not be displayed" not in str(refusal):
            raise
        return _typeset(dossier, told, [])  # a cluster without a shape: tagged as well, but with a blank box


def _typeset(dossier: Dossier, told: str, standards: list[str]) -> bytes:
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"dossier": told},
        pdf_standards=standards,
        timestamp=int(datetime.fromisoformat(dossier.at).timestamp()),
    )


def _drawable(told: Any) -> Any:
    """Every string with only such characters as the fonts can draw."""
    if isinstance(told, dict):
        return {name: _drawable(value) for name, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [_drawable(each) for each in told]
    if isinstance(told, str):
        known = _drawn()
        seen = printable(told).translate(UNSEEN)
        return "".join(each if each in known else f"[U+{ord(each):04X}]" for each in seen)
    return told


@cache
def _drawn() -> frozenset[str]:
    """What the fonts can draw."""
    return IN_TYPST.union("\n\t", *(characters_of(path) for path in FONTS.glob("*_400Regular.ttf")))
