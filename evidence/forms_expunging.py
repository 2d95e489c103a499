"""Forms of expungings."""

from django import forms

from evidence.choices import Extent, Ground


class AskForm(forms.Form):
    """What is to go, and why. Words are asked for where only some go."""

    extent = forms.ChoiceField(choices=Extent.choices, widget=forms.RadioSelect, label="What goes")
    words = forms.CharField(
        required=False,
        label="The exact words",
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text="Only where certain words go. Found whatever their case and the white space between them, as whole "
        "words. Kept until it is decided, and nowhere afterwards.",
    )
    ground = forms.ChoiceField(choices=Ground.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Which data, in general words, and why it must go. It stays for good: never write the data itself.",
    )

    def __init__(self, *args, is_whole_possible: bool, **options) -> None:
        super().__init__(*args, **options)
        if not is_whole_possible:
            self.fields["extent"].choices = [(Extent.WORDS.value, Extent.WORDS.label)]
            self.fields["extent"].initial = Extent.WORDS


class CarryOutForm(forms.Form):
    has_looked = forms.BooleanField(label="I have looked at what it concerns and at what remains")
