"""Expunging while others decide, read and mark, on real connections."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import DatabaseError

from evidence.models import Expunging, Passage, StoredFile, TextPage
from evidence.pages import Page
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from tests import making
from tests.cases.test_at_once import at_once
from tests.cases.test_reliance_at_once import Held, begun
from tests.evidence.expunging import NUMBER, TEXT, asked, carry_out, everywhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as threads:
        yield threads


def test_of_two_who_decide_at_once_one_does(cast, item):
    asking = asked(cast.stella, item)
    found = at_once(lambda: carry_out(cast.sofia, asking), lambda: carry_out(cast.sigrid, asking))
    assert sorted(type(each).__name__ for each in found) == ["IllegalStep", "NoneType"]
    with acting_as(cast.ana):
        assert LedgerEntry.objects.filter(object_id=item.pk, operation="expunged").count() == 1
    call_command("ledger", "verify")


def test_a_file_that_is_being_read_goes_with_the_pages_that_come_of_it(cast, east, pool, no_jobs):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east)
        file = StoredFile.receive(by=cast.ana, item=item, content=ContentFile(TEXT.encode()), name="a.txt")
    asking = asked(cast.stella, item)
    taken = {"pages": [Page(TEXT)], "languages": [""], "extractor": "plain", "extractor_version": "1"}
    reading = Held(pool, cast.ana, lambda: file.keep_reading(by=cast.ana, **taken))
    going = begun(pool, cast.sofia, lambda: Expunging.objects.get(pk=asking.pk).carry_out(by=cast.sofia))
    reading.commit()
    assert going.result(timeout=30) is None
    with acting_as(cast.ana):
        assert TextPage.objects.get().text == "[expunged]"
        file.refresh_from_db()
        assert not file.keep_reading(by=cast.ana, **taken)
        assert TextPage.objects.count() == 1
    assert everywhere(NUMBER) == []


def test_a_passage_marked_at_the_same_moment_does_not_keep_the_words(cast, item, pool):
    with acting_as(cast.ana):
        page = item.pages.get()
    asking = asked(cast.stella, item, NUMBER)
    going = Held(pool, cast.sofia, lambda: Expunging.objects.get(pk=asking.pk).carry_out(by=cast.sofia))
    given = {"page": page, "quote": f"passport {NUMBER}", "confirmed_harmless": True}
    marking = begun(pool, cast.ana, lambda: refusal_of(lambda: Passage.mark(by=cast.ana, **given)))
    going.commit()
    assert "not in the text of this page" in str(marking.result(timeout=30))
    assert everywhere(NUMBER) == []


def refusal_of(act) -> Exception | None:
    try:
        act()
    except (ValidationError, DatabaseError) as refusal:
        return refusal
    return None
