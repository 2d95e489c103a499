from django.contrib import messages
from django.shortcuts import redirect

from cases.forms_monitoring import FlowForm, PasteForm
from cases.models import Corridor, FlowObservation, Incident
from cases.pasting import MOST_ROWS, WITHOUT_HEADER
from cases.views.citing import MayCite, MayCiteEdit
from ledger.pages import RecordCreate, RecordWithdraw


class _OfIncident:
    parent_queryset, parent_name = Incident.objects.all(), "incident"


class _OfCorridor:
    parent_queryset, parent_name = Corridor.objects.all(), "corridor"


class FlowAdd(MayCite, RecordCreate):
    form_class = FlowForm
    title, button, done = "Record a count", "Record", "Recorded."

    def success_url_for(self, record) -> str:
        return record.get_absolute_url()


class IncidentFlowAdd(_OfIncident, FlowAdd):
    pass


class CorridorFlowAdd(_OfCorridor, FlowAdd):
    pass


class FlowEdit(MayCiteEdit):
    form_class = FlowForm
    queryset = FlowObservation.objects.select_related("incident", "corridor")
    title = "Edit the count"


class FlowWithdraw(RecordWithdraw):
    queryset = FlowObservation.objects.select_related("incident", "corridor")
    title = "Withdraw this count"


class FlowPaste(MayCite, RecordCreate):
    """Counts from a spreadsheet: pasted, looked at, and recorded all together or not at all."""

    template_name = "cases/flow_paste.html"
    form_class = PasteForm
    title = "Paste counts from a spreadsheet"

    def get_form_kwargs(self) -> dict:
        kwargs = super().get_form_kwargs()
        del kwargs["start"], kwargs["room"]
        return kwargs | {"user": self.request.user, "parent_name": self.parent_name, "parent": self.parent}

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(columns=WITHOUT_HEADER, most=MOST_ROWS, **kwargs)

    def form_valid(self, form):
        if form.sheet.is_clean and "confirm" in self.request.POST and (recorded := form.record()):
            messages.success(self.request, f"Recorded {recorded} count{'s' if recorded > 1 else ''}.")
            return redirect(f"{self.parent.get_absolute_url()}#flows")
        context = self.get_context_data(form=form, sheet=form.sheet)
        return self.render_to_response(context, status=200 if form.sheet.is_clean else 422)


class IncidentFlowPaste(_OfIncident, FlowPaste):
    pass


class CorridorFlowPaste(_OfCorridor, FlowPaste):
    pass
