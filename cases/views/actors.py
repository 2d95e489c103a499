from django.db.models import Count, Q

from cases import drawing
from cases.drawing import MOST_DRAWN
from cases.filters import ActorFilter
from cases.forms import ActorEditForm, ActorForm
from cases.models import Actor, ActorRelation
from cases.views.corridors import WORDS
from cases.views.drawn import DrawnList, first_of
from ledger.pages import RecordCreate, RecordDetail, RecordEdit, RecordWithdraw


def relations():
    """Relations in use, with both actors and the words they come from."""
    return ActorRelation.objects.filter(status="active").select_related("from_actor", "to_actor", *WORDS)


class ActorList(DrawnList):
    template_name = "cases/actor_list.html"
    filterset_class = ActorFilter
    drawn = {"network": ("Network", "affiliate")}
    queryset = Actor.objects.select_related("workspace").annotate(
        incidents=Count("involvements__incident", filter=Q(involvements__status="active"), distinct=True)
    )

    def draw_network(self, shown) -> dict:
        """Relations in which one of the actors stands, newest first."""
        actors = shown.order_by().values("pk")
        found = first_of(relations().filter(Q(from_actor__in=actors) | Q(to_actor__in=actors)).order_by("-pk"))
        return found | {"drawing": drawing.network(found["records"])}


class ActorDetail(RecordDetail):
    template_name = "cases/actor.html"
    queryset = Actor.objects.select_related("workspace")

    def get_context_data(self, **kwargs):
        actor = self.record
        own = list(relations().filter(Q(from_actor=actor) | Q(to_actor=actor))[:MOST_DRAWN])
        return super().get_context_data(
            involvements=actor.involvements.filter(status="active").select_related("incident").order_by("role", "-pk"),
            claims=actor.claims.filter(status="active").select_related("incident", "item").order_by("made"),
            attributions=actor.attributions.select_related("incident", "author"),
            presences=actor.presences.filter(status="active").select_related("corridor", *WORDS),
            relations=own,
            network=drawing.network([*own, *_between(own, actor)], focus=actor),
            **kwargs,
        )


def _between(own: list[ActorRelation], actor: Actor) -> list[ActorRelation]:
    """Relations among those to whom the actor is related, so that its network is not a mere star."""
    others = {pk for each in own for pk in (each.from_actor_id, each.to_actor_id)} - {actor.pk}
    if len(others) < 2:
        return []
    return list(relations().filter(from_actor__in=others, to_actor__in=others)[:MOST_DRAWN])


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
