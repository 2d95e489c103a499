"""When a replica serves, and what may go there."""

import pytest
from django.db import connection
from django.utils import timezone

from config import replica as routing
from ledger.replica import Expected, Seen, position_from, position_told


@pytest.mark.parametrize(
    ("seen", "is_recent", "fits"),
    [
        (Seen(True, 100, 3600.0, "red"), True, True),  # at rest: all of the log is replayed
        (Seen(True, 95, 2.0, "red"), True, True),
        (Seen(True, 95, 20.0, "red"), False, False),
        (Seen(True, 80, 2.0, "red"), True, False),  # not yet what they wrote
        (Seen(True, 100, 0.0, "amber"), True, False),  # not yet their rights
        (Seen(False, 100, 0.0, "red"), False, False),  # promoted
    ],
)
def test_a_replica_fits_if_it_follows_is_recent_holds_what_one_wrote_and_knows_ones_rights(seen, is_recent, fits):
    expected = Expected(None, timezone.now(), end=100, wrote=90, rights="red")
    assert (seen.is_recent(expected), seen.fits(expected)) == (is_recent, fits)


@pytest.mark.parametrize(
    ("name", "may"),
    [("api-sources-list", True), ("api-sources-detail", True), ("api-changes", True), ("incidents", True),
     ("api-tokens-list", False), ("api-uploads-detail", False),
     ("api-sources-withdraw", False), ("account_login", False), ("tokens", False),
     ("stored_file", False), (None, False)],
)  # fmt: skip
def test_only_what_is_named_may_go_there(name, may):
    assert routing.may_be_served_there(name) == may


def test_positions_are_told_as_postgresql_writes_them(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_wal_lsn_diff('16/B374D848', '0/0')::bigint, '16/B374D848'::pg_lsn::text")
        number, text = cursor.fetchone()
    assert (position_told(number), position_from(text)) == (text, number)
