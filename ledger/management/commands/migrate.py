from django.core.management.commands import migrate

from ledger.acting import owner_connection


class Command(migrate.Command):
    """Django's own migrate, run as the owner of the tables, its checks of the models included."""

    def execute(self, *args, **options) -> str | None:
        with owner_connection():
            return super().execute(*args, **options)
