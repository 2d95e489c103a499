"""What a worker that was killed had begun is taken up again, once, and before what waits."""

import pytest
from asgiref.sync import async_to_sync
from django.db import connection

from evidence.tasks import STALLED, app, take_up_again
from ledger.acting import as_owner

TASK = "evidence.take_up_again"


def begun(task: str, *, silent_for: int, queueing_lock: str | None = None) -> int:
    """A job of a worker that gave its last sign of life so many seconds ago."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [silent_for],
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, queueing_lock)"
            " VALUES ('reading', %s, 'doing', %s, %s) RETURNING id",
            [task, worker, queueing_lock],
        )
        return cursor.fetchone()[0]


def standing(job: int) -> tuple[str, int]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT status, attempts FROM procrastinate_jobs WHERE id = %s", [job])
        return cursor.fetchone()


def take_up() -> None:
    with as_owner():
        async_to_sync(take_up_again.func)(0)


@pytest.mark.django_db
def test_the_job_of_a_silent_worker_is_given_back_once():
    job = begun("evidence.read_text", silent_for=STALLED + 1)
    take_up()
    take_up()
    assert standing(job) == ("todo", 1)


@pytest.mark.django_db
def test_the_job_of_a_worker_that_lives_stays_its_own():
    job = begun("evidence.read_text", silent_for=STALLED - 5)
    take_up()
    assert standing(job) == ("doing", 0)


@pytest.mark.django_db
def test_a_job_of_a_worker_that_is_forgotten_is_given_back():
    job = begun("evidence.read_text", silent_for=STALLED + 1)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    take_up()
    assert standing(job) == ("todo", 1)


@pytest.mark.django_db
def test_what_recurs_and_waits_already_is_ended_and_keeps_nothing_else_from_being_given_back():
    killed = [begun(TASK, silent_for=STALLED + 1, queueing_lock=TASK) for _ in range(2)]
    job = begun("evidence.read_text", silent_for=STALLED + 1)
    take_up()
    assert sorted(standing(each)[0] for each in killed) == ["aborted", "todo"]
    assert standing(job) == ("todo", 1)


@pytest.mark.django_db
def test_it_comes_before_the_files_that_wait():
    assert take_up_again.priority > app.tasks["evidence.read_text"].priority
