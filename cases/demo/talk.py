"""What the demonstration's people say, have to do, and watch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User, Workspace
from cases.demo import reading
from cases.models import Watch
from ledger.acting import acting_as
from ledger.kinds import kinds
from ledger.models import Comment, Record, Task


def load_talk(cast: dict[str, User], rooms: dict[str, Workspace]) -> None:
    """Load it by the verbs that people use, in their names."""
    told = reading.load("talk.yaml")
    for each in told["comments"]:
        _comment(each, cast)
    for each in told["tasks"]:
        with acting_as(cast[each["by"]]):
            given = {"title": each["title"], "assignee": cast[each["assignee"]], "due": _day(each["due"])}
            Task.add(by=cast[each["by"]], about=_record(each["about"]), **given)
    for each in told["watches"]:
        _watch(each, cast, rooms)


def _record(named: dict[str, Any], part: bool = False) -> Record:
    """The first record of a kind that holds what is named, or its first citation."""
    conditions = {name: value for name, value in named.items() if name != "kind"}
    record = kinds()[named["kind"]].objects.filter(**conditions).order_by("pk").first()
    return record.citations.order_by("pk").first() if part else record


def _day(days: int):
    return timezone.localdate() + timedelta(days=days)


def _comment(told: dict[str, Any], cast: dict[str, User]) -> None:
    by = cast[told["by"]]
    with acting_as(by):
        about = _record(told["about"], told.get("part", False))
        head = Comment.add(by=by, about=about, text=told["text"])
    for reply in told.get("replies", []):
        with acting_as(cast[reply["by"]]):
            Comment.add(by=cast[reply["by"]], about=about, text=reply["text"], reply_to=head)
    if resolved := told.get("resolved"):
        with acting_as(cast[resolved["by"]]):
            head.resolve(by=cast[resolved["by"]], word=resolved["word"])


def _watch(told: dict[str, Any], cast: dict[str, User], rooms: dict[str, Workspace]) -> None:
    by = cast[told["by"]]
    fields = {name: value for name, value in told.items() if name not in ("by", "room", "about", "look_on")}
    with acting_as(by):
        if "about" in told:
            fields |= {"about": _record(told["about"]), "look_on": _day(told["look_on"])}
        else:
            fields |= {"workspace": rooms[told["room"]]}
        Watch.add(by=by, **fields)
