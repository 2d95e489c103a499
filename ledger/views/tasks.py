from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from ledger.filters import TaskFilter
from ledger.forms import AssignForm, NoteForm, TaskEditForm, TaskForm
from ledger.models import Record, Task
from ledger.models.about import attach
from ledger.notices import readers_of
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordList, RecordVerb, RecordWithdraw
from ledger.views.records import record_of

WITH_ALL = Task.objects.select_related("assignee", "created_by", "done_by", "workspace")


class TaskList(RecordList):
    """Tasks under filters; within a page, what is due first."""

    template_name = "ledger/task_list.html"
    filterset_class = TaskFilter
    queryset = WITH_ALL

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        attach(context["records"])
        context["records"].sort(key=lambda task: (task.status != "open", task.due is None, task.due or 0, task.pk))
        return context


class TaskDetail(RecordDetail):
    template_name = "ledger/task.html"
    queryset = WITH_ALL


class TaskAdd(RecordCreate):
    """Record a task; with `about_kind` and `about_id` in the address, about that record."""

    form_class = TaskForm
    title, button, done = "Add a task", "Add", "Added."

    @cached_property
    def about(self) -> Record | None:
        kind, pk = self.request.GET.get("about_kind"), self.request.GET.get("about_id", "")
        if not kind:
            return None
        try:
            return record_of(kind, UUID(pk))
        except ValueError as error:
            raise Http404 from error

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and self.about:
            self.require_writer(self.about.workspace_id)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | ({"start": {"about": self.about}} if self.about else {})

    def get_context_data(self, **kwargs):
        return super().get_context_data(record=self.about, **kwargs)

    def back_url(self) -> str:
        return self.about.get_absolute_url() if self.about else reverse("tasks")

    def success_url_for(self, record: Task) -> str:
        return f"{self.back_url()}#tasks" if self.about else record.get_absolute_url()


class TaskEdit(RecordEdit):
    form_class = TaskEditForm
    queryset = WITH_ALL
    title = "Edit the task"


class TaskAssign(RecordVerb):
    form_class = AssignForm
    queryset = WITH_ALL
    title, button, done = "Assign the task", "Assign", "Assigned."

    def get_form_kwargs(self):
        people = readers_of(self.record.workspace_id, self.record.marking)
        return super().get_form_kwargs() | {"people": people}

    def get_initial(self):
        return {"assignee": self.record.assignee_id}

    def act(self, form):
        self.record.assign(by=self.request.user, **form.cleaned_data)


class TaskFinish(RecordVerb):
    form_class = NoteForm
    queryset = WITH_ALL
    title, button, done = "Finish the task", "Finish", "Done."

    def act(self, form):
        self.record.finish(by=self.request.user, **form.cleaned_data)
        return self.record.about


class TaskReopen(RecordVerb):
    queryset = WITH_ALL
    title, button, done = "Reopen the task", "Reopen", "Open again."

    def act(self, form):
        self.record.reopen(by=self.request.user, **form.cleaned_data)


class TaskWithdraw(RecordWithdraw):
    queryset = WITH_ALL
    title = "Withdraw the task"
