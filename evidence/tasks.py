"""Work for the background: it runs as the person who asked for it."""

from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import User
from evidence.models import StoredFile
from evidence.rehashing import check_what_is_due
from evidence.removing import remove_what_is_expunged
from evidence.stamping import stamp_what_is_not
from ledger.acting import acting_as


@app.task(name="evidence.read_text", queue="reading", retry=3)
def read_text(file_id: str, user_id: str) -> None:
    """Take the text out of a file that came in."""
    person = User.objects.get(pk=user_id)
    with acting_as(person):
        file = StoredFile.objects.select_related("item").filter(pk=file_id).first()
        if file is not None:
            file.read_text(by=person)


@app.periodic(cron="25 * * * *")
@app.task(name="evidence.check_bytes", queue="checking", queueing_lock="evidence.check_bytes")
def check_bytes(timestamp: int) -> None:
    """Hash stored files again whose turn it is, and raise the alarm where they changed."""
    check_what_is_due(timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="evidence.stamp", queue="stamping", queueing_lock="evidence.stamp")
def stamp(timestamp: int) -> None:
    """Have the configured authority time-stamp what it has not stamped yet."""
    stamp_what_is_not()


@app.periodic(cron="50 * * * *")
@app.task(name="evidence.remove_expunged", queue="checking", queueing_lock="evidence.remove_expunged")
def remove_expunged(timestamp: int) -> None:
    """Remove the bytes of expunged files where that was cut short, or where others held the same until now."""
    remove_what_is_expunged()
