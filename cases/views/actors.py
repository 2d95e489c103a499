from django.db.models import Count, Q

from cases.filters import ActorFilter
from cases.forms import ActorEditForm, ActorForm
from cases.models import Actor
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordList, RecordWithdraw


class ActorList(RecordList):
    template_name = "cases/actor_list.html"
    filterset_class = ActorFilter
    queryset = Actor.objects.select_related("workspace").annotate(
        incidents=Count("involvements__incident", filter=Q(involvements__status="active"), distinct=True)
    )


class ActorDetail(RecordDetail):
    template_name = "cases/actor.html"
    queryset = Actor.objects.select_related("workspace")

    def get_context_data(self, **kwargs):
        actor = self.record
        return super().get_context_data(
            involvements=actor.involvements.filter(status="active").select_related("incident").order_by("role", "-pk"),
            claims=actor.claims.filter(status="active").select_related("incident", "item").order_by("made"),
            attributions=actor.attributions.select_related("incident", "author"),
            **kwargs,
        )


class ActorAdd(RecordCreate):
    form_class = ActorForm
    title, button, done = "Record an actor", "Record", "Recorded."

    def back_url(self) -> str:
        return "/actors/"


class ActorEdit(RecordEdit):
    form_class = ActorEditForm
    queryset = Actor.objects.all()
    title = "Edit the actor"


class ActorWithdraw(RecordWithdraw):
    queryset = Actor.objects.all()
    title = "Withdraw this actor"
