"""What is recorded around an incident, for its page and for who adds to it: each asked once, when it is wanted."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from django.db.models import QuerySet

from accounts.prepared import Prepared
from cases.models import Attribution, Incident, Involvement, PublicClaim


class Around:
    """As the reader may see it."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident

    @cached_property
    def attributions(self) -> list[Attribution]:
        """All, newest first, each with its actor and this incident, as far as a list shows them."""
        found = _attributions(self.incident.pk)
        for each in found:
            each.incident = self.incident
        return found

    @cached_property
    def involvements(self) -> list[Involvement]:
        """Parts in use, each with its actor."""
        return _involvements(self.incident.pk)

    @cached_property
    def claims(self) -> list[PublicClaim]:
        """Public claims in use in order of time, each with its actor and the item in which it can be read."""
        found = _claims(self.incident.pk)
        for each in found:
            each.incident = self.incident
        return found


OF_AN_ATTRIBUTION = (
    "statement",
    "status",
    "likelihood",
    "confidence",
    "approved_at",
    "what_would_change",
    "contrary_searched_on",
    "contrary_search_note",
    "actor__name",
    "actor__actor_kind",
)


@Prepared
def _attributions(incident: UUID) -> QuerySet[Attribution]:
    return Attribution.objects.filter(incident=incident).select_related("actor").only(*OF_AN_ATTRIBUTION)


@Prepared
def _involvements(incident: UUID) -> QuerySet[Involvement]:
    found = Involvement.objects.filter(incident=incident, status="active").select_related("actor")
    return found.only("role", "note", "actor__name", "actor__actor_kind", "actor__status")


@Prepared
def _claims(incident: UUID) -> QuerySet[PublicClaim]:
    found = PublicClaim.objects.filter(incident=incident, status="active").select_related("actor", "item")
    shown = ("incident", "claimant", "made", "form", "what", "passage", "actor__name", "item__title")
    return found.only(*shown).order_by("made", "pk")
