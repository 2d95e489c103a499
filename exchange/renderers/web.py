"""A dossier as one HTML page that needs nothing else: its style lies in it, and it has no script."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from exchange.blocks import Dossier
from exchange.wording import printable

STYLE = Path(__file__).with_name("dossier.css")


def html(dossier: Dossier) -> bytes:
    """Every string is escaped by the template."""
    style = mark_safe(style_of(dossier))  # noqa: S308 - a file of ours, with our own words in it
    return render_to_string("exchange/dossier.html", {"dossier": shown(dossier), "style": style}).encode()


def shown(dossier: Dossier) -> dict[str, Any]:
    """A dossier as data for a template."""
    told: dict[str, Any] = _clean(dossier.as_json())
    return told


def style_of(dossier: Dossier) -> str:
    """The style, with the marking for the margins of a printed page."""
    words = " ".join(filter(None, (dossier.banner, dossier.marking)))
    return STYLE.read_text().replace("MARKING", words)


def style_source(dossier: Dossier) -> str:
    """What a Content-Security-Policy names this one style by."""
    digest = hashlib.sha256(style_of(dossier).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _clean(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _clean(value) for name, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [_clean(each) for each in told]
    return printable(told) if isinstance(told, str) else told
