"""Work for the background."""

from procrastinate.contrib.django import app

from cases.watching import look_out


@app.periodic(cron="*/10 * * * *")
@app.task(name="cases.look_out", queue="watching")
def look_out_for_watches(timestamp: int) -> None:
    """Let every watch look, each as its owner."""
    look_out()
