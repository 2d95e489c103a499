from itertools import groupby

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts.choices import REVIEWERS, SUPERVISORS
from accounts.second_factor import SecondFactorRequired
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
from cases.gate import Outcome
from cases.models import Attribution, Citation, Dissent, Incident, Review, SealedPacket
from cases.views.passages import OffersPassages
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
            **claim_context(attribution),
            **citations_context(attribution),
            may=abilities(attribution, reader),
            reviews=attribution.reviews.select_related("reviewer").prefetch_related("dissents__answered_by"),
            packets=attribution.packets.all(),
            later=attribution.later_versions.exclude(status=Status.WITHDRAWN),
            steps=[entry for entry in versions_of(attribution.pk) if entry.step in STEPS],
            **kwargs,
        )


def claim_context(attribution: Attribution) -> dict:
    """The judgement as shown: the seven bands with ours marked, and the gate as it stands."""
    result = attribution.gate()
    asked = [check for check in result.checks if check.outcome != Outcome.NOT_APPLICABLE]
    return {
        "bands": [(each.label, each.band, each == attribution.likelihood) for each in Likelihood],
        "gate": result,
        "asked": asked,
        "held": sum(check.outcome != Outcome.FAILED for check in asked),
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


def abilities(attribution: Attribution, reader) -> dict:
    """What this reader may do now. The verbs decide again; this only chooses the buttons."""
    role = reader.role_in(attribution.workspace_id)
    is_author = reader.pk in attribution.author_ids()
    in_review = attribution.status == Status.IN_REVIEW
    decides = role in SUPERVISORS and not is_author and in_review
    reviewed = in_review and attribution.reviews.filter(round=attribution.round, reviewer=reader).exists()
    return {
        "edit": is_author and attribution.is_open_to_edit and role != "viewer",
        "submit": is_author and attribution.is_open_to_edit,
        "review": role in REVIEWERS and not is_author and in_review and not reviewed,
        "decide": decides,
        "withdraw": attribution.status in STEPS["withdraw"].sources
        and (is_author or (role in SUPERVISORS and attribution.approved_at)),
        "revise": attribution.status in (Status.APPROVED, Status.STALE) and role != "viewer",
        "own_work": is_author and in_review,
    }


class GatePartial(AttributionDetail):
    """The checklist alone, asked for again when something on the page has moved."""

    template_name = "cases/_gate.html"

    def get_context_data(self, **kwargs):
        return super(AttributionDetail, self).get_context_data(**claim_context(self.record), **kwargs)


class AttributionAdd(RecordCreate):
    form_class = AttributionForm
    parent_queryset, parent_name = Incident.objects.all(), "incident"
    title, button, done = "Begin an attribution", "Save the draft", "Draft saved. Cite what it rests on."

    def success_url_for(self, record):
        return record.get_absolute_url()


class AttributionEdit(RecordEdit):
    form_class = AttributionEditForm
    queryset = WITH_ALL
    title = "Edit the claim"

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
    form_class = NoteForm
    title, button, done = "Submit for review", "Submit", "Submitted. While in review nothing in it can be changed."

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        del form.fields["note"]
        return form

    def get_context_data(self, **kwargs):
        failed = self.record.gate().failed if "checks" not in kwargs else kwargs.pop("checks")
        return super().get_context_data(checks=failed, about="It is frozen until a supervisor decides.", **kwargs)

    def act(self, form):
        self.record.submit(by=self.request.user)


class Conclude(Step):
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
    title, button, done = "Return to its author", "Return", "Returned to its author."

    def get_context_data(self, **kwargs):
        return super().get_context_data(about="Say what is to be mended; the author sees it.", **kwargs)

    def act(self, form):
        self.record.return_(by=self.request.user, **form.cleaned_data)


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
