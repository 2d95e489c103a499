"""The technical admin looks at records and changes none: every change goes through a verb."""

from django.contrib import admin

from accounts.admin import ReadOnlyAdmin
from ledger.kinds import kinds
from ledger.models import Checkpoint, LedgerEntry


class RecordAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "workspace", "marking", "version", "updated_at")
    list_filter = ("marking",)
    list_select_related = ("workspace",)


def register_records() -> None:
    """Show every kind of record, so that none can be forgotten."""
    for model in kinds().values():
        admin.site.register(model, RecordAdmin)


register_records()
admin.site.register(LedgerEntry, ReadOnlyAdmin)
admin.site.register(Checkpoint, ReadOnlyAdmin)
