"""Every kind of record, by the name that the ledger gives it."""

from functools import cache

from django.apps import apps

from ledger.models import Record


@cache
def kinds() -> dict[str, type[Record]]:
    """Kind to model, in the order of the tables' names."""
    models = (model for model in apps.get_models() if issubclass(model, Record))
    return {model.kind: model for model in sorted(models, key=lambda model: model._meta.db_table)}


def title_of(kind: str) -> str:
    """A kind as a reader calls it: `evidence_item` is “Evidence item”."""
    return kind.replace("_", " ").capitalize()
