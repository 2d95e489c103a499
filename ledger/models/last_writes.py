from django.conf import settings
from django.db import models


class LastWrite(models.Model):
    """How far a copy of the database must have come to hold what a person wrote last.

    Written only where there is a replica. The table is UNLOGGED: it costs no flush, and what a crash empties is told
    by the replica's lag alone. It refers to the person without a constraint, which would lock their row.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    position = models.BigIntegerField(help_text="In the write-ahead log, in bytes from its start.")

    def __str__(self) -> str:
        return f"{self.person_id} {self.position}"
