from django.db.models import Count, Prefetch, Q

from cases import drawing
from cases.choices import Activity
from cases.filters_monitoring import CorridorFilter
from cases.forms_monitoring import CorridorEditForm, CorridorForm, PresenceEditForm, PresenceForm
from cases.models import Corridor, CorridorPresence, FlowObservation
from cases.signals import marks_of
from cases.views.citing import MayCite, MayCiteEdit
from cases.views.drawn import DrawnList, first_of
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordWithdraw

WORDS = ("passage__item__source", "passage__page")
"""What shows where a statement comes from."""


def presences():
    return CorridorPresence.objects.filter(status="active").select_related("actor", *WORDS)


class CorridorList(DrawnList):
    template_name = "cases/corridor_list.html"
    filterset_class = CorridorFilter
    drawn = {"map": ("Map", "map")}
    queryset = (
        Corridor.objects.select_related("workspace")
        .annotate(incident_count=Count("incidents", filter=~Q(incidents__status="withdrawn"), distinct=True))
        .prefetch_related(
            Prefetch("presences", CorridorPresence.objects.filter(status="active").select_related("actor"))
        )
    )

    def draw_map(self, shown) -> dict:
        found = first_of(shown)
        return found | {"drawing": drawing.corridor_map(found["records"])}


class CorridorDetail(RecordDetail):
    template_name = "cases/corridor.html"
    queryset = Corridor.objects.select_related("workspace")

    def get_context_data(self, **kwargs):
        corridor = self.record
        incidents = list(corridor.incidents.exclude(status="withdrawn").order_by("-began", "-pk"))
        flows = FlowObservation.objects.filter(Q(corridor=corridor) | Q(incident__in=incidents), status="active")
        groups = drawing.by_unit(flows.select_related("incident", *WORDS))
        return super().get_context_data(
            activities=_by_activity(corridor),
            incidents=incidents,
            **drawing.drawn_flows(groups, marks_of(incidents) if groups else []),
            map=drawing.corridor_map([corridor], incidents),
            **kwargs,
        )


def _by_activity(corridor: Corridor) -> list[dict]:
    """Who does what there: each activity that somebody is recorded for, with those who do it."""
    found = list(presences().filter(corridor=corridor))
    groups = [{"activity": each, "presences": [p for p in found if p.activity == each]} for each in Activity]
    return [group for group in groups if group["presences"]]


class CorridorAdd(RecordCreate):
    form_class = CorridorForm
    title, button, done = "Record a corridor", "Record", "Recorded."

    def back_url(self) -> str:
        return "/corridors/"


class CorridorEdit(RecordEdit):
    form_class = CorridorEditForm
    queryset = Corridor.objects.all()
    title = "Edit the corridor"


class CorridorWithdraw(RecordWithdraw):
    queryset = Corridor.objects.all()
    title = "Withdraw this corridor"


class PresenceAdd(MayCite, RecordCreate):
    form_class = PresenceForm
    parent_queryset, parent_name = Corridor.objects.all(), "corridor"
    title, button, done = "Record what an actor does on the corridor", "Record", "Recorded."


class PresenceEdit(MayCiteEdit):
    form_class = PresenceEditForm
    queryset = CorridorPresence.objects.select_related("corridor", "actor")
    title = "Edit the presence"


class PresenceWithdraw(RecordWithdraw):
    queryset = CorridorPresence.objects.select_related("corridor", "actor")
    title = "Withdraw this presence"
