"""The numbers of the gate. A policy is versioned; every approval names the one it passed."""

from dataclasses import dataclass
from datetime import timedelta

from cases.choices import Element


@dataclass(frozen=True)
class Policy:
    """What the gate asks for. Origins are independent origins, never documents."""

    id: str
    origins_per_element: dict[Element, int]
    origins: int
    origins_for_non_state: int
    source_classes: int
    origins_beside_the_accuser: int
    strong_origins_for_high: int
    strong_origins_for_moderate: int
    carrying_kinds: int
    carrying_kinds_for_high: int
    pattern_instances: int
    longest_review_period: timedelta


POLICIES = {
    "2026-1": Policy(
        id="2026-1",
        origins_per_element={
            Element.FACILITATION: 2,
            Element.OBJECTIVE: 2,
            Element.COORDINATION: 2,
            Element.IMPACT: 1,
        },
        origins=3,
        origins_for_non_state=2,
        source_classes=2,
        origins_beside_the_accuser=1,
        strong_origins_for_high=2,
        strong_origins_for_moderate=1,
        carrying_kinds=1,
        carrying_kinds_for_high=2,
        pattern_instances=3,
        longest_review_period=timedelta(days=366),
    )
}
CURRENT_POLICY = "2026-1"
