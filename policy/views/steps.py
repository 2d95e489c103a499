"""The steps in the life of a response, each a page that asks for what it needs."""

from __future__ import annotations

from typing import Any

from accounts.second_factor import SecondFactorRequired
from cases.forms import AnswerForm, ReviewForm
from ledger.forms import NothingForm
from ledger.pages import NoteForm, RecordVerb
from policy.models import ResponseReview
from policy.views.responses import WITH_ALL


class Step(RecordVerb):
    """A step of a response: runs the verb of the same name with what the form holds."""

    queryset = WITH_ALL
    verb = ""
    about = ""

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        kwargs.setdefault("about", self.about)
        return super().get_context_data(**kwargs)

    def act(self, form) -> None:
        getattr(self.record, self.verb)(by=self.request.user, **form.cleaned_data)


class Submit(Step):
    verb, form_class = "submit", NothingForm
    title, button, done = "Submit for review", "Submit", "Submitted. While in review nothing in it can be changed."
    about = "From then on nothing in it moves until a supervisor decides."

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        kwargs["checks"] = kwargs.get("checks") or self.record.gate().failed
        return super().get_context_data(**kwargs)


class Approve(SecondFactorRequired, Step):
    verb, form_class = "approve", NoteForm
    title, button, done = "Approve and seal", "Approve", "Approved and sealed."

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        kwargs["checks"] = kwargs.get("checks") or self.record.gate(approver=self.request.user).failed
        return super().get_context_data(**kwargs)


class Return(Step):
    verb = "return_"
    title, button, done = "Return to its author", "Return", "Returned to its author."
    about = "Say what is to be mended; its author sees it."


class Decline(Step):
    verb = "decline"
    title, button, done = "Decline the response", "Decline", "Declined."
    about = "It stays readable, with the reason, and comes to an end."


class PutInForce(Step):
    verb, form_class = "put_in_force", NoteForm
    title, button, done = "Put in force", "Put in force", "In force."


class Complete(Step):
    verb, form_class = "complete", NoteForm
    title, button, done = "Complete the response", "Complete", "Completed. Record what is observed afterwards."


class Lift(Step):
    verb = "lift"
    title, button, done = "Lift the measure", "Lift", "Lifted."


class Withdraw(Step):
    verb = "withdraw"
    title, button, done = "Withdraw the response", "Withdraw", "Withdrawn."


class ConfirmBasis(Step):
    verb = "confirm_basis"
    title, button, done = "Confirm that its basis stands", "Confirm", "Confirmed: it stands, with your reason."

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(about=f"{self.record.basis_note} Say why the response stands.", **kwargs)


class Conclude(Step):
    form_class = ReviewForm
    title, button, done = "Conclude your review", "Conclude", "Your conclusion is recorded."

    def act(self, form) -> None:
        ResponseReview.conclude(by=self.request.user, response=self.record, **form.cleaned_data)


class Answer(RecordVerb):
    queryset = ResponseReview.objects.select_related("response", "reviewer")
    form_class = AnswerForm
    title, button, done = "Answer the dissent", "Answer", "Answered."

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(about=self.record.reasons, **kwargs)

    def act(self, form) -> None:
        self.record.give_answer(by=self.request.user, **form.cleaned_data)
