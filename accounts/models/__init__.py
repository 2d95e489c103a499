"""People, the rooms they work in, and the API clients that act for them."""

from accounts.models.access import AccessToken, TokenEvent, TokenUse
from accounts.models.calendar_links import CalendarLink
from accounts.models.people import Invitation, Membership, MembershipQuerySet, People, User, Workspace, people_by_name
from accounts.models.tokens import ApiToken

__all__ = [
    "AccessToken",
    "ApiToken",
    "CalendarLink",
    "Invitation",
    "Membership",
    "MembershipQuerySet",
    "People",
    "TokenEvent",
    "TokenUse",
    "User",
    "Workspace",
    "people_by_name",
]
