from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.errors import IllegalStep
from ledger.forms import CommentForm, NothingForm, WordForm
from ledger.models import Comment
from ledger.pages import RecordPage, RecordVerb, RecordWithdraw
from ledger.talk import Talk
from ledger.views.records import record_of


class Discussion(RecordPage):
    """All that is said about one record. With htmx the discussion alone, to stand on another page."""

    template_name = "ledger/discussion.html"

    @cached_property
    def record(self):
        return record_of(self.kwargs["kind"], self.kwargs["pk"])

    @cached_property
    def talk(self) -> Talk:
        return Talk(self.record, self.request.user, may_write=self.may_write(self.record.workspace_id), most=None)

    def get_template_names(self):
        return ["ledger/discussion_alone.html"] if self.request.htmx else [self.template_name]

    def get_context_data(self, **kwargs):
        return super().get_context_data(record=self.record, talk=self.talk, **kwargs)

    def post(self, request, kind, pk):
        form = CommentForm(request.POST, people=self.talk.people)
        said, status = None, 422
        try:
            with transaction.atomic():
                said = form.is_valid() and Comment.add(by=request.user, about=self.record, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        except IllegalStep as refusal:
            form.add_error(None, refusal.sentence)
            status = 409
        if not said:
            return self._refuse(form, status)
        return self.get(request, kind, pk) if request.htmx else redirect(self._back(said))

    def _refuse(self, form: CommentForm, status: int):
        """Show it again with every typed word."""
        errors = [each for several in form.errors.values() for each in several]
        open_heads = {str(each.head.pk) for each in self.talk.open_threads}
        reply_to = form.data.get("reply_to", "")
        self.talk.refused = {
            "text": form.data.get("text", ""),
            "reply_to": reply_to if reply_to in open_heads else "",  # of a closed thread: shown with the first form
            "mentions": form.data.getlist("mentions"),
            "errors": errors,
        }
        return self.render_to_response(self.get_context_data(), status=status)

    def _back(self, said: Comment) -> str:
        """The page that one came from, at what was said."""
        page = self.request.POST.get("next", "")
        if url_has_allowed_host_and_scheme(page, allowed_hosts=None):
            return f"{page}#comment-{said.pk}"
        return said.get_absolute_url()


class CommentResolve(RecordVerb):
    form_class = WordForm
    queryset = Comment.objects.all()
    title, button, done = "Resolve the thread", "Resolve", "Resolved."

    def act(self, form):
        self.record.resolve(by=self.request.user, **form.cleaned_data)


class CommentReopen(RecordVerb):
    form_class = NothingForm
    queryset = Comment.objects.all()
    title, button, done = "Reopen the thread", "Reopen", "Reopened."

    def act(self, form):
        self.record.reopen(by=self.request.user)


class CommentWithdraw(RecordWithdraw):
    queryset = Comment.objects.all()
    title = "Withdraw your comment"
