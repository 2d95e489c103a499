"""What is frozen stays frozen, but for words that are being expunged."""

from django.db import migrations

from ledger.setting_aside import setting_aside


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0050_reliance_rules"),
        ("evidence", "0022_personal_data_is_expunged"),
    ]
    operations = [
        setting_aside(
            "attribution_keeps_its_life",
            "attribution_stays_as_submitted",
            "citation_moves_only_in_the_open",
            "return_item_moves_only_in_the_open",
        )
    ]
