"""Pages of files, and of addresses that bring some."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from accounts.errors import IllegalStep
from evidence.forms import ReadAgainForm
from evidence.forms_intake import BytesForm, CaptureForm
from evidence.intake import bring
from evidence.models import Capture, EvidenceItem, StoredFile, TimeStamp
from evidence.models.captures import SWITCHED_OFF
from evidence.serving import as_download
from evidence.stamping import answer_of
from ledger.forms import NothingForm
from ledger.pages import RecordDetail, RecordPage, RecordVerb


def captures_of(item: EvidenceItem) -> dict:
    """The addresses that were to be fetched for an item, and whether one is."""
    captures = list(item.captures.all())
    return {"captures": captures, "is_fetching": any(each.is_under_way for each in captures)}


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
