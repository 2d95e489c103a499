"""Forms about people and rooms."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from accounts.allowance import LEAST
from accounts.choices import Marking, Role, Scope, Sort
from accounts.models import User
from accounts.models.tokens import MOST_GRACE_DAYS


class InviteForm(forms.Form):
    email = forms.EmailField()
    role = forms.ChoiceField(choices=Role.choices, initial=Role.ANALYST)
    clearance = forms.ChoiceField(choices=Marking.choices, initial=Marking.AMBER)


class MembershipForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
    clearance = forms.ChoiceField(choices=Marking.choices)


class JoinForm(forms.Form):
    """Who a newly invited person is."""

    name = forms.CharField(max_length=200)
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), help_text="At least 12 characters."
    )

    def __init__(self, *args, email: str, **options) -> None:
        super().__init__(*args, **options)
        self.email = email

    def clean_password(self) -> str:
        person = User(email=self.email, name=self.cleaned_data.get("name", ""))
        validate_password(self.cleaned_data["password"], person)
        return self.cleaned_data["password"]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "digest"]


class TokenForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="What uses it, so that you know it when you revoke it.")
    membership = forms.ModelChoiceField(queryset=None, label="Workspace", empty_label=None)
    sort = forms.ChoiceField(
        label="Sort",
        choices=Sort.choices,
        help_text="A token goes with each request. An OAuth client exchanges its secret for access tokens.",
    )
    scope = forms.ChoiceField(choices=Scope.choices)
    days = forms.TypedChoiceField(
        label="Expires", coerce=int, choices=[(30, "in 30 days"), (90, "in 90 days"), (365, "in a year")], initial=90
    )

    def __init__(self, *args, user: User, **options) -> None:
        super().__init__(*args, **options)
        self.fields["membership"].queryset = user.memberships.current().select_related("workspace", "user")
        self.fields["membership"].label_from_instance = lambda membership: membership.workspace.name

    def wanted(self) -> dict:
        """What the verb takes."""
        given = {**self.cleaned_data}
        given["expires_at"] = timezone.now() + timedelta(days=given.pop("days"))
        return given


class RotateForm(forms.Form):
    grace_days = forms.TypedChoiceField(
        label="The old secret still opens",
        coerce=int,
        choices=[(0, "not at all"), (1, "for one day"), *((n, f"for {n} days") for n in range(2, MOST_GRACE_DAYS + 1))],
        initial=1,
    )


class LimitForm(forms.Form):
    requests_per_minute = forms.IntegerField(required=False, label="Requests per minute")

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        usual, most = settings.API_REQUESTS_PER_MINUTE, settings.API_MOST_REQUESTS_PER_MINUTE
        self.fields["requests_per_minute"].help_text = f"From {LEAST} to {most}. Empty for the default, {usual}."
