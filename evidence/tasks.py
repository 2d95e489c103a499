"""Work for the background: it runs as the person who asked for it."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

from accounts.models import User
from evidence import reading
from evidence.intake import forget_old_uploads
from evidence.models.parts import open_container as make_parts
from evidence.near_copies import find_near_copies, look_at_what_was_not
from evidence.rehashing import check_what_is_due
from evidence.removing import remove_what_is_expunged
from evidence.stamping import stamp_what_is_not
from evidence.viewing import clear_unseen

STALLED = 30
"""Seconds without a sign of life after which a worker is held to be dead."""

FIRST = 100
"""A priority before all files that wait: what a dead worker had begun would be the last to be read."""


@app.task(name="evidence.read_text", queue="reading", retry=3)
def read_text(file_id: str, user_id: str) -> None:
    """Take the text out of a file that came in."""
    reading.read_file(UUID(file_id), User.objects.get(pk=user_id))


@app.periodic(cron="* * * * *")
@app.task(name="evidence.take_up_again", queue="reading", queueing_lock="evidence.take_up_again", priority=FIRST)
async def take_up_again(timestamp: int) -> None:
    """Give back what a worker that was killed had begun, to whoever is there. What recurs and waits already is ended.

    Its own task is among them, if a worker was killed in it: it holds no lock by which the next would wait for it.
    """
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        if await _waits_already(job):
            await app.job_manager.finish_job(job, Status.ABORTED, delete_job=False)
        else:
            await app.job_manager.retry_job(job)


async def _waits_already(job: Job) -> bool:
    if not job.queueing_lock:
        return False
    return bool(await app.job_manager.list_jobs_async(queueing_lock=job.queueing_lock, status=Status.TODO.value))


@app.task(name="evidence.open_container", queue="reading", retry=3)
def open_container(file_id: str, user_id: str) -> None:
    """Make items of what a container holds, as the person who brought it."""
    make_parts(file_id, by=User.objects.get(pk=user_id))


@app.task(name="evidence.capture", queue="capturing")
def capture(capture_id: str, user_id: str) -> None:
    """Fetch an address for an item."""
    from evidence.capturing import carry_out  # here, because it loads an HTTP client that only the worker needs

    carry_out(UUID(capture_id), by=User.objects.get(pk=user_id))


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


@app.periodic(cron="15 3 * * *")
@app.task(name="evidence.clear_pictures", queue="checking", queueing_lock="evidence.clear_pictures")
def clear_pictures(timestamp: int) -> None:
    """Throw away pictures of pages that nobody asked for lately. They are drawn again when somebody does."""
    clear_unseen(timezone.now())


@app.periodic(cron="40 * * * *")
@app.task(name="evidence.forget_uploads", queue="checking", queueing_lock="evidence.forget_uploads")
def forget_uploads(timestamp: int) -> None:
    """Remove uploads that nobody has gone on with for `ATTEST_UPLOAD_HOURS`."""
    forget_old_uploads(timezone.now())


@app.periodic(cron="50 * * * *")
@app.task(name="evidence.remove_expunged", queue="checking", queueing_lock="evidence.remove_expunged")
def remove_expunged(timestamp: int) -> None:
    """Remove the bytes of expunged files where that was cut short, or where others held the same until now."""
    remove_what_is_expunged()
