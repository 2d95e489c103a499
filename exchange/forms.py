"""Forms of the exchange pages."""

from django import forms

from accounts.choices import Marking
from cases.models import Attribution
from exchange.choices import Form, FreeText


class ReleaseForm(forms.Form):
    """Under which marking, for whom, and which of the claim's texts may leave."""

    marking = forms.ChoiceField(label="Release under")
    form = forms.ChoiceField(label="As", choices=Form.choices, initial=Form.PDF)
    texts = forms.MultipleChoiceField(
        label="Texts that may leave under this marking",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Read each above, and confirm only what may be read under the chosen marking.",
    )
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For whom and what for. Readable under the release's own marking.",
    )

    def __init__(self, *args, attribution: Attribution, free_texts: list[str], **options) -> None:
        super().__init__(*args, **options)
        lower = [each for each in Marking if each.level < Marking(attribution.marking).level]
        self.fields["texts"].choices = [(each, FreeText(each).label) for each in free_texts]
        self.fields["marking"].choices = [(each.value, each.label) for each in reversed(lower)]


class SharingForm(forms.Form):
    """With whom, under which marking and as what."""

    partner = forms.ChoiceField(label="Share with")
    under = forms.ChoiceField(label="Under", help_text="At most what was agreed.")
    form = forms.ChoiceField(label="As", choices=Form.choices, initial=Form.PDF)

    def __init__(self, *args, partners: list[str], highest_marking: str, **options) -> None:
        super().__init__(*args, **options)
        agreed = [each for each in Marking if each.level <= Marking(highest_marking).level]
        self.fields["partner"].choices = [(each, each) for each in partners]
        self.fields["under"].choices = [(each.value, each.label) for each in reversed(agreed)]
