"""The feed under concurrent writers: every reader's copy is what they may read, at every quiet point."""

import os
import random

import pytest

from tests.exchange.crowd import Writer, a_writer, assert_in_step, quiet_points
from tests.exchange.feeding import Reader

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, ROUNDS = 8, 4


def test_every_reader_ends_with_what_they_may_read_whatever_eight_writers_do(cast, east, west):
    """The seed is printed; run one again with ATTEST_FEED_SEED."""
    seed = int(os.environ.get("ATTEST_FEED_SEED", random.SystemRandom().randrange(10**9)))
    print(f"ATTEST_FEED_SEED={seed}")
    people = [a_writer(n, east, west) for n in range(WRITERS)]
    writers = [Writer(person, [east, west], f"{seed} {n}") for n, person in enumerate(people)]
    readers = [Reader(people[0]), Reader(cast.vera), Reader(cast.stranger)]
    for _ in quiet_points(writers, readers, cast.vera, seed=seed, rounds=ROUNDS):
        for reader in readers:
            assert_in_step(reader)
    assert sum(writer.committed for writer in writers) > WRITERS * ROUNDS
    assert sum(writer.taken_back for writer in writers)
