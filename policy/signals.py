"""What this floor asks of the floors above."""

from typing import Any

from django.dispatch import Signal

asks_what_follows = Signal()
"""Sent to learn what the page of a `response` shows beyond itself, as `by` may see it.

Each receiver answers with a part of that page: a dictionary with its `template`, and what that shows; None
where it has nothing to add to a response of that kind.
"""


def what_follows_from(response, *, by) -> list[dict[str, Any]]:
    """The parts that the floors above add to the page of a response."""
    answers = asks_what_follows.send(type(response), response=response, by=by)
    return [part for _, part in answers if part is not None]
