"""Weigh a case of the demonstration: its hypotheses, rows and ratings, each by whoever made them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from accounts.models import User
from cases.choices import CORE_HYPOTHESES
from cases.models import Hypothesis, Incident, MatrixRow, rate_row
from evidence.models import EvidenceItem

Acting = Callable[[str], AbstractContextManager[User]]


def weigh(incident: Incident, told: dict[str, Any], item: Callable[[str], EvidenceItem], acting: Acting) -> None:
    """Fill the matrix as a working file tells it: by the first evaluator the columns, by each their ratings."""
    matrix = told["matrix"]
    for number, (name, rows) in enumerate(matrix["ratings"].items()):
        with acting(name) as by:
            if number == 0:
                _widen(incident, told["hypotheses"], by)
                for document, why in matrix["rows"].items():
                    MatrixRow.add(by=by, incident=incident, item=item(document), note=why)
            columns = _columns(incident, told["hypotheses"], matrix["columns"])
            for document, line in rows.items():
                ratings = dict(zip(columns, line.split(), strict=True))
                rate_row(incident, by=by, item=item(document), ratings=ratings)


def _widen(incident: Incident, further: dict[str, dict[str, str]], by: User) -> None:
    """Add the explanations that the four core ones leave out."""
    for each in further.values():
        Hypothesis.add(by=by, incident=incident, **each)


def _columns(incident: Incident, further: dict[str, dict[str, str]], wanted: list[str]) -> list[UUID]:
    """The hypotheses in the order of a working file: core ones by kind, further ones by their key there."""
    found = dict(incident.hypotheses.values_list("name", "pk"))
    names = {kind.value: kind.label for kind in CORE_HYPOTHESES} | {key: each["name"] for key, each in further.items()}
    return [found[names[key]] for key in wanted]
