from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.choices import STEWARDS
from accounts.errors import IllegalStep
from evidence import signals
from evidence.alarms import alarms_of
from evidence.choices import Extraction, Outcome
from evidence.filters import EvidenceItemFilter, SourceFilter
from evidence.forms import (
    BytesForm,
    CaptureForm,
    ConfirmationForm,
    DerivationForm,
    GradeSaidForm,
    GradingForm,
    IntakeForm,
    ItemEditForm,
    ManyForm,
    MarkForm,
    ReadAgainForm,
    ReanchorForm,
    RegradeItemForm,
    RegradeSourceForm,
    SourceEditForm,
    SourceForm,
    SupersedeForm,
)
from evidence.grades import GradesPanel
from evidence.intake import bring
from evidence.leafing import leaves_of
from evidence.models import (
    Capture,
    Confirmation,
    ContainerPart,
    CustodyEvent,
    Derivation,
    EvidenceItem,
    Grading,
    NearCopy,
    Passage,
    Source,
    StoredFile,
    TextPage,
    TimeStamp,
)
from evidence.models.captures import SWITCHED_OFF
from evidence.models.expungings import expungings_about
from evidence.serving import as_download
from evidence.stamping import answer_of
from evidence.views_copies import lineage_context
from ledger.forms import NothingForm
from ledger.history import grades_of
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordList, RecordPage, RecordVerb, RecordWithdraw

WITHDRAWN = (
    "What is no longer in use carries no citation: every approval that cites it becomes stale at once, "
    "even one that would hold without it, until its authors cite something else."
)


PARTS_SHOWN = 200
"""Parts of a container that its page lists."""


def cited_for(asked) -> str:
    """The attribution that words are sought for, if the address names one (`for`)."""
    try:
        return str(UUID(asked.get("for", "")))
    except ValueError:
        return ""


def captures_of(item: EvidenceItem) -> dict:
    """The addresses that were to be fetched for an item, and whether one is."""
    captures = list(item.captures.all())
    return {"captures": captures, "is_fetching": any(each.is_under_way for each in captures)}


class SourceList(RecordList):
    template_name = "evidence/source_list.html"
    filterset_class = SourceFilter
    queryset = Source.objects.select_related("owner", "workspace").annotate(item_count=Count("items"))


class SourceDetail(RecordDetail):
    template_name = "evidence/source.html"
    queryset = Source.objects.select_related("owner", "workspace")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            grades=grades_of(self.record.pk, "reliability"),
            items=self.record.items.select_related("source")[:50],
            owned=self.record.owned.all(),
            **kwargs,
        )


class SourceAdd(RecordCreate):
    form_class = SourceForm
    title, button, done = "Record a source", "Record", "Recorded."

    def back_url(self) -> str:
        return "/sources/"


class SourceEdit(RecordEdit):
    form_class = SourceEditForm
    queryset = Source.objects.all()
    title = "Edit the source"


class SourceVerb(RecordVerb):
    """A step of a source, shown with what would fall if all that it gave us were false."""

    queryset = Source.objects.all()

    def get_context_data(self, **kwargs):
        return super().get_context_data(outlooks=signals.if_false(sources=[self.record]), **kwargs)


class SourceRegrade(SourceVerb):
    form_class = RegradeSourceForm
    title, button, done = "Grade the source anew", "Grade", "Graded."

    def get_initial(self):
        return {"reliability": self.record.reliability}

    def act(self, form):
        self.record.regrade(by=self.request.user, **form.cleaned_data)


class SourceWithdraw(SourceVerb, RecordWithdraw):
    title = "Withdraw this source"

    def get_context_data(self, **kwargs):
        return super().get_context_data(about=WITHDRAWN, **kwargs)


class ItemList(RecordList):
    template_name = "evidence/item_list.html"
    filterset_class = EvidenceItemFilter
    queryset = EvidenceItem.objects.select_related("source", "workspace").annotate(
        passage_count=Count("passages"),
        graders_differ=Exists(Grading.objects.filter(item=OuterRef("pk"), outcome=Outcome.DIFFER)),
    )

    def get_context_data(self, **kwargs):
        return super().get_context_data(citing=cited_for(self.request.GET), **kwargs)


MOST_COPIES = 10
"""Near copies named on an item's page."""


class ItemDetail(RecordDetail):
    """The reading page: the text with its passages marked, beside what is known of the item."""

    template_name = "evidence/item.html"
    queryset = EvidenceItem.objects.select_related("source", "workspace", "collected_by", "superseded_by")

    def get_context_data(self, **kwargs):
        item = self.record
        passages = list(item.passages.filter(status="active").select_related("page", "created_by", "proposed_page"))
        files = list(item.files.select_related("byte_check", "progress", "replaced_by").prefetch_related("time_stamps"))
        leaves = leaves_of(item, passages, self.request.GET)
        return super().get_context_data(
            files=files,
            waiting=[file for file in files if file.extraction == Extraction.WAITING],
            came_in=item.came_in.first(),
            parts=ContainerPart.objects.filter(container__in=files).select_related("item", "container")[:PARTS_SHOWN],
            parts_shown=PARTS_SHOWN,
            opened=[file for file in files if file.opening],
            **captures_of(item),
            passages=passages,
            citing_passages=signals.what_cites(passages),
            copies=[{"found": each, "beyond": each.beyond(item.pk)} for each in self.copies(item)],
            derivations=item.derivations.filter(status="active").select_related("original__source"),
            echoes=item.echoes.filter(status="active").select_related("item__source"),
            panel=GradesPanel.of(item),
            resting=signals.what_rests_on(item),
            custody=CustodyEvent.objects.filter(file__item=item).select_related("file", "created_by"),
            citing=cited_for(self.request.GET),
            may_expunge=self.request.user.role_in(item.workspace_id) in STEWARDS,
            expungings=expungings_about([item, *files]),
            may_mark=self.may_write(item.workspace_id) and item.status == "active",
            leaves=leaves,
            alarms=alarms_of(item, leaves.pages),
            **lineage_context(item, depth=1),
            **kwargs,
        )

    def copies(self, item: EvidenceItem) -> QuerySet:
        """What reads like it, and nobody has decided on."""
        return NearCopy.objects.open().of(item.pk).select_related("item__source", "other__source")[:MOST_COPIES]


class ItemText(ItemDetail):
    """The text alone, asked for while a file is being read."""

    template_name = "evidence/_text.html"


class ItemAdd(RecordCreate):
    form_class = IntakeForm
    template_name = "evidence/intake.html"
    title, button, done = "Add evidence", "Keep", "Kept, with its SHA-256."

    def back_url(self) -> str:
        return "/evidence/"


class ItemAddMany(RecordPage):
    """Many files at once: the page sends them by the API in pieces and takes each in there."""

    template_name = "evidence/intake_many.html"

    def get_context_data(self, **kwargs):
        self.require_writer()
        form = ManyForm(user=self.request.user)
        return super().get_context_data(
            form=form, most=settings.MAX_UPLOAD_BYTES, hours=settings.UPLOAD_HOURS, **kwargs
        )


class ItemEdit(RecordEdit):
    form_class = ItemEditForm
    queryset = EvidenceItem.objects.select_related("source")
    title = "Edit the item"


OUTLOOKS = ("falls", "untold", "holds", "touched")
"""Where an outlook names what rests on an item."""


class ItemVerb(RecordVerb):
    """A step of an item, shown with what would fall if it were false."""

    queryset = EvidenceItem.objects.select_related("source")
    about = ""

    def get_context_data(self, **kwargs):
        outlooks = signals.if_false(items=[self.record])
        told = {each["url"] for outlook in outlooks for name in OUTLOOKS for each in outlook[name]}
        resting = [each for each in signals.what_rests_on(self.record) if each["url"] not in told]
        return super().get_context_data(outlooks=outlooks, resting=resting, about=self.about, **kwargs)


class ItemRegrade(ItemVerb):
    form_class = RegradeItemForm
    title, button, done = "Grade the item anew", "Grade", "Graded."

    def get_initial(self):
        return {"credibility": self.record.credibility}

    def act(self, form):
        self.record.regrade(by=self.request.user, **form.cleaned_data)


class ItemGradeSaid(RecordVerb):
    """No attribution rests on that something was said, so nothing falls with this grade."""

    form_class = GradeSaidForm
    queryset = EvidenceItem.objects.select_related("source")
    title, button, done = "Grade that it was said", "Grade", "Graded."

    def get_initial(self):
        return {"reliability": self.record.said_reliability, "credibility": self.record.said_credibility}

    def get_context_data(self, **kwargs):
        about = "Did its source truly say this? Whether it is so has a grade of its own."
        return super().get_context_data(about=about, **kwargs)

    def act(self, form):
        self.record.grade_said(by=self.request.user, **form.cleaned_data)


class GradingAdd(RecordCreate):
    """Give one's own grading, seen by nobody else until a second is given."""

    form_class = GradingForm
    template_name = "evidence/grading.html"
    parent_queryset, parent_name = EvidenceItem.objects.select_related("source"), "item"
    title, button, done = "Grade blind", "Give my grading", "Given. It is shown with the second one."

    def success_url_for(self, record: Grading) -> str:
        return record.get_absolute_url()


class GradingWithdraw(RecordWithdraw):
    queryset = Grading.objects.select_related("item")
    title = "Take your grading back"
    button, done = "Take it back", "Taken back. Nobody saw it."


class ConfirmationAdd(RecordCreate):
    form_class = ConfirmationForm
    parent_queryset, parent_name = EvidenceItem.objects.all(), "item"
    title, button, done = "Say what confirms this item", "Record", "Recorded."

    def success_url_for(self, record: Confirmation) -> str:
        return record.get_absolute_url()


class ConfirmationWithdraw(RecordWithdraw):
    queryset = Confirmation.objects.select_related("item", "confirming")
    title = "Withdraw this link"


class ItemWithdraw(ItemVerb):
    about = WITHDRAWN
    title, button, done = (
        "Withdraw this item",
        "Withdraw",
        "Withdrawn. Approvals that rested on it were looked at again.",
    )

    def act(self, form):
        self.record.withdraw(by=self.request.user, **form.cleaned_data)


class ItemSupersede(ItemVerb):
    form_class = SupersedeForm
    about = WITHDRAWN
    title, button, done = "Put another item in its place", "Supersede", "Superseded."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"item": self.record}

    def act(self, form):
        self.record.supersede(by=self.request.user, **form.cleaned_data)


class BytesAdd(RecordVerb):
    template_name = "evidence/bytes.html"
    form_class = BytesForm
    queryset = EvidenceItem.objects.select_related("source")
    title, button, done = "Add a file or text", "Keep", "Kept, with its SHA-256."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"item": self.record}

    def act(self, form):
        bring(by=self.request.user, item=self.record, **form.cleaned_data)


class CaptureAdd(RecordVerb):
    """Have an address fetched; what was pasted with it is kept at once."""

    form_class = CaptureForm
    queryset = EvidenceItem.objects.select_related("source")
    title, button, done = "Fetch an address", "Fetch", "It waits to be fetched: what becomes of it stands beside."

    def get_initial(self):
        return {"requested_url": self.record.url}

    def get_context_data(self, **kwargs):
        return super().get_context_data(about="" if settings.CAPTURES else SWITCHED_OFF, **kwargs)

    def act(self, form):
        text = form.cleaned_data.pop("text")
        bring(by=self.request.user, item=self.record, text=text)
        return Capture.ask(by=self.request.user, item=self.record, **form.cleaned_data)


class CaptureAskAgain(RecordVerb):
    form_class = NothingForm
    queryset = Capture.objects.select_related("item")
    title, button, done = "Fetch this address again", "Try again", "It waits to be fetched again."

    def act(self, form):
        self.record.ask_again(by=self.request.user)


class ItemCaptures(RecordDetail):
    """What becomes of addresses, asked for while one waits."""

    template_name = "evidence/_captures.html"
    queryset = EvidenceItem.objects.all()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**captures_of(self.record), has_waited=True, **kwargs)


class DerivationAdd(RecordCreate):
    form_class = DerivationForm
    parent_queryset, parent_name = EvidenceItem.objects.all(), "item"
    title, button, done = "Say what this item repeats", "Record", "Recorded: both are one origin now."


class DerivationWithdraw(RecordWithdraw):
    queryset = Derivation.objects.select_related("item", "original")
    title = "Withdraw this link"


class PassageMark(RecordCreate):
    """Mark words of a page; from an attribution, go on to cite them there."""

    form_class = MarkForm
    template_name = "evidence/mark.html"
    parent_queryset, parent_name = TextPage.objects.select_related("item"), "page"
    title, button, done = "Mark a passage", "Mark", "Marked."

    def get_context_data(self, **kwargs):
        return super().get_context_data(citing=cited_for(self.request.POST), **kwargs)

    def success_url_for(self, record: Passage) -> str:
        if citing := cited_for(self.request.POST):
            return f"{reverse('citation_add', args=[citing])}?passage={record.pk}"
        return record.get_absolute_url()


class PassageConfirm(RecordVerb):
    """The words as they were marked, beside those that are alike now."""

    template_name = "evidence/confirm.html"
    queryset = Passage.objects.select_related("item", "page", "proposed_page")
    form_class = forms.Form
    title, button, done = "Are these the words?", "These are the words", "Confirmed: the passage stands there now."

    def get_context_data(self, **kwargs):
        return super().get_context_data(proposal=self.record.proposal, **kwargs)

    def act(self, form):
        self.record.confirm_anchor(by=self.request.user)


class FileReadAgain(RecordVerb):
    form_class = ReadAgainForm
    queryset = StoredFile.objects.select_related("item")
    title, button, done = "Read this file again", "Read it again", "It is being read again. Its passages stay."

    def get_context_data(self, **kwargs):
        about = (
            "Its text is taken anew by what reads such files now. Each passage finds its words again: where they "
            "are merely alike, you are asked; where they are gone, whoever cites them is told."
        )
        return super().get_context_data(about=about, **kwargs)

    def get_initial(self):
        return {"languages": self.record.ocr_languages}

    def act(self, form):
        self.record.read_again(by=self.request.user, **form.cleaned_data)


class PassageReanchor(RecordVerb):
    form_class = ReanchorForm
    queryset = Passage.objects.select_related("item")
    title, button, done = (
        "Say how its words stand",
        "Note",
        "Noted. Approvals that rested on them were looked at again.",
    )

    def get_initial(self):
        return {"anchor_state": self.record.anchor_state}

    def act(self, form):
        self.record.reanchor(by=self.request.user, **form.cleaned_data)


class PassageWithdraw(RecordWithdraw):
    queryset = Passage.objects.select_related("item")
    title = "Withdraw this passage"


class FileDownload(RecordPage):
    """The original bytes, always as a download: nothing of evidence runs in our pages."""

    def get(self, request, pk):
        file = get_object_or_404(StoredFile.objects.all(), pk=pk)
        try:
            stream = file.hand_out(is_api=False)
        except IllegalStep as refusal:
            messages.error(request, refusal.sentence)
            return redirect(file.get_absolute_url())
        return as_download(stream, file.original_name)


class TimeStampDownload(RecordPage):
    """What the authority answered, to be checked without Attest."""

    def get(self, request, pk):
        stamp = get_object_or_404(TimeStamp.objects.select_related("file"), pk=pk)
        return answer_of(stamp)
