from cases.forms_monitoring import RelationEditForm, RelationForm
from cases.models import Actor, ActorRelation
from cases.views.citing import MayCite, MayCiteEdit
from ledger.pages import RecordCreate, RecordWithdraw


class RelationAdd(MayCite, RecordCreate):
    form_class = RelationForm
    parent_queryset, parent_name = Actor.objects.all(), "from_actor"
    button, done = "Record", "Recorded."

    @property
    def title(self) -> str:
        return f"{self.parent}: how it stands to another actor"


class RelationEdit(MayCiteEdit):
    form_class = RelationEditForm
    queryset = ActorRelation.objects.select_related("from_actor", "to_actor")
    title = "Edit the relation"


class RelationWithdraw(RecordWithdraw):
    queryset = ActorRelation.objects.select_related("from_actor", "to_actor")
    title = "Withdraw this relation"
