from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from cases.choices import Watchable, WatchSort, WatchStatus
from cases.filters_watches import WatchFilter
from cases.forms_watches import DateForm, FlowForm, SearchEditForm, SearchForm
from cases.models import Watch, WatchLook
from ledger.forms import NothingForm
from ledger.models import Record
from ledger.models.about import attach
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordList, RecordPage, RecordVerb, RecordWithdraw
from ledger.views.records import record_of

LISTS = {
    Watchable.INCIDENT: "incidents",
    Watchable.ATTRIBUTION: "attributions",
    Watchable.EVIDENCE_ITEM: "evidence_items",
    Watchable.ACTOR: "actors",
}
"""The page of each list whose filters can be kept."""

EDIT_FORMS = {WatchSort.SEARCH: SearchEditForm, WatchSort.DATE: DateForm, WatchSort.FLOW: FlowForm}
WITH_ALL = Watch.objects.select_related("owner", "workspace")
SHOWN_BESIDE_A_LIST = 20


def list_url(watch: Watch) -> str:
    """The list that a saved search looks at, under its filters and in its room."""
    kept = f"{watch.query}&" if watch.query else ""
    return f"{reverse(LISTS[watch.over])}?{kept}workspace={watch.workspace_id}"


def equip(watches: list[Watch], reader) -> None:
    """Give each watch its list's address, what it is about, and to its owner when it looked. Two queries or so."""
    attach(watches)
    looks = {each.pk: each for each in WatchLook.objects.filter(watch__in=[each.pk for each in watches])}
    for watch in watches:
        watch.last = looks.get(watch.pk)
        watch.list_url = list_url(watch) if watch.sort == WatchSort.SEARCH else ""
        watch.is_mine = watch.owner_id == reader.pk


class WatchList(RecordList):
    template_name = "cases/watch_list.html"
    filterset_class = WatchFilter
    queryset = WITH_ALL

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        equip(context["records"], self.request.user)
        return context


class SavedSearches(RecordPage):
    """The saved searches of one list, to stand beside it. Without script a link leads to all watches."""

    template_name = "cases/_saved_searches.html"

    def get_context_data(self, **kwargs):
        over = self.request.GET.get("over", "")
        found = WITH_ALL.filter(sort=WatchSort.SEARCH, over=over).exclude(status=WatchStatus.WITHDRAWN)
        watches = list(found[:SHOWN_BESIDE_A_LIST])
        equip(watches, self.request.user)
        watches.sort(key=lambda each: (not each.is_mine, each.title))
        return super().get_context_data(watches=watches, **kwargs)


class WatchDetail(RecordDetail):
    template_name = "cases/watch.html"
    queryset = WITH_ALL

    def get_context_data(self, **kwargs):
        equip([self.record], self.request.user)
        return super().get_context_data(**kwargs)


class SearchAdd(RecordCreate):
    """Save a search. A list page hands its filters over in the address."""

    form_class = SearchForm
    title, button, done = "Save this search", "Save", "Saved. You are told of what matches from now on."

    def get_initial(self):
        return {name: self.request.GET.get(name, "") for name in ("over", "query")}

    def back_url(self) -> str:
        return reverse("watches")


class AboutAdd(RecordCreate):
    """Watch something of the record in the address."""

    kinds_watched: tuple[str, ...] = ()

    @cached_property
    def about(self) -> Record:
        if self.kinds_watched and self.kwargs["kind"] not in self.kinds_watched:
            raise Http404
        return record_of(self.kwargs["kind"], self.kwargs["pk"])

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            self.require_writer(self.about.workspace_id)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"start": {"about": self.about}}

    def get_context_data(self, **kwargs):
        return super().get_context_data(record=self.about, **kwargs)

    def back_url(self) -> str:
        return self.about.get_absolute_url()


class DateAdd(AboutAdd):
    form_class = DateForm
    title, button, done = "Look at it again on a date", "Watch", "You are told on that day."


class FlowAdd(AboutAdd):
    form_class = FlowForm
    kinds_watched = ("incident", "corridor")
    title, button, done = "Watch its flow", "Watch", "You are told when a count reaches the number."


class WatchEdit(RecordEdit):
    queryset = WITH_ALL
    title = "Edit the watch"

    @property
    def form_class(self):
        return EDIT_FORMS[self.record.sort]


class WatchPause(RecordVerb):
    form_class = NothingForm
    queryset = WITH_ALL
    title, button, done = "Pause the watch", "Pause", "Paused."

    def act(self, form):
        self.record.pause(by=self.request.user)


class WatchResume(RecordVerb):
    form_class = NothingForm
    queryset = WITH_ALL
    title, button, done = "Resume the watch", "Resume", "It looks again."

    def act(self, form):
        self.record.resume(by=self.request.user)


class WatchWithdraw(RecordWithdraw):
    queryset = WITH_ALL
    title = "Withdraw the watch"
