from django.core.management.commands import migrate

from ledger.acting import owner_connection


class Command(migrate.Command):
    """Django's own migrate, run as the owner of the tables."""

    def handle(self, *args, **options) -> None:
        with owner_connection():
            super().handle(*args, **options)
