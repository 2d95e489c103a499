"""The steps of a review claim, and what else a supervisor arranges around a review."""

from django.urls import reverse

from cases.forms_review import DueForm, HandOverForm, JustDo, MendedForm, ReassignForm, ReleaseForm
from cases.models import Attribution, ReturnItem, ReviewClaim
from cases.workflow import REVIEW_TAKES
from ledger.pages import RecordVerb

REVIEWED = Attribution.objects.select_related("incident", "actor", "author", "workspace").prefetch_related("co_authors")


class RoomStep(RecordVerb):
    """A step that leads back to the review room."""

    queryset = REVIEWED

    def back_url(self) -> str:
        return reverse("review_room", args=[self.record.pk])

    def success_url_for(self, record) -> str:
        return self.back_url()

    @property
    def claim(self) -> ReviewClaim | None:
        """The open claim, if there is one."""
        return self.record.open_claim()


class Claim(RoomStep):
    form_class = JustDo
    title, button, done = "Claim this review", "Claim the review", "Claimed. Conclude it, or release it for another."

    def get_context_data(self, **kwargs):
        about = f"You have {REVIEW_TAKES.days} days. Until you conclude or release it, nobody else concludes."
        return super().get_context_data(about=about, **kwargs)

    def act(self, form):
        ReviewClaim.claim(by=self.request.user, attribution=self.record)


class Release(RoomStep):
    form_class = ReleaseForm
    title, button, done = "Release this review", "Release the review", "Released: another reviewer can claim it."

    def get_form_kwargs(self):
        claim = self.claim
        return super().get_form_kwargs() | {"is_own": bool(claim and claim.reviewer_id == self.request.user.pk)}

    def act(self, form):
        ReviewClaim.held_on(self.record).release(by=self.request.user, **form.cleaned_data)


class Reassign(RoomStep):
    form_class = ReassignForm
    title, button, done = "Reassign this review", "Reassign", "Reassigned."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"attribution": self.record}

    def get_context_data(self, **kwargs):
        claim = self.claim
        about = f"{claim.reviewer} has claimed it." if claim else "Nobody has claimed it."
        return super().get_context_data(about=about, **kwargs)

    def act(self, form):
        ReviewClaim.reassign(by=self.request.user, attribution=self.record, **form.cleaned_data)


class SetDue(RoomStep):
    form_class = DueForm
    title, button, done = "Set another date for this review", "Set the date", "The date is set."

    def get_initial(self):
        claim = self.claim
        return super().get_initial() | ({"due_on": claim.due_on} if claim else {})

    def act(self, form):
        ReviewClaim.held_on(self.record).set_due(by=self.request.user, **form.cleaned_data)


class HandOver(RecordVerb):
    queryset = REVIEWED
    form_class = HandOverForm
    title, button, done = "Hand this attribution over", "Hand over", "Handed over."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"attribution": self.record}

    def get_context_data(self, **kwargs):
        about = "Who takes it over becomes co-author, may edit and submit it, and never reviews it. Its author stays."
        return super().get_context_data(about=about, **kwargs)

    def act(self, form):
        self.record.hand_over(by=self.request.user, **form.cleaned_data)
        return self.record


class ReturnItemAnswer(RecordVerb):
    queryset = ReturnItem.objects.select_related("attribution", "citation")
    form_class = MendedForm
    title, button, done = "What became of it", "Answer", "Answered."

    def get_initial(self):
        return super().get_initial() | {"outcome": self.record.outcome, "word": self.record.word}

    def get_context_data(self, **kwargs):
        about = f"{self.record.about}: {self.record.what}" if self.record.about else self.record.what
        return super().get_context_data(about=about, **kwargs)

    def act(self, form):
        self.record.give_answer(by=self.request.user, **form.cleaned_data)
