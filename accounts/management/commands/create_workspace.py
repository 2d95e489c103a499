from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from accounts.choices import Marking, Role
from accounts.models import Membership, User, Workspace


class Command(BaseCommand):
    help = "Begin a workspace, and invite its first supervisor. Prints the invitation's link."

    def add_arguments(self, parser) -> None:
        parser.add_argument("name")
        parser.add_argument("slug")
        parser.add_argument("supervisor", help="E-mail address of the first supervisor.")

    @transaction.atomic
    def handle(self, *, name: str, slug: str, supervisor: str, **options) -> None:
        if Workspace.objects.filter(slug=slug).exists():
            raise CommandError(f"There is a workspace {slug} already.")
        room = Workspace.objects.create(name=name, slug=slug)
        keeper = self._keeper(room)
        invitation, secret = room.invite(by=keeper, email=supervisor, role=Role.SUPERVISOR, clearance=Marking.RED)
        Membership.objects.filter(user=keeper, workspace=room).update(ended_at=invitation.created_at)
        self.stdout.write(f"{supervisor} joins by {settings.BASE_URL}{reverse('invitation', args=[secret])}")

    def _keeper(self, room: Workspace) -> User:
        """The installation itself, in whose name the first invitation goes out; it cannot sign in."""
        keeper, _ = User.objects.get_or_create(
            email="installation@attest.invalid", defaults={"name": "Installation", "is_active": False}
        )
        Membership.objects.create(user=keeper, workspace=room, role=Role.STEWARD, clearance=Marking.CLEAR)
        return keeper
