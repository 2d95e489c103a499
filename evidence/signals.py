"""What the floors above may want to know. This floor only says what happened."""

from django.dispatch import Signal

ground_moved = Signal()
"""Sent in the transaction that changed what a judgement may rest on.

Carries `by`, `reason` (a sentence), and one of `source`, `item`.
"""

asks_what_rests = Signal()
"""Sent to learn what rests on an `item`, before it is taken out of use.

Each receiver answers with a list of {"label", "url", "status"}; nothing is written.
"""


def what_rests_on(item) -> list[dict[str, str]]:
    """What the floors above say rests on an item."""
    return [each for _, answer in asks_what_rests.send(type(item), item=item) for each in answer]
