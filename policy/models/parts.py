"""The parts of a response: the incidents it answers, and what it rests on, relies on and cites."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from cases.models import Actor, Attribution, Incident, PublicClaim
from evidence.models import Passage
from ledger import triggers
from ledger.models import WithdrawableRecord
from policy.models.provisions import LegalProvision
from policy.models.responses import ACROSS_FLOORS, PolicyResponse


class OfResponse(WithdrawableRecord):
    """A part of a response. It moves only while the response is open to edit, or is a measure on record."""

    scoped_by = "response"

    class Meta:
        abstract = True

    def _require_writer(self, by: User, roles: frozenset | None = None) -> None:
        super()._require_writer(by, roles)
        self.response._require_worker(by)
        self.response._require_open_to_change(set())

    def get_absolute_url(self) -> str:
        return self.response.get_absolute_url()


def in_the_open() -> triggers.Call:
    return triggers.Call(
        "response_part_moves_only_in_the_open",
        name="only_in_the_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
    )


class AnsweredIncident(OfResponse):
    """An incident that a response answers."""

    kind = "answered_incident"
    extra_triggers = (in_the_open(), triggers.keep("incident_id", "It keeps its incident."))

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="incidents")
    incident = models.ForeignKey(Incident, **ACROSS_FLOORS)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "incident"],
                condition=Q(status="active"),
                name="response_answers_an_incident_once",
                violation_error_message="It answers this incident already.",
            ),
        ]
        indexes = [models.Index(fields=["incident"], name="response_by_incident")]

    def __str__(self) -> str:
        return str(self.incident)


class ResponseGround(OfResponse):
    """What a response rests on: an attribution, or, where its kind allows, a public claim or a non-state actor."""

    kind = "response_ground"
    extra_triggers = (in_the_open(), triggers.keep("attribution_id,claim_id,actor_id", "It keeps what it rests on."))

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="grounds")
    attribution = models.ForeignKey(Attribution, null=True, blank=True, **ACROSS_FLOORS)
    claim = models.ForeignKey(PublicClaim, null=True, blank=True, **ACROSS_FLOORS)
    actor = models.ForeignKey(Actor, null=True, blank=True, **ACROSS_FLOORS)
    note = models.TextField(blank=True, default="", help_text="Why the response rests on it.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(attribution__isnull=False, claim=None, actor=None)
                | Q(attribution=None, claim__isnull=False, actor=None)
                | Q(attribution=None, claim=None, actor__isnull=False),
                name="a_ground_is_one_thing",
                violation_error_message="Choose one: an attribution, a public claim or an actor.",
            ),
        ]
        indexes = [models.Index(fields=["attribution"], name="ground_by_attribution")]

    def __str__(self) -> str:
        return str(self.rests_on)

    @property
    def rests_on(self) -> Attribution | PublicClaim | Actor | None:
        """The one thing, or None where the reader's clearance does not cover it. Wants all three loaded."""
        return self.attribution or self.claim or self.actor


class ReliedProvision(OfResponse):
    """A legal provision that a response relies on."""

    kind = "relied_provision"
    extra_triggers = (in_the_open(), triggers.keep("provision_id", "It keeps its provision."))

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="provisions")
    provision = models.ForeignKey(LegalProvision, models.PROTECT, related_name="relied_on")
    note = models.TextField(blank=True, default="", help_text="How the measure stays within it.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "provision"],
                condition=Q(status="active"),
                name="response_relies_on_a_provision_once",
                violation_error_message="It relies on this provision already.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.provision)


class ResponseCitation(OfResponse):
    """Exact words that a response, its listing grounds or its rights assessment cite."""

    kind = "response_citation"
    extra_triggers = (in_the_open(), triggers.keep("passage_id", "A citation keeps its passage."))

    response = models.ForeignKey(PolicyResponse, models.PROTECT, related_name="citations")
    passage = models.ForeignKey(Passage, **ACROSS_FLOORS)
    supports = models.CharField(
        max_length=20,
        choices=[("grounds", "Listing grounds"), ("rights", "Rights assessment"), ("measure", "The measure")],
        default="measure",
    )
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "passage", "supports"],
                condition=Q(status="active"),
                name="response_cites_a_passage_once_for_each_thing",
                violation_error_message="It cites this passage for this already.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.seen_passage or "A passage that is withheld")

    @property
    def seen_passage(self) -> Passage | None:
        """The passage, or None where the reader's clearance does not cover it. Wants it prefetched."""
        if "passage" in self._state.fields_cache:
            return self._state.fields_cache["passage"]
        return Passage.objects.filter(pk=self.passage_id).first()
