from collections import defaultdict
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.prepared import Prepared
from cases import drawing
from cases.around import Around
from cases.blindness import summary_of
from cases.choices import Element, Severity
from cases.filters import IncidentFilter
from cases.forms import (
    ClaimForm,
    FindingCitationForm,
    FindingForm,
    IncidentEditForm,
    IncidentForm,
    InvolvementForm,
)
from cases.grid import grid_of
from cases.models import (
    Attribution,
    ElementFinding,
    FindingCitation,
    FlowObservation,
    Incident,
    Involvement,
    PublicClaim,
)
from cases.signals import marks_of, what_is_open_to, what_stands_beside
from cases.views.corridors import WORDS
from cases.views.drawn import DrawnList, first_of
from cases.views.passages import OffersPassages
from evidence.models import EvidenceItem
from evidence.quoted import OF_A_QUOTATION, OF_AN_ITEM
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordWithdraw

OF_A_COUNT = (
    "observed_from",
    "observed_to",
    "low",
    "high",
    "unit",
    "category",
    "of_country",
    "note",
    "marking",
)


class IncidentList(DrawnList):
    template_name = "cases/incident_list.html"
    filterset_class = IncidentFilter
    drawn = {"map": ("Map", "map"), "timeline": ("Timeline", "timeline"), "chart": ("Chart", "chart-bar")}
    queryset = Incident.objects.all()
    shows = ("reference", "title", "began", "ended", "target_countries", "severity", "status")

    def _in_their_rooms(self, rows: list[Incident]) -> list[Incident]:
        """Each with the attributions that are shown beside it."""
        beside = defaultdict(list)
        for each in _shown_beside([row.pk for row in rows]) if rows else []:
            beside[each.incident_id].append(each)
        for row in rows:
            row.beside = beside[row.pk]
        return super()._in_their_rooms(rows)

    def draw_map(self, shown) -> dict:
        found = first_of(shown.select_related("along"))
        unplaced = [each for each in found["records"] if not drawing.is_on_map(each)]
        return found | {"drawing": drawing.incident_map(found["records"]), "unplaced": unplaced}

    def draw_timeline(self, shown) -> dict:
        found = first_of(shown.order_by("began", "pk"))
        undated = [each for each in found["records"] if not each.began]
        return found | {"drawing": drawing.timeline(found["records"]), "undated": undated}

    def draw_chart(self, shown) -> dict:
        began = list(shown.values_list("began", "severity"))
        years = drawing.per_year(began)
        chart = {"drawing": drawing.year_chart(years), "years": years, "severities": Severity.labels}
        return chart | {"records": began}


@Prepared
def _shown_beside(incidents: list[UUID]) -> QuerySet:
    found = Attribution.objects.filter(incident__among=incidents).exclude(status="withdrawn").select_related("actor")
    return found.only("incident", "likelihood", "confidence", "actor__name")


class IncidentDetail(RecordDetail):
    template_name = "cases/incident.html"
    queryset = Incident.objects.select_related("workspace", "lead", "along")

    def get_context_data(self, **kwargs):
        incident, around = self.record, Around(self.record)
        groups = drawing.by_unit(_flows_of(incident.pk))
        return super().get_context_data(
            grid=grid_of(incident, around.attributions),
            weighed=summary_of(incident, self.request.user),
            involvements=around.involvements,
            claims=around.claims,
            attributions=around.attributions,
            items=_items_of(incident.pk),
            **drawing.drawn_flows(groups, marks_of([incident]) if groups else []),
            beside=what_stands_beside(incident, by=self.request.user),
            parts=what_is_open_to(around, by=self.request.user),
            **kwargs,
        )


@Prepared
def _items_of(incident: UUID) -> QuerySet[EvidenceItem]:
    """Items that an incident's findings, claims and attributions use."""
    return (
        EvidenceItem.objects.filter(
            pk__in=FindingCitation.objects.filter(finding__incident=incident, status="active")
            .values("passage__item")
            .union(
                PublicClaim.objects.filter(incident=incident, item__isnull=False).values("item"),
                Attribution.objects.filter(incident=incident, citations__status="active").values(
                    "citations__passage__item"
                ),
            )
        )
        .select_related("source")
        .only(*OF_AN_ITEM)
        .order_by("published")
    )


@Prepared
def _flows_of(incident: UUID) -> QuerySet[FlowObservation]:
    """Counts in use, each with where it comes from."""
    words = [f"passage__{each}" for each in OF_A_QUOTATION]
    found = FlowObservation.objects.filter(incident=incident, status="active").select_related(*WORDS)
    return found.only(*OF_A_COUNT, *words)


class IncidentAdd(RecordCreate):
    form_class = IncidentForm
    title, button, done = "Record an incident", "Record", "Recorded."

    def back_url(self) -> str:
        return "/incidents/"


class IncidentEdit(RecordEdit):
    form_class = IncidentEditForm
    queryset = Incident.objects.all()
    title = "Edit the incident"


class IncidentWithdraw(RecordWithdraw):
    queryset = Incident.objects.all()
    title = "Withdraw the incident"


class InvolvementAdd(RecordCreate):
    form_class = InvolvementForm
    parent_queryset, parent_name = Incident.objects.all(), "incident"
    title, button, done = "Name an actor's part", "Record", "Recorded."


class InvolvementWithdraw(RecordWithdraw):
    queryset = Involvement.objects.select_related("incident", "actor")
    title = "Withdraw this involvement"


class ClaimAdd(RecordCreate):
    form_class = ClaimForm
    parent_queryset, parent_name = Incident.objects.all(), "incident"
    title, button, done = "Record who said it", "Record", "Recorded."


class ClaimWithdraw(RecordWithdraw):
    queryset = PublicClaim.objects.select_related("incident")
    title = "Withdraw this public claim"


class FindingSet(RecordCreate):
    """Find on an element: the first time it is recorded, later it is edited."""

    form_class = FindingForm
    parent_queryset, parent_name = Incident.objects.all(), "incident"
    done = "Saved."

    @property
    def title(self) -> str:
        return f"{self.element.label}: what does the evidence say?"

    @property
    def element(self) -> Element:
        if self.kwargs["element"] not in Element.values:
            raise Http404
        return Element(self.kwargs["element"])

    def get_form_kwargs(self):
        known = self.parent.findings.filter(element=self.element).first()
        kwargs = super().get_form_kwargs()
        kwargs["start"]["element"] = self.element.value
        return kwargs | ({"instance": known} if known else {})

    def back_url(self) -> str:
        return f"{self.parent.get_absolute_url()}#{self.element}"


class FindingCite(OffersPassages, RecordCreate):
    form_class = FindingCitationForm
    parent_queryset, parent_name = ElementFinding.objects.select_related("incident"), "finding"
    title, button, done = "Cite a passage for this finding", "Cite", "Cited."


class FindingCitationWithdraw(RecordWithdraw):
    queryset = FindingCitation.objects.select_related("finding__incident")
    title = "Withdraw this citation"
