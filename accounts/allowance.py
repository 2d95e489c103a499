"""How often a token may ask: a bucket that fills again within a minute. Pure; PostgreSQL keeps the bucket."""

from dataclasses import dataclass
from math import ceil, floor

WINDOW = 60
"""Seconds in which an empty bucket is full again."""

LEAST = 10
"""Requests per minute that a token may always have."""

ROUNDING = 0.001
"""Seconds: times are kept in microseconds, prices need not be whole ones."""


@dataclass(frozen=True)
class Allowance:
    """What is left after a request.

    `owed` is how many seconds the bucket takes to be full again, this request included. A request
    that would owe more than the window is refused, and is not counted.
    """

    per_minute: int
    owed: float

    @property
    def is_spent(self) -> bool:
        """Whether this request came too early."""
        return self.owed > WINDOW + ROUNDING

    @property
    def left(self) -> int:
        """Requests that may follow at once."""
        return max(0, floor((WINDOW - self.owed + ROUNDING) * self.per_minute / WINDOW))

    @property
    def full_in(self) -> int:
        """Whole seconds until all requests may be made again."""
        return ceil(min(self.owed, WINDOW))

    @property
    def wait(self) -> int:
        """Whole seconds after which one refused may come again."""
        return max(1, ceil(self.owed - WINDOW))
