"""Custody says when words or bytes were shared with a partner."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0010_lineage_rules"),
    ]

    operations = [
        migrations.AlterField(
            model_name="custodyevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("hashed", "Hashed"),
                    ("viewed_original", "Original viewed"),
                    ("copied", "Copied"),
                    ("exported", "Exported"),
                    ("shared", "Shared with a partner"),
                    ("redacted", "Redacted"),
                    ("sealed", "Sealed"),
                ],
                max_length=20,
            ),
        ),
    ]
