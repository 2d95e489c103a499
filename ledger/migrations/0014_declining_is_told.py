from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_how_notifications_are_mailed"),
        ("ledger", "0013_answers_are_kept_for_a_day"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notification",
            name="event_is_known",
        ),
        migrations.AlterField(
            model_name="notification",
            name="event",
            field=models.CharField(
                choices=[
                    ("attribution_stale", "Approval became stale"),
                    ("review_claimed", "Review claimed"),
                    ("review_released", "Review released"),
                    ("review_due", "Waits for your review"),
                    ("concluded", "Review concluded"),
                    ("dissent", "Dissent"),
                    ("answered", "Dissent answered"),
                    ("returned", "Returned"),
                    ("declined", "Declined"),
                    ("approved", "Approved"),
                    ("submitted", "Submitted"),
                    ("reassigned", "Reassigned"),
                    ("mentioned", "Mentions you"),
                    ("commented", "New comment"),
                    ("task_assigned", "Task for you"),
                    ("task_due", "Task due"),
                    ("watch_fired", "Watch fired"),
                    ("review_date_passed", "Review date passed"),
                    ("basis_in_question", "Basis in question"),
                    ("response_due", "Response due"),
                    ("measure_ends", "Measure ends"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "event__in",
                        [
                            "attribution_stale",
                            "review_claimed",
                            "review_released",
                            "review_due",
                            "concluded",
                            "dissent",
                            "answered",
                            "returned",
                            "declined",
                            "approved",
                            "submitted",
                            "reassigned",
                            "mentioned",
                            "commented",
                            "task_assigned",
                            "task_due",
                            "watch_fired",
                            "review_date_passed",
                            "basis_in_question",
                            "response_due",
                            "measure_ends",
                        ],
                    )
                ),
                name="event_is_known",
            ),
        ),
    ]
