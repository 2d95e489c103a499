"""Pages of near copies and of lineage."""

from evidence import drawing_lineage
from evidence.beside import beside
from evidence.filters import NearCopyFilter
from evidence.forms import ConfirmCopyForm
from evidence.models import EvidenceItem, NearCopy
from evidence.near_copies import text_of
from evidence.tracing import DEEPEST, DEPTH, lineage_of
from ledger.pages import RecordDetail, RecordList, RecordVerb

BOTH = ("item__source", "other__source")


class NearCopyList(RecordList):
    template_name = "evidence/near_copy_list.html"
    filterset_class = NearCopyFilter
    queryset = NearCopy.objects.select_related("workspace", *BOTH)


class NearCopyDetail(RecordDetail):
    """Both texts side by side where they run alike, for who decides."""

    template_name = "evidence/near_copy.html"
    queryset = NearCopy.objects.select_related("workspace", "derivation", *BOTH)

    def get_context_data(self, **kwargs):
        found = self.record
        compared = beside(text_of(found.item_id), text_of(found.other_id))
        return super().get_context_data(beside=compared, **kwargs)


class NearCopyVerb(RecordVerb):
    queryset = NearCopy.objects.select_related(*BOTH)


class NearCopyConfirm(NearCopyVerb):
    form_class = ConfirmCopyForm
    title, button, done = "Confirm that they are one text", "Confirm", "Recorded: both are one origin now."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"suggestion": self.record}

    def act(self, form):
        self.record.confirm(by=self.request.user, **form.cleaned_data)


class NearCopyDismiss(NearCopyVerb):
    title, button = "Dismiss this suggestion", "Dismiss"
    done = "Dismissed: these two are not suggested again."

    def act(self, form):
        self.record.dismiss(by=self.request.user, **form.cleaned_data)


class ItemLineage(RecordDetail):
    """What an item hangs together with, drawn and in words."""

    template_name = "evidence/lineage.html"
    queryset = EvidenceItem.objects.select_related("source", "workspace")

    def get_context_data(self, **kwargs):
        depth = self.depth()
        return super().get_context_data(
            **lineage_context(self.record, depth), depth=depth, depths=range(1, DEEPEST + 1), **kwargs
        )

    def depth(self) -> int:
        asked = self.request.GET.get("depth", "")
        return min(max(1, int(asked)), DEEPEST) if asked.isascii() and asked.isdigit() else DEPTH


def lineage_context(item: EvidenceItem, depth: int) -> dict:
    """A lineage, what it is drawn from, and its table."""
    found = lineage_of(item, depth=depth)
    return {
        "lineage": found,
        "lineage_drawing": drawing_lineage.drawing(found),
        "lineage_table": drawing_lineage.table(found),
        "items": [{"item": each, "origin": found.origins[each.pk] + 1} for each in found.items],
    }
