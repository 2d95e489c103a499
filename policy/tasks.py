"""Work for the background."""

from procrastinate.contrib.django import app

from policy.reminders import remind


@app.periodic(cron="40 * * * *")
@app.task(name="policy.remind", queue="policy")
def remind_owners(timestamp: int) -> None:
    """Remind owners of what is due, overdue or about to end."""
    remind()
