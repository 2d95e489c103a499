"""People are told under names of their own: of a passage that is lost, a second grading, bytes that are not whole."""

from django.db import migrations, models

BEFORE = [
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
]
LAST = [("expunging_asked", "Expunging asked for"), ("expunging_decided", "Expunging decided")]
EVENTS = [
    *BEFORE,
    ("passage_lost", "Passage lost"),
    ("second_grading", "Second grading given"),
    ("bytes_not_whole", "Bytes altered or missing"),
    *LAST,
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0017_words_are_expunged")]
    operations = [
        migrations.RemoveConstraint(model_name="notification", name="event_is_known"),
        migrations.AlterField(
            model_name="notification", name="event", field=models.CharField(choices=EVENTS, max_length=30)
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(("event__in", [event for event, _ in EVENTS])), name="event_is_known"
            ),
        ),
    ]
