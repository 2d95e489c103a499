"""What happened to judgements, said to whoever tells people or rests on them."""

from typing import Any

from django.dispatch import Signal

told = Signal()
"""Sent to tell people what happened. Carries `about` (a record), `event`, `people` (ids), `sentence`
(fit for whoever may read the record) and `by` (None: the system)."""

told_many = Signal()
"""The same for many records at once: `rows` of (people's ids, record, sentence), with one `event` and `by`."""

attribution_moved = Signal()
"""Sent in the transaction in which `attributions` (records) ceased to hold. Carries `what` ("stale", "withdrawn" or
"superseded") and `by`."""

claim_withdrawn = Signal()
"""Sent in the transaction in which a public `claim` (a record) was withdrawn. Carries `by`."""

asks_what_falls = Signal()
"""Sent to learn what would fall with `attributions` (records) that would fall, as the reader may see it.

Each receiver answers with a list of {"label", "url", "status"}; nothing is written.
"""


def what_falls_with(attributions: list) -> list[dict[str, str]]:
    """What the floors above say would fall with these."""
    answers = asks_what_falls.send(None, attributions=attributions) if attributions else []
    return [each for _, answer in answers for each in answer]


asks_what_is_open = Signal()
"""Sent to learn what may be done about the incident `around` which things are recorded, as `by` may see it.

Each receiver answers with a part of the incident's page: a dictionary with its `template`, and what that shows.
"""


def what_is_open_to(around, *, by) -> list[dict[str, Any]]:
    """The parts that the floors above add to the page of an incident (`cases.around.Around`)."""
    return [part for _, part in asks_what_is_open.send(type(around), around=around, by=by)]


asks_what_stands_beside = Signal()
"""Sent to learn what may be laid beside a `record` (an incident or an attribution), as `by` may see it.

Each receiver answers with a part of its page, as of `asks_what_is_open`, or with None.
"""


def what_stands_beside(record, *, by) -> list[dict[str, Any]]:
    """The parts that the floors above lay beside the findings on the page of a record."""
    return [part for _, part in asks_what_stands_beside.send(type(record), record=record, by=by) if part]


asks_what_is_marked = Signal()
"""Sent to learn what was done about `incidents` (records), to be marked on a drawing of their counts.

Each receiver answers with a list of `cases.drawing.Mark`.
"""


def marks_of(incidents: list) -> list:
    """What the floors above mark in time, earliest first; what has no date comes last."""
    answers = asks_what_is_marked.send(None, incidents=incidents) if incidents else []
    found = [mark for _, marks in answers for mark in marks]
    return sorted(found, key=lambda mark: (not mark.when, mark.when, mark.title))
