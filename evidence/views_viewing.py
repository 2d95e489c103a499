"""What the reading page loads: pages as pictures, the places of their words, recordings."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from accounts.errors import IllegalStep
from evidence.models import StoredFile, TextPage
from evidence.unreadable import Unreadable
from evidence.viewing import note_viewing, picture_answer, recording_answer, words_of
from ledger.pages import RecordPage


class PagePicture(RecordPage):
    """A page as it looks. Custody tells of it."""

    def get(self, request, pk):
        page = get_object_or_404(TextPage.objects.select_related("file"), pk=pk)
        try:
            answer = picture_answer(page)
        except (Unreadable, IllegalStep) as refusal:
            return HttpResponse(str(refusal), status=409, content_type="text/plain; charset=utf-8")
        note_viewing(page.file)
        return answer


class PageWords(RecordPage):
    """The text of a page and the place of each word."""

    def get(self, request, pk):
        return JsonResponse(words_of(get_object_or_404(TextPage.objects.select_related("file"), pk=pk)))


class FilePlay(RecordPage):
    """A recording, for the player of the reading page. Custody tells of it."""

    def get(self, request, pk):
        file = get_object_or_404(StoredFile.objects.all(), pk=pk)
        try:
            answer = recording_answer(file, request.headers.get("Range", ""))
        except IllegalStep as refusal:
            return HttpResponse(refusal.sentence, status=409, content_type="text/plain; charset=utf-8")
        note_viewing(file)
        return answer
