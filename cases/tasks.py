"""Work for the background."""

from procrastinate.contrib.django import app

from cases.departures import release
from cases.models import ReviewClaim
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
