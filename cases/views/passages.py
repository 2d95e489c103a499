from django.core.exceptions import ValidationError
from django.db.models.expressions import RawSQL

from evidence.models import Passage

OFFERED = 25
"""Passages offered at once to choose from."""


class OffersPassages:
    """A page on which one of the workspace's passages is chosen: by words, or named in the address."""

    template_name = "cases/cite.html"

    def offered(self) -> list[Passage]:
        of_room = Passage.objects.filter(workspace=self.parent.workspace_id, status="active").select_related(
            "item__source", "page"
        )
        if named := self.request.GET.get("passage"):
            try:
                return list(of_room.filter(pk=named))
            except ValidationError:
                return []
        if words := self.request.GET.get("words", "").strip():
            found = RawSQL("SELECT record_id FROM search_matches(%s, ARRAY['passage'])", [words])
            of_room = of_room.filter(pk__in=found)
        return list(of_room.order_by("-pk")[:OFFERED])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"offered": self.offered()}

    def get_initial(self):
        return super().get_initial() | {"passage": self.request.GET.get("passage")}

    def get_context_data(self, **kwargs):
        return super().get_context_data(words=self.request.GET.get("words", ""), parent=self.parent, **kwargs)
