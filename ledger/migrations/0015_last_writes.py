"""What each person wrote last, for reading it back from a replica."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

UNLOGGED = """
ALTER TABLE ledger_lastwrite SET UNLOGGED;
ALTER TABLE ledger_lastwrite SET (fillfactor = 50);
"""

LOGGED = """
ALTER TABLE ledger_lastwrite RESET (fillfactor);
ALTER TABLE ledger_lastwrite SET LOGGED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0014_declining_is_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="LastWrite",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "position",
                    models.BigIntegerField(help_text="In the write-ahead log, in bytes from its start."),
                ),
            ],
        ),
        migrations.RunSQL(UNLOGGED, LOGGED),
    ]
