"""Roles and markings, and the small functions that reason about them."""

from django.db import models


class Marking(models.TextChoices):
    """Traffic Light Protocol 2.0 (FIRST), from the widest audience to the narrowest."""

    CLEAR = "clear", "TLP:CLEAR"
    GREEN = "green", "TLP:GREEN"
    AMBER = "amber", "TLP:AMBER"
    AMBER_STRICT = "amber_strict", "TLP:AMBER+STRICT"
    RED = "red", "TLP:RED"

    @property
    def level(self) -> int:
        """0 for CLEAR to 4 for RED; a clearance covers its own level and those below."""
        return list(Marking).index(self)


def strictest(markings: list[str]) -> str:
    """The narrowest of some markings; CLEAR when there are none."""
    return max((Marking(each) for each in markings), key=lambda each: each.level, default=Marking.CLEAR).value


def covering(marking: str) -> list[str]:
    """The clearances that cover a marking."""
    return [each.value for each in Marking if each.level >= Marking(marking).level]


class Digest(models.TextChoices):
    """How a person's notifications are mailed. They always stand in Attest itself."""

    NONE = "none", "Not at all"
    DAILY = "daily", "Once a day"
    AT_ONCE = "at_once", "Within minutes"


class Scope(models.TextChoices):
    """What a token may do, within what its owner may."""

    READ = "read", "Read"
    WRITE = "write", "Read and write"


class Sort(models.TextChoices):
    """How a token's secret is used: with each request, or in exchange for access tokens."""

    TOKEN = "token", "Token"
    CLIENT = "client", "OAuth client"


class Role(models.TextChoices):
    """What a member may do in a workspace."""

    VIEWER = "viewer", "Viewer"
    ANALYST = "analyst", "Analyst"
    REVIEWER = "reviewer", "Reviewer"
    SUPERVISOR = "supervisor", "Supervisor"
    STEWARD = "steward", "Steward"


WRITERS = frozenset({Role.ANALYST, Role.REVIEWER, Role.SUPERVISOR, Role.STEWARD})
REVIEWERS = frozenset({Role.REVIEWER, Role.SUPERVISOR})
SUPERVISORS = frozenset({Role.SUPERVISOR})
STEWARDS = frozenset({Role.STEWARD})
"""A steward keeps the room: members, clearances, expunging. Stewardship gives no say in a judgement."""
