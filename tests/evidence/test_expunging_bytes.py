"""Bytes that were expunged go from the store, after the commit and only if nothing else holds them."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import Membership, User
from evidence import storage
from evidence.models import CustodyEvent, StoredFile
from evidence.rehashing import check_what_is_due
from evidence.removing import remove_what_is_expunged
from evidence.tasks import remove_expunged
from ledger.acting import acting_as
from tests import making
from tests.cases.test_at_once import at_once
from tests.evidence.expunging import TEXT, asked, carry_out, expunged


@pytest.mark.django_db(transaction=True)
def test_bytes_go_after_the_commit_and_custody_tells_of_it(cast, item):
    with acting_as(cast.ana):
        sha256 = item.files.get().sha256
    expunged(cast, item)
    assert storage.size_of(sha256) is None
    with acting_as(cast.ana):
        told = [(each.action, str(each.created_by)) for each in CustodyEvent.objects.order_by("pk")][-2:]
    assert told == [("expunged", "Sofia"), ("removed", "None")]
    assert check_what_is_due(item.created_at) == 0


def test_until_the_commit_the_bytes_are_there_and_a_sweep_removes_what_was_cut_short(cast, item):
    with acting_as(cast.ana):
        sha256 = item.files.get().sha256
    expunged(cast, item)
    assert storage.size_of(sha256) is not None
    remove_expunged(0)
    assert storage.size_of(sha256) is None
    assert remove_what_is_expunged() == 0


def test_a_sweep_that_was_cut_short_before_it_wrote_it_down_says_so_later(cast, item):
    with acting_as(cast.ana):
        sha256 = item.files.get().sha256
    expunged(cast, item)
    default_storage.delete(storage.path_of(sha256))
    assert remove_what_is_expunged() == 1


def test_bytes_that_another_room_holds_stay_until_they_go_there_too(cast, west, item):
    with acting_as(cast.stranger):
        theirs = making.an_item(by=cast.stranger, workspace=west, text=TEXT)
        sha256 = theirs.files.get().sha256
    expunged(cast, item)
    assert remove_what_is_expunged() == 0
    assert storage.size_of(sha256) is not None
    Membership.objects.create(user=cast.stella, workspace=west, role="steward", clearance="red")
    asking = asked(User.objects.get(pk=cast.stella.pk), theirs)
    carry_out(cast.stranger, asking)
    assert remove_what_is_expunged() == 2
    assert storage.size_of(sha256) is None


@pytest.mark.django_db(transaction=True)
def test_bytes_that_come_again_at_the_same_moment_are_not_removed_from_under_them(cast, east, item, no_jobs):
    with acting_as(cast.ana):
        other = making.an_item(by=cast.ana, workspace=east)
        sha256 = item.files.get().sha256

    def come_again():
        with acting_as(cast.ana):
            StoredFile.receive(by=cast.ana, item=other, content=ContentFile(TEXT.encode()), name="again.txt")

    def expunge():
        expunged(cast, item)

    at_once(come_again, expunge)
    remove_what_is_expunged()
    assert storage.size_of(sha256) is not None
    assert storage.hash_of(sha256) == sha256
