"""How the review queue stands, for those who supervise it: two queries, whatever its length."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

OVER = timedelta(days=90)
"""How far back decisions are counted."""

QUEUE = """
SELECT (SELECT count(*) FROM waiting),
       (SELECT count(*) FROM waiting WHERE due_on IS NULL),
       (SELECT count(*) FROM waiting WHERE due_on < %(today)s),
       (SELECT min(submitted_at) FROM waiting),
       (SELECT count(*) FROM decided WHERE decision = 'approved'),
       (SELECT count(*) FROM decided WHERE decision = 'returned'),
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took)) FROM decided),
       (SELECT count(*) FROM cases_attribution WHERE workspace_id = ANY (%(rooms)s) AND status = 'stale')
"""
TABLES = """
WITH waiting AS (
    SELECT a.submitted_at, c.due_on FROM cases_attribution a
    LEFT JOIN cases_reviewclaim c ON c.attribution_id = a.id AND c.round = a.round AND c.status = 'open'
    WHERE a.workspace_id = ANY (%(rooms)s) AND a.status = 'in_review'
), decided AS (
    SELECT v.decision, v.decided_at - v.created_at AS took FROM cases_submittedversion v
    WHERE v.workspace_id = ANY (%(rooms)s) AND v.decided_at >= %(since)s AND v.decision IN ('approved', 'returned')
)
"""
LOAD = """
SELECT u.name, sum(load.held)::int, sum(load.late)::int, sum(load.concluded)::int FROM (
    SELECT c.reviewer_id AS person, 1 AS held, (c.due_on < %(today)s)::int AS late, 0 AS concluded
    FROM cases_reviewclaim c WHERE c.workspace_id = ANY (%(rooms)s) AND c.status = 'open'
    UNION ALL
    SELECT r.reviewer_id, 0, 0, 1 FROM cases_review r
    WHERE r.workspace_id = ANY (%(rooms)s) AND r.created_at >= %(since)s
) load JOIN accounts_user u ON u.id = load.person
GROUP BY u.id, u.name ORDER BY sum(load.held) DESC, u.name
"""


@dataclass(frozen=True)
class Load:
    """What one reviewer holds now, and has concluded of late."""

    name: str
    held: int
    late: int
    concluded: int


@dataclass(frozen=True)
class Figures:
    """How the queue of some workspaces stands, as far as who asks may read it."""

    waiting: int
    unclaimed: int
    overdue: int
    oldest: datetime | None
    approved: int
    returned: int
    seconds: float | None
    stale: int
    loads: list[Load]

    @property
    def days(self) -> float | None:
        """Median days from submission to a decision, approval or return."""
        return None if self.seconds is None else round(self.seconds / 86_400, 1)

    @property
    def returned_share(self) -> int | None:
        """Returns among decisions, in per cent."""
        decided = self.approved + self.returned
        return round(100 * self.returned / decided) if decided else None


def figures_of(rooms: Iterable[UUID]) -> Figures | None:
    """The figures of these workspaces together; None where there are none."""
    told: dict[str, Any] = {
        "rooms": list(rooms),
        "today": timezone.localdate(),
        "since": timezone.now() - OVER,
    }
    if not told["rooms"]:
        return None
    with connection.cursor() as cursor:
        cursor.execute(TABLES + QUEUE, told)
        counted = cursor.fetchone()
        cursor.execute(LOAD, told)
        return Figures(*counted, loads=[Load(*row) for row in cursor.fetchall()])
