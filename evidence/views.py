from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.choices import STEWARDS
from evidence import signals
from evidence.alarms import alarms_of
from evidence.choices import Extraction, Outcome
from evidence.filters import EvidenceItemFilter
from evidence.forms import (
    ConfirmationForm,
    DerivationForm,
    GradeSaidForm,
    GradingForm,
    ItemEditForm,
    RegradeItemForm,
    SupersedeForm,
)
from evidence.forms_intake import IntakeForm, ManyForm
from evidence.grades import GradesPanel
from evidence.leafing import leaves_of
from evidence.models import Confirmation, ContainerPart, CustodyEvent, Derivation, EvidenceItem, Grading, NearCopy
from evidence.models.expungings import expungings_about
from evidence.views_copies import lineage_context
from evidence.views_files import captures_of
from evidence.views_passages import cited_for
from evidence.views_sources import WITHDRAWN
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordList, RecordPage, RecordVerb, RecordWithdraw

PARTS_SHOWN = 200
"""Parts of a container that its page lists."""


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


class DerivationAdd(RecordCreate):
    form_class = DerivationForm
    parent_queryset, parent_name = EvidenceItem.objects.all(), "item"
    title, button, done = "Say what this item repeats", "Record", "Recorded: both are one origin now."


class DerivationWithdraw(RecordWithdraw):
    queryset = Derivation.objects.select_related("item", "original")
    title = "Withdraw this link"
