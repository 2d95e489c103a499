"""Where a dossier comes from: the sealed packet of what was approved, or a preview of what was not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.choices import strictest
from cases import gate, seal
from cases.gathering import ground_of
from cases.models import Actor, Attribution, Incident, SealedPacket
from cases.workflow import Status
from evidence.models import EvidenceItem
from exchange import packets
from exchange.blocks import Dossier
from exchange.choices import Form, FreeText
from exchange.dossiers import Standing, dossier_of
from exchange.withholding import Known, LeftOut, betrays, lowered, mentions

DRAWN_BY = {
    Form.PDF: "exchange.renderers.pdf.pdf",
    Form.DOCX: "exchange.renderers.word.docx",
    Form.HTML: "exchange.renderers.web.html",
}
"""Loaded when first drawn: a process that draws none of a form does without its library."""


def dossier_for(attribution: Attribution) -> Dossier:
    """What was approved, as it was sealed; for anything else a preview that says it is none."""
    packet = sealed_packet(attribution)
    if packet is not None:
        return dossier_of(packets.read(packet.canonical), _standing(attribution, seal=packet.sha256))
    return dossier_of(packets.read(live_packet(attribution)), _standing(attribution, is_draft=True))


def lower_version(
    attribution: Attribution, sealed: SealedPacket, *, to: str, texts: Iterable[str]
) -> tuple[Dossier, LeftOut, list[str]]:
    """The dossier of what was sealed, as it may leave under `to`; with the ids of the citations it keeps.

    Raises `ValidationError` where a confirmed text names something that must be left out.
    """
    packet = packets.read(sealed.canonical)
    known, confirmed = known_markings(packet), frozenset(texts)
    _refuse_mentions(packet, to, known, confirmed)
    lower, left_out = lowered(packet, to, known, confirmed)
    dossier = dossier_of(lower, _standing(attribution, seal=sealed.sha256), left_out)
    if betrays(dossier.words(), packet, to, known):
        raise ValidationError("What was made would name something that must be left out. Confirm fewer texts.")
    return dossier, left_out, [each["id"] for each in lower["citations"]]


def draw(dossier: Dossier, form: str) -> bytes:
    return import_string(DRAWN_BY[Form(form)])(dossier)


def sealed_packet(attribution: Attribution) -> SealedPacket | None:
    """The packet of the approval that stands or last stood; None before one, and while a new version is written."""
    was_approved = attribution.status in (Status.APPROVED, Status.STALE, Status.SUPERSEDED, Status.WITHDRAWN)
    if not (was_approved and attribution.seal):
        return None
    return attribution.packets.filter(sha256=attribution.seal).first()


def live_packet(attribution: Attribution) -> dict[str, Any]:
    """What would be sealed now, as far as this reader may see it; what they may not is only counted."""
    ground = ground_of(attribution)
    return seal.packet(attribution, ground, gate.evaluate(ground), approver=None, note="")


def known_markings(packet: dict[str, Any]) -> Known:
    """The markings of all that a packet names, as they are now; what the reader may not see is left away."""
    rows = packet["matrix"]["rows"] if packet["matrix"] else []
    ids = {each["item"]["id"] for each in [*packet["citations"], *rows]}
    items = EvidenceItem.objects.filter(pk__in=ids).select_related("source")
    claim = packet["attribution"]
    return Known(
        items={str(each.pk): strictest([each.marking, each.source.marking]) for each in items},
        incident=Incident.objects.filter(pk=claim["incident"]["id"]).values_list("marking", flat=True).first(),
        actor=Actor.objects.filter(pk=claim["actor"]["id"]).values_list("marking", flat=True).first(),
    )


def _standing(attribution: Attribution, **more: Any) -> Standing:
    now = timezone.now()
    approved_at = None if more.get("is_draft") else attribution.approved_at
    return Standing(
        status=attribution.status,
        reason=attribution.state_note if attribution.status != Status.APPROVED else "",
        approved_on=timezone.localdate(approved_at).isoformat() if approved_at else "",
        made_on=timezone.localdate(now).isoformat(),
        at=(approved_at or now).astimezone(UTC).isoformat(timespec="seconds"),
        **more,
    )


def _refuse_mentions(packet: dict[str, Any], to: str, known: Known, texts: frozenset[str]) -> None:
    found = [
        f"“{FreeText(text).label}” names {what} that must be left out: do not confirm it, or have it revised."
        for text, what in mentions(packet, to, known, texts)
    ]
    if found:
        raise ValidationError({"texts": found})
