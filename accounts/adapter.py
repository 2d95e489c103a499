"""How allauth fits a product that one enters by invitation only."""

from allauth.account.adapter import DefaultAccountAdapter


class ByInvitationOnly(DefaultAccountAdapter):
    """Nobody signs up by themselves."""

    def is_open_for_signup(self, request) -> bool:
        return False
