"""Forms of the review room: claiming, dates, returning with a list, and answering it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property

from accounts.choices import WRITERS
from accounts.models import User
from cases import gate
from cases.choices import Mended
from cases.models import Attribution
from cases.models.attributions import CLAIM_FIELDS
from cases.models.review_claims import possible_reviewers
from cases.standing import members_of
from ledger.forms import ReasonForm

ROWS, MORE_ROWS, MOST_ROWS = 3, 3, 60
"""Rows of a list to mend: at first, added at a time, and at most."""

BY_ITSELF = frozenset({"incident", "actor"})
"""Fields of the claim that nobody can mend: an attribution keeps its subject."""


class JustDo(forms.Form):
    """A step that asks for nothing."""


class ReleaseForm(ReasonForm):
    """Who gives up their own claim owes no reason."""

    def __init__(self, *args, is_own: bool, **options) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = not is_own


class _ToSomebody(ReasonForm):
    to = forms.ModelChoiceField(queryset=User.objects.none(), label="To")
    field_order = ["to", "reason"]

    def __init__(self, *args, attribution: Attribution, **options) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = self.offered(attribution)


class ReassignForm(_ToSomebody):
    def offered(self, attribution: Attribution):
        return possible_reviewers(attribution)


class HandOverForm(_ToSomebody):
    def offered(self, attribution: Attribution):
        members = members_of(attribution.workspace_id, attribution.marking, WRITERS)
        return members.exclude(pk__in=attribution.author_ids())


class DueForm(ReasonForm):
    due_on = forms.DateField(label="Due", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    field_order = ["due_on", "reason"]


class RowForm(forms.Form):
    """One thing to mend."""

    about = forms.ChoiceField(required=False, label="About")
    what = forms.CharField(required=False, label="What to mend", widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, choices, **options) -> None:
        super().__init__(*args, **options)
        self.fields["about"].choices = choices

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if told.get("about") and not told.get("what"):
            self.add_error("what", "Say what to mend.")
        return told


class ReturnForm(ReasonForm):
    """The reason, and rows for what is to be mended; rows without words do not count."""

    def __init__(self, *args, attribution: Attribution, **options) -> None:
        super().__init__(*args, **options)
        self.attribution = attribution
        self.fields["reason"].help_text = "What the author reads first."

    @cached_property
    def citations(self) -> dict[str, Any]:
        found = self.attribution.citations.filter(status="active").prefetch_related("passage")
        return {str(each.pk): each for each in found}

    @cached_property
    def rows(self) -> list[RowForm]:
        told = self.data.get("rows", "")
        count = min(int(told) if told.isdigit() else ROWS, MOST_ROWS) + (MORE_ROWS if "more" in self.data else 0)
        bound = self.data if self.is_bound else None
        return [RowForm(bound, prefix=f"row-{n}", choices=self._choices()) for n in range(count)]

    def _choices(self) -> list:
        checks = [(f"check:{each.key}", each.title) for each in gate.CHECKS]
        names = [name for name in CLAIM_FIELDS if name not in BY_ITSELF]
        fields = [(f"field:{name}", str(Attribution._meta.get_field(name).verbose_name).capitalize()) for name in names]
        citations = [(f"citation:{key}", _short(each)) for key, each in self.citations.items()]
        return [("", "The whole"), ("Checks", checks), ("The claim", fields), ("Citations", citations)]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(row.is_valid() for row in self.rows)])

    @property
    def items(self) -> list[dict[str, Any]]:
        """What is to be mended, as the verb takes it."""
        return [self._item(**row.cleaned_data) for row in self.rows if row.cleaned_data["what"].strip()]

    def _item(self, *, about: str, what: str) -> dict[str, Any]:
        kind, _, key = about.partition(":")
        named = {"check": {"check_key": key}, "field": {"claim_field": key}, "": {}}
        return {"what": what.strip(), **(named[kind] if kind in named else {"citation": self.citations[key]})}


def _short(citation) -> str:
    words = citation.seen_passage.quote if citation.seen_passage else "(withheld)"
    return f"{citation.get_supports_display()}: {words if len(words) <= 70 else words[:67] + '...'}"


class MendedForm(forms.Form):
    """What became of one thing that was to be mended."""

    outcome = forms.ChoiceField(choices=Mended.choices, widget=forms.RadioSelect, label="What became of it")
    word = forms.CharField(
        required=False,
        label="A word on it",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where it was not mended.",
    )


class SubmitForm(forms.Form):
    """Submitting again answers each thing that was to be mended."""

    def __init__(self, *args, to_mend, **options) -> None:
        super().__init__(*args, **options)
        self.to_mend = to_mend
        for each in to_mend:
            about = f"{each.about}: " if each.about else ""
            self.fields[f"outcome_{each.pk.hex}"] = forms.ChoiceField(
                choices=Mended.choices, widget=forms.RadioSelect, label=f"{about}{each.what}", initial=each.outcome
            )
            self.fields[f"word_{each.pk.hex}"] = forms.CharField(
                required=False, label="A word on it", widget=forms.Textarea(attrs={"rows": 2}), initial=each.word
            )

    @property
    def answers(self) -> dict:
        told = self.cleaned_data
        return {
            each.pk: {"outcome": told[f"outcome_{each.pk.hex}"], "word": told[f"word_{each.pk.hex}"]}
            for each in self.to_mend
        }

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        for each in self.to_mend:
            unexplained = told.get(f"outcome_{each.pk.hex}") == Mended.NOT_MENDED and not told[f"word_{each.pk.hex}"]
            if unexplained:
                self.add_error(f"word_{each.pk.hex}", "Say why it was not mended.")
        return told
