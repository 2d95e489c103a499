from io import StringIO

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from cases.demo.loading import load_demo
from evidence.rehashing import check_what_is_due
from exchange.demo import load_sharings
from ledger.acting import owner_connection
from ledger.models import Checkpoint
from policy.demo import load_responses


class Command(BaseCommand):
    help = "Bring the schema up to date, load the demonstration, sign a checkpoint, each only where needed."

    requires_migrations_checks = False

    def handle(self, **options) -> None:
        if self._lags():
            call_command("migrate", verbosity=0)
        if load_demo():  # so that custody can be seen at once
            check_what_is_due(timezone.now())
        load_responses()
        load_sharings()
        if not Checkpoint.objects.exists():  # so that proofs can be had at once
            call_command("ledger", "checkpoint", stdout=StringIO())

    def _lags(self) -> bool:
        with owner_connection():
            executor = MigrationExecutor(connection)
            return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
