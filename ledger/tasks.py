"""Work for the background."""

from procrastinate.contrib.django import app

from accounts.choices import Digest
from ledger.acting import as_owner
from ledger.checkpoints import make_checkpoint
from ledger.digests import mail_digests
from ledger.models import KeptAnswer, Task


@app.periodic(cron="7 * * * *")
@app.task(name="ledger.checkpoint", queue="ledger")
def checkpoint(timestamp: int) -> None:
    """Sign what has been committed since the last checkpoint."""
    with as_owner():
        make_checkpoint()


@app.periodic(cron="*/5 * * * *")
@app.task(name="ledger.mail_at_once", queue="ledger")
def mail_at_once(timestamp: int) -> None:
    """Mail those who want to be told within minutes."""
    mail_digests(Digest.AT_ONCE)


@app.periodic(cron="0 6 * * *")
@app.task(name="ledger.mail_daily", queue="ledger")
def mail_daily(timestamp: int) -> None:
    """Mail those who want to be told once a day."""
    mail_digests(Digest.DAILY)


@app.periodic(cron="10 * * * *")
@app.task(name="ledger.tell_due_tasks", queue="ledger")
def tell_due_tasks(timestamp: int) -> None:
    """Remind assignees of what is due, once for each stretch before it."""
    Task.tell_due()


@app.periodic(cron="*/10 * * * *")
@app.task(name="ledger.forget_answers", queue="ledger")
def forget_answers(timestamp: int) -> None:
    """Remove answers that were kept for a day."""
    with as_owner():
        KeptAnswer.objects.old().delete()
