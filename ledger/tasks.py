"""Work for the background."""

from procrastinate.contrib.django import app

from ledger.acting import as_owner
from ledger.checkpoints import make_checkpoint


@app.periodic(cron="7 * * * *")
@app.task(name="ledger.checkpoint", queue="ledger")
def checkpoint(timestamp: int) -> None:
    """Sign what has been committed since the last checkpoint."""
    with as_owner():
        make_checkpoint()
