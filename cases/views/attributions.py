from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.errors import IllegalStep
from accounts.prepared import Prepared, hold
from accounts.second_factor import SecondFactorRequired
from cases.abilities import abilities
from cases.blindness import as_told, gate_told_to, weighed_ground
from cases.choices import Conclusion, Likelihood, Supports
from cases.filters import AttributionFilter
from cases.forms import (
    AnswerForm,
    AttributionEditForm,
    AttributionForm,
    CitationForm,
    CoAuthorForm,
    ReviewForm,
)
from cases.forms_review import ReturnForm, SubmitForm
from cases.gate import Outcome, evaluate
from cases.gathering import ground_of
from cases.ground import Ground
from cases.models import Attribution, Citation, Dissent, Incident, Review, SealedPacket
from cases.proofs import bundle_of
from cases.signals import what_stands_beside
from cases.views.passages import OffersPassages
from cases.views.review_claims import RoomStep
from cases.workflow import STEPS, Status
from ledger.history import steps_of
from ledger.pages import (
    NoteForm,
    RecordCreate,
    RecordDetail,
    RecordEdit,
    RecordList,
    RecordPage,
    RecordVerb,
    RecordWithdraw,
)
from ledger.talk import with_comment_count

WITH_ALL = Attribution.objects.select_related(
    "incident", "actor", "author", "approver", "previous", "workspace"
).prefetch_related("co_authors__person")

OF_A_CLAIM = [each.name for each in Attribution._meta.concrete_fields]
SHOWN = (
    Attribution.objects.select_related("incident", "actor", "author", "approver", "previous")
    .only(
        *OF_A_CLAIM,
        "incident__reference",
        "incident__title",
        "incident__target_countries",
        "incident__workspace",
        "actor__name",
        "actor__actor_kind",
        "author__name",
        "author__email",
        "approver__name",
        "approver__email",
        "previous__status",
    )
    .order_by()
)
"""An attribution with what its page shows of what it names."""


class AttributionList(RecordList):
    template_name = "cases/attribution_list.html"
    filterset_class = AttributionFilter
    queryset = Attribution.objects.with_label().select_related("incident", "actor", "author", "workspace")


class AttributionDetail(RecordDetail):
    template_name = "cases/attribution.html"
    queryset = SHOWN

    def get_context_data(self, **kwargs):
        attribution, reader = self.record, self.request.user
        ground = ground_of(attribution)
        return super().get_context_data(
            **claim_context(ground, reader),
            **citations_context(ground),
            beside=what_stands_beside(attribution, by=reader),
            may=abilities(attribution, reader),
            reviews=_reviews_of(attribution),
            packets=_packets(attribution.pk) if attribution.seal else [],
            return_items=attribution.to_mend(),
            later=_later(attribution.pk) if attribution.seal else [],
            steps=steps_of(attribution.pk, [*STEPS, "hand_over"]),
            **kwargs,
        )


def claim_context(ground: Ground, reader) -> dict:
    """The judgement as shown: the seven bands with ours marked, gate and matrix as this reader may hear them."""
    attribution = ground.attribution
    result = as_told(evaluate(ground), ground, reader)
    asked = [check for check in result.checks if check.outcome != Outcome.NOT_APPLICABLE]
    return {
        "bands": [(each.label, each.band, each == attribution.likelihood) for each in Likelihood],
        "gate": result,
        "asked": asked,
        "held": sum(check.outcome != Outcome.FAILED for check in asked),
        "weighed": weighed_ground(ground, reader),
    }


def citations_context(ground: Ground) -> dict:
    """Citations grouped by what they support, each with its passage (if seen) and origin."""
    cited = {each.id: each for each in ground.citations}
    found = [each for each in _citations(ground.attribution.pk) if each.pk in cited]
    for each in found:
        origin = cited[each.pk].origin
        each._state.fields_cache["passage"] = cited[each.pk].passage
        each.origin = None if origin is None else origin + 1
    order = Supports.values
    found.sort(key=lambda each: (order.index(each.supports), each.pk))
    groups = [(Supports(key), list(group)) for key, group in groupby(found, key=lambda each: each.supports)]
    origins = {each.origin for each in found} - {None}
    return {"groups": groups, "citation_count": len(found), "origin_count": len(origins)}


@Prepared
def _citations(attribution: UUID) -> QuerySet[Citation]:
    found = with_comment_count(Citation.objects.filter(attribution=attribution, status="active"))
    return found.only("supports", "intent_basis", "note")


def _reviews_of(attribution: Attribution) -> list[Review]:
    """What was concluded on any of its versions, each with the dissent if it is one. At most two queries."""
    reviews = _reviews(attribution.pk)
    dissents = _dissents(attribution.pk) if any(each.conclusion == Conclusion.DISSENT for each in reviews) else []
    for review in reviews:
        hold(review, "dissents", [each for each in dissents if each.review_id == review.pk])
    return reviews


@Prepared
def _reviews(attribution: UUID) -> QuerySet[Review]:
    return Review.objects.filter(attribution=attribution).select_related("reviewer")


@Prepared
def _dissents(attribution: UUID) -> QuerySet[Dissent]:
    return Dissent.objects.filter(review__attribution=attribution).select_related("answered_by")


@Prepared
def _packets(attribution: UUID) -> QuerySet[SealedPacket]:
    return SealedPacket.objects.filter(attribution=attribution).only("attribution", "round", "sha256")


@Prepared
def _later(attribution: UUID) -> QuerySet[Attribution]:
    return Attribution.objects.filter(previous=attribution).exclude(status=Status.WITHDRAWN).only("status")


class GatePartial(AttributionDetail):
    """The checklist alone, asked for again when something on the page has moved."""

    template_name = "cases/gate.html"

    def get_context_data(self, **kwargs):
        return super(AttributionDetail, self).get_context_data(
            **claim_context(ground_of(self.record), self.request.user), **kwargs
        )


class AttributionAdd(RecordCreate):
    form_class = AttributionForm
    parent_queryset, parent_name = Incident.objects.all(), "incident"
    title, button, done = "Begin an attribution", "Save the draft", "Draft saved. Cite what it rests on."

    def success_url_for(self, record):
        return record.get_absolute_url()


class AttributionEdit(RecordEdit):
    template_name = "cases/attribution_edit.html"
    form_class = AttributionEditForm
    queryset = WITH_ALL
    title = "Edit the claim"

    def get_context_data(self, **kwargs):
        return super().get_context_data(return_items=self.record.to_mend(), **kwargs)

    def get(self, request, *args, **kwargs):
        self.record._require_author(request.user)
        return super().get(request, *args, **kwargs)


class CitationAdd(OffersPassages, RecordCreate):
    form_class = CitationForm
    parent_queryset, parent_name = WITH_ALL, "attribution"
    title, button, done = "Cite a passage", "Cite", "Cited."

    def success_url_for(self, record):
        return record.get_absolute_url()


class CitationWithdraw(RecordVerb):
    queryset = Citation.objects.select_related("attribution", "passage")
    title, button, done = "Withdraw this citation", "Withdraw", "Withdrawn."

    def act(self, form):
        self.record.withdraw(by=self.request.user, **form.cleaned_data)
        return self.record.attribution


class Step(RecordVerb):
    """A step in the life of an attribution."""

    queryset = WITH_ALL


class CoAuthorAdd(Step):
    form_class = CoAuthorForm
    title, button, done = "Name a co-author", "Name", "Named."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"attribution": self.record}

    def act(self, form):
        self.record.add_co_author(by=self.request.user, **form.cleaned_data)


class Submit(Step):
    form_class = SubmitForm
    title, button, done = "Submit for review", "Submit", "Submitted. While in review nothing in it can be changed."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"to_mend": self.record.to_mend()}

    def get_context_data(self, **kwargs):
        told = gate_told_to(self.request.user, self.record) if "checks" not in kwargs else None
        failed = told.failed if told else kwargs.pop("checks")
        return super().get_context_data(checks=failed, about="It is frozen until a supervisor decides.", **kwargs)

    def act(self, form):
        self.record.submit(by=self.request.user, answers=form.answers)


class Conclude(RoomStep):
    form_class = ReviewForm
    title, button, done = "Conclude your review", "Conclude", "Your conclusion is recorded."

    def act(self, form):
        Review.conclude(by=self.request.user, attribution=self.record, **form.cleaned_data)


class Answer(RecordVerb):
    queryset = Dissent.objects.select_related("review__attribution", "review__reviewer")
    form_class = AnswerForm
    title, button, done = "Answer the dissent", "Answer", "Answered."

    def get_context_data(self, **kwargs):
        return super().get_context_data(about=self.record.reasons, **kwargs)

    def success_url_for(self, record) -> str:
        review = self.record.review
        return f"{reverse('review_room', args=[review.attribution_id])}#review-{review.pk}"

    def act(self, form):
        self.record.give_answer(by=self.request.user, **form.cleaned_data)


class Approve(SecondFactorRequired, Step):
    form_class = NoteForm
    title, button, done = "Approve and seal", "Approve", "Approved and sealed."

    def get_context_data(self, **kwargs):
        kwargs.setdefault("checks", self.record.gate(approver=self.request.user).failed)
        return super().get_context_data(**kwargs)

    def act(self, form):
        self.record.approve(by=self.request.user, **form.cleaned_data)


class Return(Step):
    template_name = "cases/return.html"
    form_class = ReturnForm
    title, button, done = "Return to its author", "Return", "Returned to its author."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"attribution": self.record}

    def get_context_data(self, **kwargs):
        return super().get_context_data(about="Say what is to be mended; the author sees it.", **kwargs)

    def post(self, request, *args, **kwargs):
        if "more" in request.POST:  # more rows, and nothing typed is lost
            return self.render_to_response(self.get_context_data(form=self.get_form()))
        return super().post(request, *args, **kwargs)

    def act(self, form):
        self.record.return_(by=self.request.user, items=form.items, **form.cleaned_data)


class Withdraw(RecordWithdraw):
    queryset = WITH_ALL
    title = "Withdraw the attribution"


class Revise(Step):
    form_class = NoteForm
    title, button, done = (
        "Begin a later version",
        "Begin",
        "A draft of the later version. The approved one stays until it is approved.",
    )

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        del form.fields["note"]
        return form

    def act(self, form):
        return self.record.revise(by=self.request.user)


class PacketDownload(RecordPage):
    """The sealed packet as canonical JSON, byte for byte what was hashed."""

    def get(self, request, pk, round):
        packet = get_object_or_404(SealedPacket.objects.all(), attribution=pk, round=round)
        answer = HttpResponse(packet.canonical.encode(), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="attribution-{pk}-{round}.json"'
        return answer


class ProofDownload(RecordPage):
    """The proof bundle of a sealed packet, for `verify_packet.py`."""

    def get(self, request, pk, round):
        packet = get_object_or_404(SealedPacket.objects.all(), attribution=pk, round=round)
        try:
            bundle = bundle_of(packet)
        except IllegalStep as refusal:
            messages.error(request, refusal.sentence)
            return redirect("attribution", pk)
        answer = JsonResponse(bundle, json_dumps_params={"ensure_ascii": False, "indent": 1})
        answer["Content-Disposition"] = f'attachment; filename="attribution-{pk}-{round}-proof.json"'
        return answer
