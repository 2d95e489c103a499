"""Work for the background."""

from django.utils import timezone
from procrastinate.contrib.django import app

from cases.departures import release
from cases.models import ReviewClaim
from cases.reliance import let_overdue_fall
from cases.watching import look_out
from ledger.acting import as_owner


@app.periodic(cron="*/10 * * * *")
@app.task(name="cases.look_out", queue="watching")
def look_out_for_watches(timestamp: int) -> None:
    """Let every watch look, each as its owner."""
    look_out()


@app.periodic(cron="17 * * * *")
@app.task(name="cases.look_after_claims", queue="cases")
def look_after_claims(timestamp: int) -> None:
    """Free what people hold who may no longer review, and tell of what is overdue."""
    with as_owner():
        release(ReviewClaim.objects.lost())
        ReviewClaim.tell_overdue()


@app.periodic(cron="20 0 * * *")
@app.task(name="cases.review_dates", queue="reliance", queueing_lock="cases.review_dates")
def review_dates(timestamp: int) -> None:
    """Look again at approvals whose review date has passed."""
    let_overdue_fall(timezone.localdate())
