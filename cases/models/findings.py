from django.db import models
from django.db.models import Q

from cases.choices import Bearing, Element, Finding
from cases.models.incidents import ACROSS_FLOORS, Incident
from evidence.models import Passage
from ledger.models import Record, WithdrawableRecord


class ElementFinding(Record):
    """What the evidence says of one element of the definition in one incident."""

    kind = "element_finding"
    scoped_by = "incident"
    searched = {"anchor": "incident_id", "title": "element", "body": ("rationale",)}

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="findings")
    element = models.CharField(max_length=20, choices=Element)
    finding = models.CharField(max_length=20, choices=Finding, default=Finding.UNKNOWN)
    rationale = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["incident", "element"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "element"],
                name="element_is_found_once_per_incident",
                violation_error_message="This incident has a finding on this element already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_element_display()}: {self.get_finding_display().lower()}"

    def get_absolute_url(self) -> str:
        return f"{self.incident.get_absolute_url()}#{self.element}"


class FindingCitation(WithdrawableRecord):
    """A passage that speaks for or against a finding."""

    kind = "finding_citation"
    scoped_by = "finding"

    finding = models.ForeignKey(ElementFinding, models.PROTECT, related_name="citations")
    passage = models.ForeignKey(Passage, **ACROSS_FLOORS)
    bearing = models.CharField(max_length=20, choices=Bearing, default=Bearing.SUPPORTING)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "passage"],
                condition=Q(status="active"),
                name="passage_is_cited_once_per_finding",
                violation_error_message="This finding cites the passage already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_bearing_display()}: {self.passage}"

    def get_absolute_url(self) -> str:
        return self.finding.get_absolute_url()
