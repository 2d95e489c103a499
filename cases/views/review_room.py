"""The review room: the version submitted beside the last one approved, what has moved, and one thread."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from accounts.choices import Marking
from cases.abilities import abilities
from cases.choices import (
    Confidence,
    Element,
    Finding,
    IntentBasis,
    Label,
    LegalBasis,
    Likelihood,
    StateInvolvement,
    Supports,
)
from cases.comparing import Change, Comparison, compare
from cases.forms import AnswerForm, ReviewForm
from cases.gate import Outcome, evaluate
from cases.gathering import analysis_now, ground_of
from cases.ground import Ground
from cases.models import Attribution, SealedPacket, SubmittedVersion
from cases.models.attributions import CLAIM_FIELDS
from cases.moved import Standing, analysis_moved, evidence_moved
from cases.workflow import Status
from evidence.models import EvidenceItem
from ledger.pages import RecordDetail

CHOICES = {
    "label": Label,
    "marking": Marking,
    "likelihood": Likelihood,
    "confidence": Confidence,
    "state_involvement": StateInvolvement,
}
COMPARED = ["label", *(name for name in CLAIM_FIELDS if name != "incident"), "marking"]


class Base(NamedTuple):
    """The earlier version that the submitted one is read beside."""

    title: str
    told: dict[str, Any]


class ReviewRoom(RecordDetail):
    """For who reviews and decides; others read."""

    template_name = "cases/review_room.html"
    queryset = Attribution.objects.select_related(
        "incident", "actor", "author", "approver", "previous", "workspace"
    ).prefetch_related("co_authors__person")

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        may = abilities(self.record, self.request.user)
        ground = ground_of(self.record, approver=self.request.user if may["decide"] else None)
        return super().get_context_data(
            may=may,
            **self._version(ground),
            **_gate(ground),
            **self._thread(may),
            **kwargs,
        )

    def _version(self, ground: Ground) -> dict[str, Any]:
        """The version last submitted, compared and looked at again; nothing where none was."""
        attribution = self.record
        version, earlier = [*attribution.submitted_versions.order_by("-round")[:2], None, None][:2]
        if version is None:
            return {"version": None}
        told, base = json.loads(version.canonical), base_of(attribution, version, earlier)
        compared = compare(told, base.told if base else None, COMPARED, shown)
        moved = evidence_moved(told, standing_of(told))
        sentences = [*moved.values(), *_renamed(attribution, told)]
        if attribution.status == Status.IN_REVIEW:
            sentences += analysis_moved(told, analysis_now(attribution.incident_id))
        return {
            "version": version,
            "base": base,
            "compared": compared,
            "fields": [(_label(each.name), each) for each in compared.fields if each.now or each.was],
            "citations": citations_of(ground, compared, moved),
            "findings": [(Element(each.element).label, *_found(each), each) for each in compared.findings],
            "moved": sentences,
        }

    def _thread(self, may: dict[str, Any]) -> dict[str, Any]:
        attribution = self.record
        reviews = attribution.reviews.select_related("reviewer").prefetch_related("dissents__answered_by")
        mended_in = attribution.round - (not attribution.is_open_to_edit)
        return {
            "reviews": reviews,
            "claims": attribution.review_claims.filter(round=attribution.round).select_related("reviewer"),
            "return_items": attribution.return_items.filter(round=mended_in).select_related("citation", "answered_by"),
            "review_form": ReviewForm() if may["review"] else None,
            "answer_form": AnswerForm(auto_id=False) if may["decide"] else None,
        }


def _gate(ground: Ground) -> dict[str, Any]:
    result = evaluate(ground)
    asked = [check for check in result.checks if check.outcome != Outcome.NOT_APPLICABLE]
    return {"gate": result, "asked": asked, "held": sum(check.outcome != Outcome.FAILED for check in asked)}


def base_of(attribution: Attribution, version: SubmittedVersion, earlier: SubmittedVersion | None) -> Base | None:
    """The last approved packet before this version, its own or its predecessor's; else the version returned before."""
    own = Q(attribution=attribution, round__lt=version.round)
    before = Q(attribution=attribution.previous_id) if attribution.previous_id else Q(pk=None)
    if packet := SealedPacket.objects.filter(own | before).order_by("-id").first():
        return Base(f"Approved {packet.created_at:%-d %B %Y}", json.loads(packet.canonical))
    if earlier:
        return Base(f"Submitted {earlier.created_at:%-d %B %Y}, not approved", json.loads(earlier.canonical))
    return None


def shown(name: str, claim: dict[str, Any]) -> str:
    """A field of a claim in words."""
    value = claim.get(name)
    if not value:
        return ""
    if name in CHOICES:
        return str(CHOICES[name](value).label)
    if name == "legal_basis":
        return "; ".join(LegalBasis(each).label for each in value)
    return value["name"] if isinstance(value, dict) else str(value)


def _label(name: str) -> str:
    return "Label" if name == "label" else str(Attribution._meta.get_field(name).verbose_name).capitalize()


def _found(finding) -> tuple[str, str]:
    return tuple(Finding(each).label if each else "" for each in (finding.was, finding.now))


def standing_of(told: dict[str, Any]) -> dict[UUID, Standing]:
    """How the items that a version cites or weighs stand now, as far as the reader may see them. One query."""
    rows = (told.get("matrix") or {"rows": []})["rows"]
    ids = {each["item"]["id"] for each in [*told["citations"], *rows] if "item" in each}
    items = EvidenceItem.objects.select_related("source").filter(pk__in=ids)
    return {each.pk: Standing(each.grade, each.status, each.state_note) for each in items}


def _renamed(attribution: Attribution, told: dict[str, Any]) -> list[str]:
    claim, incident, actor = told["attribution"], attribution.incident, attribution.actor
    sentences = []
    if claim["incident"]["title"] != incident.title:
        sentences.append(
            f"The incident was called “{claim['incident']['title']}” and is called “{incident.title}” now."
        )
    if claim["actor"]["name"] != actor.name:
        sentences.append(f"The actor “{claim['actor']['name']}” is called “{actor.name}” now.")
    return sentences


def citations_of(ground: Ground, compared: Comparison, moved: dict[UUID, str]) -> list[tuple]:
    """The compared citations by what they support, each with its passage (if seen) and what became of its item."""
    passages = {str(each.id): each.passage for each in ground.citations}
    groups: dict[str, list] = {key: [] for key in Supports.values}
    for each in compared.citations:
        told = each.told
        groups[told["supports"]].append(
            {
                "compared": each,
                "told": told,
                "is_gone": each.change == Change.REMOVED,
                "is_contrary": told["supports"] == Supports.CONTRARY,
                "intent_basis": IntentBasis(told["intent_basis"]).label if told["intent_basis"] else "",
                "passage": passages.get(told["id"]),
                "moved": moved.get(UUID(told["item"]["id"])) if "item" in told else None,
            }
        )
    return [(Supports(key).label, key, each) for key, each in groups.items() if each]
