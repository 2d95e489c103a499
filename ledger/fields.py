"""Field types that every floor uses."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models

PARTIAL_DATE = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
COUNTRY = r"^[A-Z]{2}$"


def validate_partial_date(value: str) -> None:
    """Accept a year, a year and month, or a date (ISO 8601, to the precision known)."""
    if not re.fullmatch(PARTIAL_DATE, value):
        raise ValidationError("Write a date as 2021, 2021-07 or 2021-07-02.", code="partial_date")
    if len(value) == 10:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise ValidationError("There is no such day.", code="partial_date")


def is_before(ended: str, began: str) -> bool:
    """Whether a partial date ends something before it began. What is unknown contradicts nothing."""
    return bool(began and ended) and ended < began[: len(ended)]


class PartialDateField(models.CharField):
    """A date to the precision known, as text: `2021`, `2021-07` or `2021-07-02`; empty if unknown."""

    default_validators = [validate_partial_date]

    def __init__(self, *args, **options) -> None:
        options.setdefault("max_length", 10)
        options.setdefault("blank", True)
        options.setdefault("default", "")
        super().__init__(*args, **options)

    def formfield(self, **options):
        return super().formfield(**{"validators": [validate_partial_date], **options})


def validate_country(value: str) -> None:
    """Accept an ISO 3166-1 alpha-2 code, or EU for the European Union (exceptionally reserved)."""
    if not re.fullmatch(COUNTRY, value):
        raise ValidationError("Write a country as its two-letter ISO 3166-1 code, like PL.", code="country")


class CountryField(models.CharField):
    """An ISO 3166-1 alpha-2 code; empty if none or unknown."""

    default_validators = [validate_country]

    def __init__(self, *args, **options) -> None:
        options.setdefault("max_length", 2)
        options.setdefault("blank", True)
        options.setdefault("default", "")
        super().__init__(*args, **options)

    def formfield(self, **options):
        return super().formfield(**{"validators": [validate_country], **options})
