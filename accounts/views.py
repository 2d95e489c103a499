from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.choices import STEWARDS, SUPERVISORS
from accounts.errors import IllegalStep, NotYours
from accounts.forms import InviteForm, JoinForm, MembershipForm, ProfileForm
from accounts.models import ApiToken, CalendarLink, Invitation, Membership, User, Workspace

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def run(request: HttpRequest, verb, done: str) -> bool:
    """Run a verb; say how it went. `NotYours` becomes 403."""
    try:
        with transaction.atomic():
            verb()
    except NotYours as refusal:
        raise PermissionDenied(refusal.sentence) from refusal
    except IllegalStep as refusal:
        messages.error(request, refusal.sentence)
        return False
    messages.success(request, done)
    return True


def take_errors(form, refusal: ValidationError) -> None:
    for name, errors in getattr(refusal, "error_dict", {"__all__": refusal}).items():
        form.add_error(name if name in form.fields else None, errors)


def room_of(request: HttpRequest, slug: str) -> Workspace:
    """A workspace of the person who asks; any other is not there."""
    room = get_object_or_404(Workspace, slug=slug)
    if request.user.membership_in(room.pk) is None:
        raise Http404
    return room


def keeps(user: User, room: Workspace) -> bool:
    return user.role_in(room.pk) in SUPERVISORS | STEWARDS


def tokens_of(room: Workspace):
    """What opens the room to programs, with whom it acts for."""
    found = ApiToken.objects.filter(membership__workspace=room, revoked_at=None, expires_at__gt=timezone.now())
    return found.select_related("membership__user").order_by("membership__user__name", "-created_at")


# --- Workspaces --------------------------------------------------------------------------------


@login_required
def workspaces(request: HttpRequest) -> HttpResponse:
    memberships = request.user.memberships.current().select_related("workspace")
    return render(request, "accounts/workspaces.html", {"memberships": memberships})


@login_required
def workspace(request: HttpRequest, slug: str) -> HttpResponse:
    return _workspace_page(request, room_of(request, slug), InviteForm())


def _workspace_page(request: HttpRequest, room: Workspace, form: InviteForm, **more) -> HttpResponse:
    is_kept = keeps(request.user, room)
    open_ones = Invitation.objects.filter(workspace=room, accepted_at=None, revoked_at=None)
    context = {
        "room": room,
        "members": room.memberships.current().select_related("user").order_by("user__name"),
        "keeps": is_kept,
        "invitations": open_ones.select_related("invited_by") if is_kept else [],
        "tokens": tokens_of(room) if is_kept else [],
        "form": form,
    }
    return render(request, "accounts/workspace.html", context | more, status=422 if form.errors else 200)


@login_required
@require_POST
@never_cache
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    room = room_of(request, slug)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                invitation, secret = room.invite(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            take_errors(form, refusal)
        except NotYours as refusal:
            raise PermissionDenied(refusal.sentence) from refusal
        else:
            link = settings.BASE_URL + reverse("invitation", args=[secret])
            transaction.on_commit(lambda: _mail_invitation(invitation, link))
            return _workspace_page(request, room, InviteForm(), link=link, invited=invitation)
    elif not keeps(request.user, room):
        raise PermissionDenied
    return _workspace_page(request, room, form)


def _mail_invitation(invitation: Invitation, link: str) -> None:
    send_mail(
        f"You are invited to {invitation.workspace} in Attest",
        f"{invitation.invited_by} invites you to {invitation.workspace} as {invitation.get_role_display().lower()}.\n\n"
        f"{link}\n\nThe link works until {invitation.expires_at:%d %B %Y}.",
        None,
        [invitation.email],
        fail_silently=True,  # the link was shown to who invited; mail is the second way
    )


@login_required
@require_POST
def invitation_revoke(request: HttpRequest, pk) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.select_related("workspace"), pk=pk)
    room_of(request, invitation.workspace.slug)
    run(request, lambda: invitation.revoke(by=request.user), "Revoked.")
    return redirect("workspace", invitation.workspace.slug)


@login_required
def member(request: HttpRequest, pk) -> HttpResponse:
    """Change a member's role and clearance, or let them go."""
    membership = get_object_or_404(Membership.objects.select_related("workspace", "user"), pk=pk)
    room = room_of(request, membership.workspace.slug)
    if not keeps(request.user, room):
        raise PermissionDenied
    form = MembershipForm(request.POST or None, initial={"role": membership.role, "clearance": membership.clearance})
    if form.is_valid() and run(request, lambda: membership.change(by=request.user, **form.cleaned_data), "Saved."):
        return redirect("workspace", room.slug)
    return render(request, "accounts/member.html", {"membership": membership, "room": room, "form": form})


@login_required
@require_POST
def member_end(request: HttpRequest, pk) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("workspace", "user"), pk=pk)
    room = room_of(request, membership.workspace.slug)
    run(request, lambda: membership.end(by=request.user), f"{membership.user} is no longer a member.")
    return redirect("workspace", room.slug)


# --- Coming in ---------------------------------------------------------------------------------


@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Follow an invitation: as a new person by name and password, as a known one by signing in."""
    found = Invitation.open_by(secret)
    if found is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    if request.user.is_authenticated:
        return _accept(request, found)
    if User.objects.filter(email__iexact=found.email).exists():
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    return _join(request, found)


def _accept(request: HttpRequest, found: Invitation) -> HttpResponse:
    if request.method == "POST" and run(request, lambda: found.accept(by=request.user), "Welcome."):
        return redirect("workspace", found.workspace.slug)
    return render(request, "accounts/invitation.html", {"invitation": found})


def _join(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, email=found.email)
    if form.is_valid():
        with transaction.atomic():
            person = User.objects.create_user(
                found.email, form.cleaned_data["password"], name=form.cleaned_data["name"]
            )
            found.accept(by=person)
        login(request, person, backend=BACKEND)
        record_authentication(request, person, method="password", email=person.email)
        return redirect("desk")
    context = {"invitation": found, "form": form}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


# --- Oneself -----------------------------------------------------------------------------------


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("profile")
    return _profile_page(request, form)


def _profile_page(request: HttpRequest, form: ProfileForm, **more) -> HttpResponse:
    context = {
        "form": form,
        "memberships": request.user.memberships.current().select_related("workspace"),
        "calendar_link": CalendarLink.of(request.user),
    }
    return render(request, "accounts/profile.html", context | more, status=422 if form.errors else 200)


@login_required
@require_POST
@never_cache
def calendar_link(request: HttpRequest) -> HttpResponse:
    """Make or renew the link to my calendar. Its address is shown in this answer, and never again."""
    _, secret = CalendarLink.renew(by=request.user)
    address = settings.BASE_URL + reverse("calendar", args=[secret])
    return _profile_page(request, ProfileForm(instance=request.user), calendar_address=address)


@login_required
@require_POST
def calendar_link_revoke(request: HttpRequest) -> HttpResponse:
    link = CalendarLink.of(request.user)
    if link is None:
        raise Http404
    run(request, lambda: link.revoke(by=request.user), "Revoked. Calendar programs find nothing there any more.")
    return redirect("profile")
