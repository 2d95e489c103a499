from cases.views.passages import OffersPassages
from ledger.pages import RecordEdit


class MayCite(OffersPassages):
    """A page on which the words that a statement comes from may be named: searched for, or left open."""

    def offered(self) -> list:
        asked = self.request.GET.get("passage") or self.request.GET.get("words", "").strip()
        return super().offered() if asked else []

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"room": self.parent.workspace_id}

    def get_initial(self) -> dict:
        """Without a passage in the address, the one that is stored stays chosen."""
        return {name: value for name, value in super().get_initial().items() if value}

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(may_stay_open=True, **kwargs)


class MayCiteEdit(MayCite, RecordEdit):
    """The same for a record that is edited."""

    @property
    def parent(self):
        return self.record
