"""What has moved underneath a version since it was submitted, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID


class Standing(NamedTuple):
    """An item of evidence as it stands now."""

    grade: str
    status: str
    note: str


def evidence_moved(version: Mapping[str, Any], now: Mapping[UUID, Standing]) -> dict[UUID, str]:
    """A sentence for each item, cited or weighed, re-graded or taken out of use since. Unseen ones stay out."""
    moved = {}
    for item, title, grade in _weighed(version):
        if item in now and (sentence := _sentence(title, grade, now[item])):
            moved[item] = sentence
    return moved


def _weighed(version: Mapping[str, Any]) -> Iterator[tuple[UUID, str, str]]:
    cited = [each["item"] for each in version["citations"] if not each.get("withheld")]
    rows = [each["item"] for each in (version.get("matrix") or {"rows": []})["rows"]]
    for each in [*cited, *rows]:
        if each["grade"]:
            yield UUID(each["id"]), each["title"], each["grade"]


def _sentence(title: str, grade: str, now: Standing) -> str:
    told = []
    if now.status != "active":
        told.append(f"“{title}” was {now.status}: {now.note.removesuffix('.')}.")
    if now.grade != grade:
        told.append(f"“{title}” was graded {grade} when this was submitted, and is graded {now.grade} now.")
    return " ".join(told)


def analysis_moved(version: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Whether matrix or findings have moved on. `now` holds hypotheses, cells and findings as they stand."""
    told = []
    if version.get("matrix") and (_cells_of(version), _names_of(version)) != _matrix_of(now):
        told.append("The live matrix has moved on; this review judges the frozen one.")
    if [dict(each) for each in version["findings"]] != [dict(each) for each in now["findings"]]:
        told.append("Findings on the elements have changed since; this review judges those submitted.")
    return told


def _cells_of(version: Mapping[str, Any]) -> set[tuple]:
    return {
        (row["item"]["id"], one, who, rating)
        for row in version["matrix"]["rows"]
        for one, rated in row["ratings"].items()
        for who, rating in rated.items()
    }


def _names_of(version: Mapping[str, Any]) -> set[tuple]:
    return {(each["id"], each["name"]) for each in version["matrix"]["hypotheses"]}


def _matrix_of(now: Mapping[str, Any]) -> tuple[set[tuple], set[tuple]]:
    cells = {
        (str(item), str(one), str(who), rating)
        for item, row in now["cells"].items()
        for one, rated in row.items()
        for who, rating in rated.items()
    }
    return cells, {(str(each.id), each.name) for each in now["hypotheses"]}
