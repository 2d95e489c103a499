"""Work for the background: it runs as the person who asked for it."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import User
from evidence.capturing import carry_out
from evidence.intake import forget_old_uploads
from evidence.models import StoredFile
from evidence.rehashing import check_what_is_due
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


@app.task(name="evidence.capture", queue="capturing")
def capture(capture_id: str, user_id: str) -> None:
    """Fetch an address for an item."""
    carry_out(UUID(capture_id), by=User.objects.get(pk=user_id))


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


@app.periodic(cron="40 * * * *")
@app.task(name="evidence.forget_uploads", queue="checking", queueing_lock="evidence.forget_uploads")
def forget_uploads(timestamp: int) -> None:
    """Remove uploads that nobody has gone on with for `ATTEST_UPLOAD_HOURS`."""
    forget_old_uploads(timezone.now())
