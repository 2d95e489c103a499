"""What the floors above may want to know. This floor only says what happened."""

from collections.abc import Iterable
from uuid import UUID

from django.dispatch import Signal

ground_moved = Signal()
"""Sent in the transaction that changed what a judgement may rest on, after the change.

Carries `by`, `reason` (a sentence that names what moved), `marking` (the strictest of what the
sentence names: it is for no wider circle), and `moved`, the record that moved: an item or a source
on this floor.
"""

text_taken = Signal()
"""Sent in the transaction that kept the text of a `file`, for whom (`by`)."""

asks_what_rests = Signal()
"""Sent to learn what rests on an `item`, before it is taken out of use.

Each receiver answers with a list of {"kind", "label", "url", "status"}; nothing is written.
"""

asks_what_cites = Signal()
"""Sent to learn what cites `passages` (ids); nothing is written.

Each receiver answers with a dictionary: a passage's id to a list of {"label", "url", "status"}.
"""

asks_what_left = Signal()
"""Sent to learn in which documents that left the room `records` (each with `kind` and `id`) are quoted.

Each receiver answers with a list of {"label", "url", "why"}; nothing is written.
"""

asks_if_false = Signal()
"""Sent to learn what would fall if `items` and `sources` (records) were false; nothing is written.

Each receiver answers with what `evidence/_if_false.html` shows: `address` (the whole answer), `falls`,
`holds`, `untold` and `touched` (lists of {"label", "url", "sentence"}), `is_withheld` and `has_more`.
"""


def what_rests_on(item) -> list[dict[str, str]]:
    """What the floors above say rests on an item."""
    return [each for _, answer in asks_what_rests.send(type(item), item=item) for each in answer]


def what_cites(passages: Iterable) -> dict[UUID, list[dict[str, str]]]:
    """What the floors above say cites each of these passages, by id; what is cited by nothing is not there."""
    ids = [passage.pk for passage in passages]
    cited: dict[UUID, list[dict[str, str]]] = {}
    for _, answer in asks_what_cites.send(None, passages=ids) if ids else ():
        for passage, citing in answer.items():
            cited.setdefault(passage, []).extend(citing)
    return cited


def if_false(*, items=(), sources=()) -> list[dict]:
    """What the floors above say would fall if these were false, one answer for each floor."""
    return [answer for _, answer in asks_if_false.send(None, items=list(items), sources=list(sources))]
