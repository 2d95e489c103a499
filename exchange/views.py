from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from accounts.choices import SUPERVISORS, Marking
from accounts.errors import IllegalStep
from accounts.models import CalendarLink
from accounts.second_factor import SecondFactorRequired
from cases.models import Attribution
from cases.workflow import Status
from exchange import packets
from exchange.assembly import known_markings, sealed_packet
from exchange.calendar import feed_for
from exchange.choices import Form
from exchange.dossiers import told_left_out
from exchange.filters import ReleaseFilter
from exchange.forms import ReleaseForm
from exchange.handing import (
    ATTRIBUTIONS,
    REPORTED,
    hand_over,
    hand_over_calendar,
    hand_over_release,
    hand_over_report,
    hand_over_text,
)
from exchange.models import Release
from exchange.renderers.web import shown
from exchange.texts.assembly import text_for
from exchange.withholding import LeftOut, lowered, texts_of
from ledger.acting import acting_as
from ledger.pages import RecordDetail, RecordList, RecordPage, RecordVerb, RecordWithdraw
from policy.models import PolicyResponse

SCRIPT = Path(settings.BASE_DIR) / "bin" / "verify_packet.py"


class DossierDownload(RecordDetail):
    """The dossier of an attribution: HTML to read, PDF and DOCX to keep."""

    queryset = ATTRIBUTIONS

    def get(self, request, *args, **kwargs) -> HttpResponse:
        form, marking = request.GET.get("as", Form.HTML), request.GET.get("marking", "")
        if form not in Form.values or marking not in ("", *Marking.values):
            raise Http404
        try:
            return hand_over(self.record, reader=request.user, form=form, marking=marking)
        except IllegalStep as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.record.get_absolute_url())


class CustodyReport(RecordDetail):
    """The custody report of an item: PDF and DOCX to keep, HTML to read."""

    queryset = REPORTED

    def get(self, request, *args, **kwargs) -> HttpResponse:
        form = request.GET.get("as", Form.PDF)
        if form not in Form.values:
            raise Http404
        return hand_over_report(self.record, form=form)


class ResponseText(RecordDetail):
    """The text of a response: a preview to read, DOCX to edit and PDF to keep."""

    template_name = "exchange/response_text.html"
    queryset = PolicyResponse.objects.select_related("workspace")

    def get(self, request, *args, **kwargs) -> HttpResponse:
        form = request.GET.get("format", "")
        if form not in ("", *Form.values):
            raise Http404
        try:
            return hand_over_text(self.record, form=form) if form else super().get(request, *args, **kwargs)
        except IllegalStep as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.record.get_absolute_url())

    def get_context_data(self, **kwargs):
        return super().get_context_data(text=shown(text_for(self.record)), **kwargs)


class ReleaseAdd(SecondFactorRequired, RecordVerb):
    """Let a dossier go under a lower marking."""

    queryset = ATTRIBUTIONS
    form_class = ReleaseForm
    template_name = "exchange/release_form.html"
    title, button, done = "Release under a lower marking", "Release", "Released. What left is kept, word for word."

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated and request.user.role_in(self.record.workspace_id) not in SUPERVISORS:
            raise PermissionDenied("Only a supervisor releases.")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        names = [name.value for name, _ in self.preview["free_texts"]]
        return super().get_form_kwargs() | {"attribution": self.record, "free_texts": names}

    @cached_property
    def preview(self) -> dict:
        return _preview(self.record)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**self.preview, **kwargs)

    def act(self, form) -> Release:
        return Release.release(by=self.request.user, attribution=self.record, **form.cleaned_data)


class ReleaseList(RecordList):
    template_name = "exchange/release_list.html"
    filterset_class = ReleaseFilter
    queryset = Release.objects.select_related("workspace", "created_by")


class ReleaseDetail(RecordDetail):
    template_name = "exchange/release.html"
    queryset = Release.objects.select_related("workspace", "created_by")  # its packet may lie above its reader

    def get_context_data(self, **kwargs):
        release, standing = self.record, self.record.standing()
        is_supervisor = self.request.user.role_in(release.workspace_id) in SUPERVISORS
        return super().get_context_data(
            attribution=Attribution.objects.filter(pk=release.attribution_id).first(),
            standing=Status(standing).label.lower(),
            stands=standing == Status.APPROVED,
            told_left_out=told_left_out(LeftOut(**release.left_out)),
            may_withdraw=is_supervisor and release.status == "active",
            **kwargs,
        )


class ReleaseDownload(RecordPage):
    """The bytes that left."""

    def get(self, request, pk):
        release = get_object_or_404(Release.objects.all(), pk=pk)
        try:
            return hand_over_release(release)
        except IllegalStep as refusal:
            messages.error(request, refusal.sentence)
            return redirect(release.get_absolute_url())


class ReleaseWithdraw(RecordWithdraw):
    queryset = Release.objects.all()
    title = "Withdraw this release"


class ScriptDownload(RecordPage):
    """The script by which anybody checks a proof, as a download."""

    def get(self, request):
        answer = FileResponse(SCRIPT.open("rb"), as_attachment=True, filename=SCRIPT.name)
        answer["Content-Type"] = "text/x-python; charset=utf-8"
        return answer


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates of the person whose secret stands in the address, as that person may read them now."""
    link = CalendarLink.find(secret)
    if link is None:
        raise Http404
    with acting_as(link.user, reads_only=True):
        feed = feed_for(link.user)
    return hand_over_calendar(request, feed, since=link.holds_since(feed))


def _preview(attribution: Attribution) -> dict:
    """What each lower marking would leave out, and the texts to be confirmed; nothing before an approval."""
    sealed = sealed_packet(attribution)
    if sealed is None:
        return {"versions": [], "free_texts": []}
    packet = packets.read(sealed.canonical)
    known, texts = known_markings(packet), texts_of(packet)
    lower = [each for each in reversed(Marking) if each.level < Marking(attribution.marking).level]
    versions = [(each.label, told_left_out(lowered(packet, each, known, frozenset(texts))[1])) for each in lower]
    return {"versions": versions, "free_texts": list(texts.items())}
