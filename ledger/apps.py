from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        from ledger.acting import take_app_role
        from ledger.wall import declare_triggers, raise_walls

        declare_triggers()
        connection_created.connect(take_app_role, dispatch_uid="ledger.take_app_role")
        post_migrate.connect(raise_walls, sender=self, dispatch_uid="ledger.raise_walls")
