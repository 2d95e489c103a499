"""Where words stand: which columns of a record hold text that somebody wrote or that was taken out of a file.

Expunging looks for words there, and there alone: what the product itself needs to know of a record is never rewritten.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

MARK = "[expunged]"
"""What stands where words were."""

WORDED = (models.CharField, models.TextField, models.URLField, models.JSONField)

NEVER_WORDS = frozenset(
    {
        *("sha256", "seal", "policy", "media_type", "extractor", "extractor_version", "about_kind", "language"),
        *("serial", "response", "authority", "signer", "reference", "key", "query", "over", "numbers", "base"),
        *("layout", "fragment", "ocr_languages"),
    }
)
"""Columns of text that nobody's words stand in."""


def texts_of(model: type[models.Model]) -> list[str]:
    """The columns of a record that may hold words."""
    fields: Any = model._meta.concrete_fields
    return [each.column for each in fields if _may_hold_words(each)]


def _may_hold_words(field: Any) -> bool:
    if field.name in NEVER_WORDS or field.choices or field.is_relation:
        return False
    if type(field) is ArrayField:
        return type(field.base_field) in WORDED and not field.base_field.choices
    return type(field) in WORDED
