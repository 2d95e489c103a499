"""Cursors: what they carry, what is refused, and that any interleaving ends with the right copy."""

import base64
import json
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.ids import new_id
from accounts.models import Membership, User, Workspace
from exchange.cursors import START, BadCursor, Cursor, Position, Replay, Span, Standing, cursor_from
from ledger.acting import acting_as
from tests import making
from tests.exchange.feeding import Reader

READER, EAST, WEST = UUID(int=1), UUID(int=2), UUID(int=3)
HERE = Position(1, 900, 0)

QUICKLY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
numbers = st.integers(0, 2**62)
positions = st.builds(Position, st.integers(0, 2**31 - 1), numbers, numbers)
standings = st.builds(Standing, st.integers(1, 5), st.booleans())


@st.composite
def cursors(draw) -> Cursor:
    held = draw(st.dictionaries(st.uuids(), standings, max_size=4))
    ranges = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda two: (min(two), max(two) + 1))
    spans = st.builds(lambda room, two: Span(room, *two), st.sampled_from(sorted(held) or [EAST]), ranges)
    replays = st.builds(Replay, positions, st.lists(spans, min_size=1, max_size=3).map(tuple))
    behind = draw(st.lists(replays, max_size=2)) if held else []
    kinds = draw(st.lists(st.sampled_from(["actor", "incident"]), unique=True).map(sorted))
    return Cursor(READER, tuple(kinds), draw(positions), held, tuple(behind))


@QUICKLY
@given(cursors())
def test_a_cursor_is_what_its_text_says(cursor):
    assert cursor_from(str(cursor), reader=READER) == cursor


@QUICKLY
@given(cursors(), st.dictionaries(st.uuids() | st.sampled_from([EAST, WEST]), standings, max_size=3))
def test_after_settling_the_cursor_holds_what_is_read_and_settles_no_further(cursor, rights):
    settled, lost = cursor.settled(rights, HERE)
    assert settled.held == rights
    assert settled.settled(rights, HERE) == (settled, [])
    assert all(span.upto <= rights[span.workspace].upto for each in settled.behind for span in each.spans)
    assert all(span.upto <= cursor.held[span.workspace].upto for span in lost)


def test_from_nothing_everything_is_behind():
    settled, lost = Cursor.at_the_start(READER).settled({EAST: Standing(3, True)}, HERE)
    assert (settled.at, settled.behind, lost) == (HERE, (Replay(START, (Span(EAST, 0, 3),)),), [])


def test_rights_that_grow_are_told_from_the_start_and_those_that_shrink_are_closed():
    cursor = Cursor(READER, (), HERE, {EAST: Standing(2, True), WEST: Standing(4, True)})
    settled, lost = cursor.settled({EAST: Standing(5, True), WEST: Standing(3, True)}, HERE)
    assert settled.behind == (Replay(START, (Span(EAST, 2, 5),)),)
    assert lost == [Span(WEST, 3, 4)]
    assert lost[0].markings == ["amber_strict"]


def test_what_is_behind_and_lost_is_told_no_more():
    half = Position(1, 5, 5)
    cursor = Cursor(READER, (), HERE, {EAST: Standing(5, True)}, (Replay(half, (Span(EAST, 2, 5),)),))
    settled, _ = cursor.settled({EAST: Standing(3, True)}, HERE)
    assert settled.behind == (Replay(half, (Span(EAST, 2, 3),)),)


def test_whose_ratings_are_told_is_part_of_what_is_held():
    cursor = Cursor(READER, (), HERE, {EAST: Standing(2, True)})
    settled, lost = cursor.settled({EAST: Standing(2, False)}, HERE)
    assert lost == [Span(EAST, 0, 2)]
    assert settled.behind == (Replay(START, (Span(EAST, 0, 2),)),)


# --- What is refused ---------------------------------------------------------------------------------


def told(**changes) -> str:
    cursor = Cursor(READER, (), HERE, {EAST: Standing(2, True)}, (Replay(START, (Span(EAST, 0, 2),)),))
    text = str(cursor)
    body = {**json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))), **changes}
    return base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()


ROOM = "AAAAAAAAAAAAAAAAAAAAAg"


@pytest.mark.parametrize(
    "text",
    ["", "x", "!!!!", "é", "bnVsbA", "W10", "e30", "A" * 20_000, base64.urlsafe_b64encode(b"[" * 5000).decode()]
    + [
        told(**wrong)
        for wrong in [
            {"v": 2},
            {"further": 1},
            {"r": 7},
            {"r": "AAAA"},
            {"k": "incident"},
            {"k": [1]},
            {"p": [1, 2]},
            {"p": [1, -1, 0]},
            {"p": [1, 2, 2**63]},
            {"p": [1, True, 0]},
            {"p": [1, 2.0, 0]},
            {"h": [ROOM + "6e"]},
            {"h": [ROOM + "0e"]},
            {"h": [ROOM + "2x"]},
            {"h": ["short"]},
            {"h": []},
            {"b": [[[0, 0, 0], [[1, 0, 2]]]]},
            {"b": [[[0, 0, 0], [[-1, 0, 2]]]]},
            {"b": [[[0, 0, 0], [[0, 2, 2]]]]},
            {"b": [[[0, 0, 0], [[0, 0, 6]]]]},
            {"b": [[0]]},
            {"b": {"a": 1}},
        ]
    ],
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(BadCursor, match="not a cursor of this feed"):
        cursor_from(text, reader=READER)


def test_a_cursor_is_good_for_its_reader_only():
    assert cursor_from(told(), reader=READER).held == {EAST: Standing(2, True)}
    with pytest.raises(BadCursor, match="somebody else"):
        cursor_from(told(), reader=WEST)


@QUICKLY
@given(st.text(max_size=200))
def test_no_text_does_harm(text):
    with pytest.raises(BadCursor):
        cursor_from(text, reader=READER)


# --- Any interleaving, on the database -----------------------------------------------------------------

ON_THE_DATABASE = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink]
)
ROOMS = st.integers(0, 1)
MARKING = st.sampled_from(["clear", "green", "amber", "amber_strict", "red"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), ROOMS, MARKING),
        st.tuples(st.just("move"), st.integers(0, 9), ROOMS, MARKING),
        st.tuples(st.just("touch"), st.integers(0, 9)),
        st.tuples(st.just("rights"), ROOMS, MARKING | st.none(), st.booleans()),
        st.tuples(st.just("page"), st.integers(1, 4)),
        st.tuples(st.just("page"), st.integers(1, 4)),
    ),
    min_size=8,
    max_size=40,
)


class World:
    """Two rooms, somebody who moves sources about in them, and a reader whose rights change."""

    def __init__(self):
        mark = str(new_id())
        self.rooms = [Workspace.objects.create(name=f"{n} {mark}", slug=f"{n}-{mark}") for n in range(2)]
        self.writer, person = (User.objects.create_user(f"{n}{mark}@example.org", name=n) for n in "ab")
        for room in self.rooms:
            Membership.objects.create(user=self.writer, workspace=room, role="analyst", clearance="red")
        self.reader = Reader(person)
        self.sources: list = []

    def add(self, room, marking):
        with acting_as(self.writer):
            self.sources.append(making.a_source(by=self.writer, workspace=self.rooms[room], marking=marking))

    def _update(self, number, **fields):
        if self.sources:
            source = self.sources[number % len(self.sources)]
            with acting_as(self.writer):
                type(source).objects.filter(pk=source.pk).update(**fields)

    def move(self, number, room, marking):
        self._update(number, workspace=self.rooms[room], marking=marking)

    def touch(self, number):
        self._update(number, state_note="Touched.")

    def rights(self, room, clearance, evaluates):
        mine = Membership.objects.filter(user=self.reader.person, workspace=self.rooms[room])
        mine.delete()
        if clearance:
            role = "analyst" if evaluates else "viewer"
            mine.create(user=self.reader.person, workspace=self.rooms[room], role=role, clearance=clearance)

    def page(self, limit):
        self.reader.page(limit)


@pytest.mark.django_db(transaction=True)
@ON_THE_DATABASE
@given(STEPS)
def test_whatever_the_interleaving_the_copy_ends_as_what_may_be_read(steps):
    world = World()
    for name, *arguments in steps:
        getattr(world, name)(*arguments)
    world.reader.catch_up(3)
    assert world.reader.copy == world.reader.truth()
