"""The gate's policy of a workspace: the numbers in force, their versions, and setting others."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property

from accounts.choices import STEWARDS
from accounts.models import Workspace
from cases import policies
from cases.forms_matrix import GatePolicyForm
from cases.models import GatePolicy
from ledger.pages import RecordFormPage, RecordWithdraw

BASE = policies.POLICIES[policies.CURRENT_POLICY]


class GatePolicyPage(RecordFormPage):
    """Read by every member; a steward sets a new version."""

    template_name = "cases/gate_policies.html"
    form_class = GatePolicyForm
    title, button = "Gate policy", "Set a new version"
    done = "In force from now on. Approvals keep the policy they passed."

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            if request.user.membership_in(self.room.pk) is None:
                raise Http404
            if request.method == "POST" and not self.keeps:
                raise PermissionDenied("A steward of this workspace sets its policy.")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def room(self) -> Workspace:
        return get_object_or_404(Workspace, pk=self.kwargs["pk"])

    @property
    def keeps(self) -> bool:
        return self.request.user.role_in(self.room.pk) in STEWARDS

    @cached_property
    def versions(self) -> list[GatePolicy]:
        return list(GatePolicy.objects.filter(workspace=self.room).select_related("created_by"))

    @property
    def in_force(self) -> GatePolicy | None:
        """The workspace's own version in force; None while the product's policy is."""
        return next((each for each in self.versions if each.status == "active"), None)

    def get_form_kwargs(self):
        in_force = self.in_force.policy if self.in_force else BASE
        return super().get_form_kwargs() | {"base": BASE, "in_force": in_force}

    def get_context_data(self, **kwargs):
        policy = self.in_force.policy if self.in_force else BASE
        return super().get_context_data(
            room=self.room,
            keeps=self.keeps,
            policy=policy,
            current=self.in_force,
            numbers=[(bounds, policy[name]) for name, bounds in BASE.bounds.items()],
            versions=[(each, _moved(each)) for each in self.versions],
            **kwargs,
        )

    def form_valid(self, form: GatePolicyForm) -> HttpResponse:
        try:
            with transaction.atomic():
                made = GatePolicy.add(
                    by=self.request.user,
                    workspace=self.room,
                    numbers=form.numbers,
                    reason=form.cleaned_data["reason"],
                )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(made.get_absolute_url())


def _moved(version: GatePolicy) -> list[tuple[str, int, int]]:
    """Which numbers a version moved: title, the product's, the workspace's."""
    return [
        (bounds.title, bounds.value, version.numbers[name])
        for name, bounds in BASE.bounds.items()
        if version.numbers.get(name, bounds.value) != bounds.value
    ]


class GatePolicyWithdraw(RecordWithdraw):
    """A steward takes a version out of force; the one before it, or the product's, takes its place."""

    queryset = GatePolicy.objects.select_related("workspace")
    title = "Withdraw this version of the policy"

    def require_writer(self, workspace_id=None) -> None:
        if self.request.user.role_in(workspace_id) not in STEWARDS:
            raise PermissionDenied("A steward of this workspace sets its policy.")
