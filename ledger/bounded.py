"""Records that hang on one of several others, and may be marked more strictly than they are."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from accounts.choices import Marking, strictest
from accounts.models import User
from ledger.models import Record


class BoundedRecord(Record):
    """A record that lies in the workspace of the first record it is bound to, at least as strictly marked as all.

    `bounded_by` names its references. PostgreSQL lifts a marking that is too wide and follows when one
    of them moves or is marked anew (`triggers.bound_scope`); it never loosens one by itself.
    """

    bounded_by: tuple[str, ...] = ()

    class Meta:
        abstract = True

    @classmethod
    def _completed(cls, by: User, fields: dict[str, Any]) -> dict[str, Any]:
        """It lies under the strictest marking of what it is bound to, unless a stricter one is given."""
        bounds = cls(**fields).bounds()
        bound = {"marking": strictest([each.marking for each in bounds])} if bounds else {}
        return super()._completed(by, bound | fields)

    def bounds(self) -> list[Record]:
        """The records it is bound to, as far as they are named and may be read. Queries unless they are loaded."""
        found = self._references()
        return [found[name] for name in self.bounded_by if found.get(name)]

    def clean(self) -> None:
        super().clean()
        floor = Marking(strictest([each.marking for each in self.bounds()]))
        if self.marking in Marking.values and Marking(self.marking).level < floor.level:
            raise ValidationError({"marking": f"It hangs on something marked {floor.label}: mark it at least so."})

    def _take_scope(self) -> None:
        for each in self.bounds()[:1]:
            self.workspace_id = each.workspace_id
