"""The policy of a workspace: the numbers of its gate, each version kept."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from accounts.choices import STEWARDS, Marking
from accounts.models import User
from accounts.prepared import Prepared
from cases import policies
from cases.workflow import Status
from ledger import triggers
from ledger.acting import require_person
from ledger.addresses import address_of
from ledger.models import WithdrawableRecord


class GatePolicy(WithdrawableRecord):
    """A version of a workspace's numbers, above the floors that no workspace may lower.

    The newest active version is in force; without one, the policy that comes with the product is.
    A steward sets it, and so never who approves. Earlier approvals keep the version they passed.
    """

    kind = "gate_policy"
    writable_by = STEWARDS
    extra_triggers = (triggers.keep("number,base,numbers,reason", "A version of the policy stays as it was."),)

    number = models.PositiveIntegerField(editable=False)
    base = models.CharField(max_length=20, default=policies.CURRENT_POLICY, editable=False)
    numbers = models.JSONField(help_text="Every number of the gate by its name; see the base policy.")
    reason = models.TextField(help_text="Why this workspace asks for other numbers.")

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "gate policies"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="policy_versions_count_up_in_a_workspace"),
        ]

    def __str__(self) -> str:
        return self.policy_id

    def get_absolute_url(self) -> str:
        return address_of("gate_policies", self.workspace_id)

    @property
    def policy_id(self) -> str:
        """How an approval names it: `2026-1.w3` is this workspace's third version of 2026-1."""
        return f"{self.base}.w{self.number}"

    @property
    def policy(self) -> policies.Policy:
        """The policy as the gate takes it."""
        return policies.POLICIES[self.base].with_numbers(self.policy_id, self.numbers)

    @classmethod
    @transaction.atomic
    def add(cls, *, by: User, **fields) -> Self:
        """Put a new version in force. Raises `ValidationError` on a number below its floor."""
        require_person()
        room = fields["workspace"].pk if "workspace" in fields else fields["workspace_id"]
        fields.setdefault("marking", Marking.CLEAR)
        fields["numbers"] = {**policies.POLICIES[policies.CURRENT_POLICY].numbers, **(fields.get("numbers") or {})}
        return super().add(by=by, number=cls._next_number(room), **fields)

    @classmethod
    def _next_number(cls, room) -> int:
        """One more than the last, one at a time: the lock ends with the transaction."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('gate_policy ' || %s::text, 0))", [str(room)])
        last = cls.objects.filter(workspace=room).aggregate(models.Max("number"))["number__max"]
        return (last or 0) + 1

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Let the version before it stand again."""
        require_person()
        super().withdraw(by=by, reason=reason)

    def clean(self) -> None:
        super().clean()
        if not isinstance(self.numbers, dict):
            raise ValidationError({"numbers": "Give the numbers by their names."})
        if errors := policies.refusals(self.numbers, policies.POLICIES[self.base]):
            raise ValidationError({"numbers": [f"{name}: {sentence}" for name, sentence in errors.items()]})

    @classmethod
    def in_force_in(cls, workspace_id) -> policies.Policy:
        """The policy that new judgements of a workspace are measured by."""
        newest = _in_force_in(workspace_id)
        return newest[0].policy if newest else policies.POLICIES[policies.CURRENT_POLICY]

    @classmethod
    def of_attributions(cls, attributions) -> dict:
        """The policy of each, by its id: an approval's is the one it passed, else the one in force. One query."""
        versions = _versions_of(list({one.workspace_id for one in attributions}))
        named: dict = dict(policies.POLICIES)
        in_force: dict = {}
        for each in versions:
            named[each.policy_id, each.workspace_id] = each.policy
            if each.status == "active":
                in_force[each.workspace_id] = each.policy
        default = policies.POLICIES[policies.CURRENT_POLICY]

        def chosen(one) -> policies.Policy:
            passed = one.gate_result["policy"] if one.status == Status.APPROVED else None
            if passed is None:
                return in_force.get(one.workspace_id, default)
            return named.get(passed) or named[passed, one.workspace_id]

        return {one.pk: chosen(one) for one in attributions}


@Prepared
def _in_force_in(workspace: UUID) -> models.QuerySet[GatePolicy]:
    return GatePolicy.objects.filter(workspace=workspace, status="active").order_by("-number")[:1]


@Prepared
def _versions_of(workspaces: list[UUID]) -> models.QuerySet[GatePolicy]:
    return GatePolicy.objects.filter(workspace__among=workspaces).order_by("number")
