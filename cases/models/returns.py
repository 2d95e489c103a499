"""What was to be mended when a version was returned, and what its authors say became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import IllegalStep
from accounts.models import User
from cases import gate
from cases.choices import Mended
from cases.models.attributions import CLAIM_FIELDS, Attribution
from cases.models.citations import Citation
from ledger import triggers
from ledger.acting import taking
from ledger.addresses import address_of
from ledger.models import PERSON, Record


def name_of(claim_field: str) -> str:
    """What a field of the claim is called at the beginning of a line."""
    name = str(Attribution._meta.get_field(claim_field).verbose_name)
    return name[0].upper() + name[1:]


class ReturnItem(Record):
    """One thing to mend in a returned version: about a check, a field of the claim, a citation, or the whole."""

    kind = "return_item"
    scoped_by = "attribution"
    searched = {"anchor": "attribution_id", "title": "what", "body": ("word",)}
    extra_triggers = (
        triggers.keep(
            "attribution_id,round,check_key,claim_field,citation_id,what", "What was to be mended stays as it was said."
        ),
        triggers.Call(
            "return_item_moves_only_in_the_open",
            name="only_in_the_open",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    attribution = models.ForeignKey(Attribution, models.PROTECT, related_name="return_items")
    round = models.PositiveIntegerField(editable=False, help_text="The round that was returned.")
    check_key = models.CharField("check", max_length=30, blank=True, default="")
    claim_field = models.CharField("field", max_length=40, blank=True, default="")
    citation = models.ForeignKey(Citation, models.PROTECT, null=True, blank=True, related_name="return_items")
    what = models.TextField("what to mend")

    outcome = models.CharField(max_length=20, choices=Mended, blank=True, default="", editable=False)
    word = models.TextField("a word on it", blank=True, default="", editable=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(check_key="", claim_field="")
                | Q(check_key="", citation=None)
                | Q(claim_field="", citation=None),
                name="a_return_item_is_about_one_thing",
                violation_error_message="It is about one thing: a check, a field or a citation.",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="a_return_item_says_what_to_mend"),
            models.CheckConstraint(
                condition=~Q(outcome=Mended.NOT_MENDED) | ~Q(word=""),
                name="what_is_not_mended_says_why",
                violation_error_message="Say why it was not mended.",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return f"{self.attribution.get_absolute_url()}#return-item-{self.pk}"

    @property
    def about(self) -> str:
        """What it is about, in a word; empty for the whole. Wants the citation loaded."""
        if self.check_key:
            return next((each.title for each in gate.CHECKS if each.key == self.check_key), self.check_key)
        if self.claim_field:
            return name_of(self.claim_field)
        return f"Citation for {self.citation.get_supports_display().lower()}" if self.citation_id else ""

    @property
    def place(self) -> str:
        """Where to mend it."""
        if self.claim_field:
            return f"{address_of('attribution_edit', self.attribution_id)}#id_{self.claim_field}"
        where = address_of("attribution", self.attribution_id)
        return f"{where}#citation-{self.citation_id}" if self.citation_id else where

    def clean(self) -> None:
        super().clean()
        if self.check_key and self.check_key not in {each.key for each in gate.CHECKS}:
            raise ValidationError({"check_key": "The gate has no such check."})
        if self.claim_field and self.claim_field not in CLAIM_FIELDS:
            raise ValidationError({"claim_field": "The claim has no such field."})
        if self.citation_id and self.citation.attribution_id != self.attribution_id:
            raise ValidationError({"citation": "Choose a citation of this attribution."})

    @transaction.atomic
    def give_answer(self, *, by: User, outcome: str, word: str = "") -> None:
        """Say what became of it, as an author, until it is submitted again."""
        self.attribution._require_author(by)
        self.attribution._lock("answer")
        if self.round != self.attribution.round:
            raise IllegalStep("This was to be mended in an earlier version.")
        self.outcome, self.word = outcome, word.strip()
        self.full_clean()
        if self.outcome not in Mended.values:
            raise ValidationError({"outcome": "Say whether it was mended."})
        with taking("answer", self.word):
            ReturnItem.objects.filter(pk=self.pk).update(
                outcome=self.outcome, word=self.word, answered_by=by, answered_at=timezone.now()
            )
        self.refresh_from_db()

    @classmethod
    def write_down(cls, attribution: Attribution, items: Iterable[Mapping[str, Any]], *, by: User) -> None:
        """Keep what is to be mended in the version just returned."""
        for each in items:
            cls.add(by=by, attribution=attribution, round=attribution.round, **each)

    @classmethod
    def answer_all(cls, attribution: Attribution, answers: Mapping[UUID, Mapping[str, str]], *, by: User) -> None:
        """Take the authors' answers, and refuse to go on while one is missing."""
        asked = attribution.to_mend()
        if unknown := set(answers) - {each.pk for each in asked}:
            raise ValidationError({"answers": f"This is not to be mended: {', '.join(sorted(map(str, unknown)))}."})
        for each in asked:
            if each.pk in answers:
                each.give_answer(by=by, **answers[each.pk])
        if missing := sum(not each.outcome for each in asked):
            things, have = ("thing", "has") if missing == 1 else ("things", "have")
            raise IllegalStep(f"{missing} {things} to mend {have} no answer yet: say of each what became of it.")

    def _require_open_to_change(self, names: set[str]) -> None:
        raise IllegalStep("What was to be mended is answered, not changed.")
