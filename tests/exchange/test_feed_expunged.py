"""What the feed tells of an expunging: that each record is gone, then what is left of it, and never the words."""

import json

import pytest

from evidence.models import EvidenceItem, Passage
from ledger.acting import acting_as
from tests import making
from tests.evidence.expunging import NUMBER, REASON, expunged
from tests.exchange.feeding import Reader, settled

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = f"Before it. The man with passport {NUMBER} crossed here. Orders came from one ministry."


@pytest.fixture
def item(cast, east) -> EvidenceItem:
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text=TEXT, title="On a traveller")
        Passage.mark(by=cast.ana, page=item.pages.get(), quote="Orders came from one ministry.")
        return item


def words_in(told) -> bool:
    return NUMBER in json.dumps(told)


def ops_of(told, record) -> list[str]:
    return [each["op"] for each in told if each["id"] == str(record.pk)]


def test_who_held_the_words_learns_that_they_are_gone_and_what_is_left(cast, item):
    reader = Reader(cast.ben)
    reader.catch_up()
    assert words_in(list(reader.copy.values()))
    expunged(cast, item, NUMBER)
    told = reader.catch_up()
    with acting_as(cast.ana):
        page = item.pages.get()
    assert ops_of(told, page) == ["expunged", "updated"]
    (gone, left) = [each for each in told if each["id"] == str(page.pk)]
    assert (gone["document"], gone["step"], gone["reason"]) == (None, "expunge", REASON)
    assert gone["version"] == left["version"]
    assert not words_in(told)
    assert not words_in(list(reader.copy.values()))
    assert reader.copy == reader.truth()


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_a_cursor_from_before_never_brings_the_words_back(cast, item, limit):
    begun, at_the_start = Reader(cast.ben), Reader(cast.vera)
    begun.catch_up()
    begun_cursor = begun.cursor
    with acting_as(cast.ana):
        item.change(by=cast.ana, summary=f"Holder of {NUMBER}.", confirmed_harmless=True)
        item.change(by=cast.ana, summary="Nothing.")
    expunged(cast, item, NUMBER)
    late = Reader(cast.ben)
    late.cursor, late.copy = begun_cursor, dict(begun.copy)
    for reader in (late, at_the_start):
        told = reader.catch_up(limit)
        assert not words_in(told)
        assert reader.copy == reader.truth()


def test_a_replay_half_way_through_never_brings_the_words_back(cast, item):
    reader = Reader(cast.ben)
    settled()
    assert reader.page(2)
    before = len(reader.told)
    expunged(cast, item, NUMBER)
    told = reader.catch_up(2)
    assert len(reader.told) > before
    assert not words_in(told)
    assert reader.copy == reader.truth()


def test_an_item_expunged_as_a_whole_is_forgotten_and_kept_without_its_words(cast, item):
    reader = Reader(cast.ben)
    reader.catch_up()
    expunged(cast, item)
    told = reader.catch_up()
    assert ops_of(told, item) == ["expunged", "withdrawn"]
    assert reader.copy["evidence_item", str(item.pk)]["title"] == "[expunged]"
    assert not any(words in json.dumps(list(reader.copy.values())) for words in (NUMBER, "On a traveller", "Orders"))
    assert reader.copy == reader.truth()


def test_who_may_not_read_the_record_is_told_nothing_of_its_expunging(cast, east):
    with acting_as(cast.ana):
        above = making.an_item(by=cast.ana, workspace=east, text=TEXT, marking="red")
    reader = Reader(cast.vera)
    reader.catch_up()
    expunged(cast, above)
    assert [each for each in reader.catch_up() if each["kind"] != "expunging"] == []
    assert reader.copy == reader.truth()
