"""Pages of API tokens and OAuth clients. A secret is shown in the answer that made it, and never again."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.errors import IllegalStep
from accounts.forms import LimitForm, RotateForm, TokenForm
from accounts.models import ApiToken, User
from accounts.views import keeps, run, take_errors

WITH_ROOM = ("membership__workspace", "membership__user")


def _own(request: HttpRequest, pk) -> ApiToken:
    return get_object_or_404(ApiToken.objects.select_related(*WITH_ROOM), pk=pk, membership__user=request.user)


def _seen(request: HttpRequest, pk) -> ApiToken:
    """A token of one's own, or of a room that one keeps; any other is not there."""
    token = get_object_or_404(ApiToken.objects.select_related(*WITH_ROOM), pk=pk)
    if token.membership.user_id != request.user.pk and not keeps(request.user, token.workspace):
        raise Http404
    return token


@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    form, made, secret = TokenForm(request.POST or None, user=request.user), None, ""
    if form.is_valid():
        try:
            made, secret = ApiToken.issue(by=request.user, **form.wanted())
            form = TokenForm(user=request.user)
        except ValidationError as refusal:
            take_errors(form, refusal)
    context = {"form": form, "made": made, "secret": secret, "tokens": _mine(request.user)}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


def _mine(user: User):
    mine = ApiToken.objects.filter(membership__user=user).select_related(*WITH_ROOM)
    return mine.prefetch_related("events__by")


@login_required
@never_cache
def token_rotate(request: HttpRequest, pk) -> HttpResponse:
    """Ask for how long the old secret lives on, then show the new one."""
    token, secret = _own(request, pk), ""
    form = RotateForm(request.POST or None)
    if form.is_valid():
        try:
            with transaction.atomic():
                secret = token.rotate(by=request.user, **form.cleaned_data)
        except (IllegalStep, ValidationError) as refusal:
            form.add_error(None, getattr(refusal, "sentence", refusal))
    context = {"token": token, "form": form, "secret": secret}
    return render(request, "accounts/token_rotate.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def token_revoke(request: HttpRequest, pk) -> HttpResponse:
    token = _seen(request, pk)
    run(request, lambda: token.revoke(by=request.user), "Revoked.")
    if token.membership.user_id == request.user.pk:
        return redirect("tokens")
    return redirect("workspace", token.workspace.slug)


@login_required
def token_limit(request: HttpRequest, pk) -> HttpResponse:
    """How often it may ask; as one who keeps the room."""
    token = _seen(request, pk)
    if not keeps(request.user, token.workspace):
        raise PermissionDenied
    form = LimitForm(request.POST or None, initial={"requests_per_minute": token.requests_per_minute})
    if form.is_valid():
        try:
            if run(request, lambda: token.set_limit(by=request.user, **form.cleaned_data), "Saved."):
                return redirect("workspace", token.workspace.slug)
        except ValidationError as refusal:
            take_errors(form, refusal)
    context = {"token": token, "form": form}
    return render(request, "accounts/token_limit.html", context, status=422 if form.errors else 200)
