"""Measures that others took, on record beside our own responses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from ledger.models import Record
from policy.workflow import TAKEN, Status

if TYPE_CHECKING:
    from cases.models import Incident
    from evidence.models import Passage


class OnRecord(Record):
    """What can be put on record as it was taken."""

    class Meta:
        abstract = True

    @classmethod
    @transaction.atomic
    def put_on_record(
        cls,
        *,
        by: User,
        incidents: Sequence[Incident],
        passages: Iterable[Passage] = (),
        status: str = Status.COMPLETED,
        **fields: Any,
    ) -> Self:
        """Record a measure that others took, as it was taken, with the words in which it can be read.

        It went through no review of ours.
        """
        if status not in TAKEN:
            raise ValidationError({"status": "A measure on record is in force, completed or lifted."})
        if not incidents:
            raise ValidationError({"incidents": "Name the incident that it answers."})
        note = fields.pop("state_note", "") or ("As recorded." if status == Status.LIFTED else "")
        measure = super().add(by=by, author=by, is_on_record=True, status=status, state_note=note, **fields)
        for incident in dict.fromkeys(incidents):
            measure.incidents.model.add(by=by, response=measure, incident=incident)
        for passage in dict.fromkeys(passages):
            measure.citations.model.add(by=by, response=measure, passage=passage, note="Where it was read.")
        return measure
