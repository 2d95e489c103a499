"""What is frozen in a response or was shared stays so, but for words that are being expunged."""

from django.db import migrations

from ledger.setting_aside import setting_aside


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0004_sharings"),
        ("policy", "0012_sharings_follow_their_response"),
        ("cases", "0051_judgements_let_words_be_expunged"),
    ]
    operations = [
        setting_aside(
            "response_keeps_its_life", "response_part_moves_only_in_the_open", "sharing_keeps_to_what_was_agreed"
        )
    ]
