"""Where a text of a response comes from: the sealed packet of what was approved, or the rows of what was not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import Any

from django.utils import timezone

from accounts.choices import Marking
from accounts.errors import IllegalStep
from cases.models import Actor, Attribution, Incident, PublicClaim, SealedPacket
from evidence.models import EvidenceItem
from exchange import packets as of_attributions
from exchange.blocks import Dossier
from exchange.texts import KINDS, packets, text_of
from exchange.texts.material import Standing, material_of
from policy import seal
from policy.ground import ground_of
from policy.models import LegalProvision, PolicyResponse, SealedResponse

MARKED = (Incident, Actor, Attribution, PublicClaim, LegalProvision)
"""What a text names beside items of evidence. Each follows its own marking."""


def text_for(response: PolicyResponse) -> Dossier:
    """What was approved, as it was sealed; for anything else a draft that says it is one.

    Raises `IllegalStep` for a kind that has no text.
    """
    if response.response_kind not in KINDS:
        raise IllegalStep("This kind has no text of its own: its text is the product that it shares.")
    sealed = _sealed(response)
    packet = packets.read(sealed.canonical if sealed else seal.content(response, ground_of(response)))
    dossiers = _dossiers(packet)
    return text_of(
        material_of(
            packet,
            dossiers,
            _standing(response, packet, sealed),
            seen=_seen(packet, dossiers),
            dropped=Counter() if sealed else _hidden(response, packet),
        )
    )


def _sealed(response: PolicyResponse) -> SealedResponse | None:
    return response.packets.filter(sha256=response.seal).first() if response.seal else None


def _dossiers(packet: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The sealed packets of the attributions that it rests on, by seal, as far as the reader may see them."""
    seals = [each["seal"] for each in packet["grounds"] if each.get("seal")]
    found = SealedPacket.objects.filter(sha256__in=seals).only("sha256", "canonical")
    return {each.sha256: of_attributions.read(each.canonical) for each in found}


def _seen(packet: dict[str, Any], dossiers: dict[str, dict[str, Any]]) -> frozenset[str]:
    """The ids of the records named that the reader may see now, and that are marked no stricter than the response."""
    ids = packets.ids_in(packet)
    ids |= {each["item"]["id"] for dossier in dossiers.values() for each in dossier["citations"]}
    level = Marking(packet["response"]["marking"]).level
    under = [each for each in Marking if each.level <= level]
    found = set(EvidenceItem.objects.filter(pk__in=ids, marking__in=under, source__marking__in=under).values_list("pk"))
    for model in MARKED:
        found.update(model.objects.filter(pk__in=ids, marking__in=under).values_list("pk"))
    return frozenset(str(pk) for (pk,) in found)


def _hidden(response: PolicyResponse, packet: dict[str, Any]) -> Counter[str]:
    """How many parts the reader does not even find, because what they name is hidden from them."""
    parts = ("incidents", "targets", "provisions")
    there = {part: getattr(response, part).filter(status="active").count() for part in parts}
    return +Counter({part: number - len(packet[part]) for part, number in there.items()})


def _standing(response: PolicyResponse, packet: dict[str, Any], sealed: SealedResponse | None) -> Standing:
    now = timezone.now()
    approved_at = response.approved_at if sealed else None
    return Standing(
        status=response.status,
        version=response.version,
        made_at=f"{timezone.localtime(now):%-d %B %Y, %H:%M} {timezone.get_current_timezone_name()}",
        at=(approved_at or now).astimezone(UTC).isoformat(timespec="seconds"),
        seal=sealed.sha256 if sealed else "",
        approver=packet["approver"]["name"] if sealed else "",
        approved_on=timezone.localdate(approved_at).isoformat() if approved_at else "",
        reason=response.state_note,
        question=response.basis_note if response.is_in_question else "",
        is_on_record=response.is_on_record,
    )
