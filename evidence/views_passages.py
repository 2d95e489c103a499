"""Pages of passages: mark, confirm, say how the words stand."""

from uuid import UUID

from django import forms
from django.urls import reverse

from evidence.forms import MarkForm, ReanchorForm
from evidence.models import Passage, TextPage
from ledger.pages import RecordCreate, RecordVerb, RecordWithdraw


def cited_for(asked) -> str:
    """The attribution that words are sought for, if the address names one (`for`)."""
    try:
        return str(UUID(asked.get("for", "")))
    except ValueError:
        return ""


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
