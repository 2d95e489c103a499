from cases.models import Incident
from ledger.pages import RecordDetail


class MatrixPage(RecordDetail):
    """Competing hypotheses of an incident against its evidence."""

    template_name = "cases/matrix.html"
    queryset = Incident.objects.select_related("workspace")
