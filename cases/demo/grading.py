"""Grades of the demonstration that more than one person gives."""

from accounts.models import User
from cases.demo import reading
from evidence.choices import Question
from evidence.models import Confirmation, EvidenceItem, Grading
from ledger.acting import acting_as


def grade(items: dict[str, EvidenceItem], cast: dict[str, User]) -> None:
    """Give the gradings of `gradings.yaml` to the items of a room, each in the name of who gives it."""
    told = reading.load("gradings.yaml")
    for key in filter(items.__contains__, told["blind"]):
        for who, found, reason in told["blind"][key]:
            _blind(items[key], cast[who], found, reason)
        items[key].refresh_from_db()
    for key in filter(items.__contains__, told["said"]):
        found, reason = told["said"][key]
        items[key].grade_said(by=cast["analyst"], reliability=found[0], credibility=int(found[1]), reason=reason)
    for key, confirming, note in told["confirmed"]:
        if {key, confirming} <= items.keys():
            Confirmation.add(by=cast["analyst"], item=items[key], confirming=items[confirming], note=note)


def _blind(item: EvidenceItem, by: User, found: str, reason: str) -> None:
    with acting_as(by):
        Grading.add(
            by=by,
            item=item,
            question=Question.SO,
            reliability=found[0],
            credibility=int(found[1]),
            reason=reason,
        )
