"""Where a client of the feed stands: a cursor, and what becomes of it when its reader's rights change.

Everything is in the cursor, nothing on the server, so a cursor never expires. It says

* `at`: every change below it, in the scopes that are held and not behind, has been told;
* `held`: what the reader could read when it was made: for each workspace up to which marking, and whether they
  evaluate there (an evaluator is told of no ratings but their own);
* `behind`: scopes that the reader came to read later, or all of them at first. Each is replayed up to `at`,
  compacted, before anything further is told.

The invariant, for every object and whatever the interleaving: **its latest entry that the reader may read has been
told last of all that was told of it, or will still be told.** It holds, because

1. the feed's order never puts an older entry of an object after a newer one (see `LedgerEntry`);
2. a replay tells an entry only if it is the latest of its object at that moment, whatever `at` is. If it has been
   overtaken since, what overtook it lies above `at`, is held, and follows;
3. while anything is behind, `at` stands still. So what lies above it is told after every replay, and what lies at or
   below it in a scope that is held has been told already;
4. an object leaves a scope by an entry in that very scope (`moved`). So whoever read it there learns that it is gone,
   and a replay finds that what it was there has been overtaken;
5. a scope that is no longer held is told as `closed`: the client forgets what lies there, and when the scope opens
   again, it is replayed from the start.

So a client that has been told everything holds exactly what its reader may read.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from accounts.choices import Marking

FORMAT = 1
LONGEST = 16_000
LEVELS = len(Marking)


class BadCursor(ValueError):
    """A text that is no cursor, or one of somebody else."""


class Position(NamedTuple):
    """A place in the feed. An entry lies behind it if its own place is greater."""

    epoch: int
    transaction: int
    sequence: int


START = Position(0, 0, 0)


class Standing(NamedTuple):
    """What is read in one workspace: the markings up to a level (1 for CLEAR to 5 for RED)."""

    upto: int
    evaluates: bool


class Span(NamedTuple):
    """Scopes of one workspace: its markings above one level up to another."""

    workspace: UUID
    above: int
    upto: int

    @property
    def markings(self) -> list[str]:
        return Marking.values[self.above : self.upto]


Rights = Mapping[UUID, Standing]


@dataclass(frozen=True)
class Replay:
    """Spans that are told from the start up to the cursor's place, and how far that has come."""

    after: Position
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Cursor:
    reader: UUID
    kinds: tuple[str, ...]
    """Only these; all where there are none."""
    at: Position
    held: Rights
    behind: tuple[Replay, ...] = ()

    @classmethod
    def at_the_start(cls, reader: UUID, kinds: Iterable[str] = ()) -> Cursor:
        """Of somebody who holds nothing yet."""
        return cls(reader, tuple(sorted(set(kinds))), START, {})

    @property
    def ahead(self) -> tuple[Position, tuple[Span, ...]]:
        """What is told next: what comes after a position in some spans."""
        if self.behind:
            return self.behind[0].after, self.behind[0].spans
        return self.at, tuple(Span(room, 0, standing.upto) for room, standing in self.held.items())

    def settled(self, rights: Rights, here: Position) -> tuple[Cursor, list[Span]]:
        """This cursor under other rights, and the spans that were lost.

        In another epoch (at the start, or after a restore, when nobody knows what was lost) all is told anew.
        """
        anew = here.epoch != self.at.epoch
        kept = {room: 0 if anew else _kept(self.held.get(room), rights.get(room)) for room in {*self.held, *rights}}
        lost = _spans((room, kept[room], standing.upto) for room, standing in self.held.items())
        gained = _spans((room, kept[room], standing.upto) for room, standing in rights.items())
        behind = [replace(each, spans=_narrowed(each.spans, kept)) for each in self.behind]
        if gained:
            behind.append(Replay(START, tuple(gained)))
        at = here if anew else self.at
        return replace(self, at=at, held=rights, behind=tuple(each for each in behind if each.spans)), lost

    def past(self, last: Position | None, here: Position) -> Cursor:
        """This cursor after a page that ended with `last`, or that left nothing to be told."""
        if not self.behind:
            return replace(self, at=last or here)
        first, *rest = self.behind
        return replace(self, behind=(replace(first, after=last), *rest) if last else tuple(rest))

    def __str__(self) -> str:
        rooms = sorted(self.held)
        told = {
            "v": FORMAT,
            "r": _short(self.reader),
            "k": self.kinds,
            "p": self.at,
            "h": [f"{_short(room)}{self.held[room].upto}{'e' if self.held[room].evaluates else 'v'}" for room in rooms],
            "b": [
                [each.after, [(rooms.index(span.workspace), span.above, span.upto) for span in each.spans]]
                for each in self.behind
            ],
        }
        return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).rstrip(b"=").decode()


def cursor_from(text: str, *, reader: UUID) -> Cursor:
    """The cursor that a text stands for. Raises `BadCursor`."""
    try:
        told = json.loads(_bytes(text))
        if told.keys() != {"v", "r", "k", "p", "h", "b"} or told["v"] != FORMAT:
            raise BadCursor("This is not a cursor of this feed.")
        rooms = [_held(each) for each in told["h"]]
        behind = tuple(Replay(_position(after), _spans_from(spans, rooms)) for after, spans in told["b"])
        cursor = Cursor(_uuid(told["r"]), _kinds(told["k"]), _position(told["p"]), dict(rooms), behind)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, binascii.Error) as error:
        raise BadCursor("This is not a cursor of this feed.") from error
    if cursor.reader != reader:
        raise BadCursor("This cursor was given to somebody else.")
    return cursor


def _kept(before: Standing | None, now: Standing | None) -> int:
    """Up to which level what was held is held still. Whose ratings are told is part of what is held."""
    return min(before.upto, now.upto) if before and now and before.evaluates == now.evaluates else 0


def _spans(found: Iterable[tuple[UUID, int, int]]) -> list[Span]:
    return sorted(Span(room, above, upto) for room, above, upto in found if above < upto)


def _narrowed(spans: tuple[Span, ...], kept: Mapping[UUID, int]) -> tuple[Span, ...]:
    return tuple(_spans((room, above, min(upto, kept[room])) for room, above, upto in spans))


# --- The text of a cursor --------------------------------------------------------------------


def _short(number: UUID) -> str:
    return base64.urlsafe_b64encode(number.bytes).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    if len(text) > LONGEST or not text.isascii():
        raise ValueError
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _uuid(text: str) -> UUID:
    return UUID(bytes=_bytes(text))


def _held(text: str) -> tuple[UUID, Standing]:
    level, letter = int(text[22]), text[23:]
    if letter not in ("e", "v"):
        raise ValueError
    return _uuid(text[:22]), Standing(_between(1, level, LEVELS), letter == "e")


def _position(told: list[int]) -> Position:
    epoch, transaction, sequence = told
    return Position(
        _between(0, epoch, 2**31 - 1), _between(0, transaction, 2**63 - 1), _between(0, sequence, 2**63 - 1)
    )


def _spans_from(told: list[list[int]], rooms: list[tuple[UUID, Standing]]) -> tuple[Span, ...]:
    return tuple(
        Span(rooms[_between(0, index, len(rooms) - 1)][0], _between(0, above, upto - 1), _between(1, upto, LEVELS))
        for index, above, upto in told
    )


def _kinds(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise ValueError
    return tuple(told)


def _between(least: int, number: int, most: int) -> int:
    if type(number) is not int or not least <= number <= most:
        raise ValueError
    return number
