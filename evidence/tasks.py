"""Work for the background: it runs as the person who asked for it."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import User
from evidence.models import StoredFile
from evidence.near_copies import find_near_copies, look_at_what_was_not
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


@app.task(name="evidence.find_near_copies", queue="reading", retry=3)
def find_copies(item_id: str) -> None:
    """Suggest what an item, whose text was read, is a near copy of."""
    find_near_copies(UUID(item_id))


@app.periodic(cron="45 * * * *")
@app.task(name="evidence.find_copies_of_the_rest", queue="reading", queueing_lock="evidence.find_copies_of_the_rest")
def find_copies_of_the_rest(timestamp: int) -> None:
    """Look at items whose text was read before near copies were looked for, some at a time."""
    look_at_what_was_not()


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
