"""Pages of sources."""

from django.db.models import Count

from evidence import signals
from evidence.filters import SourceFilter
from evidence.forms import RegradeSourceForm, SourceEditForm, SourceForm
from evidence.models import Source
from ledger.history import grades_of
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordList, RecordVerb, RecordWithdraw

WITHDRAWN = (
    "What is no longer in use carries no citation: every approval that cites it becomes stale at once, "
    "even one that would hold without it, until its authors cite something else."
)


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
