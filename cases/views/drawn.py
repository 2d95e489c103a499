"""Lists that can be looked at in more ways than one, all over the same filter."""

from typing import Any

from cases.drawing import MOST_DRAWN
from ledger.pages import RecordList, RecordPage


class DrawnList(RecordList):
    """A list that is a table by default, and one of `drawn` where the address says so (`view=map`).

    A subclass draws in a method `draw_<view>`: it takes the filtered records and returns what the template needs.
    """

    drawn: dict[str, tuple[str, str]] = {}
    """Label and icon by view."""

    @property
    def view(self) -> str:
        asked = self.request.GET.get("view", "")
        return asked if asked in self.drawn else "table"

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        views = {"table": ("Table", "table"), **self.drawn}
        kwargs |= {
            "view": self.view,
            "views": [{"name": name, "label": label, "icon": icon} for name, (label, icon) in views.items()],
        }
        if self.view == "table":
            return super().get_context_data(**kwargs)
        filterset, shown = self._filtered()
        return RecordPage.get_context_data(
            self,
            filter=filterset,
            is_filtered=self.is_filtered(),
            may_add=self.may_write(),
            **getattr(self, f"draw_{self.view}")(shown),
            **kwargs,
        )


def first_of(shown) -> dict[str, Any]:
    """The first records as `records`; `most` says how many where there are more."""
    rows = list(shown[: MOST_DRAWN + 1])
    return {"records": rows[:MOST_DRAWN], "most": MOST_DRAWN if len(rows) > MOST_DRAWN else None}
