"""Whether the person at the keyboard showed a second factor a short while ago."""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


def has_recent_second_factor(request: HttpRequest) -> bool:
    """True where none is asked for (a setting), or one was shown within the allowed seconds."""
    if not settings.APPROVAL_NEEDS_SECOND_FACTOR:
        return True
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" and record.get("at", 0) >= since for record in records)


class SecondFactorRequired:
    """A page for those who showed a second factor lately. Others are led to show or set one up."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated and not has_recent_second_factor(request):
            return ask_for_second_factor(request)
        return super().dispatch(request, *args, **kwargs)


def ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    """To the page where a second factor is shown, or set up, and back here."""
    if not is_mfa_enabled(request.user):
        messages.warning(request, "This step wants a second factor. Set one up first, then sign in with it.")
        return redirect("mfa_activate_totp")
    messages.info(request, "This step wants your second factor, shown in the last minutes.")
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.path})}")
