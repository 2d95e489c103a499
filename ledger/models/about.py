"""Records about other records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from ledger import triggers
from ledger.models.records import Record, kinds


def readable_record(kind: str, pk: UUID) -> Record | None:
    """The record of a kind and id, if who acts may read it."""
    model = kinds().get(kind)
    return model._default_manager.filter(pk=pk).first() if model else None


class AboutRecord(models.Model):
    """Mixed into a record about another one, of any kind: it lies where that one lies, and follows it.

    The database insists: a trigger of the child takes over workspace and marking, and a trigger of
    every record table, raised with the wall, passes them on when the record moves or is marked anew.
    """

    about_triggers = (triggers.inherit_about_scope(),)
    not_about: tuple[str, ...] = ()
    """Kinds that this is never about."""

    about_kind = models.CharField(max_length=40, blank=True, default="")
    about_id = models.UUIDField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(about_kind="", about_id=None) | (~Q(about_kind="") & Q(about_id__isnull=False)),
                name="%(class)s_names_kind_and_id_of_what_it_is_about",
            ),
        ]
        indexes = [models.Index(fields=["about_id"], name="%(class)s_by_about")]

    @property
    def about(self) -> Record | None:
        """What it is about; None where there is nothing, or nothing that the reader may see. Queries once."""
        if "_about" not in self.__dict__:
            self._about = readable_record(self.about_kind, self.about_id) if self.about_id else None
        return self._about

    @about.setter
    def about(self, record: Record) -> None:
        self.about_kind, self.about_id, self._about = record.kind, record.pk, record

    def _take_scope(self) -> None:
        super()._take_scope()
        if self.about is not None:
            self.workspace_id, self.marking = self.about.workspace_id, self.about.marking
        elif self.about_id or self.about_kind:
            raise ValidationError({"about_id": "There is no such record that you may read."})

    def _require_open_to_change(self, names: set[str]) -> None:
        super()._require_open_to_change(names)
        if self.about_id and names & {"workspace", "marking"}:
            raise ValidationError({"marking": "It lies under the marking of what it is about."})

    def clean(self) -> None:
        super().clean()
        if self.about_kind in self.not_about:
            raise ValidationError({"about_kind": "This is never about one of that kind."})


def attach(records: list[Any], name: str = "about") -> None:
    """Fetch what each record is about, one query for each kind; hidden ones become None."""
    wanted: dict[str, set[UUID]] = {}
    for each in records:
        if each.about_id:
            wanted.setdefault(each.about_kind, set()).add(each.about_id)
    found = {
        kind: kinds()[kind]._default_manager.in_bulk(ids) if kind in kinds() else {} for kind, ids in wanted.items()
    }
    for each in records:
        each._about = found.get(each.about_kind, {}).get(each.about_id)
