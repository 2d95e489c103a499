"""Work for the background."""

from django.utils import timezone
from procrastinate.contrib.django import app

from cases.reliance import let_overdue_fall


@app.periodic(cron="20 0 * * *")
@app.task(name="cases.review_dates", queue="reliance", queueing_lock="cases.review_dates")
def review_dates(timestamp: int) -> None:
    """Look again at approvals whose review date has passed."""
    let_overdue_fall(timezone.localdate())
