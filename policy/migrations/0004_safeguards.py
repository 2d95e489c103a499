from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policy", "0003_responses_follow_what_they_rest_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="legalprovision",
            name="is_safeguard_only",
            field=models.BooleanField(
                default=False,
                help_text="It permits no measure by itself, like the ban on return.",
                verbose_name="sets limits only",
            ),
        ),
    ]
