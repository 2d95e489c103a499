from itertools import groupby

from django.db.models import Prefetch
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.second_factor import SecondFactorRequired
from cases.abilities import abilities
from cases.blindness import as_told, gate_told_to, weighed_ground
from cases.choices import Likelihood, Supports
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
from cases.models import Attribution, Citation, Dissent, Incident, Review, SealedPacket
from cases.proofs import bundle_of
from cases.signals import what_stands_beside
from cases.views.passages import OffersPassages
from cases.views.review_claims import RoomStep
from cases.workflow import STEPS, Status
from evidence.models import Passage
from evidence.origins import origins_of
from ledger.history import versions_of
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


class AttributionList(RecordList):
    template_name = "cases/attribution_list.html"
    filterset_class = AttributionFilter
    queryset = Attribution.objects.with_label().select_related("incident", "actor", "author", "workspace")


class AttributionDetail(RecordDetail):
    template_name = "cases/attribution.html"
    queryset = WITH_ALL

    def get_context_data(self, **kwargs):
        attribution, reader = self.record, self.request.user
        return super().get_context_data(
            **claim_context(attribution, reader),
            **citations_context(attribution),
            beside=what_stands_beside(attribution, by=reader),
            may=abilities(attribution, reader),
            reviews=attribution.reviews.select_related("reviewer").prefetch_related("dissents__answered_by"),
            packets=attribution.packets.all(),
            return_items=attribution.return_items.filter(round=attribution.round).select_related(
                "citation", "answered_by"
            ),
            later=attribution.later_versions.exclude(status=Status.WITHDRAWN),
            steps=[entry for entry in versions_of(attribution.pk) if entry.step in STEPS or entry.step == "hand_over"],
            **kwargs,
        )


def claim_context(attribution: Attribution, reader) -> dict:
    """The judgement as shown: the seven bands with ours marked, gate and matrix as this reader may hear them."""
    ground = ground_of(attribution)
    result = as_told(evaluate(ground), ground, reader)
    asked = [check for check in result.checks if check.outcome != Outcome.NOT_APPLICABLE]
    return {
        "bands": [(each.label, each.band, each == attribution.likelihood) for each in Likelihood],
        "gate": result,
        "asked": asked,
        "held": sum(check.outcome != Outcome.FAILED for check in asked),
        "weighed": weighed_ground(ground, reader),
    }


def citations_context(attribution: Attribution) -> dict:
    """Citations grouped by what they support, each with its passage (if seen) and origin."""
    passages = Passage.objects.select_related("page", "item__source")
    active = with_comment_count(attribution.citations.filter(status="active"))
    found = list(active.prefetch_related(Prefetch("passage", passages)))
    origins = origins_of({each.seen_passage.item_id for each in found if each.seen_passage})
    order = Supports.values
    for each in found:
        each.origin = origins[each.seen_passage.item_id] + 1 if each.seen_passage else None
    found.sort(key=lambda each: (order.index(each.supports), each.pk))
    groups = [(Supports(key), list(group)) for key, group in groupby(found, key=lambda each: each.supports)]
    return {"groups": groups, "citation_count": len(found), "origin_count": len(set(origins.values()))}


class GatePartial(AttributionDetail):
    """The checklist alone, asked for again when something on the page has moved."""

    template_name = "cases/_gate.html"

    def get_context_data(self, **kwargs):
        return super(AttributionDetail, self).get_context_data(
            **claim_context(self.record, self.request.user), **kwargs
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
        answer = JsonResponse(bundle_of(packet), json_dumps_params={"ensure_ascii": False, "indent": 1})
        answer["Content-Disposition"] = f'attachment; filename="attribution-{pk}-{round}-proof.json"'
        return answer
