"""Partial dates as stretches of days: `2021-07` is 1 to 31 July 2021. Pure."""

from calendar import monthrange


def first_day(partial: str) -> str:
    """The first day that a partial date may mean, as an ISO date."""
    year, month, day = [*partial.split("-"), "", ""][:3]
    return f"{year}-{month or '01'}-{day or '01'}"


def last_day(partial: str) -> str:
    """The last day that a partial date may mean, as an ISO date."""
    year, month, day = [*partial.split("-"), "", ""][:3]
    month = month or "12"
    return f"{year}-{month}-{day or monthrange(int(year), int(month))[1]}"
