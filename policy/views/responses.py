"""Responses: the list, the page of one, proposing and editing."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cases.gate import Outcome
from cases.models import Incident
from evidence.models import Passage
from ledger.history import versions_of
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordList, RecordPage
from policy import gate
from policy.abilities import abilities, is_decider, moves_for
from policy.beside import conditions_of
from policy.choices import MUST_HAVE, ResponseKind, RightsQuestion
from policy.filters import ResponseFilter
from policy.forms import DETAIL_FORMS, ResponseForm, WorkForm
from policy.ground import Ground, ground_of
from policy.models import DETAILS, PolicyResponse, SealedResponse
from policy.signals import what_follows_from
from policy.workflow import STEPS

WITH_ALL = PolicyResponse.objects.select_related("workspace", "author", "owner", "approver")
WORDS = Passage.objects.select_related("page", "item__source")
MOST_OF_A_PACKAGE = 20


class ResponseList(RecordList):
    template_name = "policy/response_list.html"
    filterset_class = ResponseFilter
    queryset = PolicyResponse.objects.select_related("workspace", "owner", "author")


class ResponseDetail(RecordDetail):
    template_name = "policy/response.html"
    queryset = WITH_ALL

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        response, reader = self.record, self.request.user
        ground = ground_of(response, approver=reader if is_decider(response, reader) else None)
        return super().get_context_data(
            ground=ground,
            **gate_context(ground),
            own_fields=shown_fields(ground.detail),
            rights=rights_of(ground),
            conditions=conditions_of(ground),
            may=abilities(response, reader),
            moves=moves_for(response, reader),
            reviews=response.reviews.select_related("reviewer", "answered_by"),
            packets=response.packets.all(),
            outcomes=with_words(response.outcomes.filter(status="active")),
            package=package_of(response),
            parts=what_follows_from(response, by=reader),
            steps=[entry for entry in versions_of(response.pk) if entry.step in {*STEPS, *BESIDE_THE_STEPS}],
            **kwargs,
        )


BESIDE_THE_STEPS = {"question_basis", "confirm_basis", "add"}
"""What is told of its life beyond its steps."""


def gate_context(ground: Ground) -> dict[str, Any]:
    result = gate.evaluate(ground)
    return {"gate": result, "held": sum(each.outcome != Outcome.FAILED for each in result.checks)}


def shown_fields(detail) -> list[tuple[str, str]]:
    """The own fields of its kind as label and value, for reading; nothing where they are not filled in."""
    if detail is None:
        return []
    names = DETAIL_FORMS[detail.response_kind]._meta.fields
    return [(str(detail._meta.get_field(name).verbose_name).capitalize(), shown(detail, name)) for name in names]


def shown(record, name: str) -> str:
    value, field = getattr(record, name), record._meta.get_field(name)
    if isinstance(value, list):
        labels = dict(field.base_field.flatchoices)
        return ", ".join(str(labels.get(each, each)) for each in value)
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    return f"{value:%-d %B %Y}" if hasattr(value, "strftime") else str("" if value is None else value)


def rights_of(ground: Ground) -> list[dict[str, Any]]:
    """The five questions, each with its answer if it has one."""
    wants_words = ground.kind == ResponseKind.BORDER_ENFORCEMENT
    return [
        {"question": each, "answer": ground.rights.get(each.value), "wants_words": wants_words}
        for each in RightsQuestion
    ]


def with_words(records) -> list:
    """Records with their passages; one that the reader's clearance does not cover is None."""
    found = list(records.prefetch_related(Prefetch("passage", WORDS)))
    for each in found:
        each._state.fields_cache.setdefault("passage", None)
    return found


def package_of(response: PolicyResponse) -> list[PolicyResponse]:
    """The other responses of its package, in their order."""
    if not response.package:
        return []
    same = PolicyResponse.objects.filter(workspace=response.workspace_id, package=response.package)
    return list(same.exclude(pk=response.pk).order_by("place", "pk")[:MOST_OF_A_PACKAGE])


class GatePartial(RecordDetail):
    """The checklist alone, asked for again when something on the page has moved."""

    template_name = "policy/_gate.html"
    queryset = WITH_ALL

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        approver = self.request.user if is_decider(self.record, self.request.user) else None
        return super().get_context_data(**gate_context(ground_of(self.record, approver=approver)), **kwargs)


class Respond(RecordDetail):
    """Choose what kind of response to propose to an incident."""

    template_name = "policy/respond.html"
    queryset = Incident.objects.all()

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        self.require_writer(self.record.workspace_id)
        kinds = [(each, MUST_HAVE[each]) for each in ResponseKind]
        return super().get_context_data(kinds=kinds, **kwargs)


class ResponseAdd(RecordCreate):
    form_class = ResponseForm
    parent_queryset, parent_name = Incident.objects.all(), "incident"
    button, done = "Propose", "Proposed. Fill in what its kind asks for."

    @property
    def response_kind(self) -> ResponseKind:
        if self.kwargs["kind"] not in ResponseKind.values:
            raise Http404
        return ResponseKind(self.kwargs["kind"])

    @property
    def title(self) -> str:
        return f"Propose: {self.response_kind.label.lower()}"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs["start"]["response_kind"] = self.response_kind.value
        return kwargs

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"owner": self.request.user.pk, "marking": self.parent.marking}

    def success_url_for(self, record) -> str:
        return reverse("response_own_fields", args=[record.pk])


class ResponseEdit(RecordEdit):
    """The whole proposal while it is open; afterwards who owns it and when it is due."""

    queryset = WITH_ALL

    @property
    def is_whole(self) -> bool:
        return self.record.is_open_to_edit or self.record.is_on_record

    @property
    def title(self) -> str:
        return "Edit the proposal" if self.is_whole else "Owner, due date and package"

    def get_form_class(self):
        return ResponseForm if self.is_whole else WorkForm

    form_class = ResponseForm


class OwnFields(RecordCreate):
    """The fields of its kind: the first time they are recorded, later they are edited."""

    parent_queryset, parent_name = WITH_ALL, "response"
    form_class = ResponseForm
    done = "Saved."

    @property
    def title(self) -> str:
        return self.parent.get_response_kind_display()

    def get_form_class(self):
        return DETAIL_FORMS[self.parent.response_kind]

    def get_form_kwargs(self) -> dict[str, Any]:
        known = DETAILS[self.parent.response_kind].objects.filter(response=self.parent, status="active").first()
        return super().get_form_kwargs() | ({"instance": known} if known else {})


class SealedResponseDownload(RecordPage):
    """The sealed packet as canonical JSON, byte for byte what was hashed."""

    def get(self, request, pk, round):
        packet = get_object_or_404(SealedResponse.objects.all(), response=pk, round=round)
        answer = HttpResponse(packet.canonical.encode(), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="response-{pk}-{round}.json"'
        return answer
